"""Columns that a file of orders has beyond the schema: which of them say something of the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.ingest.names import match_name
from tools.ingest.types import ColumnMapping, Grain

ATTRIBUTE = "customers.attribute"
"""The target of columns that are kept among the customer's attributes; any number of columns may have it."""

FEWEST_CUSTOMERS = 2
"""So many customers must have several rows before a column counts as the same on all rows of a customer."""

_OF_CUSTOMERS = {"level", "points"}
_PERSON = ("orders.customer_id", "customers.customer_id", "customers.membership_number", "customers.phone", "customers.email")


def customer_attributes(grain: Grain, columns: list[ColumnMapping], sample: Mapping[str, Sequence[str | None]]) -> list[ColumnMapping]:
    """Let columns without a place of their own be attributes of the customer, where their values belong to customers.

    Args:
        grain: Of the table; only orders and their lines have such columns (in a file of customers every other column is one).
        columns: The mapping so far.
        sample: Column to its sampled values, row by row.
    """
    by_target = {column.target: column.source for column in columns}
    person = next((by_target[target] for target in _PERSON if target in by_target), None)
    if grain not in ("orders", "order_lines") or person is None:
        return columns
    return [
        column.model_copy(update={"target": ATTRIBUTE, "confidence": 0.7, "reason": "values"})
        if column.target is None and column.reason == "none" and _is_of_customer(column.source, sample[person], sample[column.source])
        else column
        for column in columns
    ]


def _is_of_customer(name: str, customers: Sequence[str | None], values: Sequence[str | None]) -> bool:
    match = next(iter(match_name(name)), None)
    if match:
        # What a known name means, and has no place for, is of the order (payment, coupon, tax), but for these.
        return match.meaning.id in _OF_CUSTOMERS
    known: dict[str, list[str]] = {}
    for customer, value in zip(customers, values, strict=True):
        if customer and value:
            known.setdefault(customer, []).append(value)
    if any(len(set(found)) > 1 for found in known.values()) or len({found[0] for found in known.values()}) < FEWEST_CUSTOMERS:
        return False
    return sum(len(found) > 1 for found in known.values()) >= FEWEST_CUSTOMERS
