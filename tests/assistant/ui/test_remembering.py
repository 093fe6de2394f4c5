"""What is called right is remembered for its own user, and forgotten when it no longer is."""

from __future__ import annotations

from assistant.conversation import open_conversation
from assistant.feedback import FeedbackStore, Verdict
from assistant.readings import Readings
from assistant.ui.remembering import reading_keeper
from assistant.ui.turns import Turn
from tools.warehouse.warehouse import Warehouse

QUESTION = "How many customers do we have?"


def judged(warehouse: Warehouse, verdict: Verdict) -> Turn:
    answer = open_conversation(warehouse).answer(QUESTION)
    store = FeedbackStore(warehouse.config.home / "feedback.sqlite")
    return Turn.of(answer, 1, store.record("me", "c", 1, verdict, "", answer))


def test_right_remembers_and_wrong_forgets_for_the_user_alone(small: Warehouse) -> None:
    confirm, readings = reading_keeper(small), Readings(small)
    assert confirm("me", judged(small, "right"), None)
    assert [reading.question for reading in readings.listed("me")] == [QUESTION]
    assert not confirm("you", judged(small, "wrong"), None)
    assert readings.listed("you") == []
    assert len(readings.listed("me")) == 1
    assert not confirm("me", judged(small, "wrong"), None)
    assert readings.listed("me") == []


def test_a_verdict_that_was_taken_back_forgets_too(small: Warehouse) -> None:
    confirm = reading_keeper(small)
    assert confirm("me", judged(small, "right"), None)
    assert not confirm("me", judged(small, ""), None)
    assert Readings(small).listed("me") == []
