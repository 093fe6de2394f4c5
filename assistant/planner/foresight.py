"""The dialogue as it will be when calls have run that are only planned."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import ASIDE, Call, Plan
from assistant.planner.who import both

Args = dict[str, Any]
_FEWEST_RULES = 2
_LISTS = ("customer_value", "next_order", "predict_response", "find_behaviour", "cluster_customers", "measure_uplift", "find_rules")
"""Tools whose results are about customers even where none are named."""
_OF_NOBODY = ("measure", "compare_segments", "measure_uplift")
"""Tools whose results stand for no customers, whomever they were limited to."""
_HANDLE = re.compile(r"t\d+(?:\.\d+)?")


def after(dialogue: Dialogue, found: Plan) -> Dialogue:
    """The dialogue as it will be when the calls of ``found`` have run, so that a later part may refer to them."""
    results = list(dialogue.results)
    aside = found.calls[-1] if any(kind == ASIDE for kind, _ in found.notes) else None
    for call in found.calls:
        handle = next_handle(results)
        content = {"selection": _selection(call) or _ranked(call, handle), "details": _details(call)}
        results.append(Result(call, handle, "answered", content, call is aside, len(dialogue.questions)))
    return replace(dialogue, results=tuple(results))


def _details(call: Call) -> Args:
    """What is known of a result before it is there: rules are listed by number."""
    return {"selections": [{}] * _FEWEST_RULES} if call.name == "find_rules" else {}


def next_handle(results: list[Result]) -> str:
    """The handle of the result that comes next."""
    last = max((int(one.handle[1:]) for one in results if one.handle[1:].isdigit()), default=0)
    return f"t{last + 1}"


def _ranked(call: Call, handle: str) -> Args | None:
    """The customers that a measurement by customer will list."""
    listed = call.name == "measure" and list(call.args.get("by") or ()) == ["customer"] and call.args.get("limit")
    return {"rule": {"segment": handle}} if listed else None


def _selection(call: Call) -> Args | None:
    if call.name == "find_customers":
        return {key: call.args[key] for key in ("rule", "sort_by", "descending", "limit") if key in call.args}
    if call.name in _OF_NOBODY:
        return None
    if call.name == "look_up_customer":
        return {"rule": {"field": "customer_id", "op": "=", "value": call.args["customer_id"]}}
    if call.name == "churn_risk":
        return _at_risk(call)
    customers = call.args.get("customers")
    if isinstance(customers, str) and not _HANDLE.fullmatch(customers):
        return {"rule": {"segment": customers}}
    if call.name == "customer_value" and call.args.get("limit") and not isinstance(customers, str):
        cut = {"sort_by": call.args.get("sort_by", "predicted_value"), "limit": call.args["limit"]}
        return {"rule": customers or {"all": []}, "descending": call.args.get("descending", True), **cut}
    if call.name in _LISTS and customers is None:
        return {"rule": {"all": []}}
    return {"rule": customers} if isinstance(customers, dict) else None


def _at_risk(call: Call) -> Args:
    """Those of a list by risk: of everybody, or of the customers it is about."""
    risky = {"field": "churn_band", "op": "=", "value": call.args.get("band", "high")}
    customers = call.args.get("customers")
    rule = {"segment": customers} if isinstance(customers, str) else customers
    return {"rule": both(rule, risky) if rule and "rule" not in rule else risky}
