"""“Redeemed in both of those” after two campaigns, 两个都买过 after two departments: the two names stand for “both”."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import said_as
from assistant.planner.dialogue import Dialogue
from assistant.planner.part_of_sales import timed
from assistant.planner.plan import Call, Plan
from assistant.planner.reading import read_sentence
from assistant.planner.the_two import sides_before

_TWO = 2


def with_both_named(asked: Asked) -> Plan | None:
    """The plan of the question with the two that were named last in place of “both of those”; None where no two were."""
    text = asked.text
    said = said_as("both_of", text)
    last = _last(asked.dialogue) if said is not None else []
    if said is not None and len(_two(last)) != _TWO:
        last = [Call("measure", args) for args in sides_before(asked.dialogue, _TWO, "any") or ()]
    names = _two(last)
    if said is None or len(names) != _TWO or read_sentence(asked.question, asked.vocabulary, Dialogue()).says("value"):
        return None
    first, second = names
    put = f"{first}和{second}都" if any("\u3400" <= one <= "\u9fff" for one in said[0]) else f"both {first} and {second}"
    found = asked.read(f"{text[: said.start()]}{put}{text[said.end() :]}".strip())
    if not found.calls or any(call.name in ("ask_user", "decline") for call in found.calls):
        return None
    windows = [call.args.get("window") for call in last]
    same = windows[0] if all(one == windows[0] for one in windows) else None
    return replace(found, calls=tuple(_in_time(call, same) for call in found.calls))


def _in_time(call: Call, window: Any) -> Call:
    """The list with what they did as done in the time that was measured."""
    return replace(call, args={**call.args, "rule": timed(call.args["rule"], window)}) if call.name == "find_customers" else call


def _last(dialogue: Dialogue) -> list[Call]:
    """What was measured last; nothing where groups of customers were named."""
    turn = max((one.turn for one in dialogue.results), default=-1)
    calls = [one.call for one in dialogue.results if one.turn == turn]
    return [] if any(call.name != "measure" or call.args.get("customers") for call in calls) else calls


def _two(calls: list[Call]) -> list[str]:
    """The values of one dimension that the calls were limited to."""
    named = {(dimension, value) for call in calls for dimension, values in (call.args.get("where") or {}).items() for value in values}
    ordered = [value for call in calls for values in (call.args.get("where") or {}).values() for value in values]
    return list(dict.fromkeys(map(str, ordered))) if len({dimension for dimension, _ in named}) == 1 else []
