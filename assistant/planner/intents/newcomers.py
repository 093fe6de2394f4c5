"""New customers and old ones: what those brought who first ordered in a window, and both kinds side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token
from tools.windows import Window

_KINDS = ("new_customers", "returning_customers")
_LINKS = ("from", "of", "by", "for")
_SOLD = (
    *("revenue", "orders", "items", "average_order_value", "revenue_per_customer", "orders_per_customer", "discount"),
    *("repeat_rate", "discount_share", "items_per_order", "coupon_order_share"),
)


def newcomers(sentence: Sentence) -> Rule | None:
    """“revenue from new customers last quarter”, “上季度新客带来多少销售额”: of those whose first order falls in the window."""
    window = sentence.first("window")
    if both_kinds(sentence):
        return None
    for place, _ in sentence.free("metric", "new_customers"):
        metrics = [at for at, _ in sentence.free("metric") if at != place and not sentence.tokens[at].is_("noun")]
        others = [*metrics, *(at for at, _ in sentence.free("cue", "how_much"))]
        if window is None or not any(_belongs(sentence, place, at) for at in others):
            continue
        start, end = window[1].data["window"].resolve(sentence.vocabulary.as_of)
        if start is None:
            return None
        sentence.use(place)
        return {"field": "first_order_date", "op": "between", "value": [start.isoformat(), (end or sentence.vocabulary.as_of).isoformat()]}
    return None


def of_new_alone(found: Plan | None, sentence: Sentence) -> Plan | None:
    """“3月新客的30天复购率”: of those whose first order falls in the window, and not of all who came in it."""
    new = any(token.is_("metric", "new_customers") or token.is_("field", "first_order_date") for token in sentence.tokens)
    if found is None or not new:
        return found
    as_of = sentence.vocabulary.as_of
    return replace(found, calls=tuple(replace(call, args=_of_new(call.args, as_of)) for call in found.calls))


def _of_new(args: dict[str, Any], as_of: dt.date) -> dict[str, Any]:
    if "repurchase_rate" not in args.get("metrics", ()) or not args.get("window") or args.get("customers"):
        return args
    start, end = Window.model_validate(args["window"]).resolve(as_of)
    if start is None:
        return args
    dates = [start.isoformat(), (end or as_of).isoformat()]
    return {**args, "customers": {"field": "first_order_date", "op": "between", "value": dates}}


def of_returning(sentence: Sentence) -> dict[str, list[str]]:
    """“returning customers' revenue in August”: what was sold to those who first ordered before the window, as a filter."""
    timed = sentence.has("window") or sentence.says("dimension", "month", "quarter", "week", "year")
    if both_kinds(sentence) or _one_shared(sentence) or not timed:
        return {}
    kinds = ("returning_customers", "repeat_customers", *(() if sentence.has("window") else ("new_customers",)))
    for place, kind in sentence.free("metric", *kinds):
        others = [at for at, _ in (*sentence.free("metric", *_SOLD), *sentence.free("cue", "how_much", "sold")) if at != place]
        if any(_belongs(sentence, place, at) for at in others):
            sentence.use(place)
            return {"customer_type": ["new" if kind.id == "new_customers" else "returning"]}
    return {}


def new_against_old(sentence: Sentence) -> bool:
    """“新客和老客的销售额”, "revenue split between new and returning customers": a measure by whether customers are new."""
    kinds = both_kinds(sentence) or _one_shared(sentence)
    others = [at for at, _ in sentence.free("metric") if at not in kinds and not sentence.tokens[at].is_("noun")]
    timed = sentence.has("window") or sentence.has("dimension", "month", "quarter", "week", "year")
    if any(counted_itself(sentence, at) for at in kinds):
        return False
    if not kinds or not timed or not (others or sentence.has("cue", "how_much", "sold")):
        return False
    sentence.use(*kinds)
    sentence.take_all("cue", "compare")
    return True


def counted_itself(sentence: Sentence, place: int) -> bool:
    """Whether a kind of customers is counted in a list of figures: “新客多少、老客多少、复购率多少”, “新客数”."""
    beside = sentence.tokens[place + 1 : place + 2]
    listed = sum(token.is_("cue", "count", "how_much") for token in sentence.tokens) > 1
    return sentence.tokens[place].text.endswith(("数", "count")) or (listed and any(token.is_("cue", "count") for token in beside))


def _one_shared(sentence: Sentence) -> list[int]:
    """“每月新客贡献的销售额占比”: the place of the one kind whose share of what was sold is asked for."""
    sold = [at for at, _ in sentence.free("metric", *_SOLD)] if sentence.has("cue", "share") else []
    kinds = [at for at, token in enumerate(sentence.tokens) if at not in sentence.used and token.is_("metric", *_KINDS)]
    return [at for at in kinds if any(_belongs(sentence, at, one) for one in sold)]


def both_kinds(sentence: Sentence) -> list[int]:
    """The places of the words for new and for old customers; none where only one kind is named."""
    found = [(at, token) for at, token in enumerate(sentence.tokens) if at not in sentence.used and _kinds(token)]
    return [at for at, _ in found] if {kind for _, token in found for kind in _kinds(token)} == set(_KINDS) else []


def _kinds(token: Token) -> list[str]:
    """Which of the two a token names; “新老客户” names both."""
    metric, old = token.get("metric", *_KINDS), token.get("condition", "repeat")
    if metric is not None:
        return [metric.id, *metric.data.get("also", ())]
    return ["returning_customers"] if old is not None and token.text.startswith(("老", "returning", "existing", "repeat")) else []


def _belongs(sentence: Sentence, people: int, metric: int) -> bool:
    """Whether a metric is of the people: "revenue from new customers", “新客的销售额”, and not "revenue and new customers"."""
    between = sentence.tokens[min(people, metric) + 1 : max(people, metric)]
    joined = any(token.is_("conj", "and") or token.is_("punctuation") for token in between if token.text != "的")
    linked = any(token.text in _LINKS for token in between) if metric < people else True
    return not joined and linked and len(between) <= 3
