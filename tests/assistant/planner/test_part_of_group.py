"""“367门店的客户里去过406的占多少”: who the group are, and what some of them did, are told apart in every frame."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner" / "part_of_group.yaml"
_COUNTED = re.compile("how many (?!of )")
"""What asks how many of a group did something needs no share of the group."""
TABLES = yaml.safe_load(CASES.read_text(encoding="utf-8"))


def conditions(rule: dict[str, Any]) -> set[str]:
    """The conditions of a rule that must all hold."""
    return {json.dumps(one, sort_keys=True, default=str) for one in (rule["all"] if set(rule) == {"all"} else [rule])}


def asked_of(group: dict[str, Any], did: dict[str, Any]) -> dict[str, Any]:
    """What some of the group did: in the time of the group where it may have one and says none."""
    return {**did["rule"], "window": group["time"]} if did.get("timed") and "time" in group else did["rule"]


def missed(question: str, group: dict[str, Any], did: dict[str, Any], vocabulary: Vocabulary) -> str | None:
    """What was found instead of those of the group who did it, among the group."""
    calls = [(call.name, call.args) for call in understand(question, vocabulary).calls]
    args = calls[0][1] if len(calls) == 1 and calls[0][0] == "find_customers" else {}
    both = conditions(args.get("rule", {})) == conditions(group) | conditions(did)
    share = conditions(args["among"]) == conditions(group) if "among" in args else _COUNTED.match(question)
    return None if both and share else f"{question}: {calls}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_share_is_of_the_group(language: str, vocabulary: Vocabulary) -> None:
    table = TABLES[language]
    found = [
        missed(frame.format(group=group, did=did), table["groups"][group]["rule"], asked_of(table["groups"][group], what), vocabulary)
        for group in table["groups"]
        for did, what in table["did"].items()
        if group not in what.get("not_of", ())
        for frame in table["frames"]
    ]
    assert not [one for one in found if one], "\n".join(one for one in found if one)
    assert len(found) > 600


@pytest.mark.parametrize("case", TABLES["told"], ids=lambda case: case["question"])
def test_before_after_and_again_are_told_from_the_group(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    assert missed(case["question"], case["group"], case["did"], vocabulary) is None


@pytest.mark.parametrize("case", TABLES["named"], ids=lambda case: case["question"])
def test_customers_of_a_time_are_those_who_ordered_in_it(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    calls = understand(case["question"], vocabulary).calls
    assert [call.name for call in calls] == ["find_customers"]
    assert conditions(calls[0].args["rule"]) == conditions(case["rule"])
