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

CASES = Path(__file__).parents[2] / "cases" / "planner"
TABLES = yaml.safe_load((CASES / "one_thing_changed.yaml").read_text(encoding="utf-8"))
CHAINS = yaml.safe_load((CASES / "chains.yaml").read_text(encoding="utf-8"))
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


def spoken(turns: list[str], vocabulary: Vocabulary) -> tuple[Plan, Dialogue]:
    """The plan of the last turn, in the conversation that the turns before it make."""
    dialogue = Dialogue()
    for at, turn in enumerate(turns):
        found = understand(turn, vocabulary, replace(dialogue, questions=tuple(turns[: at + 1])))
        if at == len(turns) - 1:
            return found, dialogue
        dialogue = after(replace(dialogue, questions=tuple(turns[:at])), found)
    raise ValueError("no turns")


def alike(value: Any, dialogue: Dialogue) -> Any:
    """Arguments with the customers of earlier answers written out, and conditions in one order."""
    if isinstance(value, list):
        return [alike(one, dialogue) for one in value]
    if isinstance(value, str) and (about := next((one for one in dialogue.results if one.handle == value), None)) is not None:
        return alike(about.selection, dialogue)
    if not isinstance(value, dict):
        return str(value)
    if set(value) == {"segment"} and any(one.handle == value["segment"] for one in dialogue.results):
        return alike(value["segment"], dialogue)
    if set(value) == {"rule"}:
        return alike(value["rule"], dialogue)
    if set(value) == {"all"}:
        parts = [alike(one, dialogue) for one in value["all"]]
        flat = [part for one in parts for part in (one["all"] if isinstance(one, dict) and set(one) == {"all"} else [one])]
        return {"all": sorted(flat, key=str)} if len(flat) != 1 else flat[0]
    if value.get("op") == "in" and len(value.get("value", ())) == 1:
        value = {**value, "op": "=", "value": value["value"][0]}
    return {key: alike(one, dialogue) for key, one in value.items() if one not in (None, {}, [], False) or key == "all"}


@pytest.mark.parametrize("case", CHAINS, ids=lambda case: " > ".join(case["turns"])[:90])
def test_a_conversation_means_the_whole_question(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    found, dialogue = spoken(case["turns"], vocabulary)
    whole = understand(case["means"], vocabulary)
    wanted = [(call.name, alike({**call.args, **case.get("more", {})}, Dialogue())) for call in whole.calls]
    assert wanted
    assert not any(name in ("ask_user", "decline") for name, _ in wanted)
    assert [(call.name, alike(call.args, dialogue)) for call in found.calls] == wanted
