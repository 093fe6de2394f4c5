"""The day on which groups are looked at: of a time that was said, or of the answer before."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re

from assistant.planner.dialogue import Dialogue
from tools.windows import Window

_AGO = re.compile(r"\bago\b|前$|前的$")
_POINT = re.compile(r"\b(?:end|start|beginning|close|as of|back in|ago|by|at|on)\b|[底末初前]|截至|截止|当时|年中")
_FROM = re.compile(r"\b(?:since|from|after)\b|以来|从|起|自")
_SHIFTED = re.compile(r"last_(week|month|quarter|year)")
_ON = re.compile(r'"(?:on|since)": "(\d{4}-\d{2}-\d{2})"')
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}


def day_of(words: str, window: Window, as_of: dt.date) -> dt.date:
    """The day that a time stands for: its end where it is over, its beginning where it goes on, the day itself of “3 months ago”."""
    named = _SHIFTED.fullmatch(str(window.period))
    if named and _AGO.search(words):
        return back(as_of, named[1], window.shift + 1)
    start, end = window.resolve(as_of)
    if _FROM.search(words) and start is not None and (end is None or end >= as_of):
        # “since the end of September” goes on from that end.
        return _last_of(start) if _POINT.search(words.replace("起", "")) and start.day == _END_FROM else start
    if end is not None and end < as_of:
        return end if not _begins(words) or start is None else start
    return start - dt.timedelta(1) if start is not None else as_of


def compared_with(words: str, window: Window, as_of: dt.date) -> dt.date:
    """The day that the present is held against: that of a time, but “last month” on the second of the next one is a month ago."""
    day, named = day_of(words, window, as_of), _SHIFTED.fullmatch(str(window.period))
    near = named is not None and (as_of - day).days < _NEAR and not _POINT.search(words) and not _begins(words)
    return back(as_of, named[1], 1) if near and named is not None else day


_NEAR = 7
"""An end so few days ago is hardly what a comparison is meant with."""
_END_FROM = 21
"""The day with which the end of a month begins."""


def _begins(words: str) -> bool:
    """“年初”, “at the start of July”: the first day of a time."""
    return bool(re.search(r"\b(?:start|beginning)\b|初", words))


def _last_of(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def during(words: str, window: Window, as_of: dt.date) -> tuple[dt.date, dt.date] | None:
    """From the day before a time to its last day, where something is said to have happened in it: “in Q3”, “最近三个月”."""
    if _POINT.search(words) and not re.match(r"between|from", words):
        return None
    start, end = window.resolve(as_of)
    if start is None or end is None:
        return None
    if re.match(r"(?:between|from) (?:the )?(?:end|close) of", words):
        return _last_of(start), min(end, as_of)
    return start - dt.timedelta(1), min(end, as_of)


def two_days(said: list[tuple[str, Window]], as_of: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The earlier and the later of two times; the later is None where it is today, both where they are the same."""
    spans = [window.resolve(as_of) for _, window in said]
    if spans[0].end and spans[1].start and spans[1].start == spans[1].end and 0 <= (spans[1].start - spans[0].end).days <= 1:
        return spans[1].start, None  # “年中（7月1号）” is one day, said twice
    days = sorted(as_of if _goes_on(words, window, as_of) else day_of(words, window, as_of) for words, window in said)
    if days[0] >= days[1]:
        return None, None
    return days[0], days[1] if days[1] < as_of else None


def _goes_on(words: str, window: Window, as_of: dt.date) -> bool:
    """Whether a time has the present in it: “这个月”."""
    end = window.resolve(as_of).end
    return (end is None or end >= as_of) and _FROM.search(words) is None


def back(as_of: dt.date, unit: str, count: int) -> dt.date:
    """The day so many units before."""
    if unit in _DAYS:
        return as_of - dt.timedelta(_DAYS[unit] * count)
    months = as_of.year * 12 + as_of.month - 1 - _MONTHS[unit] * count
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(as_of.day, calendar.monthrange(year, month + 1)[1]))


def groups_day(dialogue: Dialogue) -> dt.date | None:
    """The earlier day of the last answer about groups of two days; None where the last one is about something else."""
    for result in reversed(dialogue.results):
        found = _ON.search(json.dumps(result.call.args, default=str))
        if found:
            return dt.date.fromisoformat(found[1])
    return None
