"""Hours of the day in filters."""

from __future__ import annotations

import pytest

from tools.clock import clock_text, hours_named, hours_of
from tools.errors import InputError


@pytest.mark.parametrize(
    ("value", "hours"),
    [
        ("20", ["20"]),
        ("9", ["09"]),
        ("20:00-22:00", ["20", "21"]),
        ("9-12", ["09", "10", "11"]),
        ("22:00-02:00", ["22", "23", "00", "01"]),
        ("21:00-24:00", ["21", "22", "23"]),
        ("00:00-06:00", ["00", "01", "02", "03", "04", "05"]),
    ],
)
def test_hours_of_a_time_of_day(value: str, hours: list[str]) -> None:
    assert list(hours_of(value)) == hours


@pytest.mark.parametrize("value", ["25", "20:30-22:00", "9-9", "noon", "24-26", ""])
def test_what_is_no_time_of_day_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="no time of day"):
        hours_of(value)


def test_words() -> None:
    assert clock_text("20:00-22:00").en == "20:00–22:00"
    assert clock_text("9").zh == "09:00–10:00"
    assert clock_text("22-2").en == "22:00–02:00"


def test_hours_of_several_are_taken_once() -> None:
    hours, names = hours_named(["9-11", "10-12"])
    assert hours == ("09", "10", "11")
    assert [one.en for one in names] == ["09:00–11:00", "10:00–12:00"]
