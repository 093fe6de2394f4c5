"""Questions for numbers: metrics by dimensions, filtered, in a window, compared with the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.filters import (
    segments_apart,
    split_values,
    take_customers,
    take_filters,
    take_windows,
    with_windows,
)
from assistant.planner.intents.group_ranks import take_ranking
from assistant.planner.intents.rates import take_percentiles, take_within_days
from assistant.planner.intents.refusals import refusal
from assistant.planner.plan import FOCUS, Plan
from assistant.planner.sentence import Sentence

_MOST_METRICS = 6
_MOST_DIMENSIONS = 2
_SHORT_WINDOW = 62
_ADDED_UP = frozenset({"revenue", "orders", "items", "discount", "line_revenue", "gross_revenue"})
"""Metrics whose parts make a whole, so that a value has a share of it."""
_SPENT = frozenset({"revenue", "orders", "average_order_value", "items", "revenue_per_customer", "items_per_order", "orders_per_customer"})
_AVERAGES = {"revenue": "revenue_per_customer", "orders": "orders_per_customer", "amount": "revenue_per_customer"}


def measure(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“revenue by month”, “各部门的销售额排名前5”, “average order value by income band”."""
    rule = _newcomers(sentence) or (find_rules(sentence, loose=False) if _restricted(sentence) else None)
    within = take_within_days(sentence)
    by = take_dimensions(sentence)
    extra: dict[str, Any] = {"within_days": within} if within else {}
    if sentence.take_all("cue", "favourite"):
        by = by or ["category"]
        extra["sort"] = "largest"
    metrics = take_metrics(sentence, by) or (["revenue"] if "sort" in extra else [])
    metrics = ["repurchase_rate"] if within else metrics
    percentiles = take_percentiles(sentence, metrics)
    if metrics == ["customers"] and not by and _lists_people(sentence):
        return None
    if metrics == ["customers"] and not by:
        metrics = ["active_customers"] if sentence.has("window") else []
    if not metrics or (metrics == ["customers"] and "customer" in by):
        return None
    if sentence.has("cue", "share") and not by and sentence.has("segment") and not sentence.has("window"):
        return None
    args: dict[str, Any] = {"metrics": metrics[:_MOST_METRICS], "by": by}
    whole = _groups_of_values(sentence)
    args |= take_filters(sentence) | extra
    split_values(args, whole)
    args["percentiles"] = percentiles
    args["customers"] = take_customers(sentence, dialogue, rule)
    args["by"] = args["by"] or segments_apart(args["customers"])
    _trend(sentence, args)
    args |= take_ranking(sentence, args) if args["by"] else {}
    _chart(sentence, args)
    focus = _share_of_value(sentence, args)
    windows = take_windows(sentence)
    _absorb_counts(sentence)
    sentence.take_all("cue", "list", "share", "total", "compare", "everyone", "how_much", "summarize", "sold")
    absorb_predicates(sentence)
    found = with_windows(sentence, args, windows)
    if any(call.args.get("sort") in ("growth", "decline") and "compare" not in call.args for call in found.calls):
        return refusal(sentence, "growth_between")
    return replace(found, notes=((FOCUS, focus),)) if focus else found


def _newcomers(sentence: Sentence) -> Rule | None:
    """“revenue from new customers last quarter”, “上季度新客带来多少销售额”: of those whose first order falls in the window."""
    window = sentence.first("window")
    for place, _ in sentence.free("metric", "new_customers"):
        others = [at for at, sense in sentence.free("metric") if at != place and sense.id in _SPENT] + [
            at for at, _ in sentence.free("cue", "how_much")
        ]
        if window is None or not any(_belongs(sentence, place, at) for at in others):
            continue
        start, end = window[1].data["window"].resolve(sentence.vocabulary.as_of)
        if start is None:
            return None
        sentence.use(place)
        return {"field": "first_order_date", "op": "between", "value": [start.isoformat(), (end or sentence.vocabulary.as_of).isoformat()]}
    return None


def _belongs(sentence: Sentence, people: int, metric: int) -> bool:
    """Whether a metric is of the people: "revenue from new customers", “新客的销售额”, and not "revenue and new customers"."""
    between = sentence.tokens[min(people, metric) + 1 : max(people, metric)]
    joined = any(token.is_("conj", "and") or token.is_("punctuation") for token in between)
    linked = any(token.text in ("from", "of", "by", "for") for token in between) if metric < people else True
    return not joined and linked and len(between) <= 3


def _groups_of_values(sentence: Sentence) -> frozenset[str]:
    """Dimensions of which one group of values is named, such as the weekend: it is measured as a whole."""
    named = [sense for _, sense in sentence.free("value")]
    return frozenset(str(one.data["dimension"]) for one in named if one.data.get("also") and len(named) == 1)


def _lists_people(sentence: Sentence) -> bool:
    """“Members of the champions who bought produce last month”: people by what they did, and no number asked for."""
    asked = sentence.says("cue", "count") or sentence.says("cue", "share") or sentence.says("cue", "total")
    return not asked and sentence.says("segment") and sentence.says("conj", "who") and sentence.says("verb")


