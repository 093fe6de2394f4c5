"""Fewer logins: the guard against chance by hand, and customers counted by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from scipy.stats import binom

from tools.contracts import Outcome
from tools.errors import InputError, NotEnoughData, UnsupportedQuestion
from tools.requests import FindBehaviour
from tools.segments.findings import find_behaviour
from tools.segments.findings.decline import chance_of_declining, most_when_declining
from tools.windows import Window

AS_OF = dt.date(2024, 6, 30)


def logins(customer: str, now: int, before: int, per_day: int = 1, days: int = 30) -> list[tuple[str, str, str, None]]:
    """So many logins in the last days (one a day) and in as many days before."""
    found = [AS_OF - dt.timedelta(days=number) for number in range(now)]
    found += [AS_OF - dt.timedelta(days=days + number // per_day) for number in range(before)]
    return [(customer, f"{day} 08:{number:02d}", "login", None) for number, day in enumerate(found)]


EVENTS = [
    *logins("a", 0, 5),  # P(0 of 5) = 1/32
    *logins("b", 1, 7),  # P(at most 1 of 8) = 9/256
    *logins("c", 2, 6),  # P(at most 2 of 8) = 37/256
    *logins("d", 0, 4),  # P(0 of 4) = 1/16
    *logins("e", 0, 8, per_day=8),  # all on one day
    *logins("f", 6, 2),  # more than before
    *logins("g", 3, 0),  # nothing before
    ("z", "2024-05-02 00:00", "login", None),  # the first day of the earlier period
    ("z", "2024-05-01 23:59", "login", None),  # the day before it
    ("z", "2024-07-01 00:00", "login", None),  # after the as-of date
]


@pytest.mark.parametrize(("total", "most"), [(0, -1), (4, -1), (5, 0), (7, 0), (8, 1), (10, 1), (11, 2), (20, 5)])
def test_most_when_declining_by_hand(total: int, most: int) -> None:
    assert most_when_declining(total) == most


@pytest.mark.parametrize("total", [13, 100, 999, 1000, 1001, 5000])
def test_most_when_declining_against_scipy(total: int) -> None:
    most = most_when_declining(total)
    assert binom.cdf(most, total, 0.5) < 0.05 <= binom.cdf(most + 1, total, 0.5)


def test_chance_by_hand() -> None:
    assert chance_of_declining(4) == 0.0
    assert chance_of_declining(5) == pytest.approx(1 / 32)
    assert chance_of_declining(8) == pytest.approx(9 / 256)


def test_only_those_whom_chance_does_not_explain(shop) -> None:
    with shop("abcdefgz", EVENTS) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="declining_logins"))
    found = {figure.id: figure.value for figure in result.figures}
    assert [row[:3] for row in result.tables[0].rows] == [("b", 1, 7), ("a", 0, 5)]
    assert result.selection is not None
    assert result.selection.rule.value == ["b", "a"]  # type: ignore[union-attr]
    # a, b, c, d, e, f and z logged in before; a, b, c and d on three days at least.
    assert (found["customers"], found["customers_before"], found["customers_judged"]) == (2, 7, 4)
    assert (found["logins_now"], found["logins_before"]) == (0 + 1 + 2 + 0 + 0 + 6 + 3, 5 + 7 + 6 + 4 + 8 + 2 + 1)
    assert found["change"] == pytest.approx((12 - 33) / 33)
    assert found["by_chance"] == pytest.approx(1 / 32 + 2 * 9 / 256), "a with 5 logins, b and c with 8 each, d with 4"
    assert found["row1.change"] == pytest.approx(-6 / 7)
    assert result.charts[0].en["data"][0]["y"] == [6.0, 0.5]


def test_least_times_sets_small_habits_aside(shop) -> None:
    with shop("abcdefgz", EVENTS) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="declining_logins", least_times=6))
    assert [row[0] for row in result.tables[0].rows] == ["b"]


def test_what_chance_alone_would_find_is_said(shop) -> None:
    # Sixty customers log in four times in either period: each would be called declining with a probability of 9/256.
    others = [f"o{number}" for number in range(60)]
    events = [*logins("a", 0, 5), *(one for who in others for one in logins(who, 4, 4)), ("z", "2024-01-01", "login", None)]
    with shop(["a", *others, "z"], events) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="declining_logins"))
    assert result.figure("customers").value == 1
    assert result.figure("by_chance").value == pytest.approx(1 / 32 + 60 * 9 / 256)
    assert [one.en for one in result.caveats] == ["About 2 customers would be on the list by chance alone, had nobody's rate changed."]


def test_another_window(shop) -> None:
    events = [*logins("a", 1, 7, days=7), ("a", "2024-01-01", "login", None)]
    with shop("a", events) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="declining_logins", window=Window(last_days=7)))
        assert [row[:3] for row in result.tables[0].rows] == [("a", 1, 7)]
        assert result.interpretation is not None
        assert "7 days up to 2024-06-30" in result.interpretation.en
        none = find_behaviour(ctx, FindBehaviour(pattern="declining_logins"))
        assert none.outcome is Outcome.EMPTY
        with pytest.raises(InputError, match="both dates"):
            find_behaviour(ctx, FindBehaviour(pattern="declining_logins", window=Window(end=AS_OF)))


def test_a_short_history_is_no_decline(shop) -> None:
    with (
        shop("a", logins("a", 0, 5, days=10)) as ctx,
        pytest.raises(NotEnoughData, match="from 2024-06-16 on, .* needs them from 2024-05-02"),
    ):
        find_behaviour(ctx, FindBehaviour(pattern="declining_logins"))


def test_no_logins(shop) -> None:
    with shop("a", [("a", "2024-06-01", "view", "p")]) as ctx, pytest.raises(UnsupportedQuestion, match="have no logins"):
        find_behaviour(ctx, FindBehaviour(pattern="declining_logins"))
