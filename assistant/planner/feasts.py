"""The days of feasts and sales of the calendar, by prompts/lexicon/festivals.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.planner.lexicon import read_table

LONG_ZH = (
    "期间|(?:活动|促销|购物节?|大促)(?:期间|那几天)|大促|那几天|这几天|长?假期?(?:期间|里|那几天)?|小长假|黄金周|"
    "那段时间|那阵子?|那[七7八8]天|档期?"
)
LONG_EN = "season|period|holidays?|time|festival"
ALONE_ZH = "当天|那天|当日|正日子?|这天|那一天|这一天"
ALONE_EN = "day(?! after| before)|itself"


def feast_patterns() -> Iterator[tuple[str, str]]:
    """Each feast with the pattern of its names in both languages; what follows tells which days are meant."""
    for name, entry in read_table("festivals").items():
        zh = rf"(?:{entry['zh']})(?:的?(?P<alone>{ALONE_ZH})|(?P<long>{LONG_ZH}))?"
        en = rf"(?:{entry['en']})(?: (?P<alone>{ALONE_EN})| (?P<long>{LONG_EN}))?"
        yield from ((name, zh), (name, en))


def feast_days(name: str, year: int, how: str = "") -> tuple[dt.date, dt.date]:
    """The first and last day of a feast.

    Args:
        name: Its key in the lexicon.
        year: In which year.
        how: "alone" for the day itself, "long" for the days around it; else what the bare name means.

    Raises:
        ValueError: Its date in that year is not known.
    """
    entry = read_table("festivals")[name]
    span = entry.get("days") if how != "long" else entry.get("long", entry.get("days"))
    if span is not None and (how != "alone" or "day" not in entry):
        first, last = (_day(year, str(one)) for one in span)
        return first, last if last >= first else last.replace(year=year + 1)
    day = _feast_day(entry, year)
    return day, day if how == "alone" else day + dt.timedelta(days=int(entry.get("lasts", 1)) - 1)


def _feast_day(entry: Mapping[str, Any], year: int) -> dt.date:
    if "nth" in entry:
        return _nth_weekday(year, **entry["nth"])
    if "easter" in entry:
        return easter(year) + dt.timedelta(days=entry["easter"])
    if "dates" in entry and year not in entry["dates"]:
        raise ValueError(f"the date of the feast in {year} is not known")
    return _day(year, str(entry["dates"][year] if "dates" in entry else entry["day"]))


def _day(year: int, day: str) -> dt.date:
    return dt.date.fromisoformat(f"{year}-{day}")


def _nth_weekday(year: int, month: int, weekday: int, nth: int, later: int) -> dt.date:
    """The nth weekday of a month, such as the fourth Thursday of November, and so many days later."""
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1) + later)


def easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar, by the method of Meeus, Jones and Butcher."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, plain = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    fours, ones = divmod(rest, 4)
    sunday = (32 + 2 * plain + 2 * fours - moon - ones) % 7
    months = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * months + 114, 31)
    return dt.date(year, month, day + 1)
