"""How one value of a table is shown: formatted by its unit, with the exact value beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from assistant.ui.texts import say
from tools.contracts import Column, FigureValue, Unit

MISSING = "–"
_LINE = 36
"""Characters of text that a cell shows on one line."""
_TEXTUAL = frozenset({Unit.TEXT, Unit.ID, Unit.DATE})
_PERCENT = {Unit.SHARE: False, Unit.PROBABILITY: False, Unit.POINTS: True, Unit.CHANGE: True}
"""Units shown as a percentage; whether a plus sign is written."""


@dataclass(frozen=True)
class Cell:
    """A value as shown.

    Args:
        shown: The formatted value.
        exact: The exact value where it says more than ``shown``; empty otherwise.
        numeric: Whether it belongs on the right side of its column.
        question: What a click on it asks; empty where a click does nothing.
    """

    shown: str
    exact: str = ""
    numeric: bool = False
    question: str = ""

    @property
    def long(self) -> bool:
        """Whether it needs more than one line."""
        return len(self.shown) > _LINE


def is_numeric(unit: Unit) -> bool:
    """Whether a column of this unit holds numbers."""
    return unit not in _TEXTUAL


def cell_of(value: FigureValue, column: Column, language: str, currency: str) -> Cell:
    """The value of a column as its reader sees it: a stored id by its name, a number by its unit."""
    name = column.name_of(value, language)
    if name:
        return Cell(name)
    cell = format_cell(value, column.unit, currency)
    return replace(cell, question=say("ask_customer", language, id=cell.shown)) if column.id == "customer_id" and value else cell


def heading(column: Column, language: str) -> str:
    """The column's label, with a capital where the language has them."""
    label = column.label.say(language)
    return label[:1].upper() + label[1:]


def format_cell(value: FigureValue, unit: Unit, currency: str) -> Cell:
    """The value formatted for a table.

    Args:
        value: A fraction for shares, probabilities, points and changes; numbers may come as strings.
        unit: What the value measures.
        currency: Symbol put before money.
    """
    if value is None:
        return Cell(MISSING, numeric=is_numeric(unit))
    if isinstance(value, bool):
        return Cell("✓" if value else "✗")
    if unit in _TEXTUAL or isinstance(value, dt.date):
        return Cell(_plain(value))
    number = _number(value)
    if number is None:
        return Cell(str(value))
    shown = _format(number, unit, currency)
    exact = _exact(number)
    return Cell(shown, exact if exact != shown.replace(currency, "").replace(",", "") else "", numeric=True)


def _plain(value: FigureValue) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _number(value: FigureValue) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _exact(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _format(number: Decimal, unit: Unit, currency: str) -> str:
    if unit is Unit.MONEY:
        return f"{'-' if number < 0 else ''}{currency}{_rounded(abs(number), 2)}"
    if unit in _PERCENT:
        sign = "+" if _PERCENT[unit] and number > 0 else ""
        return f"{sign}{_rounded(number * 100, 1)}{'pp' if unit is Unit.POINTS else '%'}"
    if unit is Unit.RATIO:
        return f"{_rounded(number, 2)}×"
    if unit in (Unit.COUNT, Unit.SCORE, Unit.DAYS) and number == number.to_integral_value():
        return f"{number:,.0f}"
    return _rounded(number, 1 if unit is Unit.DAYS else 2)


def _rounded(number: Decimal, places: int) -> str:
    # Halves go up, as an operator rounds, and as prose does.
    return f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
