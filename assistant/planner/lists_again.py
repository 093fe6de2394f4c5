"""“Sorted by 2017 spend”, “just the ids then”, “只要12月消费最高的50个”: the customers that were listed, in another order or form."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.heads import LISTS
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.shapes import first_shape, shape
from assistant.planner.who import selection_rule

_NUMBERED = re.compile(r"\b(\d+)(?= (?:who|with|that|spent|spend|bought|ordered|have|had)\b)")
_UNNAMED = re.compile(r"(?:\d(?:[个名位人])?|的)$")
_ORDERED = {"metrics", "by", "sort", "limit", "window", "where"}
_BY_TOOL = ("find_customers", "churn_risk")
"""Lists of which the order is an argument of the tool."""


def with_list_again(asked: Asked) -> Plan | None:
    """The plan of a question that only says how the list before is to be shown; None where it says something else."""
    last = asked.dialogue.last
    listed = asked.dialogue.about(last) if last is not None and last.call.name in LISTS else None
    if last is None or listed is None or (listed.selection or {}).get("rule") in (None, {"all": []}):
        return None
    if first_shape("listed", "ids", asked.bare, whole=True):
        return _by_id(last, listed)
    return _ordered(asked, last, listed) if _asks_order(asked.question.lower().strip()) else None


def _asks_order(typed: str) -> bool:
    """Whether it begins as an order or a cut, and a cut names no other customers."""
    cuts = shape("listed", "cuts").search(typed) and not shape("listed", "people").search(typed)
    return bool(cuts or shape("listed", "orders").search(typed))


def _of_customers(words: str) -> str:
    """“12月消费前50的” with whom it is of, as a question by itself says it."""
    said = _NUMBERED.sub(r"\1 customers", words)
    return f"{said}客户" if _UNNAMED.search(said) else said


def _by_id(last: Result, listed: Result) -> Plan:
    """The same list without what else it was to show."""
    if last.call.name != "find_customers":
        return plan("find_customers", rule=selection_rule(listed))
    return Plan((Call("find_customers", {name: value for name, value in last.call.args.items() if name != "columns"}),))


def _ordered(asked: Asked, last: Result, listed: Result) -> Plan | None:
    """The list in the order of what was spent or done in a time, or cut in that order."""
    words = " ".join(shape("listed", "them").sub(" ", shape("listed", "led").sub("", asked.bare)).split())
    found = asked.read_in(_of_customers(words), Dialogue(language=asked.dialogue.language))
    if len(found.calls) != 1:
        return None
    call = found.calls[0]
    if call.name == "measure" and call.args.get("by") == ["customer"] and set(call.args) <= _ORDERED and call.args.get("sort"):
        where: dict[str, Any] = {"customers": listed.customers}
        return Plan((Call("measure", {**call.args, **where}),), found.notes) if call.args.get("window") or call.args.get("where") else None
    by_field = call.name == "find_customers" and call.args.get("sort_by") and call.args.get("rule") == {"all": []}
    if not by_field or last.call.name in _BY_TOOL:
        return None
    return Plan((Call("find_customers", {**call.args, "rule": {"segment": listed.handle} if listed.handle else selection_rule(listed)}),))
