"""Times told by another one of the question: “国庆七天…比前面七天如何”, "the first week of May … than the 7 days before"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from assistant.planner.lexicon import read_table
from assistant.planner.numbers import NUMBER, parse_number
from assistant.planner.period import Period
from assistant.planner.time_units import days_of, unit_name, unit_words, whole_words
from tools.windows import Window

_DAY = dt.timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def before_another(text: str, as_of: dt.date, periods: list[Period]) -> Iterator[Period]:
    """So many days or weeks before the time that was named earlier in the question."""
    for pattern in _patterns():
        for match in pattern.finditer(text):
            named = [one for one in periods if one.end < match.start() and not one.weak]
            other = max(named, key=lambda one: (one.end, -one.start), default=None)
            start = other.window.resolve(as_of).start if other is not None else None
            window = _ending(start - _DAY, match) if start is not None else None
            if window is not None:
                yield Period(match.start(), match.end(), window)


def _ending(last: dt.date, match: re.Match[str]) -> Window | None:
    count, unit = parse_number(match["n"]), unit_name(match["unit"])
    if count is None or count != int(count):
        return None
    months = int(count) * _MONTHS.get(unit or "", 0)
    with suppress(ValueError, OverflowError):
        if months and (last + _DAY).day == 1:
            first = last.year * 12 + last.month - months
            return Window(start=dt.date(first // 12, first % 12 + 1, 1), end=last)
        return Window(start=last - dt.timedelta(days=days_of(count, match["unit"]) - 1), end=last)
    return None


@lru_cache(maxsize=1)
def _patterns() -> list[re.Pattern[str]]:
    names = {"{n}": f"(?P<n>{NUMBER})", "{unit}": unit_words()}
    return [whole_words(pattern, names) for pattern in read_table("periods")["neighbours"]]
