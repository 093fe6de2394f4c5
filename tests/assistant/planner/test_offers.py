"""The closest readings: near enough for questions of ours, too far for others, and every offered question works."""

from __future__ import annotations

import time

import pytest

from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import read_table
from assistant.planner.nearest import nearest
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

NEAR = 0.24


@pytest.mark.parametrize(
    ("question", "reading"),
    [
        ("下一轮的券给谁才好", "response"),
        ("which people are drifting away from us", "churn_list"),
        ("谁该来却没来", "overdue"),
        ("what sells the best around here", "categories"),
        ("我们的客人有哪几种", "rfm_segments"),
        ("can one believe the predictions", "models"),
    ],
)
def test_the_nearest_readings_hold_what_was_meant(question: str, reading: str) -> None:
    assert reading in [one.reading for one in nearest(question)[:3]]


@pytest.mark.parametrize("question", ["asdf qwer zxcv", "帮我订一张机票", "how tall is mount everest", "1+1等于几", "谁下周会买熟食"])
def test_nothing_is_near_to_what_is_not_ours(question: str) -> None:
    assert all(one.score < NEAR for one in nearest(question))


def test_every_reading_offers_a_question_that_works(vocabulary: Vocabulary) -> None:
    asked = [text for entry in read_table("exemplars").values() for text in entry.get("ask", {}).values()]
    asked += [
        text.format(who="1082" if "客户" in text else "customer 1082") for text in read_table("exemplars")["lookup"]["about"].values()
    ]
    for question in asked:
        plan = understand(question, vocabulary, Dialogue())
        assert plan.calls, question
        assert plan.calls[0].name not in ("ask_user", "decline"), question


def test_a_question_is_answered_by_no_guess_but_by_choices(vocabulary: Vocabulary) -> None:
    (call,) = understand("do the flimflam voucher folks drift away from us", vocabulary, Dialogue()).calls
    assert call.name == "ask_user"
    assert "flimflam" in call.args["question"]
    assert 0 < len(call.args["choices"]) <= 3


def test_nearness_takes_little_time() -> None:
    nearest("warm up")
    start = time.perf_counter()
    nearest("who should get the next coupon")
    assert time.perf_counter() - start < 0.02
