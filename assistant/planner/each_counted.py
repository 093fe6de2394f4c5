"""“how many homeowners and how many renters are there”, “有房的客户有多少，租房的有多少”: two groups that are counted each by itself."""

from __future__ import annotations

from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone, group_of, said_as
from assistant.planner.clauses import Rule
from assistant.planner.plan import Call, Plan

_DENIED = {"=": "!=", "!=": "=", "in": "not in", "not in": "in"}


def with_each_counted(asked: Asked) -> Plan | None:
    """The plan with a count of each of the two groups; None where no two are asked for so, or one is not understood."""
    said = said_as("counted", asked.text)
    if said is None:
        return None
    first = _rule(said["first"], asked)
    if first is None or "behaviour" in str(first):
        return None  # what they did, when and of which campaign may well limit the other one
    second = _opposite(first) if said_as("denied", said["second"]) else _rule(said["second"], asked)
    if second is None or second == first:
        return None
    return Plan(tuple(Call("find_customers", {"rule": rule}) for rule in (first, second)))


def _rule(words: str, asked: Asked) -> Rule | None:
    """The rule of a group that is named so."""
    whole = (f"{words}有多少",) if asked.language == "zh" else (f"how many {words}", f"how many customers {words}")
    return next((rule for one in whole if (rule := group_of(asked_alone(one, asked.read))) is not None), None)


def _opposite(rule: dict[str, Any]) -> Rule | None:
    """Those of whom it is known that they are not; None where a rule has no plain opposite."""
    op = _DENIED.get(str(rule.get("op"))) if "field" in rule else None
    return {**rule, "op": op} if op is not None else None
