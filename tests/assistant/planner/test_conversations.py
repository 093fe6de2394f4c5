"""Questions that are only understood after earlier ones; the cases are data in tests/cases/planner."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.foresight import after
from assistant.planner.plan import Call
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner"
CONVERSATIONS = [
    case
    for name in (
        "conversations",
        "turns",
        "turns_short",
        "turns_joined",
        "turns_sets",
        "turns_customers",
        "turns_shares",
        "turns_said",
        "turns_later",
        "turns_baskets",
        "turns_changed",
        "turns_told",
        "plain_core_1",
        "plain_core_2",
        "turns_plain_3",
    )
    for case in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("turns", [case["turns"] for case in CONVERSATIONS], ids=[case["turns"][0]["q"] for case in CONVERSATIONS])
def test_later_questions_change_earlier_calls(turns: list[dict[str, Any]], vocabulary: Vocabulary) -> None:
    dialogue = Dialogue()
    for turn in turns:
        plan = understand(turn["q"], vocabulary, dialogue)

        assert [{call.name: call.args} for call in plan.calls] == turn["calls"], turn["q"]

        asked = turn["q"] if plan.calls[-1].name == "ask_user" else None
        dialogue = replace(after(dialogue, plan), asked=asked, questions=(*dialogue.questions, turn["q"]))


def test_a_cut_list_is_narrowed_to_its_own_customers(vocabulary: Vocabulary) -> None:
    first = understand("top 2 customers by spend", vocabulary)
    dialogue = after(Dialogue(), first)
    table = {"rows": [["7", 1], ["9", 1]], "row_count": 2}
    shown = replace(dialogue.results[0], content={**dialogue.results[0].content, "tables": [table]})

    plan = understand("how many of them bought from the deli?", vocabulary, replace(dialogue, results=(shown,)))

    (call,) = plan.calls
    bought = {"behaviour": "orders", "op": ">=", "value": 1, "where": {"category": ["DELI"]}}
    assert call.args["rule"] == {"all": [{"field": "customer_id", "op": "in", "value": ["7", "9"]}, bought]}


@pytest.mark.parametrize(
    ("question", "call"),
    [
        ("导出SVIP", Call("export_customers", {"customers": "t1.3", "format": "xlsx"})),
        ("VIP会员的客单价", Call("measure", {"metrics": ["average_order_value"], "customers": "t1.2"})),
        ("export the SVIP customers", Call("export_customers", {"customers": "t1.3", "format": "xlsx"})),
        ("导出冠军客户", Call("export_customers", {"customers": "champions", "format": "xlsx"})),
        ("SVIP门槛改成8000", Call("segment_overview", {"scheme": "membership", "tiers": {"svip": {"amount": 8000}}})),
        ("什么是SVIP", Call("explain_term", {"term": "SVIP"})),
    ],
)
def test_groups_made_by_limits_of_an_answer_are_those_of_the_answer(question: str, call: Call, vocabulary: Vocabulary) -> None:
    groups = ["tier_svip", "tier_vip", "tier_regular"]
    details = {"groups": groups, "made": groups[::-1], "selections": [{}] * 3}
    limits = Call("segment_overview", {"scheme": "membership", "tiers": {"svip": {"amount": 5000}}})
    shown = Result(limits, "t1", "answered", {"selection": {"rule": {"all": []}}, "details": details})

    assert understand(question, vocabulary, Dialogue((shown,))).calls == (call,)


def test_groups_that_are_stored_keep_their_ids(vocabulary: Vocabulary) -> None:
    details = {"groups": ["tier_svip", "tier_vip", "tier_regular"], "made": [], "selections": []}
    shown = Result(Call("segment_overview", {"scheme": "membership"}), "t1", "answered", {"details": details})

    assert understand("导出SVIP", vocabulary, Dialogue((shown,))).calls[0].args["customers"] == "tier_svip"


@pytest.mark.parametrize(
    "question", ["会员等级分布，SVIP 门槛 5000，然后导出SVIP", "show membership tiers with SVIP from 5000 and export SVIP"]
)
def test_a_group_that_is_still_to_be_made_is_not_taken_for_the_stored_one(question: str, vocabulary: Vocabulary) -> None:
    plan = understand(question, vocabulary)

    assert plan.calls == (Call("segment_overview", {"scheme": "membership", "tiers": {"svip": {"amount": 5000}}}),)
    assert [kind for kind, _ in plan.notes] == ["later"]
