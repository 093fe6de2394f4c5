"""Builds windows from what the patterns of prompts/lexicon/periods.yaml found; those without a year are built for any year."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from assistant.planner.feasts import feast_days
from assistant.planner.lexicon import read_table
from assistant.planner.numbers import parse_number
from assistant.planner.period import Yearly
from assistant.planner.time_units import days_of, unit_name
from tools.windows import Window

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4, "final": 4}
_FIRST_HALF = ("上", "前", "first", "1st", "1", "front")
_WEEKDAYS = ("一mo", "二tu", "三we", "四th", "五fr", "六sa", "日su")
_SOONEST = 31
"""Days after which a season that still goes on is meant by its bare name."""
_YEARS_BACK = 4
_CENTURY = 2000


class Found(NamedTuple):
    """What a pattern found: its named groups, the settings of its entry, and the date that relative times count from."""

    parts: Mapping[str, str | None]
    settings: Mapping[str, str]
    as_of: dt.date
    day_first: bool = False
    """Whether dates in numbers are written with the day before the month."""


def year_of(found: Found) -> int | None:
    """The year that is named, before or after."""
    parts = found.parts
    written = parts.get("year") or parts.get("year2")
    if written:
        return int(written)
    if parts.get("short"):
        return _CENTURY + int(str(parts["short"]))
    relative = parts.get("relative") or parts.get("relative2")
    if relative is None:
        return None
    years = read_table("periods")["relative_years"]
    return found.as_of.year + int(years[relative]) if relative in years else None


def latest(make: Yearly, as_of: dt.date) -> Window:
    """The latest whole period of that name: the one of this year when it is over, else that of a year before."""
    for year in range(as_of.year, as_of.year - _YEARS_BACK, -1):
        try:
            end = make(year).resolve(as_of).end
        except ValueError:
            continue  # 29 February is in some years only
        if end and end <= as_of:
            return make(year)
    return make(as_of.year - 1)


def _month_number(parts: Mapping[str, str | None], name: str = "month") -> int:
    if parts.get("name"):
        word = str(parts["name"]).removesuffix(".")
        return next(int(number) for number, words in read_table("periods")["months"].items() if word in words)
    return _small(str(parts[name]))


def _small(text: str) -> int:
    number = parse_number(text)
    if number is None:
        raise ValueError(f"{text} is no number")
    return int(number)


def _one_day(day: dt.date) -> Window:
    return Window(start=day, end=day)


def _last(found: Found) -> Window | None:
    count = parse_number(found.parts.get("n") or "1")
    unit = found.parts.get("unit") or found.parts.get("unit2")
    if count is None or not unit:
        return None
    half = found.parts.get("half")
    whole = days_of(count, unit)
    return Window(last_days=whole + days_of(1, unit) // 2 if half else whole)


def _half_year(_: Found) -> Window:
    return Window(last_days=180)


def _whole_year(found: Found) -> Window:
    """“全年”, “all year”: the latest whole year."""
    return latest(lambda year: Window(period=str(year)), found.as_of)


def _named(found: Found) -> Window:
    return Window(period=found.settings["name"], shift=int(found.settings.get("shift", 0)))


def _ago(found: Found) -> Window | None:
    """“three months ago”: the calendar month, week, quarter or year so far back; days are counted."""
    count, unit = parse_number(found.parts.get("n") or "1"), unit_name(str(found.parts["unit"]))
    if count is None or count != int(count) or count < 1:
        return None
    if unit == "day":
        return _one_day(found.as_of - dt.timedelta(days=int(count)))
    return Window(period=f"last_{unit}", shift=int(count) - 1) if unit in ("week", "month", "quarter", "year") else None


def _days_ago(found: Found) -> Window:
    return _one_day(found.as_of - dt.timedelta(days=int(found.settings["days"])))


def _weekday(found: Found) -> Window | None:
    """“上周六”, "last Saturday": a day of a week before, in English the latest one; of this week once it has come."""
    number = next(at for at, names in enumerate(_WEEKDAYS) if str(found.parts["weekday"])[:2].replace("天", "日") in (names[0], names[1:]))
    monday = found.as_of - dt.timedelta(days=found.as_of.weekday())
    weeks = found.parts.get("weeks")
    if weeks:
        day = monday + dt.timedelta(days=number - 7 * (0 if weeks[0] in "本这" else len(weeks)))
    else:
        same_week = found.parts.get("this") is not None
        day = monday + dt.timedelta(days=number - (7 if number >= found.as_of.weekday() + same_week else 0))
    return _one_day(day) if day <= found.as_of else None


def _weekend(found: Found) -> Window | None:
    """“last weekend”, “上周末”: Saturday and Sunday of the week before, or of this one."""
    monday = found.as_of - dt.timedelta(days=found.as_of.weekday())
    back = len(str(found.parts["weeks"])) if found.parts.get("weeks") else int(found.settings["back"])
    saturday = monday + dt.timedelta(days=5 - 7 * back)
    return Window(start=saturday, end=saturday + dt.timedelta(days=1)) if saturday <= found.as_of else None


def _week(found: Found) -> Window:
    return Window(period=f"{found.parts['year']}-W{int(str(found.parts['week'])):02d}")


def _year(found: Found) -> Window | None:
    year = year_of(found)
    return Window(period=str(year)) if year else None


def _day_of_month(found: Found) -> Window | None:
    """“上个月5号”, “the 5th of last month”: a day of a month that is told from now."""
    first = Window(period=found.settings["name"]).resolve(found.as_of).start
    day = first.replace(day=_small(str(found.parts.get("day") or found.parts["day2"]))) if first else None
    return _one_day(day) if day and day <= found.as_of else None


def _days_of_month(found: Found) -> Window | None:
    """“上个月10号到20号”: days of a month that is told from now."""
    first = Window(period=found.settings["name"]).resolve(found.as_of).start
    days = [first.replace(day=_small(str(found.parts[name]))) for name in ("day", "day2")] if first else []
    return Window(start=days[0], end=days[1]) if days and days[0] <= found.as_of else None


def _day(found: Found) -> Yearly:
    month, day = _month_number(found.parts), _small(str(found.parts["day"]))
    return lambda year: _one_day(dt.date(year, month, day))


def _slashed(found: Found) -> Yearly:
    """“03/15/2017”, “15/3”, “10.1”: month and day in numbers; the other way round where the first is no month."""
    first, second = int(str(found.parts["first"])), int(str(found.parts["second"]))
    swapped = found.settings.get("order") != "year" and (first > 12 or (found.day_first and second <= 12))
    month, day = (second, first) if swapped else (first, second)
    dt.date(2000, month, day)
    return lambda year: _one_day(dt.date(year, month, day))


def _days_span(found: Found) -> Yearly:
    """“12月1号到15号”, “December 1 to 15”: days of one month."""
    month, first, last = _month_number(found.parts), _small(str(found.parts["day"])), _small(str(found.parts["day2"]))
    return lambda year: Window(start=dt.date(year, month, first), end=dt.date(year, month, last))


def _month(found: Found) -> Yearly:
    month = _month_number(found.parts)
    dt.date(2000, month, 1)
    return lambda year: Window(period=f"{year}-{month:02d}")


def _months_span(found: Found) -> Yearly:
    """“10-12月”, “2017年3到5月”, “7、8月”: months of one year."""
    first, last = _month_number(found.parts), _month_number(found.parts, "month2")
    if found.settings.get("next") and last != first + 1:
        raise ValueError("months that do not follow each other are two times")
    return lambda year: Window(start=dt.date(year, first, 1), end=dt.date(year, last, calendar.monthrange(year, last)[1]))


def _week_of_year(found: Found) -> Yearly:
    """“第三十二周”: a calendar week by its number."""
    week = _small(str(found.parts["week"]))
    dt.date.fromisocalendar(2000, week, 1)
    return lambda year: Window(period=f"{year}-W{week:02d}")


def _season(found: Found) -> Yearly:
    """“summer 2017”, “夏天”: its three months; winter begins in December of its year and is named by the year it begins in."""
    first = int(found.settings["first"])
    months = int(found.settings.get("months", 3))

    def make(year: int) -> Window:
        """The season that begins in a year."""
        after = dt.date(year + (first + months - 1) // 12, (first + months - 1) % 12 + 1, 1)
        return Window(start=dt.date(year, first, 1), end=after - dt.timedelta(days=1))

    return make


def _quarter(found: Found) -> Yearly:
    word = found.parts.get("quarter") or found.parts.get("quarter2") or found.parts.get("quarter3") or ""
    number = _ORDINALS[str(found.parts["ordinal"])] if found.parts.get("ordinal") else _small(word)
    return lambda year: Window(period=f"{year}-Q{number}")


def _half(found: Found) -> Yearly:
    number = 1 if (found.parts.get("half2") or found.parts.get("half3") or found.parts.get("half")) in _FIRST_HALF else 2
    return lambda year: Window(period=f"{year}-H{number}")


def _feast(found: Found) -> Yearly:
    """“双十一”, “Christmas week”: its day, or its days where they are meant."""
    long, short = found.parts.get("long"), found.parts.get("alone")

    def make(year: int) -> Window:
        """The feast of a year."""
        first, last = feast_days(found.settings["feast"], year, "long" if long else "alone" if short else "")
        return Window(start=first, end=last)

    return make


def latest_season(make: Yearly, as_of: dt.date) -> Window:
    """The season of that name: the one that goes on for a month already, else the latest whole one."""
    for year in (as_of.year, as_of.year - 1):
        start, end = make(year).resolve(as_of)
        if start and end and start + dt.timedelta(days=_SOONEST) <= as_of <= end:
            return make(year)
    return latest(make, as_of)


PLAIN: dict[str, Callable[[Found], Window | None]] = {
    "last": _last,
    "half_year": _half_year,
    "whole_year": _whole_year,
    "named": _named,
    "ago": _ago,
    "days_ago": _days_ago,
    "weekday": _weekday,
    "weekend": _weekend,
    "week": _week,
    "year": _year,
    "day_of_month": _day_of_month,
    "days_of_month": _days_of_month,
}
"""Builders of windows that need no year."""
YEARLY: dict[str, Callable[[Found], Yearly]] = {
    "day": _day,
    "slashed": _slashed,
    "days_span": _days_span,
    "month": _month,
    "months_span": _months_span,
    "week_of_year": _week_of_year,
    "season": _season,
    "quarter": _quarter,
    "half": _half,
    "feast": _feast,
}
"""Builders of windows that lie in a year, which may be named or not."""
