"""Windows resolve to calendar dates; the expected dates were read off a calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from tools.errors import InputError
from tools.windows import Window

AS_OF = dt.date(2018, 1, 1)

CASES: list[tuple[dict[str, Any], str | None, str | None]] = [
    ({"last_days": 1}, "2018-01-01", "2018-01-01"),
    ({"last_days": 30}, "2017-12-03", "2018-01-01"),
    ({"last_days": 90}, "2017-10-04", "2018-01-01"),
    ({"last_days": 90, "shift": 1}, "2017-07-06", "2017-10-03"),
    ({"period": "last_month"}, "2017-12-01", "2017-12-31"),
    ({"period": "last_month", "shift": 1}, "2017-11-01", "2017-11-30"),
    ({"period": "this_month"}, "2018-01-01", "2018-01-01"),
    ({"period": "last_quarter"}, "2017-10-01", "2017-12-31"),
    ({"period": "last_year"}, "2017-01-01", "2017-12-31"),
    ({"period": "last_week"}, "2017-12-25", "2017-12-31"),
    ({"period": "2017-Q4"}, "2017-10-01", "2017-12-31"),
    ({"period": "2017-q1", "shift": 1}, "2016-10-01", "2016-12-31"),
    ({"period": "2016-02"}, "2016-02-01", "2016-02-29"),
    ({"period": "2017-H1"}, "2017-01-01", "2017-06-30"),
    ({"period": "2017-H1", "shift": 1}, "2016-07-01", "2016-12-31"),
    ({"period": "2017-W01"}, "2017-01-02", "2017-01-08"),
    ({"period": "2017"}, "2017-01-01", "2017-12-31"),
    ({"period": "all"}, None, "2018-01-01"),
    ({"start": "2017-05-01", "end": "2017-05-10"}, "2017-05-01", "2017-05-10"),
    ({"start": "2017-05-01", "end": "2017-05-10", "shift": 1}, "2017-04-21", "2017-04-30"),
    ({"start": "2017-05-01"}, "2017-05-01", None),
]


@pytest.mark.parametrize(("arguments", "start", "end"), CASES)
def test_dates(arguments: dict[str, Any], start: str | None, end: str | None) -> None:
    found = Window(**arguments).resolve(AS_OF)
    assert (found.start and str(found.start), found.end and str(found.end)) == (start, end)


def test_leap_day_is_the_end_of_its_month() -> None:
    assert Window(period="this_month").resolve(dt.date(2016, 2, 29)).end == dt.date(2016, 2, 29)


@pytest.mark.parametrize("period", ["2017-13", "2017-W60", "next_month", "Q4", "yesterday"])
def test_unknown_periods_are_one_sentence(period: str) -> None:
    with pytest.raises(InputError, match="period"):
        Window(period=period).resolve(AS_OF)


@pytest.mark.parametrize("window", [Window(start=AS_OF), Window(end=AS_OF), Window(period="all")])
def test_open_windows_have_no_previous(window: Window) -> None:
    with pytest.raises(InputError, match="both dates"):
        window.previous().resolve(AS_OF)


@pytest.mark.parametrize(
    "arguments",
    [
        {"period": "0000"},
        {"period": "0000-Q1"},
        {"period": "0050", "shift": 120},
        {"last_days": 36525, "shift": 120},
        {"start": "0001-01-01", "end": "0002-01-01", "shift": 5},
    ],
)
def test_windows_outside_the_calendar_are_one_sentence(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="before the year 1"):
        Window(**arguments).resolve(AS_OF)


@pytest.mark.parametrize("arguments", [{"last_days": 3, "period": "2017"}, {"start": "2017-02-01", "end": "2017-01-01"}, {"last_days": 0}])
def test_contradictions_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="window|greater"):
        Window(**arguments)
