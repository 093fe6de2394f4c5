"""Clauses around a question that say nothing of what is asked, and those that only look like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

TABLE = yaml.safe_load((Path(__file__).parents[2] / "cases" / "planner" / "idle.yaml").read_text(encoding="utf-8"))


def framed(kind: str) -> Iterator[Any]:
    for cases in TABLE[kind].values():
        for frame in cases["frames"]:
            for question in cases["questions"]:
                yield pytest.param(frame, question, id=frame.format(q=question))


def calls(found: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(call.name, dict(call.args)) for call in found.calls]


@pytest.mark.parametrize(("frame", "question"), list(framed("around")))
def test_what_is_around_a_question_changes_nothing(vocabulary: Vocabulary, frame: str, question: str) -> None:
    plain, found = understand(question, vocabulary, Dialogue()), understand(frame.format(q=question), vocabulary, Dialogue())
    assert plain.calls[0].name in ("measure", "find_customers")
    assert calls(found) == calls(plain)


@pytest.mark.parametrize(("frame", "question"), list(framed("meant")))
def test_what_limits_a_question_is_not_left_aside(vocabulary: Vocabulary, frame: str, question: str) -> None:
    plain, found = understand(question, vocabulary, Dialogue()), understand(frame.format(q=question), vocabulary, Dialogue())
    assert calls(found) != calls(plain)


def test_what_is_left_aside_is_named(vocabulary: Vocabulary) -> None:
    found = understand("to settle a bet, how much did we sell last month", vocabulary, Dialogue())
    assert ("background", "to settle a bet") in found.notes


@pytest.mark.parametrize(
    "question", ["客户的NPS打分帮我拉一下", "delete every customer who spent less than 100 dollars", "what's the average delivery time?"]
)
def test_what_the_data_lack_is_not_left_aside(vocabulary: Vocabulary, question: str) -> None:
    assert [call.name for call in understand(question, vocabulary, Dialogue()).calls] == ["decline"]
