"""What a measurement is limited to, as answers name it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.planner.answers import write_result
from assistant.planner.dialogue import Result
from assistant.planner.plan import Call
from assistant.planner.views import ResultView

WORKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


@pytest.mark.parametrize(
    ("args", "zh", "en"),
    [
        ({}, "", ""),
        ({"customers": "champions"}, "冠军客户", "Champions"),
        ({"customers": "t1"}, "", ""),
        ({"where": {"weekday": ["Saturday", "Sunday"]}}, "周末", "weekend"),
        ({"where": {"weekday": ["Sunday", "Saturday"]}}, "周末", "weekend"),
        ({"where": {"weekday": WORKDAYS}}, "工作日", "weekdays"),
        ({"where": {"weekday": ["Monday", "Friday"]}}, "周一、周五", "Monday, Friday"),
        ({"where": {"day_type": ["weekend"]}}, "周末", "weekend"),
        ({"where": {"category": ["DELI", "MEAT"]}}, "DELI、MEAT", "DELI, MEAT"),
        (
            {"where": {"category": ["DELI"], "weekday": ["Monday"]}, "customers": "champions"},
            "冠军客户 DELI 周一",
            "Champions, DELI, Monday",
        ),
    ],
)
def test_what_a_measurement_is_limited_to_is_named_in_the_readers_language(args: dict[str, Any], zh: str, en: str) -> None:
    result = Result(Call("measure", args), "t1", "answered", {})
    assert (ResultView(result, "zh").subject(args), ResultView(result, "en").subject(args)) == (zh, en)


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("buyers", "Customers who ordered (DELI) were **[[t1.buyers]]**."),
        ("orders", "Orders of DELI were **[[t1.orders]]**."),
        ("revenue", "Revenue of DELI was **[[t1.revenue]]**."),
    ],
)
def test_what_is_counted_is_plural_and_told_of_what_it_is(metric: str, said: str) -> None:
    figure = {"id": f"t1.{metric}", "label": {"zh": metric, "en": metric}, "value": 3, "unit": "number"}
    content = {"outcome": "answered", "figures": [figure], "details": {"handle": "t1", "metrics": [metric], "groups": []}, "tables": []}
    args = {"metrics": [metric], "where": {"category": ["DELI"]}}
    assert said in write_result(Result(Call("measure", args), "t1", "answered", content), "en")


def test_a_rule_is_told_in_a_sentence_where_it_is_short() -> None:
    args = {"metrics": ["revenue"], "customers": {"behaviour": "responses", "op": ">=", "value": 1}}
    for words, told in (("customers who responded", "customers who responded"), ("customers " + "who did " * 20, "")):
        content = {"details": {"whose": {"zh": words, "en": words}}}
        assert ResultView(Result(Call("measure", args), "t1", "answered", content), "en").subject(args) == told
    grouped = {**args, "by": ["rfm_group"]}
    content = {"details": {"whose": {"zh": "有响应的客户", "en": "customers who responded"}}}
    assert ResultView(Result(Call("measure", grouped), "t1", "answered", content), "en").subject(grouped) == ""
