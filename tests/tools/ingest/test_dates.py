"""How columns of dates are written, and what was never a date."""

from __future__ import annotations

import pytest

from tools.ingest.dates import date_shape
from tools.ingest.formats import EPOCH_MILLISECONDS, EPOCH_SECONDS, EXCEL_SERIAL, ISO


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2024-03-05", "2024-12-31"], ISO),
        (["2024-03-05 10:00:00", "2024-12-31 23:59:59"], ISO),
        (["25/03/2024", "06/03/2024"], "%d/%m/%Y"),
        (["03/25/2024", "03/06/2024"], "%m/%d/%Y"),
        (["25.03.2024", "06.03.2024"], "%d.%m.%Y"),
        (["20240305", "20241231"], "%Y%m%d"),
        (["1709600000", "1709700000"], EPOCH_SECONDS),
        (["1709600000000", "1709700000000"], EPOCH_MILLISECONDS),
        (["45356", "45357.5"], EXCEL_SERIAL),
    ],
)
def test_format(values: list[str], expected: str) -> None:
    shape = date_shape(values)
    assert shape.share == 1
    assert shape.date_format(shape.day_first) == expected


def test_the_order_of_day_and_month_is_told_only_by_a_day_beyond_twelve() -> None:
    assert date_shape(["05/03/2024", "06/03/2024"]).day_first is None
    assert date_shape(["05/03/2024", "13/03/2024"]).day_first is True
    assert date_shape(["05/03/2024", "03/13/2024"]).day_first is False


def test_both_orders_in_one_column_contradict_each_other() -> None:
    shape = date_shape(["25/03/2024", "03/25/2024"])
    assert shape.contradictory


def test_chinese_dates_have_times() -> None:
    shape = date_shape(["2024年3月5日 下午3时20分", "2024年12月31日"])
    assert (shape.share, shape.has_time) == (1, True)


@pytest.mark.parametrize("values", [[], ["hello", "world"], ["12.50", "13.00"], ["A1", "B2"]])
def test_no_dates(values: list[str]) -> None:
    assert date_shape(values).share == 0


def test_part_of_a_column_may_be_dates() -> None:
    assert date_shape(["2024-03-05", "soon", "2024-03-06", "later"]).share == 0.5
