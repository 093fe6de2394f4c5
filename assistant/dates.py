"""Dates and periods as prose writes them, and whether the data know them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?\\.?" if len(name) > 3 else name for name in _MONTHS)
_PATTERNS = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?年(?:\s?(?P<m>\d{1,2})\s?月(?:\s?(?P<d>\d{1,2})\s?[日号])?|第?(?P<q>[1-4一二三四])季度|(?P<h>[上下])半年)?"
    ),
    re.compile(r"(?<![\d\w])(?P<y>(?:19|20)\d\d)[- ]?Q(?P<q>[1-4])(?!\d)"),
    re.compile(r"(?<![\d年])第?(?P<q>[1-4一二三四])季度"),
    re.compile(r"(?<!\w)(?P<q>first|second|third|fourth) quarter(?:\s(?:of\s)?(?P<y>(?:19|20)\d\d))?(?!\w)", re.I),
    re.compile(r"(?<!\w)Q(?P<q>[1-4])(?:\s(?:of\s)?(?P<y>(?:19|20)\d\d))?(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?![\d-])"),
    re.compile(rf"(?<!\w)(?P<mon>{_MONTH})\s(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d),?\s)?(?:of\s)?(?P<y>(?:19|20)\d\d)(?!\d)", re.I),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<mon>{_MONTH})(?:,?\s(?P<y>(?:19|20)\d\d)(?!\d))?", re.I),
    re.compile(rf"(?<!\w)(?P<mon>{_MONTH})\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%,.]\d|\d)", re.I),
    re.compile(r"(?<!\d)(?P<m>\d{1,2})\s?月(?:\s?(?P<d>\d{1,2})\s?[日号])?"),
    re.compile(r"(?<![\d.,$¥\w-])(?P<y>(?:19|20)\d\d)(?![\d.,%\w-]|\s?(?:万|亿|customers|orders|users))"),
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}


@dataclass(frozen=True)
class DateMention:
    """A date or period in a text; what is left out is None."""

    start: int
    end: int
    year: int | None = None
    quarter: int | None = None
    half: int | None = None
    month: int | None = None
    day: int | None = None

    def fits(self, date: dt.date) -> bool:
        """Whether ``date`` lies in what was mentioned."""
        return (
            self.year in (None, date.year)
            and self.quarter in (None, (date.month + 2) // 3)
            and self.half in (None, (date.month + 5) // 6)
            and self.month in (None, date.month)
            and self.day in (None, date.day)
        )


def find_dates(text: str) -> list[DateMention]:
    """The dates and periods in ``text``, in order, without overlaps."""
    found: list[DateMention] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start or match.start() >= other.end for other in found):
                found.append(_mention(match))
    return sorted(found, key=lambda each: each.start)


def without_dates(text: str) -> str:
    """``text`` with its dates and periods blanked, so that the 2017 of a quarter is no number of anything."""
    for mention in find_dates(text):
        text = text[: mention.start] + "\ue000" * (mention.end - mention.start) + text[mention.end :]
    return text


def _mention(match: re.Match[str]) -> DateMention:
    parts = match.groupdict()
    quarter, month = parts.get("q"), parts.get("m")
    if parts.get("mon"):
        month = str(next(index for index, name in enumerate(_MONTHS, 1) if name.startswith(parts["mon"][:3].lower())))
    return DateMention(
        match.start(),
        match.end(),
        year=int(parts["y"]) if parts.get("y") else None,
        quarter=_QUARTERS.get(quarter.lower()) or int(quarter) if quarter else None,
        half=(1 if parts["h"] == "上" else 2) if parts.get("h") else None,
        month=int(month) if month else None,
        day=int(parts["d"]) if parts.get("d") else None,
    )


def dates_in(texts: Iterable[str]) -> set[dt.date]:
    """Every full ISO date in ``texts``."""
    found: set[dt.date] = set()
    for text in texts:
        for match in re.finditer(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)", text):
            try:
                found.add(dt.date(int(match[1]), int(match[2]), int(match[3])))
            except ValueError:
                continue
    return found
