"""Questions about two groups at once, by the patterns of among.yaml, and the group that a part of one names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.lexicon import filled, read_table
from assistant.planner.plan import Call, Plan
from tools.windows import Window

_WHO_CAME = ("active_customers", "buyers", "customers")


def said_as(kind: str, text: str) -> re.Match[str] | None:
    """The first match of the patterns of that kind in a normalised text."""
    return next((match for pattern in _patterns(kind) if (match := pattern.search(text))), None)


def asked_alone(question: str, read: Callable[[str], Plan]) -> Call | None:
    """The one call of a question that is understood without anything to be noted of it."""
    found = read(question)
    return found.calls[0] if len(found.calls) == 1 and not found.notes else None


def group_of(call: Call | None) -> Rule | None:
    """The rule of a call that lists customers and does nothing else."""
    listed = call is not None and call.name == "find_customers" and not set(call.args) - {"rule"}
    return dict(call.args["rule"]) if call is not None and listed else None


def people_of(call: Call | None, as_of: dt.date) -> Rule | None:
    """The rule of a call that lists customers, or counts those who came or first came in a time, and does nothing else."""
    listed = group_of(call)
    if listed is not None or call is None or call.name != "measure" or set(call.args) - {"metrics", "window"}:
        return listed
    window = call.args.get("window")
    if call.args["metrics"] == ["new_customers"] and window:
        start, end = Window.model_validate(window).resolve(as_of)
        return {"field": "first_order_date", "op": "between", "value": [start.isoformat(), (end or as_of).isoformat()]} if start else None
    return ordered(window) if call.args["metrics"][0] in _WHO_CAME else None


def ordered(window: Any) -> Rule:
    """Those who ordered in a time."""
    return {"behaviour": "orders", "op": ">=", "value": 1, **({"window": window} if window else {})}


def leaves(rule: Any) -> list[Rule]:
    """The single conditions of a rule."""
    if not isinstance(rule, dict):
        return []
    inside = rule.get("all") or rule.get("any") or ([rule["not"]] if "not" in rule else None)
    return [one for part in inside for one in leaves(part)] if inside else [rule]


def done_within(rule: Any, window: Any) -> Any:
    """The rule with what is done in it done in that time."""
    if "behaviour" in rule:
        return {**rule, "window": window}
    if "not" in rule:
        return {"not": done_within(rule["not"], window)}
    return {key: [done_within(one, window) for one in value] if key in ("all", "any") else value for key, value in rule.items()}


@lru_cache(maxsize=16)
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    table = read_table("among")
    written = table[kind] if isinstance(table[kind], list) else [table[kind]]
    return tuple(re.compile(filled(one, {"people": table["people"]})) for one in written)
