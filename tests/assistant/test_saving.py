"""Saving a segment by conversation: the operator's own words, its use by name at once, and what a service may not do."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.conversation import open_conversation
from assistant.planner.saved import saved_phrases
from assistant.saving import asks_to_save
from assistant.session import Session
from assistant.toolbox import Toolbox
from tools.contracts import Outcome, Text, ToolResult
from tools.errors import InputError
from tools.rules import Condition, InSegment, Selection
from tools.warehouse.warehouse import Warehouse

ARGUMENTS: dict[str, Any] = {"customers": {"field": "amount", "op": ">", "value": 10}, "name": "VIP sleepers"}


@pytest.mark.parametrize(
    "question",
    [
        "Save them as VIP sleepers",
        "keep this list",
        "please call it Big ones",
        "把这些人保存为重点客户",
        "存为“老客”",
        "新建一个分群叫老客",
    ],
)
def test_words_that_ask_to_save(question: str) -> None:
    assert asks_to_save(question)


@pytest.mark.parametrize("question", ["How many VIP sleepers?", "don't save it", "不要保存", "list the savers", "导出这些客户"])
def test_words_that_do_not(question: str) -> None:
    assert not asks_to_save(question)


def test_a_group_is_saved_and_then_known_by_its_name(small: Warehouse) -> None:
    conversation = open_conversation(small)
    conversation.answer("customers who spent more than 20")
    conversation.answer("save them as VIP sleepers")
    saved = conversation.session.result("t2")
    assert (saved.tool, saved.outcome, saved.figure("t2.customers").value) == ("save_segment", Outcome.ANSWERED, 2)
    for question in ("how many VIP sleepers are there?", "VIP sleepers有多少人", "summarise vip sleepers", "export the VIP sleepers"):
        answer = conversation.answer(question)
        result = list(conversation.session.results.values())[-1]
        assert result.outcome is Outcome.ANSWERED, question
        if result.selection is not None:
            assert "vip_sleepers" in result.selection.model_dump_json(), question
        assert "2" in answer.text, question


def test_a_second_conversation_knows_it_too(small: Warehouse) -> None:
    open_conversation(small).answer("把累计消费超过20的客户存为核心人群")
    other = open_conversation(small)
    other.answer("核心人群有多少人？")
    found = other.session.result("t1")
    assert (found.tool, found.figure("t1.customers").value) == ("find_customers", 2)


def _call(toolbox: Toolbox, question: str) -> dict[str, Any]:
    toolbox.question, toolbox.for_service = question, True
    return toolbox.call("save_segment", ARGUMENTS)[1]


def test_a_service_saves_only_what_it_was_told_to(small: Warehouse) -> None:
    toolbox = Toolbox(small, Session("s"))
    refused = _call(toolbox, "how many customers spent more than 10?")
    assert (refused["outcome"], "ask for it yourself" in refused["message"]["en"]) == ("blocked", True)
    assert _call(toolbox, "save those over 10 as VIP sleepers")["outcome"] == "answered"


def test_a_service_may_save_under_the_name_that_it_asked_for(small: Warehouse) -> None:
    session = Session("s")
    session.register(ToolResult(tool="ask_user", outcome=Outcome.AMBIGUOUS, message=Text(zh="叫什么？", en="Which name?")))
    assert _call(Toolbox(small, session), "VIP sleepers")["outcome"] == "answered"


def test_a_listed_group_has_a_handle_of_its_own() -> None:
    session = Session("s")
    rules = [Selection(rule=Condition(field="orders", op=">=", value=number)) for number in (1, 2)]
    details = {"selections": [one.model_dump(mode="json", by_alias=True) for one in rules]}
    session.register(ToolResult(tool="find_rules", selection=rules[0], details=details))
    assert session.selection("t1.2") == rules[1]
    assert session.selection("t1") == session.selection("t1.1") == rules[0]
    with pytest.raises(InputError, match="lists 2 groups of customers, so it has no number 3"):
        session.selection("t1.3")


def test_a_listed_group_is_saved_by_its_handle(small: Warehouse) -> None:
    session = Session("s")
    listed = [Selection(rule=Condition(field="amount", op="<", value=10)), Selection(rule=InSegment(segment="prospects"))]
    session.register(ToolResult(tool="find_rules", details={"selections": [one.model_dump(mode="json", by_alias=True) for one in listed]}))
    toolbox = Toolbox(small, session)
    artifact = toolbox.call("save_segment", {"customers": "t1.1", "name": "Small ones"})[1]
    assert [one["value"] for one in artifact["figures"] if one["id"] == "t2.customers"] == [2]


def test_what_is_said_for_a_saved_segment() -> None:
    said = {
        text for text, sense in saved_phrases({"vip_sleepers": Text(zh="高价值沉睡客户", en="VIP sleepers")}) if sense.id == "vip_sleepers"
    }
    assert {"vip sleepers", "vip sleeper", "vip sleepers segment", "vip sleepers customers"} <= said
    assert {"高价值沉睡客户", "高价值沉睡用户", "高价值沉睡", "高价值沉睡人群"} & said >= {"高价值沉睡客户", "高价值沉睡用户"}
