"""What goes with a metric: percentiles of its values, and the days within which customers come back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.intents.filters import take_filters
from assistant.planner.intents.windowed import take_windows, with_windows
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

_SPREAD = {
    "revenue": "revenue_per_customer",
    "orders": "orders_per_customer",
    "items": "items_per_order",
    "median_order_value": "average_order_value",
    "p90_order_value": "average_order_value",
}
"""Sums, and the metric whose single values their percentiles are of."""
_SHARES = ("new_customer_share", "returning_customer_share")
_HANDLE = re.compile(r"t\d+")
_OF_SILENCE = ("churn_rate", "churned_customers")
_WHOLE = ("全部", "所有")
"""How “占全部” ends, which is a share of all customers, with or without an order."""
_LIMITING = ("neg", "segment", "condition", "customer_id", "ranking")
_MONEY = ("revenue", "orders", "average_order_value", "revenue_per_customer", "new_customers", "returning_customers")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_RELATIVE = ("last", "past", "previous", "recent", "latest", "trailing", "最近", "近", "过去", "过往")
"""Words of a window that ends today, and not of a time after something."""


def take_percentiles(sentence: Sentence, metrics: list[str]) -> list[int]:
    """“the 90th percentile of”, “P25和P75”, “中位数”: which of the metric's values are asked for."""
    both = bool(metrics) and metrics[0] == "median_order_value" and sentence.has("cue", "average")
    if not metrics or not (both or sentence.has("cue", "percentile")):
        return []
    halved = {"median_order_value": {50}, "p90_order_value": {90}}.get(metrics[0], set())
    of_orders = metrics[0] == "revenue" and any(token.text.startswith(("订单", "order", "basket")) for token in sentence.tokens)
    metrics[0] = "average_order_value" if of_orders else _SPREAD.get(metrics[0], metrics[0])
    if both:
        sentence.take_all("cue", "average", "compare", "growth")  # “客单价中位数和平均数差多少”
        return [50]
    found = halved | {int(one) for sense in sentence.take_all("cue", "percentile") for one in sense.data["n"]}
    sentence.take_all("cue", "median", "average")
    return sorted(found)


def penetrates(sentence: Sentence) -> bool:
    """“what share of shoppers bought FLORAL in Q2”: of those who ordered in a window, the part that bought something."""
    values = [sense for _, sense in sentence.free("value")]
    goods = len(values) == 1 and sentence.vocabulary.levels.get(values[0].data["dimension"]) == "product"
    active = sentence.has("metric", "active_customers", "buyers")
    people = active or any(token.is_("noun") for token in sentence.tokens)
    asked = sentence.has("cue", "share") and sentence.has("verb", "order") and people
    windows = len(list(sentence.free("window")))
    timed = windows == 1 or (active and not windows)
    others = any(sentence.says(kind) for kind in _LIMITING) or sentence.says("metric", *_MONEY) or sentence.says("pronoun")
    whole = any(token.is_("cue", "share") and token.text.endswith(_WHOLE) for token in sentence.tokens)
    return goods and asked and timed and not others and not whole


def penetration(sentence: Sentence) -> Plan:
    """The part of the customers of a window who bought the goods that are named."""
    args: dict[str, Any] = {"metrics": ["category_penetration"], **take_filters(sentence)}
    windows = take_windows(sentence)
    sentence.take_all("cue", "share", "count", "total", "everyone")
    sentence.take_all("verb")
    sentence.take_all("metric", "customers", "active_customers", "buyers", "items")
    sentence.take_all("dimension", "product", "customer")
    sentence.use(*(place for place, one in sentence.free("comparison") if (one.data["op"], one.data["value"]) == (">=", 1)))
    return with_windows(sentence, args, windows)


def share_of_people(sentence: Sentence, args: dict[str, Any]) -> Rule | None:
    """“收入10万以上的客户贡献了几成销售”: customers whose share of the sales is asked for, as a rule."""
    plain = not args["by"] and not args["where"] and args["metrics"] == ["revenue"]
    who = args["customers"]
    if not sentence.has("cue", "share") or not plain or who is None:
        return None
    if isinstance(who, dict):
        return None if "rule" in who else who
    return None if _HANDLE.fullmatch(who) else {"segment": who}


def beside_everyone(found: Plan) -> Plan:
    """The same measurement of everybody after that of some customers."""
    everyone = [replace(call, args={key: value for key, value in call.args.items() if key != "customers"}) for call in found.calls]
    return replace(found, calls=(*found.calls, *everyone))


def take_silent_days(sentence: Sentence, metrics: list[str]) -> int | None:
    """“流失率按60天没来算”, "churn rate if 60 days of silence count as gone": after how many days a customer is lost."""
    if not metrics or metrics[0] not in _OF_SILENCE:
        return None
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in _DAYS:
            sentence.use(place)
            sentence.take_all("neg", "not")
            sentence.take_all("verb")
            sentence.take_all("cue", "count", "churned", "silence", "churn")
            sentence.take_all("segment", "lost")
            sentence.take_all("by")
            return int(quantity.data["value"]) * _DAYS[quantity.data["unit"]]
    return None


def take_within_days(sentence: Sentence) -> int | None:
    """“30天复购率”, “what share come back within 60 days”: the days after the first order within which the next one counts."""
    rate = sentence.first("metric", "repurchase_rate") or sentence.first("metric", "repeat_rate")
    shared = sentence.has("cue", "share", "count") or sentence.has("metric", *_SHARES)
    asked = rate is not None or (sentence.has("cue", "again") and shared)
    if not asked:
        return None
    found = next((one for place, token in enumerate(sentence.tokens) if (one := _days(sentence, place, token))), None)
    if found is None:
        return None
    place, days = found
    if rate is None:
        sentence.take_all("metric", "new_customers", "buyers", "customers", *_SHARES)
    sentence.use(place, *([rate[0]] if rate else []))
    sentence.take_all("cue", "again", "share")
    sentence.take_all("field", "first_order_date")
    sentence.take_all("segment", "new")
    return days


def _days(sentence: Sentence, place: int, token: Token) -> tuple[int, int] | None:
    if place in sentence.used:
        return None
    window, quantity, horizon = token.get("window"), token.get("quantity"), token.get("horizon")
    if window is not None and window.data["window"].last_days and not any(word in token.text for word in _RELATIVE):
        return place, int(window.data["window"].last_days)
    if quantity is not None and quantity.data["unit"] in _DAYS:
        return place, int(quantity.data["value"]) * _DAYS[quantity.data["unit"]]
    return (place, int(horizon.data["days"])) if horizon is not None and window is None else None
