"""“How many are above it”, “高于这个数的有多少人” after one figure per customer: those whose own number is on that side of it."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape

_BEHAVIOURS = {"revenue_per_customer": "amount", "orders_per_customer": "orders", "median_spend_per_customer": "amount"}
"""Numbers of a mean customer, and what a customer did of which they are the mean."""
_FIELDS = {"average_order_value": "average_order_value", "average_recency": "recency_days", "average_order_gap": "gap_median_days"}


def above_figure(sentence: Sentence, _: Dialogue, last: Result) -> Plan | None:
    """The customers above or below the latest figure; None where it is no number that a customer has."""
    said = shape("figure", "beyond").search(sentence.text.strip(" ?.!"))
    args = last.call.args
    metrics = list(args.get("metrics") or ())
    if said is None or last.call.name != "measure" or last.outcome != "answered" or len(metrics) != 1 or args.get("compare"):
        return None
    value = _value(last, metrics[0])
    if value is None or metrics[0] not in {**_BEHAVIOURS, **_FIELDS} or (args.get("by") and not _one_year(args)):
        return None
    if metrics[0] in _FIELDS and (args.get("window") or args.get("where")):
        return None
    operator = "<" if shape("figure", "below").search(said[0]) else ">"
    rule: dict[str, Any] = {"op": operator, "value": value}
    if metrics[0] in _BEHAVIOURS:
        limits = {name: args[name] for name in ("window", "where") if args.get(name)}
        rule = {"behaviour": _BEHAVIOURS[metrics[0]], **rule, **limits}
    else:
        rule = {"field": _FIELDS[metrics[0]], **rule}
    given = args.get("customers")
    before = {"segment": given} if isinstance(given, str) else given.get("rule", given) if isinstance(given, dict) else None
    sentence.use(*range(len(sentence.tokens)))
    return plan("find_customers", rule={"all": [before, rule]} if before else rule)


def _one_year(args: dict[str, Any]) -> bool:
    """“Annual spend” is by year: its total is over all of them."""
    return list(args.get("by") or ()) == ["year"]


def _value(last: Result, metric: str) -> Any:
    """The one figure that was told: the percentile where one was asked for."""
    percentiles = list(last.call.args.get("percentiles") or ())
    if len(percentiles) > 1:
        return None
    name = f"{metric}_p{percentiles[0]}" if percentiles else metric
    figures = {str(one["id"]).removeprefix(f"{last.handle}."): one.get("value") for one in last.content.get("figures") or ()}
    found = figures.get(f"total.{name}") if last.call.args.get("by") else figures.get(name)
    return str(round(float(found), 2)) if found is not None else None
