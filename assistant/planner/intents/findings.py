"""Findings in behaviour: “看了三次以上没买的”, “加购未购买”, “从不打开邮件的”, “logins are falling”."""

from __future__ import annotations

from typing import Any

from assistant.planner.abilities import abilities
from assistant.planner.clauses import plain
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.ask_numbers import check_range
from assistant.planner.intents.asks import take_options
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence

_TOOL = "find_behaviour"
_MOST = 1000
_SEVERAL = 2
_ACTS = {"viewed": "viewed_not_bought", "carted": "carted_not_bought"}


def behaviour(sentence: Sentence, _: Dialogue) -> Plan | None:
    """Who viewed or carted and never bought, logs in less and less, or opens no mail."""
    args = take_options(sentence, abilities()[_TOOL])
    if "pattern" not in args:
        args["pattern"] = _unbought(sentence) or _unopened(sentence) or _fewer_logins(sentence)
    if args["pattern"] is None or _other_limits(sentence):
        return None
    args |= _times(sentence) | _several(sentence, str(args["pattern"]))
    if "by" not in args and sentence.take("dimension", "category"):
        args["by"] = "category"
    window = sentence.take_window()
    args["window"] = window.model_dump(mode="json", exclude_defaults=True) if window else None
    args |= _limit(sentence)
    sentence.take_all("cue", "list", "count", "why", "summarize")
    sentence.take_all("conj")
    if args["pattern"] == "declining_logins":
        sentence.take_all("cue", "recent", "growth")
    sentence.take_all("by")
    sentence.take_all("dimension", "product", "category", "event_kind")
    sentence.take_all("metric", "products_sold")
    return plan(_TOOL, **args)


def take_changes(sentence: Sentence) -> dict[str, Any]:
    """The arguments that a follow-up chooses anew.

    Raises:
        OutOfRange: A number is outside of what the tool takes.
    """
    args = take_options(sentence, abilities()[_TOOL])
    act = sentence.take("act", *_ACTS)
    args |= {"pattern": _ACTS[act.id]} if act else {}
    window = sentence.take_window()
    args |= {"window": window.model_dump(mode="json", exclude_defaults=True)} if window else {}
    sentence.take_all("dimension", "product", "category")
    sentence.take_all("by")
    return args | _times(sentence) | _limit(sentence)


def _unbought(sentence: Sentence) -> str | None:
    """The pattern of “viewed ... but not bought”: an act, then buying that is denied."""
    act = next(((place, sense) for place, sense in sentence.free("act") if sense.id in _ACTS), None)
    if act is None:
        return None
    never = next((place for place, _ in sentence.free("segment", "prospects") if place > act[0]), None)
    if never is not None and sentence.says("dimension", "product", "category"):
        sentence.use(act[0], never)
        sentence.take_all("act")
        return _ACTS[act[1].id]
    denied = next((place for place, _ in sentence.free("neg") if place > act[0]), None)
    if denied is None:
        return None
    after = next((place for place, _ in sentence.free("act", "buys") if denied < place <= denied + 3), None)
    if after is None and "买" not in sentence.tokens[denied].text:
        return None
    sentence.use(act[0], denied, *([after] if after is not None else []))
    sentence.take_all("neg", "not")
    sentence.take_all("act")
    sentence.use(*(place for place, _ in sentence.free("pronoun") if place > act[0]))
    return _ACTS[act[1].id]


def _unopened(sentence: Sentence) -> str | None:
    """“收到邮件从来不打开”, “ignored our mails”: mail that is ignored, or opening that is denied."""
    if not sentence.has("part", "mail"):
        return None
    opened = sentence.first("act", "opens")
    denied = next((place for place, _ in sentence.free("neg") if opened and place < opened[0]), None)
    if sentence.take_all("act", "ignores") or (opened is not None and denied is not None):
        sentence.take_all("part", "mail")
        sentence.take_all("act")
        sentence.take_all("neg", "not")
        sentence.take_all("verb", "contact")
        return "unopened_mails"
    return None


def _fewer_logins(sentence: Sentence) -> str | None:
    """“登录次数比以前少了”, “who logs in less often”."""
    if not (sentence.has("act", "logs_in") and (sentence.has("act", "lessens") or sentence.has("cue", "growth"))):
        return None
    sentence.take_all("act", "logs_in", "lessens")
    sentence.take_all("cue", "growth", "previous")
    return "declining_logins"


def _other_limits(sentence: Sentence) -> bool:
    """Whether the question sets conditions that only a list of customers by a rule can hold."""
    referred = any(not sentence.tokens[place].is_("conj") for place, _ in sentence.free("pronoun"))
    return referred or any(sentence.has(kind) for kind in ("segment", "condition", "value"))


def _times(sentence: Sentence) -> dict[str, Any]:
    """How often it must have happened: “三次以上”, “at least 3 times”, “more than twice”."""
    for kind in ("comparison", "quantity"):
        for place, amount in list(sentence.free(kind)):
            op, value = amount.data.get("op", ">="), amount.data["value"]
            if amount.data["unit"] not in ("order", "") or op not in (">", ">=", "=") or isinstance(value, list):
                continue
            if kind == "quantity" and amount.data["unit"] == "":
                continue
            least = value + 1 if op == ">" else value
            sentence.use(place)
            check_range(sentence, place, least, 1, _MOST, "")
            return {"least_times": plain(least)}
    return {}


def _several(sentence: Sentence, pattern: str) -> dict[str, Any]:
    """“多次”, “repeatedly”: the tool's own number of times, which for the cart is one, so that two are asked for."""
    often = pattern in _ACTS.values() and sentence.take_all("part", "often")
    return {"least_times": _SEVERAL} if often and pattern == _ACTS["carted"] else {}


def _limit(sentence: Sentence) -> dict[str, Any]:
    for place, ranking in list(sentence.free("ranking", "largest")):
        if ranking.data["n"]:
            sentence.use(place)
            return {"limit": ranking.data["n"]}
    for place, quantity in list(sentence.free("quantity")):
        if quantity.data["unit"] in ("person", ""):
            sentence.use(place)
            check_range(sentence, place, quantity.data["value"], 1, _MOST, "")
            return {"limit": plain(quantity.data["value"])}
    return {}
