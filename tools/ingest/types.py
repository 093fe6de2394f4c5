"""What reading hands to loading: staged tables and the mapping of their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Grain = Literal["customers", "orders", "order_lines", "products", "events", "campaigns", "contacts", "responses", "feedback"]
"""What one row of a source is."""

ValueKind = Literal["text", "id", "number", "money", "date", "datetime", "boolean"]


@dataclass(frozen=True)
class StagedTable:
    """One source table, readable but not yet interpreted.

    Args:
        relation: SQL for a FROM clause that yields ``_row`` (BIGINT, the row's 1-based number in the source) and the
            columns below, all VARCHAR, untouched.
        columns: Header names as in the source, unique and non-empty.
        source: File name, with "[sheet]" where there is one; shown to operators.
        file_hash: SHA-256 of the file's bytes, in hex.
        row_count: Number of data rows, where counting was free.
        notes: What was found out about the format (encoding, delimiter, header row, skipped layout rows).
    """

    relation: str
    columns: tuple[str, ...]
    source: str
    file_hash: str
    row_count: int | None = None
    notes: dict[str, str] = field(default_factory=dict)


class ColumnMapping(BaseModel):
    """Where one source column goes and how its values are read.

    Args:
        source: Column name in the source.
        target: "table.column" of the canonical schema ("orders.amount"); None keeps it as a customer attribute
            (grain customers) or leaves it out.
        kind: How its values are read.
        date_format: strptime-like format that fits the column's values, where it is a date.
        day_first: For ambiguous numeric dates: whether 05/03 is 5 March; None when the column does not tell.
        decimal_comma: Whether 1.234,56 is how the column writes numbers.
        confidence: 0 to 1.
        reason: One of "name", "synonym", "values", "operator", "none".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    target: str | None
    kind: ValueKind = "text"
    date_format: str | None = None
    day_first: bool | None = None
    decimal_comma: bool = False
    confidence: float = Field(ge=0, le=1)
    reason: str = "none"


class TableMapping(BaseModel):
    """The mapping of one staged table. One flat file may fill several tables (customers, orders and lines)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    grain: Grain
    columns: tuple[ColumnMapping, ...]
    unsure: tuple[str, ...] = ()
    """Source columns that an operator should confirm before anything is stored."""
