"""Ways to say a time, from tests/cases/planner/times.yaml."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.amounts import reduce
from assistant.planner.dialogue import Dialogue
from assistant.planner.feasts import easter, feast_days
from assistant.planner.normalise import normalise
from assistant.planner.periods import find_periods
from assistant.planner.tokenise import tokenise
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

AS_OF = dt.date(2018, 1, 1)
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "planner" / "times.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["q"]))
def test_times(case: dict[str, Any]) -> None:
    plain = normalise(str(case["q"]))
    whole = [period for period in find_periods(plain, AS_OF) if (period.start, period.end) == (0, len(plain))]
    assert whole, "nothing spans the whole text"

    dates = whole[-1].window.resolve(AS_OF)
    assert [str(dates.start or ""), str(dates.end or "")] == [str(day) for day in case["dates"]]


@pytest.mark.parametrize("text", ["客单价在10.1到20.3元", "1/3的客户", "12月20个客户", "三个季度", "消费10.5元以上"])
def test_numbers_that_are_no_dates(text: str) -> None:
    found = [period for period in find_periods(normalise(text), AS_OF) if period.window.start and period.window.start == period.window.end]
    assert not found


def test_a_time_said_twice_is_one(vocabulary: Vocabulary) -> None:
    tokens, _ = tokenise(normalise("国庆那七天（10月1号到3号）的销售额"), vocabulary, vocabulary.as_of)
    windows = [sense.data["window"] for token in reduce(tokens, vocabulary) if (sense := token.get("window"))]

    assert [str(one.start) + str(one.end) for one in windows] == ["2017-10-012017-10-03"]


@pytest.mark.parametrize("text", ["截至2017年6月30日,最近90天的活跃客户", "最近90天(截至2017年6月30日)的活跃客户"])
def test_days_that_end_with_a_date(text: str, vocabulary: Vocabulary) -> None:
    tokens, _ = tokenise(normalise(text), vocabulary, vocabulary.as_of)
    (window,) = [sense.data["window"] for token in reduce(tokens, vocabulary) if (sense := token.get("window"))]

    assert (str(window.start), str(window.end)) == ("2017-04-02", "2017-06-30")


def test_two_times_side_by_side_stay_two(vocabulary: Vocabulary) -> None:
    tokens, _ = tokenise(normalise("11月和12月的销售额"), vocabulary, vocabulary.as_of)
    assert sum(token.is_("window") for token in reduce(tokens, vocabulary)) == 2


@pytest.mark.parametrize(("year", "day"), [(2015, "04-05"), (2016, "03-27"), (2018, "04-01"), (2024, "03-31")])
def test_easter(year: int, day: str) -> None:
    assert str(easter(year)) == f"{year}-{day}"


def test_a_feast_of_an_unknown_year() -> None:
    with pytest.raises(ValueError, match="not known"):
        feast_days("spring_festival", 1999)


AMOUNTS = yaml.safe_load((Path(__file__).parents[2] / "cases" / "planner" / "amounts_said.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", AMOUNTS, ids=lambda case: str(case["q"]))
def test_amounts_as_they_are_said(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    (call,) = understand(case["q"], vocabulary, Dialogue()).calls
    assert (call.name, call.args["rule"]) == ("find_customers", case["rule"])
