"""“during campaign 8”, “活动8结束后30天”: times told by a campaign are its dates, where the question names that campaign alone.

A number of days after the start begins with the start; days before it end with the day before, and those after the end begin
with the day after it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.normalise import HAN

Dates = Mapping[str, tuple[dt.date, dt.date]]
"""The first and last day of each campaign that has both, by its name."""

_HAN = re.compile(f"[{HAN}]")
_DAYS = {"day": 1, "天": 1, "日": 1, "week": 7, "周": 7, "星期": 7, "礼拜": 7, "month": 30, "月": 30}
_WORDS = {
    word: number
    for number, words in enumerate(("a one 一", "two 两 二", "three 三", "four 四", "five 五", "six 六"), 1)
    for word in words.split()
}


def with_campaign_dates(text: str, dates: Dates) -> str:
    """The text with times told by its one campaign written as dates; unchanged where it names none or several."""
    if not dates:
        return text
    table = _table("zh" if _HAN.search(text) else "en")
    named = {next(one for one in match.groups() if one) for match in re.finditer(table["named"], text)}
    found = [one for one in dates if one.split(" ")[-1] in named] if len(named) == 1 else []
    if len(found) != 1:
        return text
    start, end = dates[found[0]]
    for way, pattern in table["times"].items():
        text = re.sub(pattern, lambda match, way=way: _written(way, match, start, end, table), text)  # type: ignore[misc]
    return text


def _written(way: str, match: re.Match[str], start: dt.date, end: dt.date, table: Mapping[str, Any]) -> str:
    day = dt.timedelta(days=1)
    length = _length(match)
    first, last = {
        "during": (start, end),
        "after_start": (start, start + length - day),
        "after_end": (end + day, end + length),
        "before": (start - length, start - day),
    }[way]
    return str(table["written"].format(first, last))


def _length(match: re.Match[str]) -> dt.timedelta:
    count, unit = match.groupdict().get("count"), match.groupdict().get("unit")
    if count is None or unit is None:
        return dt.timedelta()
    number = _WORDS.get(count) or int(count)
    return dt.timedelta(days=number * _DAYS[unit.removesuffix("s")])


@lru_cache(maxsize=2)
def _table(language: str) -> Mapping[str, Any]:
    table = read_table("campaign_times")[language]
    names = named_patterns(table["names"])
    times = {way: filled(pattern, names) for way, pattern in table["times"].items()}
    return {"named": filled(table["named"], names), "times": times, "written": table["written"]}
