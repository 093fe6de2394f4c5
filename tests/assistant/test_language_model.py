"""What an operator gets from the real client over HTTP, whatever the service on the other side does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_openai import FakeOpenAI, Reply, call

from assistant.conversation import Conversation
from assistant.events import Finished, StepDone, StepStarted, TextDelta
from tools.contracts import Outcome

Start = Callable[..., tuple[FakeOpenAI, Conversation]]

MEASURE = call("measure", metrics=["customers", "revenue"])
QUESTION = "How many customers do we have?"


def test_references_are_rendered_from_the_tools_figures(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("We have [[t1.customers]] customers. Revenue is [[t1.revenue]]."))
    answer = conversation.answer(QUESTION)
    assert answer.text == "We have 4 customers. Revenue is $177.75."
    assert answer.outcome is Outcome.ANSWERED
    assert answer.brain == "fake"
    assert [step.tool for step in answer.steps] == ["measure"]
    assert answer.caveats == []


def test_text_arrives_sentence_by_sentence(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("One [[t1.customers]]. Some words. More words."))
    events = list(conversation.ask(QUESTION))
    kinds = [type(event) for event in events]
    assert kinds.index(StepStarted) < kinds.index(StepDone) < kinds.index(TextDelta)
    assert len([event for event in events if isinstance(event, TextDelta)]) >= 2
    assert isinstance(events[-1], Finished)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)).strip() == events[-1].answer.text


def test_invented_numbers_are_left_out_and_the_caveat_says_so(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("We have [[t1.customers]] customers. Revenue grew by 37% to $9,999. All is well."))
    answer = conversation.answer(QUESTION)
    assert answer.text == "We have 4 customers. All is well."
    assert any("without evidence" in caveat for caveat in answer.caveats)


def test_invented_names_are_left_out_and_the_caveat_says_so(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("We have [[t1.customers]] customers. The Sleeping Whales segment leads. Champions matter."))
    answer = conversation.answer(QUESTION)
    assert answer.text == "We have 4 customers. Champions matter."
    assert any("named something" in caveat for caveat in answer.caveats)


def test_a_bare_number_that_is_a_figure_is_rendered_from_it(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("Total revenue was $177.8."))
    assert conversation.answer(QUESTION).text == "Total revenue was $177.75."


def test_an_unknown_reference_drops_its_sentence(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("We have [[t7.customers]] customers. That is all."))
    assert conversation.answer(QUESTION).text.startswith("That is all.\n\n- "), "the figures themselves follow"


def test_a_reply_of_inventions_only_is_replaced_by_the_figures(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("We have 4,711 customers."))
    answer = conversation.answer(QUESTION)
    assert "4,711" not in answer.text
    assert "4" in answer.text


def test_an_unknown_tool_can_be_mended(service: Start) -> None:
    fake, conversation = service(call("count_all", x=1), MEASURE, Reply("There are [[t2.customers]] customers."))
    answer = conversation.answer(QUESTION)
    assert answer.text == "There are 4 customers."
    assert answer.outcome is Outcome.ANSWERED
    told = fake.requests[1]["messages"][-1]["content"]
    assert "count_all" in told
    assert "measure" in told
    assert '"mendable":true' in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('{"metrics": ["customers"', "not valid JSON"),
        ('{"metrics": []}', "metrics"),
        ('{"metrics": ["customers"], "colour": "red"}', "colour"),
        ('{"metrics": ["nonsense_metric"]}', "nonsense_metric"),
        ('{"metrics": ["customers"], "customers": "t9"}', "t9"),
    ],
)
def test_broken_arguments_can_be_mended(service: Start, arguments: str, said: str) -> None:
    fake, conversation = service(Reply(calls=(("measure", arguments),)), MEASURE, Reply("There are [[t2.customers]] customers."))
    answer = conversation.answer(QUESTION)
    assert answer.text == "There are 4 customers."
    assert answer.outcome is Outcome.ANSWERED
    assert said in fake.requests[1]["messages"][-1]["content"]


def test_too_many_requests_are_tried_again(service: Start) -> None:
    fake, conversation = service(Reply(status=429), MEASURE, Reply("There are [[t1.customers]] customers."))
    assert conversation.answer(QUESTION).text == "There are 4 customers."
    assert len(fake.requests) == 3


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=429), "too many requests"),
        (Reply(status=500), "an error on its side"),
        (Reply(status=401), "refused"),
        (Reply(delay=5.0), "too long"),
        (Reply("We have many customers and ", stop_after=2), "broke off"),
        (Reply("We have many customers and ", end_early=True), "broke off"),
        (Reply(raw="{nonsense"), "could not be read"),
        (Reply(""), "could not be read"),
        (Reply("There are 4,711 customers."), "no evidence"),
        (MEASURE, "without end"),
    ],
    ids=["429", "500", "401", "timeout", "stops", "ends early", "nonsense", "empty", "invents", "loops"],
)
def test_the_planner_steps_in_with_a_note(service: Start, reply: Reply, reason: str) -> None:
    _, conversation = service(reply)
    answer = conversation.answer(QUESTION)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.brain == "planner"
    assert "4" in answer.text
    assert any(reason in caveat for caveat in answer.caveats), answer.caveats
    assert "Traceback" not in answer.text


def test_a_reply_that_breaks_off_keeps_what_was_checked(service: Start) -> None:
    _, conversation = service(MEASURE, Reply("There are [[t1.customers]] customers. And further we see that ", stop_after=8))
    events = list(conversation.ask(QUESTION))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.answer.text.startswith("There are 4 customers.")
    assert "built-in planner" in finished.answer.text
    streamed = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert streamed.strip() == finished.answer.text


def test_after_a_failure_the_conversation_goes_on(service: Start) -> None:
    fake, conversation = service(Reply(status=400), MEASURE, Reply("There are [[t2.customers]] customers."))
    assert conversation.answer(QUESTION).brain == "planner"
    answer = conversation.answer("And again?")
    assert answer.brain == "fake"
    assert "customers" in answer.text
    sent = fake.requests[-1]["messages"]
    answered = {message["tool_call_id"] for message in sent if message["role"] == "tool"}
    assert answered == {each["id"] for message in sent for each in message.get("tool_calls", [])}


def test_cancel_ends_a_silent_service_at_once(service: Start) -> None:
    _, conversation = service(Reply(delay=30.0))
    threading.Timer(0.2, conversation.cancel).start()
    started = time.monotonic()
    answer = conversation.answer(QUESTION)
    assert time.monotonic() - started < 5.0, "long before the service would have answered"
    assert answer.text == "Stopped."
    assert answer.outcome is Outcome.FAILED


def test_asking_back_ends_the_turn(service: Start) -> None:
    fake, conversation = service(call("ask_user", question="Which customers do you mean?", choices=["All customers", "Champions"]))
    answer = conversation.answer("Show them")
    assert answer.outcome is Outcome.AMBIGUOUS
    assert answer.clarification == "Which customers do you mean?"
    assert answer.choices == ["All customers", "Champions"]
    assert answer.text == "Which customers do you mean?"
    assert len(fake.requests) == 1


def test_a_question_back_must_not_state_numbers(service: Start) -> None:
    _, conversation = service(
        call("ask_user", question="We have 4,711 customers. Which do you mean?", choices=["The 812 lost ones", "Last 90 days"])
    )
    answer = conversation.answer("Show them")
    assert answer.clarification == "Which do you mean?"
    assert answer.choices == ["Last 90 days"]


def test_a_question_back_must_not_invent_names(service: Start) -> None:
    _, conversation = service(
        call(
            "ask_user",
            question="Do you mean the Night Owls? Or all customers?",
            choices=["Summarise the Night Owls", "Summarise the champions"],
        )
    )
    answer = conversation.answer("Summarise them")
    assert answer.clarification == "Or all customers?"
    assert answer.choices == ["Summarise the champions"]
    assert answer.steps[0].arguments == {}, "a step shows no sentence that was not checked"


def test_declining_is_unsupported(service: Start) -> None:
    _, conversation = service(call("decline", reason="off_topic", missing="the weather"), Reply("I cannot tell the weather."))
    answer = conversation.answer("What's the weather tomorrow?")
    assert answer.outcome is Outcome.UNSUPPORTED
    assert answer.text == "I cannot tell the weather."


def test_personal_data_stay_here(service: Start) -> None:
    fake, conversation = service(
        call("look_up_customer", customer_id="‹name-1›"),
        call("query_sql", sql="SELECT name FROM customers"),
        call("find_customers", rule={"all": []}, columns=["name", "email", "phone"]),
        call("find_customers", rule={"all": []}),
        Reply("Done."),
    )
    conversation.answer(
        "Find 王小明 (手机 138-0013-8000, wang.xm@example.cn, 身份证 11010519491231002X) or jane@doe.example, Jane Doe, at 12 Elm Street"
    )
    sent = "\n".join(fake.bodies)
    for secret in (
        "王小明",
        "138-0013-8000",
        "13800138000",
        "wang.xm",
        "11010519491231002X",
        "jane@doe",
        "Jane Doe",
        "Elm Street",
        "555 0132",
        "建国路",
    ):
        assert secret not in sent, secret
    assert "‹name-1›" in sent


def test_columns_that_the_schema_lacks_stay_here(service: Start) -> None:
    fake, conversation = service(
        call("look_up_customer", customer_id="c1"),
        call("find_customers", rule={"all": []}, columns=["attribute.remark"]),
        Reply("The remark is [[t1.attribute.remark]] or [[t2.customers.1.attribute.remark]]. Done."),
    )
    answer = conversation.answer("Tell me about customer c1")
    assert "Zhang Wei" in json.dumps([table.model_dump(mode="json") for table in answer.tables]), "the operator sees the own data"
    assert "Zhang Wei" not in "\n".join(fake.bodies)


def test_personal_columns_are_exported_only_on_the_operators_word(service: Start) -> None:
    export = call("export_customers", customers={"all": []}, format="csv", include_personal=True)
    _, conversation = service(export, Reply("It is refused."), export, Reply("It is written."))
    assert conversation.answer("Export all customers").outcome is Outcome.BLOCKED
    answer = conversation.answer("Export all customers with their names and phone numbers")
    assert answer.outcome is Outcome.ANSWERED
    assert "王小明" in Path(answer.files[0].path).read_text(encoding="utf-8-sig")


def test_what_is_sent_is_the_same_for_all_services(service: Start) -> None:
    fake, conversation = service(MEASURE, Reply("[[t1.customers]] customers."))
    conversation.answer("有多少客户?")
    request: dict[str, Any] = fake.requests[0]
    assert request["stream"] is True
    assert {tool["function"]["name"] for tool in request["tools"]} >= {"measure", "find_customers", "query_sql", "ask_user", "decline"}
    assert request["messages"][0]["role"] == "system"
    assert "2024-03-01" in request["messages"][0]["content"]
    assert "Chinese" in request["messages"][0]["content"]
