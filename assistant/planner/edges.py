"""Parts of a period: “the first week of December”, “11月下旬”, “2017年前三个月”, “the week before Christmas”, “年底”.

The patterns are the `edges`, `marks` and `unit_edges` of prompts/lexicon/periods.yaml.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from assistant.planner.lexicon import read_table
from assistant.planner.numbers import NUMBER, parse_number
from assistant.planner.period import Period, Yearly
from assistant.planner.time_units import unit_name
from tools.errors import InputError
from tools.windows import Window

_ORDER = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
_LAST = ("last", "final", "closing", "back", "最后", "后", "末", "最后一", "下")
_SIDES = {"前": "before", "头": "before", "后": "after"}
_AFTER = ("after", "right after", "just after", "following", "from", "starting", "之后", "以后", "过后", "后")
_BEFORE = ("before", "right before", "just before", "prior to", "leading up to", "preceding", "ahead of", "之前", "以前", "前")
_MARKS = {**dict.fromkeys("初上", 0), **dict.fromkeys("中", 1), **dict.fromkeys("末底尾终下", 2)}
_MARKS |= {"early": 0, "beginning": 0, "start": 0, "early part": 0, "mid": 1, "middle": 1}
_MARKS |= {"late": 2, "end": 2, "close": 2, "later part": 2, "latter part": 2, "tail end": 2}
_LOOSE = ("early", "mid", "late", "early part", "later part", "latter part")
"""Words for a third of a year; the others are one month of it."""
_WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3}
_FEAST = 10
"""A time of at most so many days has days before and after it rather than first and last ones."""
_AROUND = 3
_SATURDAY = 5


class _Dates(NamedTuple):
    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.end - self.start).days + 1

    @property
    def months(self) -> int:
        """How many calendar months it consists of; 0 where it is no whole number of them."""
        whole = self.start.day == 1 and (self.end + dt.timedelta(days=1)).day == 1
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1 if whole else 0


def find_edges(text: str, as_of: dt.date, periods: list[Period]) -> Iterator[Period]:
    """Parts of the periods found in a normalised text."""
    for head, tail in _patterns("edges", "marks"):
        for period in periods:
            after = tail.match(text, period.end)
            before = head.search(text[: period.start]) if after else None
            dates = period.window.resolve(as_of) if before else None
            if not before or not after or not dates or dates.start is None or dates.end is None or period.parts:
                continue
            parts = _named(before, after)
            window = _safe_part(_Dates(dates.start, dates.end), parts) if parts else None
            if window is not None:
                yearly = _yearly(period, parts, as_of) if period.yearly else None
                yield Period(before.start() if before[0] else period.start, after.end(), window, yearly=yearly)


def unit_edges(text: str, as_of: dt.date) -> Iterator[Period]:
    """Parts of the latest year, quarter or month that has come to that part: “年底”, “the last ten days of the year”."""
    for head, tail in _patterns("marks", "unit_edges"):
        for unit, pattern in _units().items():
            for match in pattern.finditer(text):
                after = tail.match(text, match.end())
                before = head.search(text[: match.start()]) if after else None
                parts = _named(before, after) if before and after else {}
                window = _latest_part(unit, parts, as_of) if parts else None
                if window is not None and before and after:
                    yield Period(before.start() if before[0] else match.start(), after.end(), window)


@lru_cache(maxsize=1)
def _units() -> dict[str, re.Pattern[str]]:
    return {unit: re.compile(pattern) for unit, pattern in read_table("periods")["bases"].items()}


def _latest_part(unit: str, parts: dict[str, str], as_of: dt.date) -> Window | None:
    for shift in (0, 1):
        dates = Window(period=f"last_{unit}", shift=0).resolve(as_of) if shift else _whole_unit(unit, as_of)
        window = _safe_part(_Dates(dates[0], dates[1]), parts) if dates[0] and dates[1] else None
        last = window.resolve(as_of).end if window else None
        if last and last <= as_of:
            return window
    return None


def _whole_unit(unit: str, as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The unit that the date lies in, to its end."""
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = dt.date(as_of.year, 1 + (as_of.month - 1) // length * length, 1)
    return first, _moved(first, length) - dt.timedelta(days=1)


@lru_cache(maxsize=8)
def _patterns(*names: str) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    found = []
    for pattern in (one for name in names for one in read_table("periods")[name]):
        before, after = pattern.replace("{n}", f"(?P<n>{NUMBER})").split("@")
        found.append((re.compile(f"(?:(?<![a-z]){before})$" if before else "$"), re.compile(after)))
    return found


def _named(before: re.Match[str], after: re.Match[str]) -> dict[str, str]:
    return {key: value for key, value in {**before.groupdict(), **after.groupdict()}.items() if value}


def _yearly(period: Period, parts: dict[str, str], as_of: dt.date) -> Yearly:
    """The part in any year."""

    def make(year: int) -> Window:
        """The part of the period of that year."""
        assert period.yearly is not None
        start, end = period.yearly(year).resolve(as_of)
        window = _part(_Dates(start, end), parts) if start and end else None
        if window is None:
            raise ValueError(f"no such part in {year}")
        return window

    return make


def _safe_part(dates: _Dates, parts: dict[str, str]) -> Window | None:
    with suppress(ValueError, OverflowError, InputError):
        return _part(dates, parts)
    return None


def _part(dates: _Dates, parts: dict[str, str]) -> Window | None:
    if "whole" in parts:
        return _whole(dates, parts["whole"])
    if "mark" in parts:
        return _marked(dates, parts["mark"])
    count = parse_number(parts["n"]) if "n" in parts else None
    if "weekday" in parts:
        return _nth_weekday(dates, parts["edge"], _weekday_number(parts["weekday"]), int(count or 1))
    if "around" in parts:
        return _around(dates, int(count) if count else _AROUND, unit_name(parts.get("unit", "day")))
    unit = "half" if parts["unit"] in ("half", "半月", "半个月") else "weekend" if "weekend" in parts["unit"] else unit_name(parts["unit"])
    unit = "weekend" if parts["unit"] == "周末" else unit
    if count is not None and (count != int(count) or count < 1):
        return None
    side = parts.get("beside") or ("to" if "edge" not in parts else None)
    if side is None and dates.days <= _FEAST and parts["edge"] in _SIDES and unit != "half":
        side = _SIDES[parts["edge"]]
    if side is not None:
        return _beside(dates, side, unit, int(count or 1))
    return _edge(dates, parts["edge"], unit, None if count is None else int(count), "full" in parts)


def _edge(dates: _Dates, edge: str, unit: str | None, count: int | None, full: bool = False) -> Window | None:
    """The first or last days, weeks or months, or the one of a number."""
    skip = _ORDER.get(edge, 1) - 1
    number = count or 1
    if edge == "第":
        skip, number = number - 1, 1
    last = edge in _LAST
    if unit == "half":
        return _half(dates, last or edge == "second")
    if unit == "weekend":
        return _nth_weekend(dates, skip, last)
    if unit in _MONTHS:
        return _months(dates, skip * _MONTHS[unit], number * _MONTHS[unit], last)
    if unit not in _DAYS:
        return None
    days = _DAYS[unit] * number
    if full:
        dates = dates._replace(start=dates.start + dt.timedelta(days=-dates.start.weekday() % 7))
    first = dates.end - dt.timedelta(days=days - 1) if last else dates.start + dt.timedelta(days=skip * _DAYS[unit])
    return _inside(first, first + dt.timedelta(days=days - 1), dates)


def _beside(dates: _Dates, side: str, unit: str | None, count: int) -> Window | None:
    """“the 2 weeks before Christmas”, “the 3 months to November”: a time that ends or starts with another."""
    day = dt.timedelta(days=1)
    if unit == "weekend":
        return _weekend(dates.start - day * 2 if side in _BEFORE else dates.end + day, -1 if side in _BEFORE else 1)
    if side in _AFTER:
        return _stretch(dates.start if side in ("from", "starting") else dates.end + day, unit, count, 1)
    return _stretch(dates.start - day if side in _BEFORE else dates.end, unit, count, -1)


def _stretch(day: dt.date, unit: str | None, count: int, step: int) -> Window | None:
    if unit == "month":
        at = _moved(day.replace(day=1), step * (count - 1))
        ends = (at, day) if step < 0 else (day, at.replace(day=calendar.monthrange(at.year, at.month)[1]))
        return Window(start=ends[0], end=ends[1])
    if unit not in _DAYS:
        return None
    other = day + dt.timedelta(days=step * (_DAYS[unit] * count - 1))
    return Window(start=min(day, other), end=max(day, other))


def _around(dates: _Dates, count: int, unit: str | None) -> Window | None:
    """“独立日前后三天”, “the 3 days around Christmas”: so many days on either side."""
    if unit not in _DAYS or dates.days > _FEAST:
        return None
    days = dt.timedelta(days=_DAYS[unit] * count)
    return Window(start=dates.start - days, end=dates.end + days)


def _inside(first: dt.date, last: dt.date, dates: _Dates) -> Window | None:
    fits = dates.start <= last and first <= dates.end
    return Window(start=max(first, dates.start), end=min(last, dates.end)) if fits else None


def _whole(dates: _Dates, word: str) -> Window | None:
    """“the week of Thanksgiving”, “Labor Day weekend”: the week, weekend or month that a day lies in."""
    if dates.days > _FEAST:
        return None
    day = dates.start
    if word in ("weekend", "周末"):
        return _weekend(day, 0)
    if word != "month" and unit_name(word) == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return Window(start=monday, end=monday + dt.timedelta(days=6))
    return Window(period=f"{day.year}-{day.month:02d}")


def _weekend(day: dt.date, step: int) -> Window:
    """The weekend nearest to a day, the day included where it adjoins; or the one before or after it."""
    saturday = day - dt.timedelta(days=(day.weekday() - _SATURDAY) % 7)
    if step > 0 and saturday < day:
        saturday += dt.timedelta(days=7)
    if step == 0 and day.weekday() in (1, 2, 3, 4):
        saturday = day + dt.timedelta(days=_SATURDAY - day.weekday())
    sunday = saturday + dt.timedelta(days=1)
    if step or day.weekday() in (1, 2):
        return Window(start=saturday, end=sunday)
    return Window(start=min(day, saturday), end=max(day, sunday))


def _nth_weekend(dates: _Dates, skip: int, last: bool) -> Window | None:
    """“the first weekend of December”: its first or last Saturday and the Sunday after."""
    if last:
        saturday = dates.end - dt.timedelta(days=(dates.end.weekday() - _SATURDAY) % 7)
    else:
        saturday = dates.start + dt.timedelta(days=(_SATURDAY - dates.start.weekday()) % 7 + 7 * skip)
    return Window(start=saturday, end=saturday + dt.timedelta(days=1)) if dates.start <= saturday <= dates.end else None


def _weekday_number(word: str) -> int:
    return "一二三四五六日".find(word.replace("天", "日")) if not word.isascii() else _WEEKDAYS.index(word[:2])


def _nth_weekday(dates: _Dates, edge: str, weekday: int, count: int) -> Window | None:
    """“the last Friday of November”, “11月第二个星期五”: one day of a period."""
    if edge in _LAST:
        day = dates.end - dt.timedelta(days=(dates.end.weekday() - weekday) % 7)
    else:
        nth = count if edge == "第" else _ORDER.get(edge, 1)
        day = dates.start + dt.timedelta(days=(weekday - dates.start.weekday()) % 7 + 7 * (nth - 1))
    return Window(start=day, end=day) if dates.start <= day <= dates.end else None


def _marked(dates: _Dates, mark: str) -> Window | None:
    """A third of a month; one month of a quarter or a year; a third of a year where it is said loosely."""
    which = _MARKS[mark if len(mark) > 2 or mark.isascii() else mark[0]]
    months = dates.months
    if months == 1:
        first = dates.start.replace(day=1 + 10 * which)
        return Window(start=first, end=dates.end if which == 2 else dates.start.replace(day=10 * which + 10))
    if months not in (3, 6, 12) or mark.endswith("旬"):
        return None
    if months == 12 and mark not in _LOOSE:
        return _months(dates, (0, 5, 11)[which], 1, False)
    return _months(dates, which * months // 3, months // 3, False)


def _half(dates: _Dates, second: bool) -> Window | None:
    """Half of a month, a quarter or a year."""
    if dates.months == 1:
        middle = dates.start.replace(day=15)
        return Window(start=middle + dt.timedelta(days=1), end=dates.end) if second else Window(start=dates.start, end=middle)
    return _months(dates, 6 if second else 0, 6, False) if dates.months == 12 else None


def _months(dates: _Dates, skip: int, count: int, last: bool) -> Window | None:
    first = _moved(dates.end.replace(day=1), 1 - count) if last else _moved(dates.start.replace(day=1), skip)
    return _inside(first, _moved(first, count) - dt.timedelta(days=1), dates)


def _moved(month: dt.date, by: int) -> dt.date:
    at = month.year * 12 + month.month - 1 + by
    return dt.date(at // 12, at % 12 + 1, 1)
