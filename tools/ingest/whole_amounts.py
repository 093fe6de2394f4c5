"""Telling, in a table of order lines, the amounts of whole orders from the amounts of lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tools.ingest.candidates import Candidate

Cell = str | None

_AMOUNTS = ("amount_paid", "amount", "amount_before", "discount")
_PRODUCT = ("product_id", "product_name", "category", "subcategory", "brand")
_SAYS_ORDER = re.compile(r"订单|总|合计|order|total|grand|invoice", re.IGNORECASE)
_NOT_NUMBER = re.compile(r"[^\d.-]")


def whole_amounts(candidates: list[Candidate], sample: Mapping[str, Sequence[Cell]]) -> list[Candidate]:
    """Of a table of lines, tell the amounts of whole orders: the same on every line of an order, or only on its first.

    Args:
        candidates: Of all columns.
        sample: Column to its sampled values, row by row.

    Returns:
        The candidates, in which an amount of whole orders is meant by no other amount.
    """
    order = _best(candidates, "order_id")
    if order is None:
        return candidates
    several = _orders_with_several(candidates, sample, sample[order])
    amounts = {c.column for c in candidates if c.meaning.id in _AMOUNTS}
    whole = {column for column in amounts if not several or _is_whole(column, several, candidates, sample)}
    return [replace(c, meaning=replace(c.meaning, id=f"whole_{c.meaning.id}")) if _is_of(c, whole) else c for c in candidates]


def _is_of(candidate: Candidate, whole: set[str]) -> bool:
    return candidate.column in whole and candidate.meaning.id in _AMOUNTS


def _best(candidates: list[Candidate], meaning: str) -> str | None:
    found = max((c for c in candidates if c.meaning.id == meaning), key=lambda c: c.confidence, default=None)
    return found.column if found else None


def _orders_with_several(candidates: list[Candidate], sample: Mapping[str, Sequence[Cell]], orders: Sequence[Cell]) -> list[list[int]]:
    """Row positions of the orders that have more than one product."""
    products = [sample[c.column] for c in candidates if c.meaning.id in _PRODUCT]
    positions: dict[str, list[int]] = {}
    for row, order in enumerate(orders):
        if order:
            positions.setdefault(order, []).append(row)
    return [rows for rows in positions.values() if len({tuple(column[row] for column in products) for row in rows}) > 1]


def _is_whole(column: str, several: list[list[int]], candidates: list[Candidate], sample: Mapping[str, Sequence[Cell]]) -> bool:
    values = [[sample[column][row] for row in rows] for rows in several]
    if any(len({value for value in lines if value}) > 1 for lines in values):
        return False
    if any(None in lines and any(lines) for lines in values):
        # Left out on further lines.
        return True
    if not any(value for lines in values for value in lines if _number(value)):
        # Nought on all lines of all orders tells nothing.
        return False
    says = bool(_SAYS_ORDER.search(column)) or _lines_differ(several, candidates, sample)
    return says or (len(several) > 1 and len({value for lines in values for value in lines}) > 1)


def _lines_differ(several: list[list[int]], candidates: list[Candidate], sample: Mapping[str, Sequence[Cell]]) -> bool:
    """Whether the lines of one order differ in quantity × price, so that equal amounts beside them are not theirs."""
    price, quantity = _best(candidates, "unit_price"), _best(candidates, "quantity")
    if price is None:
        return False
    counts: Sequence[Cell] = sample[quantity] if quantity else ["1"] * len(sample[price])
    return any(len({_number(sample[price][row]) * _number(counts[row]) for row in rows}) > 1 for rows in several)


def _number(text: Cell) -> float:
    try:
        return float(_NOT_NUMBER.sub("", text or ""))
    except ValueError:
        return 0.0
