"""Customers by how much more or less they spent in one time than in another: "the 20 households with the biggest drop from Q3 to Q4"."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.absorbed import absorb_predicates
from assistant.planner.intents.changing import take_change, windows_of
from assistant.planner.intents.filters import take_customers, take_filters
from assistant.planner.intents.windowed import take_windows, with_windows
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence

_MANY = 20
_TIMES = 2
_PEOPLE = ("customers", "households", "shoppers", "members", "客户", "会员", "顾客", "用户", "客人")
_ORDERS = ("orders", "active_days")


def changed_most(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The customers in the order of their change between two times that are named, or against the time before one."""
    ranking = sentence.first("ranking")
    way = _way(sentence)
    if ranking is None or way is None or ranking[1].data.get("share") or not _people(sentence) or _groups(sentence):
        return None
    windows = [one for _, sense in sentence.free("window") for one in windows_of(sense)]
    if not windows or len(windows) > _TIMES or sentence.has("comparison"):
        return None
    change = take_change(sentence)
    if any(key in change for key in ("sort", "share_op")):
        return None
    limit = _number(sentence)
    falls = (ranking[1].id == "largest") == (way == "down")
    orders = sentence.has("field", *_ORDERS) or sentence.has("metric", "orders") or sentence.has("verb", "order")
    spend = sentence.has("field", "amount") or sentence.has("metric", "revenue") or sentence.has("verb", "spend") or _spent(sentence)
    sentence.take_all("ranking")
    sentence.take_all("rank")
    sentence.use(*(at for at, token in enumerate(sentence.tokens) if token.is_("condition", "spend_up", "spend_down")))
    args: dict[str, Any] = {"metrics": ["orders" if orders and not spend else "revenue"], "by": ["customer"], **take_filters(sentence)}
    args["customers"] = take_customers(sentence, dialogue, None)
    args |= {"sort": "decline" if falls else "growth", "limit": limit}
    args |= {"change_by": "percent"} if change.get("change_by") == "percent" else {}
    shown = take_windows(sentence, changed=True)
    sentence.take_all("cue", "list", "count", "growth", "previous", "compare", "how_much")
    for kind in ("gap", "dimension", "noun", "by"):
        sentence.take_all(kind)
    sentence.take_all("field", "amount", *_ORDERS)
    sentence.take_all("metric", "revenue", "orders", "customers")
    sentence.take_all("verb", "spend", "order")
    absorb_predicates(sentence)
    found = with_windows(sentence, args, shown)
    compared = len(found.calls) == 1 and "compare" in found.calls[0].args
    return found if compared else None


def _way(sentence: Sentence) -> str | None:
    """Which way they went."""
    for token in sentence.tokens:
        for name, way in (("spend_up", "up"), ("spend_down", "down")):
            if token.is_("condition", name):
                return way
        direction = token.get("direction")
        if direction is not None:
            return direction.id
    return None


def _spent(sentence: Sentence) -> bool:
    return any(token.is_("condition", "spend_up", "spend_down") for token in sentence.tokens)


def _people(sentence: Sentence) -> bool:
    """Whether customers are ranked."""
    ranked = any(sense.data.get("person") for _, sense in sentence.free("ranking"))
    counted = any(sense.data.get("unit") == "person" for _, sense in sentence.free("quantity"))
    named = any(token.is_("noun") or token.is_("dimension", "customer") for token in sentence.tokens)
    which = any(token.is_("cue", "list") and token.text.endswith(_PEOPLE) for token in sentence.tokens)
    return ranked or counted or named or which


def _groups(sentence: Sentence) -> bool:
    """Whether something else is ranked."""
    return any(token.is_("dimension") and not token.is_("noun") and not token.is_("dimension", "customer") for token in sentence.tokens)


def _number(sentence: Sentence) -> int:
    """How many; where no number is said, as many as a list of the best has."""
    said = [int(sense.data["n"]) for _, sense in sentence.free("ranking") if sense.data["n"]]
    for place, sense in list(sentence.free("quantity")):
        if sense.data.get("unit") in ("person", ""):
            sentence.use(place)
            said.append(int(sense.data["value"]))
    return max(said, default=_MANY)
