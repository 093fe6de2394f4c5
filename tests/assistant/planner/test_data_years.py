"""“This year” is the year of the data where they end on New Year's Day, and is told; on any other day it is left as it is."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.planner.data_years import with_data_year

NEW_YEAR = dt.date(2018, 1, 1)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("今年11月一共多少客人", "2017年11月一共多少客人"),
        ("今年和去年比", "2017年和2016年比"),
        ("今年12月跟去年同期比", "2017年12月跟去年同期比"),
        ("年初至今销售额", "2017年销售额"),
        ("orders this year", "orders in 2017"),
        ("this years revenue vs last years", "2017 revenue vs 2016"),
        ("sales in this year so far", "sales in 2017"),
        ("ytd revenue", "in 2017 revenue"),
    ],
)
def test_this_year_of_data_that_end_on_new_years_day(typed: str, read: str) -> None:
    found, mended = with_data_year(typed, NEW_YEAR)
    assert found == read
    assert [one.read for one in mended] in (["2017年"], ["2017"])


@pytest.mark.parametrize("typed", ["去年12月的销售额", "revenue last year", "本年龄段的客户"])
def test_other_years_are_left_alone(typed: str) -> None:
    assert with_data_year(typed, NEW_YEAR) == (typed, [])


def test_on_any_other_day_this_year_goes_on() -> None:
    assert with_data_year("今年卖了多少", dt.date(2018, 1, 2)) == ("今年卖了多少", [])
