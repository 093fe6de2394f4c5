"""Which metrics a follow-up shows in place of those before, or beside them: “看人均”, “total instead”, “客户数呢”."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.intents.metric_words import AVERAGES, countable, take_metrics
from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue

Args = dict[str, Any]
_EACH = ("per", "each", "every", "每", "每个", "每位", "每名", "每一个", "按每个")
_TOTALS = {mean: total for total, mean in AVERAGES.items() if total != "amount"} | {
    "average_order_value": "revenue",
    "items_per_order": "items",
}
_SELLS = re.compile(r"卖|\bsell|\bsold")
_SALES = ("revenue", "items", "gross_revenue", "quantity")
_DESCRIBES = ("condition", "verb", "comparison", "value", "segment", "band")
"""What says which people are meant, so that they are not counted: “45岁以上客户的呢”."""
_PEOPLE = ("customers", "buyers", "active_customers")


def change_metrics(sentence: Sentence, args: Args, by: list[str]) -> None:
    """Change the metrics of `args` as the sentence says."""
    ordered = sentence.has("rank", "listing")
    metrics = _named(sentence, args, by) or _of_sales(sentence, args)
    if not metrics:
        return
    _take_number_of(sentence)
    if ordered and args.get("by"):
        sentence.take_all("rank", "listing")
        named = sentence.take("ranking", "smallest") or sentence.take("ranking", "largest")
        order = named.id if named else args.get("sort")
        args |= {"metrics": list(dict.fromkeys([*metrics, *args["metrics"]])), "sort": order if order == "smallest" else "largest"}
    elif sentence.says("ellipsis", "also"):
        args["metrics"] = list(dict.fromkeys([*args["metrics"], *metrics]))
    else:
        args["metrics"] = metrics


def order_by_what_adds_up(args: Args) -> None:
    """“那客单价呢” after what the groups added to a change: a mean has no parts, so that its own changes are told."""
    if args.get("sort") == "contribution" and catalogue().metric(args["metrics"][0]).ratio is not None:
        args["sort"] = "movement"
        args.pop("change_by", None)


def _take_number_of(sentence: Sentence) -> None:
    """“The number of” right before a metric that counts already, “多少” right after one."""
    for place, _ in list(sentence.free("cue", "count")):
        beside = [at for at in (place - 1, place + 1) if at in sentence.used and at < len(sentence.tokens)]
        if any(sentence.tokens[at].is_("metric") for at in beside):
            sentence.use(place)


def _of_sales(sentence: Sentence, args: Args) -> list[str]:
    """“哪个部门卖得最好” after a number of customers: what sells best is told by its sales."""
    sells = any(token.is_("ranking") and _SELLS.search(token.text) for token in sentence.tokens)
    return ["revenue"] if sells and not set(args["metrics"]) & set(_SALES) else []


def _named(sentence: Sentence, args: Args, by: list[str]) -> list[str]:
    """The metrics that it names, and the means or totals of those before."""
    if _for_each(sentence) or _mean(sentence):
        means = [AVERAGES[one] for one in _spoken(sentence, args) if one in AVERAGES]
        if means:
            return list(dict.fromkeys(means))
    if not sentence.has("metric") and sentence.take_all("cue", "total"):
        return list(dict.fromkeys(_TOTALS.get(one, one) for one in args["metrics"]))
    asked = sentence.has("metric") or sentence.has("cue", "how_much")
    metrics = (take_metrics(sentence, by) if asked else []) or _of_people(sentence) or _of_fields(sentence)
    metrics = metrics or _counted(sentence)
    if metrics != ["customers"]:
        return metrics
    return [_number_of_customers(sentence, {**args, "by": by or args.get("by", [])})]


def _spoken(sentence: Sentence, args: Args) -> list[str]:
    """The metrics that a mean is of: those named beside it, else those before."""
    named = [(place, one.id) for place, one in sentence.free("metric") if one.id in AVERAGES and not sentence.tokens[place].is_("noun")]
    sentence.use(*(place for place, _ in named))
    return [one for _, one in named] or [_TOTALS.get(one, one) for one in args["metrics"]]


def _for_each(sentence: Sentence) -> bool:
    """“Per customer”, “每个客户”: so much for each of them."""
    for place, _ in list(sentence.free("noun")):
        if place and sentence.tokens[place - 1].text in _EACH:
            sentence.use(place, place - 1)
            return True
    return False


def _mean(sentence: Sentence) -> bool:
    """“人均”, “on average” without a metric that is a mean itself."""
    means = set(_TOTALS)
    others = [one for place, one in sentence.free("metric") if not sentence.tokens[place].is_("cue", "average")]
    if any(one.id in means or one.id not in AVERAGES for one in others) or not sentence.has("cue", "average"):
        return False
    return bool(sentence.take_all("cue", "average"))


def _counted(sentence: Sentence) -> list[str]:
    """“Number of customers instead”: people whose number is asked for."""
    people = [place for place, _ in sentence.free("metric", "customers") if sentence.tokens[place].is_("noun")]
    numbered = any(sentence.tokens[place].text.startswith("number") or sentence.tokens[place].text.endswith("数") for place in people)
    listed = any(place and sentence.tokens[place - 1].is_("by") for place in people)
    aside = any(token.is_("metric") for at, token in enumerate(sentence.tokens) if at in sentence.used)
    swapped = aside or sentence.says("ellipsis", "more")
    alone = all(token.is_("metric") or not (any(token.is_(kind) for kind in _DESCRIBES)) for token in sentence.tokens)
    if not people or not (numbered or listed or sentence.has("cue", "count") or (swapped and alone)):
        return []
    sentence.use(*people)
    sentence.take_all("cue", "count")
    return ["customers"]


def _number_of_customers(sentence: Sentence, args: Args) -> str:
    """Customers where something was bought are its buyers; in a window, those who ordered."""
    dimensions = [*args.get("where", {}), *args.get("where_not", {}), *args.get("by", [])]
    metric = countable(sentence, "customers", dimensions)
    return "active_customers" if metric == "customers" and args.get("window") else metric


def _of_people(sentence: Sentence) -> list[str]:
    """“老客呢” after new customers: what names a kind of customers is their number here."""
    named = [(place, sense) for place, sense in sentence.free("metric") if sentence.tokens[place].is_("condition")]
    sentence.use(*(place for place, _ in named))
    return [sense.id for _, sense in named]


def _of_fields(sentence: Sentence) -> list[str]:
    """“Number of orders”: a field of the customer that is a metric as well."""
    known = {one.id for one in catalogue().metrics}
    meant = {"amount": "revenue"}
    found = [(place, meant.get(one.id, one.id)) for place, one in sentence.free("field") if not sentence.tokens[place].is_("noun")]
    found = [(place, one) for place, one in found if one in known]
    sentence.use(*(place for place, _ in found))
    return list(dict.fromkeys(one for _, one in found))
