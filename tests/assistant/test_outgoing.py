"""What leaves for a language model: bounded, masked, and only copies."""

from __future__ import annotations

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage

from assistant.outgoing import MOST_TURNS, outgoing
from assistant.personal import Mask
from assistant.summary import summarised


def _turn(number: int, result: str = "r") -> list[AnyMessage]:
    call = ToolCall(name="look_up_customer", args={"customer_id": "13800138000"}, id=f"c{number}", type="tool_call")
    return [
        HumanMessage(f"question {number} of 王小明"),
        AIMessage("", tool_calls=[call]),
        ToolMessage(result, tool_call_id=f"c{number}", artifact={"rows": ["secret"]}),
        AIMessage(f"answer {number}"),
    ]


def test_only_the_latest_questions_are_sent() -> None:
    messages = [message for number in range(50) for message in _turn(number)]
    sent = outgoing(messages, Mask())
    asked = [message.content for message in sent if isinstance(message, HumanMessage)]
    assert asked == [f"question {number} of 王小明" for number in range(50 - MOST_TURNS, 50)]
    assert isinstance(sent[0], HumanMessage), "an answer without its question, or a result without its call, is refused by services"


RESULT = (
    '{"handle":"t%d","outcome":"answered","figures":[{"ref":"[[t%d.customers]]","label":"customers","shown":"4","unit":"count"}],'
    '"tables":[{"rows":[["a row"]]}],"filler":"%s"}'
)


def _long(number: int) -> list[AnyMessage]:
    return _turn(number, RESULT % (number, number, "x" * 3500))


def test_within_the_window_everything_is_sent_whole() -> None:
    messages = [message for number in range(4) for message in _long(number)]
    assert [message.content for message in outgoing(messages, Mask())] == [message.content for message in messages]


def test_beyond_the_window_the_oldest_turns_become_summaries() -> None:
    messages = [message for number in range(6) for message in _long(number)]
    sent = outgoing(messages, Mask(), budget=4_600)
    results = [message for message in sent if isinstance(message, ToolMessage)]
    assert len(results) == 4, "two turns were enough"
    assert sent[0].content == "question 0 of 王小明"
    summary = str(sent[1].content)
    assert summary == (
        '(Summary of an earlier answer.)\n- look_up_customer({"customer_id": "‹phone-1›"}) -> t0 answered; customers 4 [[t0.customers]]'
    )
    assert "a row" not in summary


def test_the_latest_turns_are_sent_whole_whatever_their_size() -> None:
    messages = [message for number in range(5) for message in _long(number)]
    sent = outgoing(messages, Mask(), budget=10)
    assert [message.content for message in sent] == [message.content for message in messages[-8:]]


def test_a_result_that_was_cut_keeps_its_handle() -> None:
    turn = _turn(1, '{"handle":"t1","figu')
    turn[2] = ToolMessage(turn[2].content, tool_call_id="c1", artifact={"details": {"handle": "t1"}})
    assert str(summarised(turn)[1].content).endswith("-> t1")
    assert summarised([HumanMessage("hello"), AIMessage("hi")])[1].content == "hi"


def test_personal_values_are_hidden_everywhere_and_the_originals_stay() -> None:
    messages = _turn(1, '{"message": "no customer 王小明, a@b.example"}')
    sent = outgoing(messages, Mask({"王小明": "name"}))
    text = "\n".join(str(message) for message in sent)
    for secret in ("王小明", "a@b.example", "13800138000", "secret"):
        assert secret not in text
    assert messages[0].content == "question 1 of 王小明"
    assert isinstance(messages[2], ToolMessage)
    assert messages[2].artifact == {"rows": ["secret"]}


def test_the_same_value_has_the_same_placeholder_in_every_message() -> None:
    sent = outgoing([*_turn(1, "13800138000"), *_turn(2, "13800138000")], Mask())
    results = {str(message.content) for message in sent if isinstance(message, ToolMessage)}
    calls = {call["args"]["customer_id"] for message in sent if isinstance(message, AIMessage) for call in message.tool_calls}
    assert results == calls == {"‹phone-1›"}
