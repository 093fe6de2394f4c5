"""The rows that loads set aside: which files had some, why, and a file of them to mend and load again."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tools.contracts import Text
from tools.ingest.grains import mapped_fields
from tools.ingest.report import REASONS
from tools.ingest.types import TableMapping
from tools.spreadsheets import neutralise
from tools.warehouse.engine import Engine

_ROWS = """
    SELECT row_number, reason, detail, row_values FROM rejected_rows
    WHERE load_id = $load_id AND source = $source ORDER BY row_number, reason LIMIT $most
"""
_MOST = 1_000_000
"""Rows of one file, at most: about what a spreadsheet opens."""


@dataclass(frozen=True)
class SetAside:
    """What one load set aside of one file.

    Args:
        load_id: The load.
        source: The file, with "[sheet]" where there is one.
        loaded_at: When it was loaded, where that is on record.
        reasons: Reason to rows, the most frequent first.
    """

    load_id: int
    source: str
    loaded_at: dt.datetime | None
    reasons: Mapping[str, int]

    @property
    def rows(self) -> int:
        """All rows that were set aside."""
        return sum(self.reasons.values())


@dataclass(frozen=True)
class RejectedRow:
    """One row that was set aside.

    Args:
        number: Its number in the source, from 1.
        reason: A key of ``REASONS``.
        detail: What exactly, where more is known.
        values: Column to value as in the source; the whole line under "" where it could not be split.
    """

    number: int
    reason: str
    detail: str
    values: Mapping[str, str]


def list_set_aside(engine: Engine) -> list[SetAside]:
    """Every file that rows were set aside of, the latest load first."""
    found = engine.rows(
        """
        SELECT r.load_id, r.source, l.loaded_at, r.reason, r.rejected
        FROM (SELECT load_id, source, reason, count(*) AS rejected FROM rejected_rows GROUP BY load_id, source, reason) AS r
        LEFT JOIN (SELECT load_id, source, max(loaded_at) AS loaded_at FROM loads GROUP BY load_id, source) AS l
            ON l.load_id = r.load_id AND l.source = r.source
        ORDER BY r.load_id DESC, r.source, r.rejected DESC, r.reason
        """
    )
    reasons: dict[tuple[int, str], dict[str, int]] = {}
    times: dict[tuple[int, str], dt.datetime | None] = {}
    for load_id, source, loaded_at, reason, count in found:
        key = (int(load_id), str(source))
        times[key] = loaded_at
        reasons.setdefault(key, {})[str(reason)] = int(count)
    return [SetAside(load_id, source, times[load_id, source], counts) for (load_id, source), counts in reasons.items()]


def rejected_rows(engine: Engine, load_id: int, source: str, limit: int = _MOST) -> list[RejectedRow]:
    """The rows that one load set aside of one file, in the file's order."""
    found = engine.rows(_ROWS, {"load_id": load_id, "source": source, "most": limit})
    names = _source_names(engine, load_id, source)
    return [RejectedRow(int(number), str(reason), str(detail or ""), _values(values, names)) for number, reason, detail, values in found]


def reason_words(reason: str) -> Text:
    """The words for a reason."""
    return REASONS.get(reason, Text(zh=reason, en=reason))


def write_set_aside(engine: Engine, load_id: int, source: str, path: Path, language: str) -> int:
    """Write the rows that one load set aside of one file as CSV; return how many.

    The columns of the source come after the row's number, reason and detail. UTF-8 with a byte order mark; what a
    spreadsheet would run as a formula gets an apostrophe before it.

    Args:
        engine: Reads the warehouse.
        load_id: The load.
        source: The file.
        path: Where to write.
        language: "zh" or "en", of the first headings and of the reasons.
    """
    rows = rejected_rows(engine, load_id, source)
    columns = list(dict.fromkeys(name for row in rows for name in row.values))
    zh = language == "zh"
    first = ["行号", "原因", "说明"] if zh else ["row", "reason", "detail"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*first, *(neutralise(name or ("原始内容" if zh else "line")) for name in columns)])
        for row in rows:
            said = [row.number, reason_words(row.reason).say(language), neutralise(row.detail)]
            writer.writerow([*said, *(neutralise(row.values.get(name, "")) for name in columns)])
    return len(rows)


def _source_names(engine: Engine, load_id: int, source: str) -> dict[str, str]:
    """Field to the source column that filled it: repeats are kept by their fields, other rows as they were."""
    found = engine.rows("SELECT mapping FROM loads WHERE load_id = $load_id AND source = $source", {"load_id": load_id, "source": source})
    try:
        mappings = [TableMapping.model_validate_json(str(row[0])) for row in found]
    except ValidationError:  # what an earlier version wrote
        return {}
    return {field: column.source for mapping in mappings for field, column in mapped_fields(mapping).items()}


def _values(stored: Any, names: Mapping[str, str]) -> dict[str, str]:
    text = str(stored or "")
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        return {"": text} if text else {}
    own = set(names.values())
    return {name if name in own else names.get(name, name): "" if value is None else str(value) for name, value in found.items()}
