"""The tables of ideas and of what they say together hang together."""

from __future__ import annotations

import pytest

from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import read_table
from assistant.planner.reading import read_sentence
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

IDEAS = frozenset(read_table("ideas")["idea"])
PARTS = [
    part
    for entries in read_table("frames").values()
    for frame in entries
    for key in ("all", "row", "unless", "also")
    for part in frame.get(key, ())
]
NAMED = {name.strip().removeprefix("idea:") for part in PARTS for name in part.lstrip("=").partition(">")[0].split("|") if "idea:" in name}


def test_every_idea_of_a_frame_has_words() -> None:
    assert NAMED <= IDEAS


def test_every_idea_is_part_of_a_frame() -> None:
    assert {"people"} >= IDEAS - NAMED  # read beside the name of a group


@pytest.mark.parametrize("name", sorted(IDEAS))
def test_ideas_are_said_in_both_languages(name: str) -> None:
    words = read_table("ideas")["idea"][name]

    assert words.get("en") or words.get("verbs")


@pytest.mark.parametrize("question", ["customers who looked for seafood", "哪些客户买过海鲜", "sales by store with the usual chart"])
def test_ideas_that_no_frame_takes_leave_no_trace(question: str, vocabulary: Vocabulary) -> None:
    sentence = read_sentence(question, vocabulary, Dialogue())

    assert not any(sense.kind == "idea" for token in sentence.tokens for sense in token.senses)


def test_a_question_after_a_condition_is_one_question(vocabulary: Vocabulary) -> None:
    plan = understand("if we send a type A campaign, how many would respond", vocabulary)

    assert [call.name for call in plan.calls] == ["predict_response"]


@pytest.mark.parametrize(
    ("question", "limit"),
    [("list at most 25 loyal customers", 25), ("列出冠军客户，10人以内", 10), ("list loyal customers, no more than 12 people", 12)],
)
def test_the_most_of_a_list_is_its_length(question: str, limit: int, vocabulary: Vocabulary) -> None:
    (call,) = understand(question, vocabulary).calls

    assert call.args["limit"] == limit
