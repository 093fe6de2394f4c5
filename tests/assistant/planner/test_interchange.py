"""Questions that mean the same become the same calls: one word for another, and other ways of writing the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from opencc import OpenCC

from assistant.planner.dialogue import Dialogue
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner"
GROUPS = yaml.safe_load((CASES / "interchange.yaml").read_text(encoding="utf-8"))
HAN = re.compile(r"[\u3400-\u9fff]")
QUESTIONS = yaml.safe_load((CASES / "written.yaml").read_text(encoding="utf-8"))


PLANS: dict[tuple[str, int], list[tuple[str, dict[str, Any]]]] = {}
"""Plans of questions that are asked again."""


def plan(question: str, vocabulary: Vocabulary) -> list[tuple[str, dict[str, Any]]]:
    key = (question, id(vocabulary))
    if key not in PLANS:
        PLANS[key] = [(call.name, dict(call.args)) for call in understand(question, vocabulary, Dialogue()).calls]
    return PLANS[key]


def worded() -> Iterator[Any]:
    for group in GROUPS:
        first, *others = group["words"]
        for question, tool in group["questions"].items():
            yield pytest.param(question.format(first), tool, None, id=question.format(first))
            for word in others:
                yield pytest.param(question.format(first), tool, question.format(word), id=question.format(word))


@pytest.mark.parametrize(("question", "tool", "other"), list(worded()))
def test_words_of_one_meaning_ask_the_same(question: str, tool: str, other: str | None, vocabulary: Vocabulary) -> None:
    asked = plan(question, vocabulary)

    assert asked[0][0] == tool
    assert other is None or plan(other, vocabulary) == asked


def traditional(text: str) -> str:
    return str(OpenCC("s2tw").convert(text)).replace("覆購", "複購")


def wide(text: str) -> str:
    return re.sub(r"[0-9a-zA-Z,?%]", lambda match: chr(ord(match[0]) + 0xFEE0), text)


def spaced(text: str) -> str:
    return re.sub(r"(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])(?=[\u3400-\u9fff])", " ", text)


def unmarked(text: str) -> str:
    return re.sub(r"[，、,?？。]+", " ", text).strip()


WAYS: dict[str, Callable[[str], str]] = {
    "traditional": traditional,
    "wide": wide,
    "spaced": spaced,
    "upper": str.upper,
    "lower": str.lower,
    "asked": lambda text: text.rstrip("?？。.") + ("？" if HAN.search(text) else "?"),
    "please": lambda text: ("麻烦" if HAN.search(text) else "please ") + text,
    "greeting": lambda text: ("你好，" if HAN.search(text) else "hi, ") + text,
    "thanks": lambda text: text.rstrip("?？。.") + ("，谢谢" if HAN.search(text) else ", thanks"),
    "quickly": lambda text: text.rstrip("?？。.") + ("，急" if HAN.search(text) else " asap"),
}


@pytest.mark.parametrize("written", list(WAYS.values()), ids=list(WAYS))
def test_other_ways_of_writing_ask_the_same(written: Callable[[str], str], vocabulary: Vocabulary) -> None:
    changed = [one for question in QUESTIONS if plan(one := written(question), vocabulary) != plan(question, vocabulary)]

    assert changed == []


WHOLE = (
    ("晚上8点到9点一共成交了多少单", "你好,晚上8点到9点一共成交了多少单"),
    ("the week of thanksgiving revenue", "the week of thanksgiving revenue, thanks"),
    ("revenue by department last month", "revenue, by department, last month"),
    ("各门店的订单数和客单价", "各门店的订单数量和客单价"),
    ("customers with orders this year", "customers with orders the current year"),
)
"""Questions that once lost a part when something stood around it."""


@pytest.mark.parametrize(("question", "other"), WHOLE)
def test_what_stands_around_takes_nothing_away(question: str, other: str, vocabulary: Vocabulary) -> None:
    assert plan(other, vocabulary) == plan(question, vocabulary)


ORDERS = (
    ("revenue by department in december", "in december, revenue by department"),
    ("how many customers bought MEAT last month", "last month, how many customers bought MEAT"),
    ("average order value by store over the last 90 days", "over the last 90 days, average order value by store"),
    ("各门店12月的销售额", "12月各门店的销售额"),
    ("新客数2017年每个月", "2017年每个月新客数"),
    ("各部门最近90天的订单数", "最近90天各部门的订单数"),
    ("customers who bought MEAT and spent over 500", "customers who spent over 500 and bought MEAT"),
    ("买过MEAT且消费超过500元的客户", "消费超过500元且买过MEAT的客户"),
    ("25-34岁、买过DELI的客户", "买过DELI、25-34岁的客户"),
    ("revenue of DELI and MEAT", "revenue of MEAT and DELI"),
)


@pytest.mark.parametrize(("question", "other"), ORDERS)
def test_the_order_of_words_does_not_matter(question: str, other: str, vocabulary: Vocabulary) -> None:
    assert _unordered(plan(question, vocabulary)) == _unordered(plan(other, vocabulary))


def _unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unordered(one) for key, one in value.items()}
    return sorted(str(_unordered(one)) for one in value) if isinstance(value, (list, tuple)) else value
