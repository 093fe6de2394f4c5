"""What was asked of those who came in a time is of that time: “how many shopped on Christmas Eve, and what was the average ticket”."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.plan import Call, Plan

_CAME = {"behaviour": "orders", "op": ">=", "value": 1}
_COUNTED = "active_customers"


def in_their_time(found: Plan | None) -> Plan | None:
    """The plan in which figures told beside how many came are of the time when they came, and not of all time."""
    if found is None:
        return None
    return replace(found, calls=tuple(_then(call) for call in found.calls))


def _then(call: Call) -> Call:
    rule = call.args.get("customers")
    beside = call.name == "measure" and _COUNTED in (metrics := call.args.get("metrics", ())) and len(metrics) > 1
    if not beside or not isinstance(rule, dict) or call.args.get("window") or not rule.get("window"):
        return call
    if {name: value for name, value in rule.items() if name != "window"} != _CAME:
        return call
    args = {name: value for name, value in call.args.items() if name != "customers"}
    return replace(call, args={**args, "window": rule["window"]})
