"""Times in questions, at the as-of date 2018-01-01; expected dates are counted on a calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.planner.normalise import normalise
from assistant.planner.periods import find_periods
from assistant.planner.time_units import find_horizons

AS_OF = dt.date(2018, 1, 1)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("last 90 days", "2017-10-04", "2018-01-01"),
        ("最近30天", "2017-12-03", "2018-01-01"),
        ("过去一年", "2017-01-02", "2018-01-01"),
        ("in the past two weeks", "2017-12-19", "2018-01-01"),
        ("近半年", "2017-07-06", "2018-01-01"),
        ("Q4 2017", "2017-10-01", "2017-12-31"),
        ("2017年第四季度", "2017-10-01", "2017-12-31"),
        ("去年三季度", "2017-07-01", "2017-09-30"),
        ("the second quarter of 2017", "2017-04-01", "2017-06-30"),
        ("2017年上半年", "2017-01-01", "2017-06-30"),
        ("11月", "2017-11-01", "2017-11-30"),
        ("in May", "2017-05-01", "2017-05-31"),
        ("February 2016", "2016-02-01", "2016-02-29"),
        ("上个月", "2017-12-01", "2017-12-31"),
        ("last month", "2017-12-01", "2017-12-31"),
        ("去年", "2017-01-01", "2017-12-31"),
        ("2017年11月11日", "2017-11-11", "2017-11-11"),
        ("Nov 15, 2017", "2017-11-15", "2017-11-15"),
        ("yesterday", "2017-12-31", "2017-12-31"),
        ("between 2017-03-01 and 2017-05-15", "2017-03-01", "2017-05-15"),
        ("2017年3月到5月", "2017-03-01", "2017-05-31"),
        ("from March to May 2017", "2017-03-01", "2017-05-31"),
        ("since October", "2017-10-01", None),
        ("2017年6月以来", "2017-06-01", None),
        ("before 2017-06", None, "2017-05-31"),
        ("2017年6月之后", "2017-07-01", None),
    ],
)
def test_periods(text: str, start: str | None, end: str | None) -> None:
    plain = normalise(text)
    longest = max(find_periods(plain, AS_OF), key=lambda period: period.end - period.start)

    dates = longest.window.resolve(AS_OF)
    assert (longest.start, longest.end) == (0, len(plain))
    assert (str(dates.start) if dates.start else None, str(dates.end) if dates.end else None) == (start, end)


@pytest.mark.parametrize("text", ["2017-13", "2017年13月45日", "客户", "the next 30 days"])
def test_what_is_no_time(text: str) -> None:
    assert not [period for period in find_periods(normalise(text), AS_OF) if period.end - period.start > 4]


@pytest.mark.parametrize(("text", "days"), [("in the next 60 days", 60), ("未来两周", 14), ("next month", 30)])
def test_times_ahead(text: str, days: int) -> None:
    assert days in [found for _, _, found in find_horizons(normalise(text))]


@pytest.mark.parametrize(("text", "days"), [("in the next fortnight", 14), ("未来半个月", 15)])
def test_units_of_time_ahead(text: str, days: int) -> None:
    found = [days for _, _, days in find_horizons(normalise(text))]
    assert days in found
