"""“有房或者买过奶酪的客户”, "champions, excluding those who spent over 500": every condition, joined in every way, in every frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner" / "joined_conditions.yaml"
TABLES = yaml.safe_load(CASES.read_text(encoding="utf-8"))
_EVERY = 3
"""Of all questions that the tables make, every third is asked."""
_FLIPPED = {"<": ">=", "<=": ">", "!=": "="}


def holds(rule: dict[str, Any], true: frozenset[str]) -> bool:
    """Whether somebody fits a rule of whom these conditions are true."""
    if "all" in rule:
        return all(holds(one, true) for one in rule["all"])
    if "any" in rule:
        return any(holds(one, true) for one in rule["any"])
    if "not" in rule:
        return not holds(rule["not"], true)
    plain, denied = positive(rule)
    return (plain in true) != denied


def positive(rule: dict[str, Any]) -> tuple[str, bool]:
    """A condition as it is said of those who did it, and whether they are left out."""
    if rule.get("op") == "=" and rule["value"] == 0:
        return json.dumps({**rule, "op": ">=", "value": 1}, sort_keys=True), True
    denied = rule.get("op") in _FLIPPED
    return json.dumps({**rule, "op": _FLIPPED[rule["op"]]} if denied else rule, sort_keys=True), denied


def named(rule: dict[str, Any]) -> frozenset[str]:
    """The single conditions of a rule."""
    inside = rule.get("all") or rule.get("any") or ([rule["not"]] if "not" in rule else None)
    return frozenset().union(*map(named, inside)) if inside else frozenset({positive(rule)[0]})


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two rules are true of the same customers, whatever each of them did."""
    conditions = sorted(named(one))
    chosen = product((False, True), repeat=len(conditions))
    everybody = [frozenset(name for name, true in zip(conditions, each, strict=True) if true) for each in chosen]
    return named(one) == named(other) and all(holds(one, who) == holds(other, who) for who in everybody)


def composed(kind: str, rules: tuple[dict[str, Any], dict[str, Any]], whose: dict[str, Any] | None) -> dict[str, Any]:
    """The rule of two conditions that are joined so, of the people that are asked about."""
    first, second = rules
    joined = {"all": {"all": [first, second]}, "any": {"any": [first, second]}, "except": {"all": [first, {"not": second}]}}[kind]
    return {"all": [whose, joined]} if whose is not None else joined


def questions(language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The questions that the tables make, with their rules."""
    table = TABLES[language]
    known = list(table["conditions"].items())
    pairs = [(one, other) for one in known for other in known if one[0] != other[0]]
    for at, ((one, other), kind) in enumerate(product(pairs, table["joins"])):
        if kind == "except" and other[1].get("value") == 0:
            continue
        ways, frames, people = table["joins"][kind], table["frames"], list(table["people"].items())
        (noun, whose), way, frame = people[at % len(people)], ways[at % len(ways)], frames[at // 2 % len(frames)]
        words = frame.format(n=noun, p=way.format(a=one[0], b=other[0]))
        yield words, composed(kind, (one[1], other[1]), whose)


def found(question: str, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The rules of the customers that are looked for; the first is the reading, a second one is named beside it."""
    return [call.args["rule"] for call in understand(question, vocabulary).calls if set(call.args) == {"rule"}]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_conditions_are_joined_as_they_are_said(language: str, vocabulary: Vocabulary) -> None:
    read = [(words, rule, found(words, vocabulary)) for words, rule in list(questions(language))[::_EVERY]]
    missed = [f"{words}: {rules}" for words, rule, rules in read if not any(same(rule, one) for one in rules)]
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("case", TABLES["told"], ids=lambda case: case["question"])
def test_whole_questions(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    rules = found(case["question"], vocabulary)
    assert rules, case["question"]
    assert same(case["rule"], rules[0]), rules
