"""A day of the week before a day that is named: “11月23号的营业额，跟前一个周四比”, "Nov 23 against the Thursday before"."""

from __future__ import annotations

import datetime as dt
import re

from assistant.planner.periods import find_periods

_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_ENGLISH = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_WEEK = 7
_BEFORE = re.compile(
    r"(?:再?[前上]一?个?|之前那?个?)(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])(?!到|至|-)"
    r"|\bthe (?:(?:previous|preceding) (?P<a>mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?P<b>mon|tue|wed|thu|fri|sat|sun)[a-z]* before)\b"
)


def with_weekday_before(text: str, as_of: dt.date) -> str:
    """The text with a day of the week that is told from one named day before it as its date; unchanged where no one day is named.

    Args:
        text: A normalised question.
        as_of: The date relative times count from.
    """
    found = _BEFORE.search(text)
    if found is None:
        return text
    named = {day for period in find_periods(text[: found.start()], as_of) if (day := _one_day(period.window, as_of)) is not None}
    if len(named) != 1:
        return text
    english = found["a"] or found["b"]
    wanted = _ENGLISH[english] if english else _DAYS[found["zh"]]
    day = named.pop()
    back = (day.weekday() - wanted) % _WEEK or _WEEK
    if english and back == _WEEK:
        return text  # “last Friday vs the Friday before” is a week earlier, which is read as such
    return f"{text[: found.start()]}{(day - dt.timedelta(days=back)).isoformat()}{text[found.end() :]}"


def _one_day(window: object, as_of: dt.date) -> dt.date | None:
    """The day of a window of a single day."""
    resolve = getattr(window, "resolve", None)
    dates = resolve(as_of) if resolve is not None else None
    return dates.start if dates is not None and dates.start is not None and dates.start == dates.end else None
