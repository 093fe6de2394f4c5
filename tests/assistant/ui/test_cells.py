from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from assistant.ui.cells import cell_of, format_cell
from tools.contracts import Column, Text, Unit


@pytest.mark.parametrize(
    ("value", "unit", "shown", "exact"),
    [
        (2469, Unit.COUNT, "2,469", ""),
        (Decimal("1843211.55"), Unit.MONEY, "¥1,843,211.55", ""),
        ("1843211.5", Unit.MONEY, "¥1,843,211.50", "1843211.5"),
        (Decimal("-12.3"), Unit.MONEY, "-¥12.30", "-12.3"),
        (Decimal("0.16686918"), Unit.SHARE, "16.7%", "0.16686918"),
        (0.5, Unit.PROBABILITY, "50.0%", "0.5"),
        (Decimal("0.031"), Unit.POINTS, "+3.1pp", "0.031"),
        (Decimal("-0.0321"), Unit.CHANGE, "-3.2%", "-0.0321"),
        (2.345, Unit.RATIO, "2.35×", "2.345"),
        (5, Unit.SCORE, "5", ""),
        (12, Unit.DAYS, "12", ""),
        (Decimal("12.345"), Unit.DAYS, "12.3", "12.345"),
        (1.234567, Unit.NUMBER, "1.23", "1.234567"),
        (dt.date(2018, 1, 1), Unit.DATE, "2018-01-01", ""),
        ("2018-01-01", Unit.DATE, "2018-01-01", ""),
        ("0012", Unit.ID, "0012", ""),
        ("DELI", Unit.TEXT, "DELI", ""),
        (None, Unit.MONEY, "–", ""),
        (True, Unit.TEXT, "✓", ""),
        ("n/a", Unit.COUNT, "n/a", ""),
        (float("nan"), Unit.NUMBER, "nan", ""),
    ],
)
def test_values_are_shown_by_their_unit(value: object, unit: Unit, shown: str, exact: str) -> None:
    cell = format_cell(value, unit, "¥")  # type: ignore[arg-type]
    assert (cell.shown, cell.exact) == (shown, exact)


def test_numbers_belong_to_the_right_and_ids_to_the_left() -> None:
    assert format_cell(7, Unit.COUNT, "$").numeric
    assert format_cell(None, Unit.SHARE, "$").numeric
    assert not format_cell("7", Unit.ID, "$").numeric
    assert not format_cell(None, Unit.TEXT, "$").numeric


def test_the_id_of_a_customer_asks_about_them() -> None:
    column = Column(id="customer_id", label=Text(zh="客户编号", en="customer id"), unit=Unit.ID)
    assert cell_of("1365", column, "en", "$").question == "Tell me about customer 1365"
    assert cell_of("1365", column, "zh", "$").question == "客户 1365 的情况"
    assert cell_of(None, column, "en", "$").question == ""
