"""A part of the groups and what it has of the whole: “top 10 % of stores by revenue”, "do 20 % of customers make 80 % of sales"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.absorbed import absorb_predicates
from assistant.planner.intents.filters import take_customers, take_filters
from assistant.planner.intents.metric_words import take_dimensions, take_metrics
from assistant.planner.intents.windowed import take_windows, with_windows
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from tools.metrics.catalogue import catalogue

_ASKING = ("share", "how_much", "total")
_REACH = 3
_SPENT = ("amount", "orders")
"""Of customers, where nothing else is ranked."""
_MONEY = ("money", "the money", "income", "钱", "生意")


def part_of_groups(sentence: Sentence, dialogue: Dialogue, place: int, ranking: Sense) -> tuple[Plan, Sentence] | None:
    """The plan and its account, where every word is used; of customers only where a time or goods limit what they spent."""
    claimed = sum(1 for _, one in sentence.free("quantity") if one.data["unit"] == "share") > 1
    asked = claimed or sentence.has("cue", *_ASKING) or sentence.says("metric", "revenue", "orders", "items")
    sentence.use(place)
    by = take_dimensions(sentence)[:1]
    people = any(token.is_("noun") for token in sentence.tokens) or bool(ranking.data.get("person"))
    spent = not sentence.says("metric", "revenue") and any(token.is_("field", *_SPENT) for token in sentence.tokens)
    people, asked = people or spent, asked or (spent and sentence.has("window"))
    if not 0 < ranking.data["share"] < 1 or not asked or not (by or people):
        return None
    by = by or ["customer"]
    metrics = [one for one in take_metrics(sentence, []) if _adds_up(one)] or ["revenue"]
    args: dict[str, Any] = {"metrics": metrics[:1], "by": by, **take_filters(sentence)}
    args["customers"] = take_customers(sentence, dialogue, None)
    args |= {"sort": ranking.id, "limit_share": float(ranking.data["share"])}
    windows = take_windows(sentence)
    _absorb(sentence)
    return None if sentence.leftover() else (with_windows(sentence, args, windows), sentence)


def claimed_part(sentence: Sentence) -> tuple[int, Sense] | None:
    """“20 % of our stores make 80 % of the money”: the first share as the ranking that is meant."""
    shares = [(place, one) for place, one in sentence.free("quantity") if one.data["unit"] == "share"]
    if len(shares) != 2:
        return None
    place, share = shares[0]
    following = sentence.tokens[place + 1 : place + 1 + _REACH]
    if not any(token.is_("noun") or token.is_("dimension") for token in following):
        return None
    return place, Sense("ranking", "largest", {"n": None, "share": Decimal(share.data["value"])})


def _adds_up(metric: str) -> bool:
    known = {one.id: one for one in catalogue().metrics}
    return metric in known and bool(known[metric].additive) and metric not in ("customers", "buyers", "active_customers")


def _absorb(sentence: Sentence) -> None:
    """Words that only ask for the share, say again whom it is about, or claim how large it is."""
    sentence.take_all("cue", *_ASKING, "list", "count", "summarize", "everyone")
    sentence.take_all("metric", "customers", "revenue")
    sentence.take_all("field", "amount", "orders")
    sentence.take_all("pronoun")
    sentence.take_all("by")
    sentence.take_all("part", "brings")
    sentence.use(*(place for place, token in enumerate(sentence.tokens) if token.text in _MONEY))
    sentence.use(*(place for place, one in sentence.free("quantity") if one.data["unit"] == "share"))
    absorb_predicates(sentence)
