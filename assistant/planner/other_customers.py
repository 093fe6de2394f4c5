"""“换成30岁以下” after what a list of those over 50 buy: the condition takes the place of the one that the list was made by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.find_changes import without_fields
from assistant.planner.plan import Call, Plan
from assistant.planner.who import both, selection_rule


def of_others(found: Plan, dialogue: Dialogue, last: Result) -> Plan:
    """The measurement of other customers than those of the list that it was limited to.

    Args:
        found: The measurement, changed by a follow-up.
        dialogue: The conversation so far.
        last: The measurement before.
    """
    handle, call = last.call.args.get("customers"), found.calls[0]
    added = _beside(call.args.get("customers"), handle)
    listed = next((one for one in dialogue.results if one.handle == handle), None)
    rule = selection_rule(listed) if listed is not None else None
    if added is None or rule is None:
        return found
    kept = without_fields(rule, added)
    if kept == rule:
        return found
    return replace(found, calls=(Call(call.name, {**call.args, "customers": both(kept, added)}), *found.calls[1:]))


def _beside(customers: Any, handle: Any) -> Any:
    """The only condition that was put beside the list."""
    parts = customers.get("all") if isinstance(customers, dict) and set(customers) == {"all"} else None
    if not isinstance(handle, str) or not parts or len(parts) != 2 or parts[0] != {"segment": handle}:
        return None
    return parts[1]
