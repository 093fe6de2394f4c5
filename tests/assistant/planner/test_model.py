"""The planner as a chat model: questions to tool calls, results to answers, messages in and out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from assistant.planner.model import PlannerModel
from assistant.planner.vocabulary import Vocabulary
from assistant.session import with_handle
from tools.contracts import Figure, Outcome, Text, ToolResult, Unit
from tools.rules import InSegment, Selection


@pytest.fixture(scope="module")
def model(vocabulary: Vocabulary) -> PlannerModel:
    return PlannerModel(vocabulary=vocabulary)


def figure(name: str, value: Any, unit: Unit) -> Figure:
    return Figure(id=name, label=Text(zh=name, en=name), value=value, unit=unit)


def result_of(call: AIMessage, **parts: Any) -> list[BaseMessage]:
    """A call and what its tool gave back, as the agent loop keeps them."""
    (made,) = call.tool_calls
    result = with_handle(ToolResult(tool=made["name"], **parts), "t1")
    return [call, ToolMessage(content="{}", artifact=result.model_dump(mode="json"), name=made["name"], tool_call_id=made["id"] or "")]


def found(**parts: Any) -> dict[str, Any]:
    figures = (figure("customers", 741, Unit.COUNT), figure("share_of_customers", 0.3, Unit.SHARE))
    return {"figures": figures, "selection": Selection(rule=InSegment(segment="champions")), **parts}


def test_a_question_becomes_a_tool_call(model: PlannerModel) -> None:
    message = model.invoke([HumanMessage("list the champions")])

    assert [(call["name"], call["args"]) for call in message.tool_calls] == [("find_customers", {"rule": {"segment": "champions"}})]


def test_streaming_gives_the_same_call(model: PlannerModel) -> None:
    chunks = list(model.stream([HumanMessage("重要价值客户的客单价")]))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk

    assert isinstance(whole, AIMessageChunk)
    assert [call["name"] for call in whole.tool_calls] == ["measure"]
    assert whole.tool_calls[0]["args"]["customers"] == "key_value"


def test_binding_tools_changes_nothing(model: PlannerModel) -> None:
    assert model.bind_tools([]) is model


def test_results_become_an_answer_of_references(model: PlannerModel) -> None:
    question = HumanMessage("list the champions")
    call = model.invoke([question])

    answer = model.invoke([question, *result_of(call, **found())])

    assert "[[t1.customers]]" in str(answer.content)
    assert "741" not in str(answer.content)


def test_the_answer_is_in_the_language_of_the_question(model: PlannerModel) -> None:
    question = HumanMessage("冠军客户有多少人")
    call = model.invoke([question])

    answer = model.invoke([question, *result_of(call, **found())])

    assert "符合条件的客户有" in str(answer.content)


def test_a_set_language_decides(model: PlannerModel) -> None:
    question = HumanMessage("冠军客户有多少人")
    call = model.invoke([question])

    answer = model.invoke([SystemMessage("language: en"), question, *result_of(call, **found())])

    assert "customers fit" in str(answer.content)


def test_pronouns_refer_to_the_result_before(model: PlannerModel) -> None:
    question = HumanMessage("list the champions")
    call = model.invoke([question])
    before = [question, *result_of(call, **found()), AIMessage("There are many.")]

    message = model.invoke([*before, HumanMessage("export them as CSV")])

    assert message.tool_calls[0]["args"] == {"customers": "t1", "format": "csv"}


@pytest.mark.parametrize(
    ("outcome", "words"), [(Outcome.EMPTY, "No order fits."), (Outcome.UNSUPPORTED, "No order fits."), (Outcome.FAILED, "No order fits.")]
)
def test_other_outcomes_say_why(model: PlannerModel, outcome: Outcome, words: str) -> None:
    question = HumanMessage("revenue of the deli in 2015")
    call = model.invoke([question])

    answer = model.invoke([question, *result_of(call, outcome=outcome, message=Text(zh="没有订单。", en=words))])

    assert str(answer.content) == words


def test_a_failed_tool_without_a_result_is_told(model: PlannerModel) -> None:
    question = HumanMessage("revenue")
    call = model.invoke([question])
    broken = ToolMessage(content="The database is busy.", status="error", tool_call_id=call.tool_calls[0]["id"] or "")

    assert str(model.invoke([question, call, broken]).content) == "The database is busy."


def test_misspelt_words_are_told(model: PlannerModel) -> None:
    question = HumanMessage("revenu of the deli")
    call = model.invoke([question])
    revenue = figure("revenue", Decimal("12.50"), Unit.MONEY)
    details = {"metrics": ["revenue"], "by": [], "groups": [], "extremes": {}, "period": None}
    dates = (figure("window.start", dt.date(2017, 1, 1), Unit.DATE), figure("window.end", dt.date(2017, 1, 2), Unit.DATE))

    answer = str(model.invoke([question, *result_of(call, figures=(revenue, *dates), details=details)]).content)

    assert "revenu → revenue" in answer
    assert "[[t1.revenue]]" in answer


def test_help_needs_no_tool(model: PlannerModel) -> None:
    message = model.invoke([HumanMessage("what can you do?")])

    assert not message.tool_calls
    assert "find customers" in str(message.content)