def _share_of_value(sentence: Sentence, args: dict[str, Any]) -> str | None:
    """“What share of revenue comes from produce”: measured by the dimension of the value, which is spoken of then."""
    where = args["where"]
    if not sentence.has("cue", "share") or len(where) != 1 or args.get("customers") is not None or args["metrics"][0] not in _ADDED_UP:
        return None
    ((dimension, values),) = where.items()
    others = [one for one in args["by"] if one != dimension]
    if len(others) >= _MOST_DIMENSIONS:
        return None
    args |= {"by": [*others, dimension], "where": {}}
    if others:
        return None
    args.setdefault("sort", "largest")
    return str(values[0]) if len(values) == 1 else None


def take_dimensions(sentence: Sentence) -> list[str]:
    """What to group by; a dimension beside its value only names the value."""
    found: list[str] = []
    has_metric = sum(1 for _ in sentence.free("metric"))
    for place, sense in list(sentence.free("dimension")):
        token = sentence.tokens[place]
        grouped = sentence.before(place, "by", within=1) is not None
        acts = token.is_("verb") and place > 0 and sentence.tokens[place - 1].is_("noun") and not grouped
        named = token.is_("noun") or token.is_("condition") or token.is_("value") or acts
        if named or (token.is_("metric") and not grouped and has_metric < 2):
            continue
        if _names_value(sentence, place, sense.id):
            sentence.use(place)
        elif sense.id not in found and len(found) < _MOST_DIMENSIONS:
            found.append(sense.id)
            sentence.use(place)
    sentence.take_all("by")
    return found


def _names_value(sentence: Sentence, place: int, dimension: str) -> bool:
    for near in (place - 1, place + 1):
        value = sentence.tokens[near].get("value") if 0 <= near < len(sentence.tokens) else None
        if value and (value.data["dimension"] == dimension or value.data["dimension"].startswith(dimension)):
            return True
        if dimension.startswith("rfm") and 0 <= near < len(sentence.tokens) and sentence.tokens[near].is_("segment"):
            return True
    return False


def take_metrics(sentence: Sentence, by: list[str]) -> list[str]:
    """The metrics, in the order of the question."""
    found: list[str] = []
    named = [place for place, _ in sentence.free("metric", "customers") if sentence.tokens[place].is_("noun")]
    people = [place for place in named if not _they_do(sentence, place)]
    weak: list[tuple[int, str]] = []
    dated = bool(by) or sentence.says("window")
    for place, sense in list(sentence.free("metric")):
        token = sentence.tokens[place]
        grouped = token.is_("condition") or token.is_("segment")
        if place in named or (grouped and (not dated or _speaks_of_money(sentence, place))):
            continue
        if token.is_("stop"):
            weak.append((place, sense.id))
            continue
        metric = _averaged(sentence, place, sense.id)
        sentence.use(place)
        found += [one for one in (metric, *sense.data.get("also", ())) if one not in found]
    counted = _counts_people(sentence)
    if (people or counted) and (by or sentence.has("segment")) and (not found or counted):
        sentence.use(*people, *counted)
        found = [_of_people(sentence), *(one for one in found if one != "customers")]
    if {"revenue", "revenue_per_customer"} <= set(found) and sentence.says("verb", "spend"):
        found.remove("revenue")
    if "new_customers" in found:
        sentence.take_all("field", "first_order_date")
    if not found:
        found = _implied(sentence, by, weak)
    return [countable(sentence, metric, by) for metric in found]


def _of_people(sentence: Sentence) -> str:
    """What groups of people are measured by: their number, unless they are ranked by worth (“最值钱”, "most valuable")."""
    worth = next((sense for token in sentence.tokens for sense in token.senses if sense.kind == "worth"), None)
    return str(worth.data["metric"]) if worth else "customers"


def countable(sentence: Sentence, metric: str, by: list[str]) -> str:
    """Customers by what they bought, where or when are those who ordered: other customers have no place in the split."""
    levels = {sentence.vocabulary.levels.get(dimension) for dimension in by}
    if metric == "customers" and levels & {"product", "order"}:
        return "buyers"
    return "active_customers" if metric == "customers" and "time" in levels else metric


def _speaks_of_money(sentence: Sentence, place: int) -> bool:
    """Whether another word is the metric, so that "new customers" are whom it is about."""
    others = [at for at, _ in sentence.free("metric") if at != place and not sentence.tokens[at].is_("noun")]
    return sentence.has("cue", "how_much") or any(not sentence.tokens[at].is_("segment") for at in others)


def _counts_people(sentence: Sentence) -> list[int]:
    """Where a "how many" stands for people: no metric follows it ("多少人", but not "多少订单")."""
    found = []
    for place, sense in [*sentence.free("cue", "count"), *sentence.free("cue", "share")]:
        following = sentence.after(place, "metric", "dimension", within=1)
        people = following is not None and sentence.tokens[following].is_("noun")
        alone = following is None and sense.id == "count" and sentence.before(place, "metric", within=1) is None
        if people or alone:
            found.append(place)
    return found


