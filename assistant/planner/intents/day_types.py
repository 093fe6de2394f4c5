"""Weekends beside working days: one table of the two kinds of day, with what each brings a day where it adds up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.plan import Call, Plan
from tools.metrics.averages import DAY_TYPES
from tools.metrics.catalogue import catalogue

_DAYS = frozenset(DAY_TYPES.values())


def by_day_type(found: Plan) -> Plan:
    """“周末和工作日哪天生意好”: the two kinds of day in one answer, which says which of them is higher."""
    if len(found.calls) != len(_DAYS) or any(call.name != "measure" for call in found.calls):
        return found
    days = {frozenset(call.args.get("where", {}).get("weekday", ())) for call in found.calls}
    first, second = (_without_days(call.args) for call in found.calls)
    if days != _DAYS or first != second or first.get("by") or first.get("compare"):
        return found
    known = {one.id: one for one in catalogue().metrics}
    adds = all("time" in known[one].additive for one in first["metrics"] if one in known)
    args = {**first, "by": ["day_type"], "sort": "largest", **({"per": "day"} if adds and not first.get("per") else {})}
    return replace(found, calls=(Call("measure", args),))


def _without_days(args: dict[str, Any]) -> dict[str, Any]:
    where = {name: values for name, values in args.get("where", {}).items() if name != "weekday"}
    rest = {name: value for name, value in args.items() if name not in ("where", "sort", "limit")}
    return {**rest, "where": where} if where else rest
