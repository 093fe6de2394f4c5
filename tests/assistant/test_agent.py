"""The order of tool calls, and what a service's replies are turned into before they run."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from langchain.agents.middleware import ModelRequest, ModelResponse
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, InvalidToolCall, ToolCall
from langgraph.runtime import Runtime

from assistant.agent import Guard, _Asked, agent
from assistant.call_order import CallOrder
from assistant.chat_model import PLANNER, Brain
from assistant.conversation import open_conversation
from assistant.declarations import Asked
from assistant.failures import BROKEN, BrainFailed, reason_of
from assistant.session import Session
from assistant.toolbox import UNREADABLE, Toolbox
from tools.errors import Cancelled
from tools.warehouse.warehouse import Warehouse


def test_calls_run_in_the_order_in_which_they_were_written() -> None:
    queue, order = CallOrder(), []
    queue.expect(["a", "b", "c"])

    def run(name: str) -> None:
        with queue.turn(name):
            order.append(name)

    threads = [threading.Thread(target=run, args=(name,)) for name in ("c", "b", "a")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert order == ["a", "b", "c"]


def test_a_call_that_fails_lets_the_next_one_go() -> None:
    queue = CallOrder()
    queue.expect(["a", "b"])
    with pytest.raises(ZeroDivisionError, match="division"), queue.turn("a"):
        _ = 1 // 0
    with queue.turn("b"), queue.turn("nobody expected it"):
        pass


def _reply(small: Warehouse, message: AIMessage, name: str = "some-model", stop: bool = False) -> AIMessage:
    brain = Brain(name, FakeListChatModel(responses=["unused"]))
    toolbox = Toolbox(small, Session("s"))
    if stop:
        toolbox.cancel()
    runtime = Runtime(context=Asked(brain, toolbox))
    request = ModelRequest(model=brain.chat, messages=[HumanMessage("who?")], runtime=runtime)
    (found,) = Guard().wrap_model_call(request, lambda _: ModelResponse(result=[message])).result
    assert isinstance(found, AIMessage)
    return found


WHOLE = {"finish_reason": "tool_calls"}


def _call(name: str, call_id: str) -> ToolCall:
    return ToolCall(name=name, args={"limit": 9}, id=call_id, type="tool_call")


def test_arguments_that_were_cut_off_are_not_run(small: Warehouse) -> None:
    message = AIMessage(
        "", tool_calls=[_call("measure", "1"), _call("churn_risk", "2")], additional_kwargs={BROKEN: [1]}, response_metadata=WHOLE
    )
    calls = _reply(small, message).tool_calls
    assert [(call["name"], call["args"]) for call in calls] == [("measure", {"limit": 9}), ("churn_risk", {UNREADABLE: True})]


def test_calls_that_are_no_json_become_calls_that_are_answered(small: Warehouse) -> None:
    invalid = InvalidToolCall(name=None, args="{", id=None, error="no JSON", type="invalid_tool_call")
    found = _reply(small, AIMessage("", invalid_tool_calls=[invalid], response_metadata=WHOLE))
    assert [(call["name"], call["args"], call["id"]) for call in found.tool_calls] == [("unknown", {UNREADABLE: True}, "broken-0")]
    assert found.invalid_tool_calls == []


@pytest.mark.parametrize("reason", [None, "length"])
def test_calls_of_a_reply_that_broke_off_are_refused(small: Warehouse, reason: str | None) -> None:
    with pytest.raises(BrainFailed, match="broke_off"):
        _reply(small, AIMessage("", tool_calls=[_call("measure", "1")], response_metadata={"finish_reason": reason}))


def test_the_planner_is_taken_at_its_word(small: Warehouse) -> None:
    assert _reply(small, AIMessage("", tool_calls=[_call("measure", "1")]), PLANNER).tool_calls == [_call("measure", "1")]


def test_nothing_is_asked_after_a_stop(small: Warehouse) -> None:
    with pytest.raises(Cancelled, match="stopped"):
        _reply(small, AIMessage("late"), stop=True)


def test_one_loop_serves_several_conversations_at_once(small: Warehouse) -> None:
    questions = ["How many customers do we have?", "我们一共有多少客户?", "What's the weather tomorrow?", "revenue by month"]
    alone = {question: open_conversation(small).answer(question).text for question in questions}
    with ThreadPoolExecutor(len(questions)) as pool:
        together = dict(zip(questions, pool.map(lambda question: open_conversation(small).answer(question).text, questions), strict=True))
    assert together == alone
    assert agent(False) is agent(False)


def test_a_loop_in_which_no_brain_was_put_fails_like_a_brain_without_an_answer() -> None:
    with pytest.raises(BrainFailed) as failed:
        _Asked().invoke([HumanMessage("who?")])
    assert reason_of(failed.value) == "other"
