"""Parts of a period: “the first week of December”, “11月下旬”, “2017年前三个月”, by the `edges` of prompts/lexicon/periods.yaml."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.planner.lexicon import read_table
from assistant.planner.numbers import NUMBER, parse_number
from assistant.planner.periods import Period, unit_name
from tools.windows import Window

_ORDER = {"second": 2, "third": 3, "fourth": 4, "2nd": 2, "3rd": 3, "4th": 4}
_LAST = ("last", "final", "closing", "最后", "后", "末", "最后一", "下")
_AFTER = ("after", "following", "from", "starting", "之后", "以后")
_BEFORE = ("before", "prior to", "leading up to", "preceding", "之前", "以前")
_THIRDS = {"上旬": 0, "中旬": 1, "下旬": 2, "early": 0, "mid": 1, "late": 2}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3}


def find_edges(text: str, as_of: dt.date, periods: list[Period]) -> Iterator[Period]:
    """Parts of the periods found in a normalised text."""
    for head, tail in _patterns():
        for period in periods:
            dates = period.window.resolve(as_of)
            before, after = head.search(text[: period.start]), tail.match(text, period.end)
            if not before or not after or dates.start is None or dates.end is None or period.parts or period.backwards:
                continue
            parts = {key: value for key, value in {**before.groupdict(), **after.groupdict()}.items() if value}
            window = _part(dates.start, dates.end, parts) if parts else None
            if window is not None:
                yield Period(before.start() if before[0] else period.start, after.end(), window)


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    found = []
    for pattern in read_table("periods")["edges"]:
        before, after = pattern.replace("{n}", f"(?P<n>{NUMBER})").split("@")
        found.append((re.compile(f"(?:(?<![a-z]){before})$" if before else "$"), re.compile(after)))
    return found


def _part(start: dt.date, end: dt.date, parts: dict[str, str]) -> Window | None:
    if "whole" in parts:
        return _whole(start, unit_name(parts["whole"])) if start == end else None
    if "third" in parts:
        return _third(start, end, _THIRDS[parts["third"]])
    unit = "half" if parts["unit"] in ("half", "半月") else unit_name(parts["unit"])
    count = parse_number(parts["n"]) if "n" in parts else 1
    if count is None or count != int(count) or count < 1:
        return None
    if "beside" in parts or "edge" not in parts:
        return _beside(start, end, parts.get("beside", "to"), unit, int(count))
    skip = _ORDER.get(parts["edge"], 1) - 1
    if parts["edge"] == "第":
        skip, count = int(count) - 1, 1
    last = parts["edge"] in _LAST
    if unit == "half":
        return _half(start, end, last)
    if unit in _MONTHS:
        return _months(start, end, skip * _MONTHS[unit], int(count) * _MONTHS[unit], last)
    if unit not in _DAYS:
        return None
    days = _DAYS[unit] * int(count)
    first = end - dt.timedelta(days=days - 1) if last else start + dt.timedelta(days=skip * _DAYS[unit])
    return _inside(first, first + dt.timedelta(days=days - 1), start, end)


def _beside(start: dt.date, end: dt.date, side: str, unit: str | None, count: int) -> Window | None:
    """“the 2 weeks before Christmas”, “the 3 months to November”: a time that ends or starts with another."""
    day = dt.timedelta(days=1)
    if side in _AFTER:
        first = start if side in ("from", "starting") else end + day
        return _stretch(first, unit, count, 1)
    return _stretch(start - day if side in _BEFORE else end, unit, count, -1)


def _stretch(day: dt.date, unit: str | None, count: int, step: int) -> Window | None:
    if unit == "month":
        at = _moved(day.replace(day=1), step * (count - 1))
        ends = (at, day) if step < 0 else (day, at.replace(day=calendar.monthrange(at.year, at.month)[1]))
        return Window(start=ends[0], end=ends[1])
    if unit not in _DAYS:
        return None
    other = day + dt.timedelta(days=step * (_DAYS[unit] * count - 1))
    return Window(start=min(day, other), end=max(day, other))


def _inside(first: dt.date, last: dt.date, start: dt.date, end: dt.date) -> Window | None:
    return Window(start=max(first, start), end=min(last, end)) if start <= last and first <= end else None


def _whole(day: dt.date, unit: str | None) -> Window:
    """“the week of Thanksgiving”: the week or month that a day lies in."""
    if unit == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return Window(start=monday, end=monday + dt.timedelta(days=6))
    return Window(period=f"{day.year}-{day.month:02d}")


def _third(start: dt.date, end: dt.date, which: int) -> Window | None:
    """Ten days of a month: the last third goes on to its end."""
    if (start.year, start.month) != (end.year, end.month):
        return None
    return Window(start=start.replace(day=1 + 10 * which), end=end if which == 2 else start.replace(day=10 * which + 10))


def _half(start: dt.date, end: dt.date, second: bool) -> Window | None:
    if (start.year, start.month) != (end.year, end.month):
        return None
    return Window(start=start.replace(day=16), end=end) if second else Window(start=start, end=start.replace(day=15))


def _months(start: dt.date, end: dt.date, skip: int, count: int, last: bool) -> Window | None:
    first = _moved(end.replace(day=1), 1 - count) if last else _moved(start.replace(day=1), skip)
    final = _moved(first, count - 1)
    return _inside(first, final.replace(day=calendar.monthrange(final.year, final.month)[1]), start, end)


def _moved(month: dt.date, by: int) -> dt.date:
    at = month.year * 12 + month.month - 1 + by
    return dt.date(at // 12, at % 12 + 1, 1)