def _averaged(sentence: Sentence, place: int, metric: str) -> str:
    if metric in _AVERAGES and (at := sentence.before(place, "cue", within=0)) is not None and sentence.tokens[at].is_("cue", "average"):
        sentence.use(at)
        return _AVERAGES[metric]
    return metric


def _implied(sentence: Sentence, by: list[str], weak: list[tuple[int, str]]) -> list[str]:
    """“How much did they spend”, “各部门卖了多少钱”: money is revenue; “how many bought” is customers who ordered."""
    money = sentence.take_all("cue", "how_much") or _sold(sentence, by)
    spent = sentence.first("verb", "spend")
    noun = spent is not None and (spent[0] == 0 or sentence.tokens[spent[0] - 1].text == "的")
    if money or (spent and (by or noun or sentence.has("cue", "count"))):
        sentence.take_all("verb", "spend")
        return ["revenue"]
    if weak and (by or sentence.says("window")):
        sentence.use(weak[0][0])
        return [weak[0][1]]
    if by and sentence.says("verb", "order") and sentence.vocabulary.levels.get(by[0]) in ("time", "product", "order"):
        sentence.take_all("verb", "order")
        sentence.take_all("noun")
        return ["orders" if sentence.vocabulary.levels.get(by[0]) == "time" else "revenue"]
    if by and any(sentence.vocabulary.levels.get(sense.data["dimension"]) in ("product", "order") for _, sense in sentence.free("value")):
        return ["revenue"]
    if by and (sentence.has("ranking") or sentence.has("segment")):
        level = sentence.vocabulary.levels.get(by[0])
        return ["orders" if level == "time" else "revenue" if level in ("product", "order") else "customers"]
    if by and (sentence.has("cue", "count") or sentence.has("cue", "share")) and sentence.says("noun"):
        return ["customers"]
    return []


def _sold(sentence: Sentence, by: list[str]) -> bool:
    """“Which stores sold the most”: what was sold is revenue."""
    asked = bool(by) or sentence.has("value") or sentence.has("window")
    return asked and bool(sentence.take_all("cue", "sold"))


def _restricted(sentence: Sentence) -> bool:
    """Whether the question limits the customers by what they did: "customers who bought", "买过…的客户"."""
    for place, token in enumerate(sentence.tokens):
        if not token.is_("noun") and not token.is_("pronoun"):
            continue
        following = sentence.tokens[place + 1 : place + 3]
        if _they_do(sentence, place) and not any(one.is_("conj", "who") for one in following[:1]):
            continue
        if any(next_token.is_("conj", "who") or next_token.is_("verb") for next_token in following[:1]) and token.text.isascii():
            return _acts(sentence, place + 1, len(sentence.tokens))
        before = sentence.tokens[place - 1] if place else None
        if before is not None and (before.text == "的" or before.is_("comparison")) and _acts(sentence, 0, place):
            return True
    return False


def _they_do(sentence: Sentence, place: int) -> bool:
    """“what time do people shop”: what they do is asked about, and not their number."""
    return any(one.text in ("do", "does", "did") for one in sentence.tokens[max(0, place - 2) : place])


def _acts(sentence: Sentence, start: int, end: int) -> bool:
    return any(token.is_("verb") or token.is_("comparison") or token.is_("neg") for token in sentence.tokens[start:end])


def _trend(sentence: Sentence, args: dict[str, Any]) -> None:
    if sentence.take_all("cue", "trend") and not any(one in ("day", "week", "month", "quarter", "year") for one in args["by"]):
        window = next((sense.data["window"] for _, sense in sentence.free("window")), None)
        args["by"] = ["week" if window and (window.last_days or 365) <= _SHORT_WINDOW else "month", *args["by"]][:_MOST_DIMENSIONS]


def _chart(sentence: Sentence, args: dict[str, Any]) -> None:
    charts = sentence.take_all("chart")
    wanted = next((chart.id for chart in charts if chart.id != "auto"), None)
    if wanted:
        args["chart"] = wanted


def _absorb_counts(sentence: Sentence) -> None:
    """“How many” that goes with a metric that was taken: right before or after it; of anything else it is another question."""
    for place, _ in list(sentence.free("cue", "count")):
        near = [sentence.after(place, "metric", "dimension", "verb", within=1), sentence.before(place, "metric", within=1)]
        if any(at is not None and (at in sentence.used or sentence.tokens[at].is_("verb")) for at in near):
            sentence.use(place)


def absorb_predicates(sentence: Sentence) -> None:
    """Verbs that only say what the metric says: "how many orders did they place"."""
    if not sentence.has("neg"):
        sentence.take_all("verb")
    sentence.take_all("field", "amount", "orders")
    sentence.take_all("cue", "average")
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("day", "week", "month") and sentence.says("cue", "previous", "growth"):
            sentence.use(place)
