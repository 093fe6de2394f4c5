"""Lists ordered by what was spent on one thing, and things counted within a time: what a list of customers cannot hold."""

from __future__ import annotations

import json
from typing import Any

from assistant.planner.intents.refusals import refusal
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape

_SCOPES = frozenset({"product", "order"})
_COUNTS = {"category_count", "store_count", "channel_count"}
_BOUGHT = (">=", 1)


def by_spend_on(found: Plan | None, sentence: Sentence) -> Plan | None:
    """The list ordered by what was spent on the thing that is named, where the order is of that and not of all they spent."""
    if found is None or len(found.calls) != 1 or found.calls[0].name != "find_customers":
        return found
    args = found.calls[0].args
    ordered = args.get("sort_by") == "amount" or (args.get("sort_by") is None and sentence.says("rank", "listing"))
    words = _ordered_by(sentence) if ordered else None
    if words is None:
        return found
    measured = _measured(args, sentence)
    return Plan((Call("measure", measured),), found.notes) if measured else refusal(sentence, "spent_on", words=words)


def _ordered_by(sentence: Sentence) -> str | None:
    """The words that say that the order is by what one thing brought: “by what they spent on it”, “biggest grocery buyers”."""
    told = shape("spent", "on_it").search(sentence.text)
    if told is not None:
        return told[0]
    tokens = sentence.tokens
    for place, token in enumerate(tokens):
        if token.is_("rank", "largest", "smallest") and _is_thing(sentence, place + 1) and place + 2 < len(tokens):
            buyers = tokens[place + 2]
            if buyers.is_("noun") or buyers.is_("top_customers"):
                return " ".join(one.text for one in tokens[place : place + 3])
        if token.is_("rank", "listing"):
            things = [at for at in _order_places(sentence, place) if _is_thing(sentence, at)]
            if things:
                return " ".join(one.text for one in tokens[min(things) : max(things) + 1])
    return None


def _order_places(sentence: Sentence, place: int) -> range:
    """Where the words for an order stand: after “sorted by” to the next comma, or in Chinese from “按” to “排序”."""
    tokens = sentence.tokens
    starts = [at for at in range(place) if tokens[at].text.startswith(("按", "依", "根据"))]
    if starts:
        return range(starts[-1], place)
    if not sentence.text.isascii():
        return range(place, place)
    end = next((at for at in range(place + 1, len(tokens)) if tokens[at].is_("punctuation") or tokens[at].is_("conj")), len(tokens))
    return range(place + 1, end)


def _is_thing(sentence: Sentence, place: int) -> bool:
    value = sentence.tokens[place].get("value") if place < len(sentence.tokens) else None
    return value is not None and sentence.vocabulary.levels.get(value.data["dimension"]) in _SCOPES


def _measured(args: dict[str, Any], sentence: Sentence) -> dict[str, Any] | None:
    """The spend of each customer on the one thing that the rule says they bought."""
    rule = args["rule"]
    parts = list(rule["all"]) if set(rule) == {"all"} else [rule]
    bought = [part for part in parts if part.get("behaviour") in ("orders", "amount", "quantity") and part.get("where")]
    if len(bought) != 1 or bought[0].get("share") or bought[0].get("than"):
        return None
    one = bought[0]
    levels = {sentence.vocabulary.levels.get(name) for name in one["where"]}
    if not levels <= _SCOPES or (one["behaviour"] == "orders" and one["op"] in ("=", "<", "<=")):
        return None
    plain = one["behaviour"] == "orders" and (one["op"], one["value"]) == _BOUGHT
    rest = [part for part in parts if part is not one or not plain]
    found: dict[str, Any] = {"metrics": ["revenue"], "by": ["customer"], "where": one["where"]}
    found |= {"window": one["window"]} if one.get("window") else {}
    found |= {"customers": rest[0] if len(rest) == 1 else {"all": rest}} if rest else {}
    found |= {"sort": "largest" if args.get("descending", True) else "smallest"}
    return found | ({"limit": args["limit"]} if args.get("limit") else {})


def counted_in_time(found: Plan | None, sentence: Sentence) -> Plan | None:
    """Declines “at least 3 categories in the last 30 days”: how many different ones is known of all time only."""
    if found is None or not any(f'"{name}"' in json.dumps(call.args, default=str) for call in found.calls for name in _COUNTS):
        return found
    tokens = sentence.tokens
    counts = [at for at, one in enumerate(tokens) if (sense := one.get("comparison")) and sense.data.get("unit") == "different"]
    times = [at for at, one in enumerate(tokens) if one.is_("window")]
    for count in counts:
        for time in times:
            low, high = sorted((count, time))
            if not any(_parts_clauses(sentence, at) for at in range(low + 1, high)):
                return refusal(sentence, "counted_in_time", words=f"{tokens[low].text} … {tokens[high].text}")
    return found


def _parts_clauses(sentence: Sentence, place: int) -> bool:
    """Whether what stands before and after is said of different things."""
    token = sentence.tokens[place]
    counted = place > 0 and sentence.tokens[place - 1].is_("cue", "count")  # “12月有多少客户买过超过2个品类”
    return token.is_("punctuation") or token.is_("conj") or (token.is_("noun") and not counted) or token.text == "的"
