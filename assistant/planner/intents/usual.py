"""What is usual: “is December revenue higher than usual?”: a figure of one time is seen beside its average over all times."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue
from tools.windows import Window

_UNITS = (("year", r"\d{4}|.*year"), ("quarter", r".*Q\d|.*quarter"), ("month", r"\d{4}-\d\d|.*month"), ("week", r".*W\d+|.*week"))
"""Periods by their names; of what is none of them the average per day is told."""
_DAYS_OF_WEEK = 7
_ALONE = ("by", "customers", "compare", "percentiles", "having", "within_days")
"""Arguments of measurements that have no one figure to set beside the usual."""


def with_usual(sentence: Sentence) -> None:
    """“higher than usual”, "above average": no bound on groups where none are named, but what the figure is held against."""
    if sentence.has("dimension") or sentence.has("comparison"):
        return
    for place, _ in list(sentence.free("op", "<", ">", "<=", ">=")):
        after = [at for at in (place + 1, place + 2) if at < len(sentence.tokens)]
        usual = next((at for at in after if sentence.tokens[at].is_("cue", "average", "everyone")), None)
        if usual is not None and all(sentence.tokens[at].is_("stop") for at in range(place + 1, usual)):
            sentence.tokens = list(sentence.tokens)
            sentence.tokens[place] = _cue(sentence.tokens[place], "compare")
            sentence.tokens[usual] = _cue(sentence.tokens[usual], "everyone")


def _cue(token: Token, name: str) -> Token:
    return replace(token, senses=(Sense("cue", name),))


def beside_usual(sentence: Sentence, found: Plan) -> Plan:
    """The measurement of a time with the average over all such times after it; sums are told per period of its length."""
    if len(found.calls) != 1 or found.calls[0].name != "measure" or any(found.calls[0].args.get(one) for one in _ALONE):
        return found
    args = dict(found.calls[0].args)
    days = _of_time(sentence, args.get("where", {}))
    if "window" in args and not days:
        whole = {name: value for name, value in args.items() if name != "window"}
        per = unit_of(Window(**args["window"]))
    elif days and "window" not in args:
        rest = {name: value for name, value in args["where"].items() if name not in days}
        whole = {**{name: value for name, value in args.items() if name != "where"}, **({"where": rest} if rest else {})}
        per = "day"
    else:
        return found
    unit = {"per": per} if adds_up(args["metrics"]) and not args.get("per") else {}
    return replace(found, calls=(Call("measure", {**args, **unit}), Call("measure", {**whole, **unit})))


def _of_time(sentence: Sentence, where: dict[str, Any]) -> list[str]:
    """The limits to some days of the week."""
    return [one for one in where if sentence.vocabulary.levels.get(one) == "time" and one != "hour"]


def unit_of(window: Window) -> str:
    """The length of the calendar period that a time is; else days."""
    if window.start is not None and window.end is not None and (window.end - window.start).days + 1 == _DAYS_OF_WEEK:
        return "week"
    return next((unit for unit, pattern in _UNITS if re.fullmatch(pattern, window.period or "")), "day")


def adds_up(metrics: list[str]) -> bool:
    """Whether longer times have more of all of them, so that they are told per period."""
    known = {one.id: one for one in catalogue().metrics}
    named = [known[one] for one in metrics if one in known]
    return all("time" in one.additive or (one.unit is Unit.COUNT and one.ratio is None) for one in named)
