"""“how many homeowners and how many renters are there”, “有房的客户有多少，租房的有多少”: two groups that are counted each by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from assistant.planner.asked_parts import asked_alone, group_of, said_as
from assistant.planner.clauses import Rule
from assistant.planner.normalise import HAN, normalise
from assistant.planner.plan import Call, Plan

_HAN = re.compile(f"[{HAN}]")
_DENIED = {"=": "!=", "!=": "=", "in": "not in", "not in": "in"}


def with_each_counted(question: str, read: Callable[[str], Plan]) -> Plan | None:
    """The plan with a count of each of the two groups; None where no two are asked for so, or one is not understood.

    Args:
        question: As it was typed.
        read: The plan of a part of it.
    """
    text = normalise(question)
    said = said_as("counted", text)
    if said is None:
        return None
    first = _rule(said["first"], text, read)
    if first is None or "behaviour" in str(first):
        return None  # what they did, when and of which campaign may well limit the other one
    second = _opposite(first) if said_as("denied", said["second"]) else _rule(said["second"], text, read)
    if second is None or second == first:
        return None
    return Plan(tuple(Call("find_customers", {"rule": rule}) for rule in (first, second)))


def _rule(words: str, text: str, read: Callable[[str], Plan]) -> Rule | None:
    """The rule of a group that is named so."""
    asked = (f"{words}有多少",) if _HAN.search(text) else (f"how many {words}", f"how many customers {words}")
    return next((rule for one in asked if (rule := group_of(asked_alone(one, read))) is not None), None)


def _opposite(rule: dict[str, Any]) -> Rule | None:
    """Those of whom it is known that they are not; None where a rule has no plain opposite."""
    op = _DENIED.get(str(rule.get("op"))) if "field" in rule else None
    return {**rule, "op": op} if op is not None else None
