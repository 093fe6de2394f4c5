"""What leaves for a language model: bounded, masked, and only copies."""

from __future__ import annotations

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage

from assistant.outgoing import MOST_TURNS, OLD_CHARACTERS, outgoing
from assistant.personal import Mask


def _turn(number: int, result: str = "r") -> list[AnyMessage]:
    call = ToolCall(name="look_up_customer", args={"customer_id": "13800138000"}, id=f"c{number}", type="tool_call")
    return [
        HumanMessage(f"question {number} of 王小明"),
        AIMessage("", tool_calls=[call]),
        ToolMessage(result, tool_call_id=f"c{number}", artifact={"rows": ["secret"]}),
        AIMessage(f"answer {number}"),
    ]


def test_only_the_latest_questions_are_sent() -> None:
    messages = [message for number in range(20) for message in _turn(number)]
    sent = outgoing(messages, Mask())
    asked = [message.content for message in sent if isinstance(message, HumanMessage)]
    assert asked == [f"question {number} of 王小明" for number in range(20 - MOST_TURNS, 20)]
    assert isinstance(sent[0], HumanMessage), "an answer without its question, or a result without its call, is refused by services"


def test_results_of_older_questions_are_cut() -> None:
    messages = [message for number in range(4) for message in _turn(number, "x" * 5000)]
    lengths = [len(str(message.content)) for message in outgoing(messages, Mask()) if isinstance(message, ToolMessage)]
    assert lengths == [OLD_CHARACTERS, OLD_CHARACTERS, 5000, 5000]


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
