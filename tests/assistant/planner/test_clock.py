"""Times of day in questions, from tests/cases/planner/clock.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.clock import find_times
from assistant.planner.dialogue import Dialogue
from assistant.planner.normalise import normalise
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "planner" / "clock.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["q"]))
def test_times_of_day(case: dict[str, Any]) -> None:
    plain = normalise(str(case["q"]))
    whole = [sense for start, end, sense in find_times(plain) if (start, end) == (0, len(plain))]

    assert [one.data.get("value", "") for one in whole[:1]] == [case["hours"]]


@pytest.mark.parametrize("text", ["给三点建议", "between 5 and 10 orders", "spend 8 to 10", "早上好", "since 2017", "3点意见"])
def test_what_is_no_time_of_day(text: str) -> None:
    assert not list(find_times(normalise(text)))


@pytest.mark.parametrize(
    ("question", "tool", "where"),
    [
        ("晚上8点到10点之间有多少单", "measure", {"hour": ["20:00-22:00"]}),
        (
            "revenue of weekday mornings",
            "measure",
            {"hour": ["06:00-12:00"], "weekday": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]},
        ),
        ("周一到周四的客单价", "measure", {"weekday": ["Monday", "Tuesday", "Wednesday", "Thursday"]}),
        ("who shops after 9pm", "find_customers", {"hour": ["21:00-24:00"]}),
    ],
)
def test_hours_are_filters(question: str, tool: str, where: dict[str, list[str]], vocabulary: Vocabulary) -> None:
    (call,) = understand(question, vocabulary, Dialogue()).calls
    rule = call.args if tool == "measure" else call.args["rule"]

    assert (call.name, rule["where"]) == (tool, where)


def test_two_spans_of_hours_stand_side_by_side(vocabulary: Vocabulary) -> None:
    found = understand("revenue before noon vs after noon", vocabulary, Dialogue())
    assert [call.args["where"]["hour"] for call in found.calls] == [["00:00-12:00"], ["12:00-24:00"]]


def test_a_share_of_hours_is_one_of_the_whole(vocabulary: Vocabulary) -> None:
    found = understand("中午十一点到下午两点的订单占比", vocabulary, Dialogue())
    assert [(call.args.get("where"), call.args.get("share_of")) for call in found.calls] == [({"hour": ["11:00-14:00"]}, ["hour"])]
