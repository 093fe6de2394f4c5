"""“Not 90, 30”, “30 instead of 90”, “把90改成30”: a number of the call before in place of which another one is said."""

from __future__ import annotations

from typing import Any

from assistant.planner.corrections import set_aside
from assistant.planner.dialogue import Result
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence

_FIXED = ("customer_id", "where", "start", "end", "period")
"""Parts of a call whose numbers are names or dates."""


def swap_number(sentence: Sentence, last: Result) -> Plan | None:
    """The call before with the number that is wanted where the denied one was; None where it has it not, or more than once."""
    changed = [(place, place - 1) for place, _ in sentence.free("ellipsis", "change") if place]
    for place, before in [*((place, place + 1) for place in set_aside(sentence)), *changed]:
        denied = _number(sentence, before)
        others = [(at, value) for at, value in _others(sentence) if at not in (place, before)]
        if denied is None or len(others) != 1 or others[0][1] != int(others[0][1]):
            continue
        if _times(last.call.args, denied) != 1:
            continue
        sentence.use(place, before, others[0][0])
        return Plan((Call(last.call.name, _swapped(last.call.args, denied, int(others[0][1]))),))
    return None


def _others(sentence: Sentence) -> list[tuple[int, Any]]:
    """The numbers that are said, also as “是60天”."""
    told = [(at, one.data["value"]) for at, one in sentence.free("quantity")]
    equal = [(at, one.data["value"]) for at, one in sentence.free("comparison") if one.data.get("op") == "="]
    return [*told, *(one for one in equal if not isinstance(one[1], list) and one[0] not in [at for at, _ in told])]


def _number(sentence: Sentence, at: int) -> int | None:
    quantity = sentence.tokens[at].get("quantity") if at < len(sentence.tokens) else None
    whole = quantity is not None and quantity.data["value"] == int(quantity.data["value"])
    return int(quantity.data["value"]) if quantity is not None and whole else None


def _times(value: Any, number: int) -> int:
    if isinstance(value, dict):
        return sum(_times(part, number) for key, part in value.items() if key not in _FIXED)
    if isinstance(value, list):
        return sum(_times(part, number) for part in value)
    return int(not isinstance(value, bool) and value == number)


def _swapped(value: Any, old: int, new: int) -> Any:
    if isinstance(value, dict):
        return {key: part if key in _FIXED else _swapped(part, old, new) for key, part in value.items()}
    if isinstance(value, list):
        return [_swapped(part, old, new) for part in value]
    return new if not isinstance(value, bool) and value == old else value
