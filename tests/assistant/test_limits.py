"""A service that fails, loops, never ends or is stopped: retries that wait longer each time, limits, and a note in the answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from fake_openai import FakeOpenAI, Reply, call

import assistant.service_chat
from assistant.agent import MODEL_CALLS, TOOL_CALLS
from assistant.conversation import Conversation, open_conversation
from assistant.events import Finished, TextDelta
from tools.contracts import Outcome
from tools.warehouse.warehouse import Warehouse

Start = Callable[..., tuple[FakeOpenAI, Conversation]]
QUESTION = "How many customers do we have?"
MEASURE = call("measure", metrics=["customers"])


def _patient(conversation: Conversation, monkeypatch: pytest.MonkeyPatch, **settings: float) -> Conversation:
    config = conversation.warehouse.config.model_copy(update=settings)
    monkeypatch.setattr(conversation.warehouse, "config", config)
    return conversation


def test_each_retry_waits_longer_and_never_the_same(service: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    fake, conversation = service(Reply(status=503, retry_after=False))
    answer = _patient(conversation, monkeypatch, model_retries=2).answer(QUESTION)
    waits = [later - earlier for earlier, later in pairwise(fake.times)]
    assert len(waits) == 2, "tried three times in all"
    # The client waits half a second, then a whole one, each cut by up to a quarter at random.
    assert 0.3 < waits[0] < waits[1] + 0.15
    assert waits[1] > 0.7
    assert waits[0] != waits[1] / 2
    assert any("an error on its side" in caveat for caveat in answer.caveats)


def test_no_retries_where_they_are_turned_off(service: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    fake, conversation = service(Reply(status=429))
    assert _patient(conversation, monkeypatch, model_retries=0).answer(QUESTION).brain == "planner"
    assert len(fake.requests) == 1


def test_a_service_that_nobody_runs(small: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "empty")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    answer = open_conversation(small).answer(QUESTION)
    assert (answer.brain, answer.outcome) == ("planner", Outcome.ANSWERED)
    assert any("the connection failed" in caveat for caveat in answer.caveats)


def test_a_model_that_calls_on_and_on_is_stopped(service: Start) -> None:
    fake, conversation = service(MEASURE)
    answer = conversation.answer(QUESTION)
    assert len(fake.requests) <= MODEL_CALLS
    assert answer.brain == "planner"
    assert any("without end" in caveat for caveat in answer.caveats)


def test_a_model_that_calls_too_much_at_once_is_stopped(service: Start) -> None:
    _, conversation = service(Reply(calls=MEASURE.calls * (TOOL_CALLS + 1)))
    answer = conversation.answer(QUESTION)
    assert answer.brain == "planner"
    assert any("without end" in caveat for caveat in answer.caveats)


def test_text_without_end_is_stopped(service: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant.service_chat, "LONGEST_REPLY", 2_000)
    _, conversation = service(MEASURE, Reply("And so on. ", endless=True))
    answer = conversation.answer(QUESTION)
    assert any("tokens allowed" in caveat for caveat in answer.caveats)
    assert answer.brain == "planner"
    assert len(answer.text) < 4_000


def test_a_reply_that_takes_for_ever_is_stopped(service: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant.service_chat, "MOST_WAITS", 0)
    _, conversation = service(MEASURE)
    answer = conversation.answer(QUESTION)
    assert any("took too long" in caveat for caveat in answer.caveats)


def test_an_answer_is_stopped_while_it_is_written(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("We have [[t1.customers]] customers. And so on. ", endless=True))
    events, started = [], time.monotonic()
    for event in conversation.ask(QUESTION):
        events.append(event)
        if isinstance(event, TextDelta) and len(events) < 50:
            threading.Thread(target=conversation.cancel).start()
    assert time.monotonic() - started < 10.0
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.text.endswith("Stopped.")
    assert "We have 4 customers." in events[-1].answer.text
