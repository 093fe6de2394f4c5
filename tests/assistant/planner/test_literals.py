"""What a text must have for a pattern to match: said of patterns by hand, and held against every pattern that there is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.planner.constructions import _constructions, _turns
from assistant.planner.literals import needed

QUESTIONS = Path(__file__).parents[2] / "cases" / "questions"


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("abc", {"abc"}),
        (r"\bhow (?:many|much) orders?\b", {" order"}),
        ("(?:cat|dog)s?", {"cat", "dog"}),
        ("(?:cat|d?)s", {"s"}),
        ("x?y*", set()),
        ("(?:ab){2,3}", {"ab"}),
        ("a(?=bcd)", {"bcd"}),
        ("a(?!bcd)", {"a"}),
        ("[ab]c", {"c"}),
        ("(?P<w>we|they) sold", {" sold"}),
        ("最(?:多|少)的", {"最", "的"}),
    ],
)
def test_what_a_match_must_have(pattern: str, literals: set[str]) -> None:
    found = needed(pattern)

    assert set(found) <= literals
    assert bool(found) == bool(literals)


def test_no_construction_is_passed_over_that_matches() -> None:
    constructions = [*_constructions("en"), *_constructions("zh"), *_turns()]
    cases = [case for file in sorted(QUESTIONS.glob("dev_*.yaml")) for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    questions = [turn["question"].lower() for case in cases for turn in case.get("turns", [case])]

    assert len(questions) > 100
    for one in constructions:
        matched = [question for question in questions if one.pattern.search(question)]
        assert all(not one.needed or any(literal in question for literal in one.needed) for question in matched)
