"""The second chance of a language model, its tokens and its window, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_openai import FakeOpenAI, Reply, call
from langchain_core.messages import AIMessage, HumanMessage

from assistant.conversation import Conversation
from assistant.events import Finished, TextDelta, Usage
from assistant.failures import BrainFailed
from assistant.usage import Meter, usage_line
from tools.contracts import Outcome
from tools.settings import Settings

Start = Callable[..., tuple[FakeOpenAI, Conversation]]
MEASURE = call("measure", metrics=["customers", "revenue"])
QUESTION = "How many customers do we have?"


def test_refused_sentences_may_be_written_again(service: Start) -> None:
    first = Reply("We have [[t1.customers]] customers. Revenue is $9,999. The Sleeping Whales segment leads.")
    fake, conversation = service(MEASURE, first, Reply("Revenue is [[t1.revenue]]."))
    events = list(conversation.ask(QUESTION))
    assert isinstance(events[-1], Finished)
    answer = events[-1].answer
    assert answer.text == "We have 4 customers. Revenue is $177.75."
    assert answer.caveats == []
    assert "".join(event.text for event in events if isinstance(event, TextDelta)).strip() == answer.text
    told = fake.requests[2]["messages"][-1]["content"]
    assert "Revenue is $9,999." in told
    assert "Sleeping Whales: a name that no result has" in told
    assert "[[t1.revenue]] " in told
    assert fake.requests[2]["tool_choice"] == "none"


def test_sentences_that_were_shown_are_not_shown_again(service: Start) -> None:
    again = Reply("We have [[t1.customers]] customers. Revenue is [[t1.revenue]].")
    _, conversation = service(MEASURE, Reply("We have [[t1.customers]] customers. Revenue is $9,999."), again)
    assert conversation.answer(QUESTION).text == "We have 4 customers. Revenue is $177.75."


@pytest.mark.parametrize(
    "second", [Reply("Revenue is $8,888."), Reply(status=400), Reply(raw="{nonsense"), Reply("Rev", end_early=True), MEASURE]
)
def test_a_second_try_that_is_no_better_leaves_the_first(service: Start, second: Reply) -> None:
    fake, conversation = service(MEASURE, Reply("We have [[t1.customers]] customers. Revenue is $9,999."), second)
    answer = conversation.answer(QUESTION)
    assert answer.text == "We have 4 customers."
    assert answer.brain == "fake"
    assert any("without evidence" in caveat for caveat in answer.caveats)
    assert len(fake.requests) == 3


def test_a_reply_without_faults_is_not_asked_for_twice(service: Start) -> None:
    fake, conversation = service(MEASURE, Reply("We have [[t1.customers]] customers."))
    conversation.answer(QUESTION)
    assert len(fake.requests) == 2


def test_what_was_refused_is_not_remembered(service: Start) -> None:
    first = Reply("We have [[t1.customers]] customers. Revenue is $9,999.")
    fake, conversation = service(MEASURE, first, Reply("Revenue is [[t1.revenue]]."), Reply("Fine."))
    conversation.answer(QUESTION)
    conversation.answer("And?")
    assert "9,999" not in str(fake.requests[3]["messages"])
    assert "[[t1.revenue]]." in str(fake.requests[3]["messages"])


def test_usage_is_summed_and_priced(service: Start) -> None:
    measured = Reply(calls=MEASURE.calls, usage=(1000, 20))
    fake, conversation = service(measured, Reply("We have [[t1.customers]] customers.", usage=(1500, 30)))
    usage = conversation.answer(QUESTION).usage
    assert usage == Usage(prompt_tokens=2500, completion_tokens=50, calls=2)
    assert fake.requests[0]["stream_options"] == {"include_usage": True}


def test_the_cost_is_that_of_the_prices() -> None:
    meter = Meter(Settings(price_in=2.0, price_out=8.0))
    reply = AIMessage("x", usage_metadata={"input_tokens": 500_000, "output_tokens": 250_000, "total_tokens": 750_000})
    meter.add([], reply)
    usage = meter.usage()
    assert usage is not None
    assert usage.cost == pytest.approx(1.0 + 2.0)


def test_a_service_that_reports_nothing_is_estimated_for_the_limit() -> None:
    meter = Meter(Settings(question_tokens=10))
    meter.check()
    meter.add([HumanMessage("客户客户客户客户客户")], AIMessage("seven letters"))
    assert meter.usage() is None
    with pytest.raises(BrainFailed, match="tokens"):
        meter.check()


def test_usage_reads_well() -> None:
    assert usage_line(Usage(prompt_tokens=2500, completion_tokens=50, cost=0.00123), "en") == "2,500 + 50 tokens, cost 0.0012"
    assert usage_line(Usage(prompt_tokens=2500, completion_tokens=50), "zh") == "2,500 + 50 tokens"


def test_a_question_that_uses_up_its_tokens_goes_to_the_planner(service: Start) -> None:
    _, conversation = service(Reply(calls=MEASURE.calls, usage=(250_000, 20)), Reply("We have [[t1.customers]] customers."))
    answer = conversation.answer(QUESTION)
    assert answer.brain == "planner"
    assert answer.outcome is Outcome.ANSWERED
    assert any("tokens allowed" in caveat for caveat in answer.caveats)
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == 250_000


def test_older_turns_are_summarised_and_their_handles_stay_valid(service: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    words = Reply("We have [[t1.customers]] customers. " + "And so on and on it goes. " * 300)
    fake, conversation = service(MEASURE, words, Reply("Hello. " * 30), Reply("Hello. "), Reply("Still [[t1.customers]] customers."))
    config = conversation.warehouse.config.model_copy(update={"context_tokens": 2_000})
    monkeypatch.setattr(conversation.warehouse, "config", config)
    for question in (QUESTION, "Hello?", "Hello again?"):
        conversation.answer(question)
    assert conversation.answer("And how many were there?").text == "Still 4 customers."
    sent = fake.requests[-1]["messages"]
    assert [message["role"] for message in sent[:3]] == ["system", "user", "assistant"]
    assert "[[t1.customers]]" in sent[2]["content"]
    assert "Summary of an earlier answer" in sent[2]["content"]
    assert "and on it goes" not in str(sent)


def test_a_question_about_the_data_is_not_answered_without_them(service: Start) -> None:
    _, conversation = service(Reply("You have many loyal customers."))
    answer = conversation.answer(QUESTION)
    assert answer.brain == "planner"
    assert "4" in answer.text
    assert any("without looking at the data" in caveat for caveat in answer.caveats)


def test_small_talk_needs_no_data(service: Start) -> None:
    _, conversation = service(Reply("Hello! I can count customers and export lists."))
    answer = conversation.answer("Hello, how are you?")
    assert (answer.brain, answer.text) == ("fake", "Hello! I can count customers and export lists.")
