"""Ranges between two times, and times that are open on one side."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache

from assistant.planner.lexicon import read_table
from assistant.planner.period import Period
from tools.windows import DateRange, Window

_KINDS = ("since", "after", "before", "until")
_LONGEST_WRAP = 220
"""Days of a range without years that runs over the end of one: “december to november” is none but a comparison."""
_DAY = dt.timedelta(days=1)


def ranges(text: str, as_of: dt.date, periods: list[Period]) -> Iterator[Period]:
    """“from March to May”, “10.1到10.15”: two times with a joint between them."""
    rules = _range_patterns()
    for first in periods:
        begin = rules["openers"].search(text[: first.start])
        for second in periods:
            if second.start < first.end:
                continue
            between = text[first.end : second.start]
            if rules["joints"].fullmatch(between) or (begin and rules["joints_after_opener"].fullmatch(between)):
                yield from _range(text, as_of, (first, second), begin.start() if begin else first.start)


@lru_cache(maxsize=1)
def _range_patterns() -> dict[str, re.Pattern[str]]:
    rules = read_table("periods")["ranges"]
    return {name: re.compile(f"(?:{words})$" if name == "openers" else words) for name, words in rules.items()}


def _range(text: str, as_of: dt.date, pair: tuple[Period, Period], start: int) -> Iterator[Period]:
    first, second = pair
    windows = _dated(first, second, as_of)
    if windows is None:
        turned = _turned(first, second, as_of, text)
        if turned:
            yield Period(start, second.end, first.window, (), turned)
        return
    early, late = (window.resolve(as_of) for window in windows)
    closer = _range_patterns()["closers"].match(text, second.end)
    yield Period(start, closer.end() if closer else second.end, Window(start=early.start, end=late.end), windows)


def _dated(first: Period, second: Period, as_of: dt.date) -> tuple[Window, Window] | None:
    """Both times; one without a year lies in the year of the other, or next to it."""
    if first.window.last_days is not None:
        return None
    begin, end = first.window, second.window
    if second.yearly:
        early = begin.resolve(as_of).start or as_of
        years = (as_of.year,) if first.yearly else (early.year, early.year + 1)
        end = _first_of(second, years, as_of, lambda dates: bool(dates.start and early <= dates.start <= as_of)) or end
    last = end.resolve(as_of).end
    if first.yearly and last:
        begin = _first_of(first, (last.year, last.year - 1), as_of, lambda dates: bool(dates.start and dates.start <= last)) or begin
    start = begin.resolve(as_of).start
    if not start or not last or start > last or first.window == second.window:
        return None
    wrapped = first.yearly and second.yearly and start.year < last.year and (last - start).days > _LONGEST_WRAP
    return None if wrapped else (begin, end)


def _first_of(period: Period, years: tuple[int, ...], as_of: dt.date, fits: Callable[[DateRange], bool]) -> Window | None:
    """The period in the first of these years in which it fits."""
    for year in years:
        with suppress(ValueError):
            window = period.yearly(year) if period.yearly else period.window
            if fits(window.resolve(as_of)):
                return window
    return None


def _turned(first: Period, second: Period, as_of: dt.date, text: str) -> tuple[dt.date, dt.date] | None:
    """The dates of a range between two years or days in full that starts after it ends."""
    early, late = second.window.resolve(as_of).start, first.window.resolve(as_of).end
    full = all(re.search(r"\d{4}", text[one.start : one.end]) for one in (first, second))
    return (early, late) if full and early and late and early < late and first.window != second.window else None


def opened(text: str, as_of: dt.date, periods: list[Period]) -> Iterator[Period]:
    """“since October”, “before the 4th quarter”, “截至9月底”: times that are open on one side."""
    for kind, head, tail in _open_patterns():
        for period in periods:
            if period.window.last_days is not None:
                continue
            end = tail.match(text, period.end)
            begin = head.search(text[: period.start]) if end else None
            if end and begin and (begin[0] or end.end() > period.end):
                window = _open(kind, period.window, as_of)
                if window:
                    yield Period(begin.start() if begin[0] else period.start, end.end(), window)


@lru_cache(maxsize=1)
def _open_patterns() -> list[tuple[str, re.Pattern[str], re.Pattern[str]]]:
    table, found = read_table("periods"), []
    for kind in _KINDS:
        for pattern in table[kind]:
            before, after = pattern.split("@")
            found.append((kind, re.compile(f"(?:(?<![a-z])(?:{before}))$" if before else "$"), re.compile(after)))
    return found


def _open(kind: str, window: Window, as_of: dt.date) -> Window | None:
    dates: DateRange = window.resolve(as_of)
    if kind == "since":
        return Window(start=dates.start) if dates.start else None
    if kind == "after":
        return Window(start=dates.end + _DAY) if dates.end else None
    if kind == "before":
        return Window(end=dates.start - _DAY) if dates.start else None
    return Window(end=dates.end) if dates.end else None
