"""What a plan must have of its question, whoever used up the words."""

from __future__ import annotations

import pytest

from assistant.planner.accounted import unsaid
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan
from assistant.planner.reading import read_sentence
from assistant.planner.vocabulary import Vocabulary


def _missed(vocabulary: Vocabulary, question: str, *calls: tuple[str, dict[str, object]]) -> list[str]:
    sentence = read_sentence(question, vocabulary, Dialogue())
    return [token.text for token in unsaid(Plan(tuple(Call(name, dict(args)) for name, args in calls)), sentence)]


@pytest.mark.parametrize(
    ("question", "args", "missed"),
    [
        ("deli revenue in october 2017", {"metrics": ["revenue"], "where": {"category": ["DELI"]}, "window": {"period": "2017-10"}}, []),
        ("deli revenue in october 2017", {"metrics": ["revenue"], "window": {"period": "2017-10"}}, ["deli"]),
        ("deli revenue in october 2017", {"metrics": ["revenue"], "where": {"category": ["DELI"]}}, ["in october 2017"]),
        (
            "deli revenue in october 2017",
            {"metrics": ["revenue"], "by": ["category"], "window": {"start": "2017-10-01", "end": "2017-10-31"}},
            [],
        ),
        ("2017年10月的销售额", {"metrics": ["revenue"], "window": {"period": "2017-11"}}, ["2017年10月"]),
        ("2017年10月和11月的销售额", {"metrics": ["revenue"], "window": {"start": "2017-10-01", "end": "2017-11-30"}}, []),
    ],
)
def test_names_and_times_must_be_in_the_arguments(
    vocabulary: Vocabulary, question: str, args: dict[str, object], missed: list[str]
) -> None:
    assert _missed(vocabulary, question, ("measure", args)) == missed


def test_the_words_of_a_question_back_are_none_of_a_plan(vocabulary: Vocabulary) -> None:
    assert _missed(vocabulary, "deli revenue in october 2017", ("ask_user", {"question": "Which?", "choices": []})) == []


def test_what_a_correction_replaces_is_not_asked_for(vocabulary: Vocabulary) -> None:
    assert _missed(vocabulary, "不是10月,是11月", ("measure", {"metrics": ["revenue"], "window": {"period": "2017-11"}})) == []
