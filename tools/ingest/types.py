"""What reading hands to loading: staged tables and the mapping of their columns."""

from __future__ import annotations

from collections.abc import Callable
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
            columns below, all VARCHAR, untouched. A statement that does not use ``_row`` runs on all threads; one that does
            reads a CSV on one, so number the rows only where the numbers are told (rejected rows).
        columns: Header names as in the source, unique and non-empty.
        source: File name, with "[sheet]" where there is one; shown to operators.
        file_hash: SHA-256 of the file's bytes, in hex.
        row_count: Number of data rows, where counting was free.
        notes: What was found out about the format, in values that need no translation: "encoding", "delimiter", "header_row",
            "layout_rows" (how many titles, totals, signatures and repeated headers were left out), "renamed" (columns whose
            names were doubled or empty), "sheet".
        malformed: SQL for a FROM clause that yields ``_row`` (BIGINT), ``reason`` (VARCHAR, a word such as "columns", "quote",
            "characters") and ``line`` (VARCHAR) of the lines that could not be split into columns; they are rows of the
            source that ``relation`` does not have, to be counted as rejected. None when there are none.
        check: Where the file has not been read through yet, so that ``relation`` may still have layout rows and may fail on a
            line that does not split: looks through it and returns the table as it should be read. None when that was done.
    """

    relation: str
    columns: tuple[str, ...]
    source: str
    file_hash: str
    row_count: int | None = None
    notes: dict[str, str] = field(default_factory=dict)
    malformed: str | None = None
    check: Callable[[], StagedTable] | None = field(default=None, compare=False)

    def checked(self) -> StagedTable:
        """This table, with its file read through."""
        return self.check() if self.check else self


class ColumnMapping(BaseModel):
    """Where one source column goes and how its values are read.

    Args:
        source: Column name in the source.
        target: "table.column" of the canonical schema ("orders.amount"); None keeps it as a customer attribute
            (grain customers) or leaves it out; "ignore" never stores it (ID card and bank card numbers, or as the operator says).
            The row's own ids belong to its grain: a customer id is "customers.customer_id" in a file of customers and
            "orders.customer_id" in one of orders or of order lines; the order id is "order_lines.order_id" in one of lines.
            Date, status, channel, store and whole amount of a line's order are "orders.…"; what else a flat file tells of
            the customer and the product is "customers.…" and "products.…".
            Not in the schema: "order_lines.unit_price" (line amount = quantity x unit price, where there is no
            "order_lines.amount"), "orders.shipping" (told apart so that it is never taken for the amount).
            Several columns with the target "customers.name" or "customers.address" are its parts, in this order. Any number of
            columns of orders and lines may be a "customers.attribute", what the source says of the customer beyond the schema.
        kind: How its values are read.
        date_format: strptime-like format that fits the column's values, where it is a date.
        day_first: For ambiguous numeric dates: whether 05/03 is 5 March; None when the column does not tell.
        decimal_comma: Whether 1.234,56 is how the column writes numbers.
        currency: ISO code of the money that the column's name or values say; "each" where its rows differ, None where nothing says.
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
    currency: str | None = None
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
