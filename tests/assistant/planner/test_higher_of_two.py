"""One sentence says which of two figures is higher, and of whom."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.planner.answers import write_answer
from assistant.planner.dialogue import Result
from assistant.planner.plan import Call


def measured(handle: str, value: float | None, **args: Any) -> Result:
    figures = [{"id": f"{handle}.orders", "label": {"zh": "订单数", "en": "orders"}, "value": value, "unit": "count"}]
    details = {"handle": handle, "metrics": ["orders"], "groups": []}
    content = {"outcome": "answered", "figures": figures, "details": details, "tables": []}
    return Result(Call("measure", {"metrics": ["orders"], **args}), handle, "answered", content)


def of(category: str) -> dict[str, Any]:
    return {"where": {"category": [category]}}


@pytest.mark.parametrize(
    ("first", "second", "zh", "en"),
    [
        (3, 2, "**DELI**更高。", "It is higher for **DELI**."),
        (2, 3, "**MEAT**更高。", "It is higher for **MEAT**."),
        (2, 2, "数值相同。", "They are the same."),
    ],
)
def test_the_higher_of_two_is_named(first: float, second: float, zh: str, en: str) -> None:
    results = [measured("t1", first, **of("DELI")), measured("t2", second, **of("MEAT"))]
    assert write_answer(results, "zh").endswith(zh)
    assert write_answer(results, "en").endswith(en)


def test_what_both_sides_share_is_not_said_again() -> None:
    sides = [measured("t1", 5, customers="champions", **of("DELI")), measured("t2", 2, customers="loyal", **of("DELI"))]
    assert write_answer(sides, "en").endswith("higher for **Champions**.")


def test_a_side_without_a_name_is_told_by_its_place() -> None:
    results = [measured("t1", 5, customers="t7"), measured("t2", 2, customers="t8")]
    assert write_answer(results, "en").endswith("higher for **the first**.")


@pytest.mark.parametrize(
    "results",
    [
        [measured("t1", 5)],
        [measured("t1", 5), measured("t2", None, **of("DELI"))],
        [measured("t1", 5), measured("t2", 4, **of("DELI")), measured("t3", 3, **of("MEAT"))],
        [measured("t1", 5, by=["month"]), measured("t2", 4, **of("DELI"))],
        [measured("t1", 5, compare="previous"), measured("t2", 4, **of("DELI"))],
    ],
)
def test_nothing_is_said_where_it_is_no_such_pair(results: list[Result]) -> None:
    assert "It is higher for" not in write_answer(results, "en")
