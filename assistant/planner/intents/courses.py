"""How something goes over time: “客单价是不是在降”, "is the deli losing customers?", "are baskets getting smaller over the year".

Where the words say a course it is measured period by period; else the last complete month is held against the one before.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.measures import measure
from assistant.planner.intents.sides import named_apart
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from assistant.planner.spelled import find, patterns, put
from assistant.planner.tokens import Sense, Token
from tools.metrics.steps import STEP
from tools.windows import Window

_UNITS = {"月": "month", "周": "week", "星期": "week", "礼拜": "week", "季": "quarter", "季度": "quarter", "年": "year", "天": "day"}
_SHORT_WINDOW = 62
_YEAR = 360
_GROUPS = ("segment", "condition", "comparison", "value")
"""Groups of which one may do more than another, which is no course."""
_WHO = ("who", "that", "whose")
_TIMES = ("day", "week", "month", "quarter", "year")
_WORDS = ("fewer", "less", "more", "smaller", "bigger", "lower", "higher", "worse", "better", "down", "up")
"""English words of degree beside a course, which say which way it goes."""


def course(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """A metric by its course, or held against the time before."""
    if dialogue.last is not None and not sentence.has("metric") and not sentence.has("noun"):
        return None
    parts = any(token.is_("dimension") and not token.is_("dimension", *_TIMES) and not token.is_("noun") for token in sentence.tokens)
    told = None if parts or listed(sentence) or named_apart(sentence) else _told(sentence)
    if told is None:
        return None
    sentence.tokens, unit = told
    sentence.used.clear()
    _count_people(sentence)
    _along(sentence, unit)
    found = measure(sentence, dialogue)
    if found is None or len(found.calls) != 1 or not found.calls[0].args.get("compare"):
        return None
    return _within(found, sentence)


def _within(found: Plan, sentence: Sentence) -> Plan:
    """Over a whole year there is nothing before it to hold it against: its months are looked at."""
    args = found.calls[0].args
    window = Window.model_validate(args["window"]).resolve(sentence.vocabulary.as_of) if args.get("window") else None
    if args["compare"] != "previous" or args.get("by") or window is None or window.start is None:
        return found
    days = ((window.end or sentence.vocabulary.as_of) - window.start).days
    if days < _YEAR:
        return found
    return replace(found, calls=(replace(found.calls[0], args={**args, "by": ["month"], "compare": STEP}),))


def listed(sentence: Sentence) -> bool:
    """Whether people are asked for who did something, or the parts that moved most, and not how something goes."""
    tokens = sentence.tokens
    who = any(
        one.is_("noun") and any(after.text in _WHO or after.is_("conj", "who") for after in tokens[at + 1 : at + 2])
        for at, one in enumerate(tokens)
    )
    named = any(one.text == "的" and after.is_("noun") and after.text not in ("客群", "人群") for one, after in pairwise(tokens)) and any(
        one.is_("condition") or one.is_("comparison") for one in tokens
    )
    return who or named or any(_asks_else(token) for token in tokens) or sentence.says("ranking")


def _asks_else(token: Token) -> bool:
    """Whether a word asks for names, numbers or advice."""
    return any(token.is_("cue", one) for one in ("list", "count", "why", "strategy", "export")) and token.text not in ("keep", "多吗")


def _told(sentence: Sentence) -> tuple[list[Token], str | None] | None:
    """The tokens with what is said of a course as one word for change, and the unit of time it is seen by; None without one."""
    tokens = list(sentence.tokens)
    unit: str | None = None
    changed = any(token.is_("cue", "growth", "previous") for token in tokens)
    mine = changed and _of_people_alone(tokens)
    done = False
    for kind in ("done", "course", "turn", "over"):
        for metric, pattern in _ways(sentence, kind):
            found = next(find(tokens, pattern), None)
            if found is None or (kind == "done" and done):
                continue
            done = done or kind == "done"
            way = [sense for token in tokens[found.first : found.end] for sense in token.senses if sense.kind == "direction"]
            if kind == "done":
                tokens, mine = put(tokens, found, Sense("metric", metric)), True
                apart = any(token.is_(one) for token in tokens for one in _GROUPS)
                timely = any(token.is_("cue", "recent") for token in tokens)
                degree = bool(shape("courses", "degree").search(found.match[0])) and (timely or not apart)
                changed = changed or bool(way) or degree or bool(shape("courses", "before").search(found.match[0]))
            elif kind == "over" and (changed or _degree(tokens)):
                unit, mine = unit or _unit(found.match), True
                tokens = put(tokens, found)
            elif kind in ("course", "turn"):
                unit = unit or (_unit(found.match) if kind == "course" else None)
                changed = mine = True
                tokens = put(tokens, found, Sense("cue", "growth"), *way[:1])
    if changed and any(token.is_("cue", "recent") for token in tokens):
        mine = True
        tokens = [replace(one, senses=(Sense("stop", "recent"),)) if one.is_("cue", "recent") else one for one in tokens]
    degrees = [at for at in _degree(tokens) if mine]
    tokens = [replace(one, senses=(Sense("cue", "growth"),)) if at in degrees else one for at, one in enumerate(tokens)]
    if not mine or not (changed or degrees):
        return None
    if not any(token.is_("cue", "growth") for token in tokens):
        end = tokens[-1].end
        tokens.append(Token(end, end, "", (Sense("cue", "growth"),)))
    return tokens, unit


def _ways(sentence: Sentence, kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of a kind; what is done is said as it is of customers of whom one does more."""
    own = patterns("courses", sentence.language, kind)
    return (*own, *patterns("contrasts", sentence.language, "metrics")) if kind == "done" else own


def _of_people_alone(tokens: list[Token]) -> bool:
    """“is our customer base shrinking”: nothing but people is named that may change."""
    return any(token.is_("noun") for token in tokens) and not any(
        token.is_(kind)
        for token in tokens
        for kind in ("window", "value", "segment", "condition", "field", "dimension")
        if not token.is_("noun")
    )


def _unit(match: re.Match[str]) -> str:
    named = match.groupdict().get("unit") or "month"
    return _UNITS.get(named, named)


def _degree(tokens: list[Token]) -> list[int]:
    """Words of degree right before what is measured: “fewer new customers”."""
    return [
        at
        for at, token in enumerate(tokens[:-1])
        if token.text in _WORDS and (tokens[at + 1].is_("metric") or tokens[at + 1].is_("noun")) and not token.is_("cue")
    ]


def _count_people(sentence: Sentence) -> None:
    """“客人越来越少”: people of whom nothing else is measured are those who ordered."""
    if any(token.is_("metric") and not token.is_("noun") for token in sentence.tokens):
        return
    for at, token in enumerate(sentence.tokens):
        if token.is_("noun") and not sentence.says("cue", "sold"):
            sentence.tokens[at] = replace(token, senses=(Sense("metric", "buyers"),))
            return


def _along(sentence: Sentence, unit: str | None) -> None:
    """Puts the unit of time that a course is seen by among the words, where none is named."""
    named = any(token.is_("dimension", *_TIMES) or token.is_("cue", "trend") for token in sentence.tokens)
    if unit is None or named:
        return
    window: Any = next((sense.data.get("window") for _, sense in sentence.free("window")), None)
    short = window is not None and (window.last_days or _SHORT_WINDOW + 1) <= _SHORT_WINDOW
    end = sentence.tokens[-1].end
    by = Token(end, end, "by", (Sense("by", "by"),))
    sentence.tokens = [*sentence.tokens, by, Token(end, end, unit, (Sense("dimension", "week" if short and unit == "month" else unit),))]
