"""Questions that are only understood after earlier ones; the cases are data in tests/cases/planner."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import after
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner"
CONVERSATIONS = yaml.safe_load((CASES / "conversations.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("turns", [case["turns"] for case in CONVERSATIONS], ids=[case["turns"][0]["q"] for case in CONVERSATIONS])
def test_later_questions_change_earlier_calls(turns: list[dict[str, Any]], vocabulary: Vocabulary) -> None:
    dialogue = Dialogue()
    for turn in turns:
        plan = understand(turn["q"], vocabulary, dialogue)

        assert [{call.name: call.args} for call in plan.calls] == turn["calls"], turn["q"]

        asked = turn["q"] if plan.calls[-1].name == "ask_user" else None
        dialogue = replace(after(dialogue, plan), asked=asked)


def test_a_cut_list_is_narrowed_to_its_own_customers(vocabulary: Vocabulary) -> None:
    first = understand("top 2 customers by spend", vocabulary)
    dialogue = after(Dialogue(), first)
    table = {"rows": [["7", 1], ["9", 1]], "row_count": 2}
    shown = replace(dialogue.results[0], content={**dialogue.results[0].content, "tables": [table]})

    plan = understand("how many of them bought from the deli?", vocabulary, replace(dialogue, results=(shown,)))

    (call,) = plan.calls
    bought = {"behaviour": "orders", "op": ">=", "value": 1, "where": {"category": ["DELI"]}}
    assert call.args["rule"] == {"all": [{"field": "customer_id", "op": "in", "value": ["7", "9"]}, bought]}
