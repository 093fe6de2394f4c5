"""What a question says is asked for leaves a trace in its plan, or is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan
from assistant.planner.reading import read_sentence
from assistant.planner.traced import untraced
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary


def missed(question: str, vocabulary: Vocabulary, *calls: dict[str, Any], notes: tuple[tuple[str, str], ...] = ()) -> list[str]:
    plan = Plan(tuple(Call(name, args) for call in calls for name, args in call.items()), notes)
    return [token.text for token in untraced(plan, read_sentence(question, vocabulary, Dialogue()))]


@pytest.mark.parametrize(
    ("question", "args", "words"),
    [
        ("revenue by store", {"metrics": ["revenue"]}, ["store"]),
        ("revenue by store", {"metrics": ["revenue"], "by": ["store"]}, []),
        ("各门店的折扣率", {"metrics": ["revenue"], "by": ["store"]}, ["折扣率"]),
        ("各门店的折扣率", {"metrics": ["discount_share"], "by": ["store"]}, []),
        ("revenue per head of homeowners", {"metrics": ["revenue_per_customer"]}, []),
        ("what do homeowners spend on average", {"metrics": ["revenue"]}, ["on average"]),
        ("how many of the customers acquired in Q1 are still active", {"metrics": ["new_customers"]}, ["are", "still", "active"]),
    ],
)
def test_words_without_a_trace_are_found(question: str, args: dict[str, Any], words: list[str], vocabulary: Vocabulary) -> None:
    assert missed(question, vocabulary, {"measure": args}) == words


def test_what_is_said_to_be_left_aside_is_not_missed(vocabulary: Vocabulary) -> None:
    call = {"measure": {"metrics": ["revenue"]}}
    assert missed("revenue by store", vocabulary, call, notes=(("background", "by store"),)) == []


def test_other_tools_answer_with_more_than_their_arguments(vocabulary: Vocabulary) -> None:
    assert missed("lifecycle groups and their revenue by store", vocabulary, {"segment_overview": {"scheme": "lifecycle"}}) == []


@pytest.mark.parametrize(
    "question",
    [
        "how many of the customers acquired in Q1 are still active",
        "how many new customers did we get in October and how many of them came back",
    ],
)
def test_what_was_done_after_is_not_dropped(question: str, vocabulary: Vocabulary) -> None:
    calls = understand(question, vocabulary, Dialogue()).calls
    assert [call.args.get("metrics") for call in calls] != [["new_customers"]]
