"""The form that shows where each column of the chosen files would go, and reads back what the operator made of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from assistant.ui.pieces import piece
from assistant.ui.texts import say
from tools.contracts import Text
from tools.ingest.grains import GRAINS, Field, missing_columns
from tools.ingest.report import LoadPlan, PlannedTable
from tools.ingest.types import ColumnMapping, Grain, TableMapping

IGNORE, KEEP = "ignore", "none"
_DATE_ORDERS = ("day_first", "month_first")
_SAMPLES = 3
_SENT = ("source", "column", "target")


@dataclass(frozen=True)
class Option:
    """A meaning that a column can be given."""

    target: str
    label: str
    chosen: bool


def form_html(plan: LoadPlan, language: str, *, replaces_demo: bool = False) -> str:
    """The form for ``plan``: every column, its samples, its meaning and how sure that is.

    Args:
        plan: What a load would do.
        language: Of the page.
        replaces_demo: Whether the demo data would give way to these.
    """
    tables = [_table(table, language) for table in plan.tables]
    notes = [note.say(language) for note in plan.notes] + ([say("load_replaces_demo", language)] if replaces_demo else [])
    return piece("mapping", language, tables=tables, notes=notes, unsure=len(plan.unsure))


def read_choices(raw: str) -> dict[str, str]:
    """What the form's script sends, as "file:column" to target; what it cannot have sent is left out."""
    try:
        sent = json.loads(raw or "[]")
    except json.JSONDecodeError:
        return {}
    rows = [row for row in sent if isinstance(row, dict)] if isinstance(sent, list) else []
    return {f"{row['source']}:{row['column']}": str(row["target"]) for row in rows if all(row.get(key) for key in _SENT)}


def _table(table: PlannedTable, language: str) -> dict[str, Any]:
    mapping = table.mapping
    return {
        "source": mapping.source,
        "grain": GRAINS[mapping.grain].name.say(language),
        "rows": f"{table.rows:,}",
        "notes": [value for key in ("encoding", "sheet") if (value := table.notes.get(key))],
        "already_loaded": table.already_loaded,
        "missing": _missing(mapping, language) if table.problem else None,
        "problem": table.problem.say(language) if table.problem else None,
        "columns": [_column(column, table, language) for column in mapping.columns],
        "unsure": len(mapping.unsure),
    }


def _missing(mapping: TableMapping, language: str) -> str | None:
    """What the rows need and no column is, in the words of the form."""
    lacking = missing_columns(mapping)
    if not lacking:
        return None
    needed = target_name(_target(lacking[0], mapping.grain), language)
    return say("load_missing", language, needed=needed)


def _column(column: ColumnMapping, table: PlannedTable, language: str) -> dict[str, Any]:
    return {
        "name": column.source,
        "samples": table.samples.get(column.source, [])[:_SAMPLES],
        "proposed": _proposed(column, table.mapping),
        "options": _options(column, table.mapping, language),
        "confidence": round(column.confidence * 100),
        "unsure": column.source in table.mapping.unsure,
        "mapped": column.target not in (None, IGNORE),
    }


def _proposed(column: ColumnMapping, mapping: TableMapping) -> str:
    if _is_ambiguous(column, mapping):
        return f"{column.target}:{_DATE_ORDERS[(column.date_format or '').startswith('%m')]}"
    return column.target or KEEP


def _is_ambiguous(column: ColumnMapping, mapping: TableMapping) -> bool:
    """Whether it holds dates such as 05/03/2024 whose order the column itself does not tell."""
    numeric = (column.date_format or "").startswith(("%d", "%m"))
    return numeric and column.day_first is None and column.source in mapping.unsure


def _options(column: ColumnMapping, mapping: TableMapping, language: str) -> list[Option]:
    chosen = _proposed(column, mapping)
    targets = [_target(field, mapping.grain) for field in GRAINS[mapping.grain].fields]
    if column.target and column.target not in (*targets, IGNORE):
        targets.insert(0, column.target)
    names = {target: target_name(target, language) for target in targets}
    if _is_ambiguous(column, mapping):
        name = names.pop(str(column.target))
        names = {f"{column.target}:{order}": f"{name} ({say(f'load_{order}', language)})" for order in _DATE_ORDERS} | names
    kept = say("load_keep" if mapping.grain == "customers" else "load_unused", language)
    names |= {KEEP: kept, IGNORE: say("load_skip", language)}
    return [Option(target, label, target == chosen) for target, label in names.items()]


def _target(field: Field, grain: Grain) -> str:
    """The target that a column of this grain names for ``field``: its own table's, where there is a choice."""
    own = {"order_lines": ("order_lines.order_id", "orders.customer_id")}.get(grain, ())
    table = GRAINS[grain].table
    return next((target for target in field.targets if target in own or target.startswith(f"{table}.")), field.targets[0])


def target_name(target: str, language: str) -> str:
    """The words for a canonical column such as "orders.amount"."""
    known = _names()
    found = known.get(target) or known.get(target.partition(".")[2])
    return found.say(language) if found else target.partition(".")[2].replace("_", " ")


@lru_cache(maxsize=1)
def _names() -> dict[str, Text]:
    raw = yaml.safe_load((resources.files("assistant.ui") / "fields.yaml").read_text(encoding="utf-8"))
    return {key: Text(**value) for key, value in raw.items()}
