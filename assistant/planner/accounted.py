"""The last look at a plan: the names, numbers and times of the question are in its calls, whoever used their words.

Each reading keeps account of the words that it used, but a word may be used up beside another. What limits an answer must
be seen in the arguments; where it is not, the planner asks rather than answers something else.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.windows import Window

_SEEN = frozenset({"value", "number", "share", "window"})
"""Kinds of words that are looked for; one that may mean something else too is left to the account."""
_SILENT = frozenset({"ask_user", "decline"})
_LATER = "later"
"""Kind of the note that says which part of the question waits for the answer to the part before it."""
_DIGITS = 6
_YEAR = re.compile(r"(?:from |since |at |over |above )?(?P<n>[12]\d{3})")
_YEARLY = range(360, 367)
_MONTH = 30


def unsaid(found: Plan, sentence: Sentence) -> list[Token]:
    """The words of the question that name a value, a number or a time which no argument of the plan has.

    A correction names what it replaces, so that nothing can be told of it.
    """
    if not found.calls or found.calls[0].name in _SILENT or any(kind == _LATER for kind, _ in found.notes):
        return []
    if any(sentence.says(kind) for kind in ("ellipsis", "drop", "move")):
        return []
    said = _Said(found.calls, sentence.vocabulary.as_of)
    if sentence.says("neg"):
        return [token for token in sentence.tokens if _how_many(token) and not said.has_count(_how_many(token))]
    named = [
        sense.data["window"] for token in sentence.tokens for sense in token.senses if sense.kind == "window" and sense.data.get("window")
    ]
    if said.spans(named):
        return []
    return [
        token
        for token in sentence.tokens
        if (_looked_for(token) and not any(said.has(sense) for sense in token.senses) and not said.has_amount(token.text))
        or (_how_many(token) and not said.has_count(_how_many(token)))
    ]


def _how_many(token: Token) -> int | None:
    """How many are wanted: “top 15”, “前10名”."""
    ranking = token.get("ranking")
    return None if ranking is None else ranking.data.get("n")


def _looked_for(token: Token) -> bool:
    return bool(token.senses) and all(sense.kind in _SEEN for sense in token.senses)


class _Said:
    """What the arguments of calls hold: texts, numbers, and first and last days.

    Args:
        calls: The calls of a plan.
        as_of: The date relative times count from.
    """

    def __init__(self, calls: tuple[Call, ...], as_of: dt.date) -> None:
        self._as_of = as_of
        self._compared = any(call.args.get("compare") for call in calls)
        self._by_value = any(call.name == "churn_risk" and call.args.get("sort_by") == "value" for call in calls)
        plain = [json.loads(json.dumps(call.args, default=_as_data)) for call in calls]
        self._names_of_arguments = {name for call in calls for name in call.args}
        self._written = json.dumps(plain, ensure_ascii=False).lower()
        leaves = list(_leaves(plain))
        self._numbers = {number for leaf in leaves if (number := _number(leaf)) is not None}
        self._days = {leaf for leaf in leaves if isinstance(leaf, str)}
        self._ranges = {tuple(window.resolve(as_of)) for window in _windows(plain)}
        self._days |= {day.isoformat() for span in self._ranges for day in span if day}

    def has(self, sense: Sense) -> bool:
        """Whether the arguments have what the word means."""
        match sense.kind:
            case "window":
                return sense.data.get("window") is None or self._has_window(sense.data["window"])
            case "value":
                return self._has_value(sense)
            case _:
                value = float(sense.data["value"])
                shares = (value, value / 100, value * 100, 1 - value)
                return any(round(one, _DIGITS) in self._numbers for one in shares) or self._names(value)

    def has_count(self, count: int | None) -> bool:
        """Whether the arguments have a number."""
        return count is None or self.has(Sense("number", "", {"value": count}))

    def has_amount(self, words: str) -> bool:
        """Whether what reads like a year is an amount of the arguments: “VIP from 2000”."""
        digits = _YEAR.fullmatch(words)
        return digits is not None and float(digits["n"]) in self._numbers

    def spans(self, windows: list[Window]) -> bool:
        """Whether one time of the arguments goes from the first of several to the last: "in Q1 and Q2"."""
        ranges = [window.resolve(self._as_of) for window in windows]
        starts, ends = [one.start for one in ranges if one.start], [one.end for one in ranges if one.end]
        whole = len(ranges) > 1 and len(starts) == len(ends) == len(ranges)
        if not whole:
            return False
        first, last = min(starts), max(ends)
        return (first, last) in self._ranges or {first.isoformat(), last.isoformat()} <= self._days

    def _names(self, value: float) -> bool:
        """Whether the number is part of a name: campaign 18."""
        return value.is_integer() and str(int(value)) in self._written

    def _has_value(self, sense: Sense) -> bool:
        values = [sense.data.get("value"), *(sense.data.get("also") or ())]
        # All values of a dimension are said by grouping by it; days of the week also by the kinds of day.
        dimension = str(sense.data["dimension"])
        ways = (dimension, "day_type") if dimension == "weekday" and sense.data.get("also") else (dimension,)
        return any(str(one).lower() in self._written for one in (*values, *ways))

    def _has_window(self, window: Window) -> bool:
        # The time that another is compared with is said by the comparison.
        start, end = window.resolve(self._as_of)
        days = (end - start).days + 1 if start and end else None
        ends = all(day is None or {day.isoformat(), (day + dt.timedelta(1)).isoformat()} & self._days for day in (start, end))
        ahead = bool({"within_days", "horizon_days"} & self._names_of_arguments) and (end is None or end >= self._as_of)
        if self._by_value and days in _YEARLY:
            return True  # value is what was spent in the last 365 days
        groups_then = "since" in self._names_of_arguments  # a day of groups is that of a time, or the one before it
        after = "periods" in self._names_of_arguments  # the last of the periods after the first is told by their number
        return (
            self._compared
            or ends
            or ahead
            or after
            or groups_then
            or self._by_months(window)
            or f"_{days}d" in self._written  # a field such as amount_365d is of that time
            or (days is not None and bool(self._numbers & {float(days), float(days - 1)}))
        )

    def _by_months(self, window: Window) -> bool:
        """Whether a time counted in days is told by as many whole months: “最近三个月每个月都来”."""
        day = dt.timedelta(1)
        whole = [one for one in self._ranges if one[0] and one[1] and one[0].day == 1 and (one[1] + day).day == 1]
        return len(whole) > 1 and window.last_days == _MONTH * len(whole)


def _as_data(value: Any) -> Any:
    return value.model_dump(mode="json", exclude_none=True, exclude_defaults=True) if hasattr(value, "model_dump") else str(value)


def _leaves(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for one in data:
            yield from _leaves(one)
    else:
        yield data


def _number(leaf: Any) -> float | None:
    if isinstance(leaf, bool) or leaf is None:
        return None
    try:
        return round(float(leaf), _DIGITS)
    except ValueError:
        return None


def _windows(data: Any) -> Iterator[Window]:
    parts = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    if isinstance(data, dict) and isinstance(data.get("window"), dict):
        yield Window.model_validate(data["window"])
    for part in parts:
        yield from _windows(part)
