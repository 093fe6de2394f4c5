"""A follow-up that changes, adds or takes away one thing of a number leads to the plan of the whole question.

That whole questions are read rightly is shown by the other cases and by the evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import after
from assistant.planner.plan import Plan
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner" / "one_thing_changed.yaml"
TABLES = yaml.safe_load(CASES.read_text(encoding="utf-8"))
Slots = dict[str, str]


def whole(table: dict[str, Any], slots: Slots) -> str:
    """The question with everything said."""
    by = table["split"].format(slots["by"]) if slots.get("by") else ""
    joint = table["joint"] if slots.get("group") and slots.get("goods") else ""
    filled = {name: slots.get(name, "") for name in ("metric", "time", "group", "goods")}
    return " ".join(str(table["whole"]).format(**filled, by=by, joint=joint).split())


def said(value: str) -> str:
    """A slot as a follow-up names it: without the preposition of a group or of goods; a store keeps its own name."""
    return re.sub("^ (?:of|for|in) ", "", value)


def others(table: dict[str, Any], name: str, value: str) -> list[str]:
    """What may take the place of a value."""
    kin = next((group for group in table["alike"] if value in group), table["slots"][name])
    return [one for one in kin if one != value]


BESIDE = (("metric", "time", "group"), ("metric", "time", "goods"), ("metric", "time", "by"))
"""What the questions say besides what is changed."""


def turns(table: dict[str, Any]) -> Iterator[tuple[Slots, Slots, str]]:
    """The slots before, those after, and the follow-up; every frame on several questions."""
    number = 0
    for kind in ("replaced", "added", "dropped"):
        for name, frames in table[kind].items():
            for frame, beside in product(frames, BESIDE):
                number += 1
                names = dict.fromkeys((*beside, name))
                full = {one: table["slots"][one][(number + 2 * at) % len(table["slots"][one])] for at, one in enumerate(names)}
                bare = {one: value for one, value in full.items() if one != name}
                other = {**full, name: others(table, name, full[name])[0]}
                before, after_it = {"replaced": (full, other), "added": (bare, full), "dropped": (full, bare)}[kind]
                yield before, after_it, frame.format(said((full if kind == "dropped" else after_it)[name]))


def calls(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """What is called, and with what."""
    return [(call.name, call.args) for call in plan.calls]


@pytest.mark.parametrize("language", sorted(TABLES))
def test_one_thing_changes_and_everything_else_stays(language: str, vocabulary: Vocabulary) -> None:
    table, missed, tried = TABLES[language], [], 0
    for before, changed, follow in turns(table):
        first, wanted = understand(whole(table, before), vocabulary), understand(whole(table, changed), vocabulary)
        assert [call.name for call in (*first.calls, *wanted.calls)] == ["measure", "measure"], (
            whole(table, before),
            whole(table, changed),
        )
        dialogue = replace(after(Dialogue(), first), questions=(whole(table, before), follow))
        found = understand(follow, vocabulary, dialogue)
        tried += 1
        if calls(found) != calls(wanted):
            missed.append(f"{whole(table, before)} > {follow}\n  {calls(found)}\n  instead of {calls(wanted)}")
    assert not missed, "\n\n".join(missed)
    assert tried > 100
