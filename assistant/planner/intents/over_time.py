"""Averages over time: “日均销售额”, “average orders per week”, “平均每天多少客户下单”."""

from __future__ import annotations

import re

from assistant.planner.intents.having import is_held_against
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue

_UNITS = ("day", "week", "month", "quarter", "year")
_WORDS = (
    ("day", ("日", "天", "day", "daily")),
    ("week", ("周", "星期", "week")),
    ("month", ("月", "month")),
    ("quarter", ("季", "quarter")),
    ("year", ("年", "year", "annual")),
)
_REACH = 4


def take_per(sentence: Sentence) -> str | None:
    """The length of the periods over which an average is asked for; its words are used."""
    if sentence.has("comparison") and not sentence.has("dimension"):
        return None  # “平均每周来两次以上的人”: customers are limited by it
    named = sentence.first("cue", "per_time")
    if named is not None and not is_held_against(sentence, named[0]):
        sentence.use(named[0])
        return _unit_of(sentence.tokens[named[0]])
    for place, _ in sentence.free("cue", "average"):
        if is_held_against(sentence, place):
            continue
        near = sorted(range(len(sentence.tokens)), key=lambda at: abs(at - place))
        at = next((at for at in near if 0 < abs(at - place) <= _REACH and at not in sentence.used and _period(sentence, at)), None)
        if at is not None and _is_counted(sentence):
            unit = _period(sentence, at)
            sentence.use(place, at, *([at - 1] if at and sentence.tokens[at - 1].is_("by") else []))
            sentence.take_all("cue", "average")
            return unit
    return None


def averaged_over(metrics: list[str], *, dated: bool) -> list[str]:
    """The metrics as they can be averaged: customers who came in each period are those who ordered."""
    return [one if dated or one != "active_customers" else "buyers" for one in metrics]


_SPENDING = re.compile("spend|消费|花费|花销|开销")
_GROUPS = ("value", "dimension")
_HEADS = ("customers", "buyers", "active_customers")
_SUMMED = re.compile("合计|总|total|combined|together")


def of_each_person(sentence: Sentence, metrics: list[str]) -> list[str]:
    """“Average monthly spend of champions”, “冠军客户年均消费”: what one of them spends in such a time; revenue is the shop's."""
    levels = sentence.vocabulary.levels
    grouped = {
        levels.get(str(one.data.get("dimension", one.id))) for token in sentence.tokens for one in token.senses if one.kind in _GROUPS
    }
    people = "customer" in grouped or any(token.is_("segment") or token.is_("noun") for token in sentence.tokens)
    paid = (("metric", "revenue"), ("verb", "spend"), ("field", "amount"))
    spends = any(_SPENDING.search(token.text) and any(token.is_(*one) for one in paid) for token in sentence.tokens)
    # “会员月均消费” names who spends, and asks for no number of them.
    heads = len(metrics) == 1 and metrics[0] in _HEADS and not sentence.says("cue", "count")
    if not (metrics == ["revenue"] or heads) or not (people and spends) or _SUMMED.search(sentence.text):
        return metrics
    return ["revenue_per_customer"]


def _unit_of(token: Token) -> str:
    return next((unit for unit, words in _WORDS if any(word in token.text for word in words)), "day")


def _period(sentence: Sentence, place: int) -> str | None:
    """The unit of time that a token stands for: “per day”, “每天”, “weekly”, or one of them (“一天”, "a month")."""
    token = sentence.tokens[place]
    named = token.get("dimension", *_UNITS)
    if named is not None:
        return named.id
    quantity = token.get("quantity")
    single = quantity is not None and quantity.data["value"] == 1 and quantity.data["unit"] in _UNITS
    if single and quantity is not None:
        return str(quantity.data["unit"])
    apart = token.is_("unit", *_UNITS) and place > 0 and sentence.tokens[place - 1].text in ("a", "per", "each", "every", "每", "一")
    return next((sense.id for sense in token.senses if sense.kind == "unit"), None) if apart else None


def _is_counted(sentence: Sentence) -> bool:
    """Whether what is measured adds up over time, or counts who came; means of means are no question about time."""
    known = {one.id: one for one in catalogue().metrics}
    named = [known[sense.id] for _, sense in sentence.free("metric") if sense.id in known]
    counted = [one for one in named if "time" in one.additive or (one.unit is Unit.COUNT and one.ratio is None)]
    people = not named and any(token.is_("noun") for token in sentence.tokens)
    return bool(counted) or people or (not named and sentence.has("cue", "how_much", "sold", "count"))
