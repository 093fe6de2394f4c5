"""The customers that a number counts: “4月有多少新客” tells of those who came first in April, whom the next question may mean."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assistant.planner.plan import Call
from tools.metrics.catalogue import catalogue
from tools.windows import Window

Rule = dict[str, Any]
_BUYERS = ("buyers", "active_customers")
"""Numbers of those who ordered in a time."""
_ORDER: Rule = {"behaviour": "orders", "op": ">=", "value": 1}
_SHAPES = ("by", "compare", "where_not", "percentiles", "customers")
"""Arguments by which a number is of more, or of others, than its conditions say."""


def counted_rule(call: Call) -> Rule | None:
    """The rule of those whom a call counts; None where it counts nobody, or more than one group."""
    metrics, args = list(call.args.get("metrics") or ()), call.args
    if call.name != "measure" or len(metrics) != 1 or any(args.get(key) for key in _SHAPES):
        return None
    where, window = dict(args.get("where") or {}), args.get("window")
    if metrics[0] == "new_customers" and not where and window:
        return _first_in(Window.model_validate(window))
    if metrics[0] in _BUYERS and not any(_of_customers(one) for one in where):
        return {**_ORDER, **({"where": where} if where else {}), **({"window": window} if window else {})}
    return None


def _of_customers(dimension: str) -> bool:
    """Whether a dimension is of customers, and not of what they bought or where."""
    return dimension.startswith("attribute.") or catalogue().dimension(dimension).level == "customer"


def _first_in(window: Window) -> Rule | None:
    """Those whose first order was in a time with dates of its own; None for a time that is counted from the data's last day."""
    if window.last_days is not None or (window.period is not None and not window.period[:1].isdigit()):
        return None
    start, end = window.resolve(dt.date.max)
    if start is None or end is None:
        return None
    return {"field": "first_order_date", "op": "between", "value": [start.isoformat(), end.isoformat()]}
