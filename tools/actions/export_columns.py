"""Which columns an export has, where they come from, and how their values are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tools.contracts import Text, Unit
from tools.errors import Blocked
from tools.metrics.catalogue import catalogue
from tools.segments.churn.reasons import reason_text
from tools.segments.fields import field as customer_field
from tools.warehouse.identifiers import quote

DEFAULT = (
    "customer_id",
    "rfm_group",
    "rfm_eight",
    "recency_days",
    "last_order_date",
    "orders",
    "amount",
    "amount_365d",
    "average_order_value",
    "gap_median_days",
    "churn_probability",
    "churn_band",
    "churn_reasons",
)
PERSONAL = ("name", "email", "phone")
"""Added where personal data are asked for without naming columns."""


@dataclass(frozen=True)
class ExportColumn:
    """One field of an export; it may become two columns of the file.

    Args:
        id: Field id.
        label: What is shown.
        unit: What its values measure.
        sql: Expression over ``customer_base AS b`` and ``customers AS c``.
        personal: Whether it is personal data.
        names: Shown names of stored values; a column of names stands beside the one of ids.
    """

    id: str
    label: Text
    unit: Unit
    sql: str
    personal: bool = False
    names: dict[str, Text] = field(default_factory=dict)


def choose_columns(names: Sequence[str], include_personal: bool, personal: Sequence[str] = ()) -> list[ExportColumn]:
    """The columns of an export, ``customer_id`` first, each once.

    Args:
        names: Field ids, names or families such as "demographics"; a useful set when empty.
        include_personal: Whether personal data may be written.
        personal: Personal fields that stand beside those of ``names``; name, e-mail and phone when neither names any.

    Raises:
        UnknownName: There is no such field.
        Blocked: A personal field is asked for without ``include_personal``.
    """
    wanted = [part for name in names for part in _expand(name)] or list(DEFAULT)
    chosen = [_column(name) for name in ("customer_id", *wanted)]
    if include_personal and (personal or not any(column.personal for column in chosen)):
        chosen[1:1] = [_column(name) for name in personal or PERSONAL]
    refused = [column.label for column in chosen if column.personal and not include_personal]
    if refused:
        raise Blocked(
            f"{', '.join(label.en for label in refused)}: personal data are exported only when you ask for them; "
            "say that the file should include personal data.",
            f"{'、'.join(label.zh for label in refused)}属于个人信息，仅在明确要求时导出；请说明文件需要包含个人信息。",
        )
    return list({column.id: column for column in chosen}.values())


def _expand(name: str) -> list[str]:
    family = [entry.id for entry in catalogue().field_group(name) if entry.listed]
    return family or [name]


def _column(name: str) -> ExportColumn:
    entry = catalogue().field(name)
    if entry.personal:
        return ExportColumn(entry.id, entry.name, entry.unit, f"c.{quote(entry.id)}", personal=True)
    info = customer_field(name)
    return ExportColumn(info.id, info.label, info.unit, info.sql, names=info.names)


@dataclass(frozen=True)
class FileColumn:
    """One column of the file.

    Args:
        id: Header of machine-readable files.
        header: Header of files that people open: both the Chinese name and the id.
        unit: What its values measure.
    """

    id: str
    header: str
    unit: Unit


def file_columns(columns: Sequence[ExportColumn]) -> list[FileColumn]:
    """The columns of the file: ids have their names beside them, reasons are in both languages."""
    found: list[FileColumn] = []
    for column in columns:
        if column.id == "churn_reasons":
            found += [_headed(f"churn_reasons_{language}", f"{column.label.zh}{suffix}", Unit.TEXT) for language, suffix in _LANGUAGES]
            continue
        found.append(_headed(column.id, column.label.zh, column.unit))
        if column.names:
            found.append(_headed(f"{column.id}_name", f"{column.label.zh}名称", Unit.TEXT))
    return found


_LANGUAGES = (("zh", "（中文）"), ("en", "（英文）"))


def _headed(column_id: str, zh: str, unit: Unit) -> FileColumn:
    # The first column keeps its plain id, by which lists are joined and loaded again.
    return FileColumn(column_id, column_id if column_id in ("customer_id", zh) else f"{zh} {column_id}", unit)


def file_table(rows: pa.Table, columns: Sequence[ExportColumn], currency: str = "") -> pa.Table:
    """The rows as the file has them, columns named by ids; ``currency`` is put before money in words."""
    arrays: dict[str, pa.Array | pa.ChunkedArray] = {}
    for column in columns:
        values = rows.column(column.id)
        if column.id == "churn_reasons":
            texts = [reason_text(value, currency) for value in values.to_pylist()]
            for language, _ in _LANGUAGES:
                arrays[f"churn_reasons_{language}"] = pa.array([text and text.say(language) for text in texts], pa.string())
            continue
        arrays[column.id] = values
        if column.names:
            arrays[f"{column.id}_name"] = pa.array([_name(column, value) for value in values.to_pylist()], pa.string())
    return pa.table(arrays)


def _name(column: ExportColumn, value: Any) -> str | None:
    name = column.names.get(value)
    return f"{name.zh} {name.en}" if name else value
