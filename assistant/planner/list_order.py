"""How a list of customers is ordered, and how many of it are shown: “by number of orders”, “the lowest 10”, “10 more”, “just 25”."""

from __future__ import annotations

from typing import Any

from assistant.planner.field_rules import field_of
from assistant.planner.limits import change_limit
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token
from tools.metrics.catalogue import catalogue

Args = dict[str, Any]
_ONLY = ("just", "only", "只", "仅", "就")
_TERMS = {"monetary": "amount", "frequency": "orders", "recency": "recency_days"}


def reordered(sentence: Sentence, args: Args) -> Plan | None:
    """“By number of orders”, “按消费从高到低”: the list in another order, where nothing else is said."""
    if not any(sentence.says(kind) for kind in ("by", "rank", "ranking")):
        return None
    if not (sentence.says("rank") or sentence.says("ranking")) and sentence.says("dimension"):
        return None  # “by age” splits
    trial, changed = sentence.again(), dict(args)
    change_order(trial, changed)
    if changed.get("sort_by") is None or trial.used == sentence.used:
        return None
    change_ranking(trial, changed)
    if trial.leftover():
        return None
    sentence.used |= trial.used
    return Plan((Call("find_customers", changed),))


def cut_short(sentence: Sentence, args: Args) -> Plan | None:
    """“Too many, just 25”, “只要20”: so many of the list, where nothing else is said."""
    light = ("stop", "punctuation", "ellipsis", "pronoun", "noun", "op", "unit")
    said = [token for token in sentence.tokens if token.is_("comparison") or not any(token.is_(kind) for kind in light)]
    bound = (said[0].get("quantity") or said[0].get("comparison")) if len(said) == 1 else None
    only = sentence.says("ellipsis", "only") or any(token.text.startswith(_ONLY) for token in said)
    if bound is None or not only or bound.data["unit"] not in ("", "piece", "person") or isinstance(bound.data["value"], list):
        return None
    if bound.data.get("op", "=") != "=" or bound.data["value"] < 1:
        return None
    sentence.use(*range(len(sentence.tokens)))
    kept = {name: value for name, value in args.items() if name != "share"}
    return Plan((Call("find_customers", {**kept, "limit": int(bound.data["value"])}),))


def beside_shown(sentence: Sentence, args: Args) -> Plan | None:
    """“再加上最近一次购买日期”, “add their last order date”: a field to show beside the customers, where nothing else is said."""
    light = ("stop", "punctuation", "ellipsis", "pronoun", "cue", "conj")
    said = [token for token in sentence.tokens if not any(token.is_(kind) for kind in light)]
    fields = [found.id for token in said if (found := token.get("field")) is not None]
    if not fields or len(fields) != len(said) or not sentence.says("ellipsis", "also") or sentence.says("by"):
        return None
    sentence.use(*range(len(sentence.tokens)))
    columns = [*args.get("columns", ()), *(one for one in fields if one not in args.get("columns", ()))]
    return Plan((Call("find_customers", {**args, "columns": columns}),))


def change_order(sentence: Sentence, args: Args) -> None:
    """“Sort by orders instead”, “按订单数排”: the field to order by."""
    told = [token.text.startswith("by ") for token in sentence.tokens]
    ordered = sentence.has("rank", "listing") or sentence.has("by") or any(told) or sentence.has("option", "churn_risk.sort_by.value")
    ordered = ordered or sentence.has("ranking")
    if not ordered or sentence.has("comparison"):
        return
    if sentence.take_all("option", "churn_risk.sort_by.value"):
        sentence.take_all("rank", "listing")
        args |= {"sort_by": "amount", "descending": not _from_the_least(sentence)}
        return
    for place, token in enumerate(sentence.tokens):
        found = _sort_field(token) if place not in sentence.used and not token.is_("noun") else None
        if found and catalogue().field(found).kind in ("number", "date"):
            sentence.use(place)
            sentence.take_all("rank", "listing")
            args |= {"sort_by": found, "descending": not _from_the_least(sentence)}
            return


def _from_the_least(sentence: Sentence) -> bool:
    """“从低到高”, “消费最低的10个”: whether the least come first; a number beside it is left for the length of the list."""
    least = list(sentence.free("ranking", "smallest"))
    sentence.use(*(place for place, one in least if not one.data.get("n") and not one.data.get("share")))
    return bool(least)


def _sort_field(token: Token) -> str | None:
    """The field that a word for an order means: “按金额排”, “按频次”."""
    term, verb = token.get("term", *_TERMS), token.get("verb", "spend")
    if token.is_("field", "last_order_date"):
        return "last_order_date"  # “by last order”: the latest first
    return field_of(token) or (
        _TERMS[term.id] if term else "amount" if verb else "orders" if token.text in ("下单", "订单", "购买") else None
    )


def change_ranking(sentence: Sentence, args: Args) -> None:
    """“top 10”, “the lowest”: the order of the list, and how many of it."""
    told = sentence.take_all("ranking")
    if not told:
        return
    ranking = next((one for one in told if one.data.get("n") or one.data.get("share")), told[0])
    if len(told) > 1 and "sort_by" in args:
        args |= {"descending": all(one.id == "largest" for one in told)}  # “从高到低取前20个”
    elif "sort_by" not in args or not ranking.data.get("n"):
        args |= {"descending": ranking.id == "largest", "sort_by": args.get("sort_by", "amount")}
    if ranking.data.get("share"):
        args.pop("limit", None)
        args["share"] = float(ranking.data["share"])
    elif ranking.data.get("n"):
        args.pop("share", None)
        args["limit"] = ranking.data["n"]


def change_length(sentence: Sentence, args: Args) -> None:
    """“10 more”, “全部列出来”, “20”: how many of the list."""
    if sentence.take_all("entire"):
        args.pop("limit", None)
        args.pop("share", None)
        return
    before = args.get("limit")
    change_limit(sentence, args)
    if args.get("limit") != before:
        args.pop("share", None)
