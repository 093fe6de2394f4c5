"""What is asked of those who came in a time is of that time: “how many shopped on Christmas Eve, and what was the average ticket”.

Customers counted in a time are those who came in it: the number of all customers knows no time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.plan import Call, Plan
from tools.metrics.catalogue import catalogue
from tools.segments.schemes import SCHEMES

_CAME = {"behaviour": "orders", "op": ">=", "value": 1}
_COUNTED = "active_customers"
_EVERYBODY = "customers"
_LEVEL = "customer"
_OF_ATTRIBUTE = "attribute."
_GROUPED = frozenset(scheme.field for scheme in SCHEMES.values())
"""Groups that customers are in on a day: how many were in each then is another question."""


def in_their_time(found: Plan | None) -> Plan | None:
    """The plan in which figures told beside how many came are of the time when they came, and not of all time."""
    if found is None:
        return None
    return replace(found, calls=tuple(_then(_came(call)) for call in found.calls))


def _came(call: Call) -> Call:
    """“Number of customers by age group in December”: those of each age who ordered in it."""
    args = call.args
    metrics, by = args.get("metrics", ()), args.get("by", ())
    counted = call.name == "measure" and _EVERYBODY in metrics and bool(args.get("window"))
    if not counted or not by or set(by) & _GROUPED or not all(of_customers(one) for one in by):
        return call
    changed: dict[str, Any] = {"metrics": list(dict.fromkeys(_COUNTED if one == _EVERYBODY else one for one in metrics))}
    if args.get("having"):
        changed["having"] = [{**one, "metric": _COUNTED} if one["metric"] == _EVERYBODY else one for one in args["having"]]
    return replace(call, args={**args, **changed})


def of_customers(dimension: str) -> bool:
    """Whether a dimension is a property of customers."""
    return dimension.startswith(_OF_ATTRIBUTE) or catalogue().dimension(dimension).level == _LEVEL


def _then(call: Call) -> Call:
    rule = call.args.get("customers")
    beside = call.name == "measure" and _COUNTED in (metrics := call.args.get("metrics", ())) and len(metrics) > 1
    if not beside or not isinstance(rule, dict) or call.args.get("window") or not rule.get("window"):
        return call
    if {name: value for name, value in rule.items() if name != "window"} != _CAME:
        return call
    args = {name: value for name, value in call.args.items() if name != "customers"}
    return replace(call, args={**args, "window": rule["window"]})
