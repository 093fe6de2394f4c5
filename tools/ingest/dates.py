"""Which way a column writes its dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tools.ingest.formats import EPOCH_MILLISECONDS, EPOCH_SECONDS, EXCEL_SERIAL, ISO

_TIME = r"(?P<time>[ T]+\d{1,2}:\d{1,2}(?P<seconds>:\d{1,2}(?P<fraction>\.\d+)?)?(?P<half> ?[AaPp][Mm])?)?"
_ZONE = r"( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?"
_YEAR_FIRST = re.compile(rf"(19|20)\d{{2}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)\d{{1,2}}{_TIME}{_ZONE}")
_CHINESE = re.compile(r"(19|20)\d{2}年\d{1,2}月\d{1,2}日?(?P<time>.*)")
_COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?P<time>([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?")
_YEAR_LAST = re.compile(rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}}){_TIME}")
_WORDY = re.compile(
    r"(?i)(\w{3,9},? )?(\d{1,2}[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -,]+\d{2,4}"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? \d{4}).*"
)
_EMPTY_DATE = re.compile(r"0{4}-0{2}-0{2}.*|1900-01-00.*")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_NUMERIC_RANGES = {
    EPOCH_SECONDS: (631_152_000, 2_524_608_000),
    EPOCH_MILLISECONDS: (631_152_000_000, 2_524_608_000_000),
    EXCEL_SERIAL: (25_000, 60_000),
}
"""The years 1990 to 2050; for spreadsheets 1968 to 2064."""


@dataclass(frozen=True)
class DateShape:
    """How sampled values write dates.

    Args:
        share: Share of the values that are dates.
        pattern: How most of them are written; ``date_format`` makes it one for ``ColumnMapping``.
        day_first: For numeric dates with the year last: whether the day leads; None when the sample does not tell.
        year_last: Whether the order of day and month matters at all.
        contradictory: Both orders occur, each beyond doubt.
        has_time: Whether there are times of day.
        numeric: Whether the values are plain numbers, which are dates only if the name says so.
    """

    share: float
    pattern: str | None = None
    day_first: bool | None = None
    year_last: bool = False
    contradictory: bool = False
    has_time: bool = False
    numeric: bool = False

    def date_format(self, day_first: bool | None) -> str | None:
        """The pattern with day and month in their places; the month leads where nothing tells."""
        first, second = ("%d", "%m") if day_first else ("%m", "%d")
        return self.pattern and self.pattern.replace("<1>", first).replace("<2>", second)


NO_DATES = DateShape(0.0)


def date_shape(values: Iterable[str]) -> DateShape:
    """How ``values`` (not empty, without blanks around them) write dates."""
    texts = [value for value in values if not _EMPTY_DATE.fullmatch(value)]
    if not texts:
        return NO_DATES
    numeric = _numeric(texts)
    if numeric is not None:
        return numeric
    formats: Counter[str | None] = Counter()
    orders: Counter[bool] = Counter()
    found = times = last = 0
    for text in texts:
        match = _reading(text)
        if match is None:
            continue
        date_format, order, has_time, year_last = match
        found, times, last = found + 1, times + has_time, last + year_last
        formats[date_format] += 1
        orders.update([order] if order is not None else [])
    if not found:
        return NO_DATES
    common = formats.most_common(1)[0][0]
    order = None if len(orders) != 1 else next(iter(orders))
    return DateShape(found / len(texts), common, order, last > 0, len(orders) > 1, times > 0)


def _reading(text: str) -> tuple[str | None, bool | None, bool, bool] | None:
    """Format, day first, has a time, year last."""
    if match := _YEAR_FIRST.fullmatch(text):
        half = match["half"]
        iso = match["mark"] in "-/" and not half
        return (ISO if iso else _pattern("%Y{0}%m{0}%d".format(match["mark"]), match)), None, bool(match["time"]), False
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match["first"]), int(match["second"])
        if first > 31 or second > 31 or (first > 12 and second > 12):
            return None
        order = True if first > 12 else False if second > 12 else None
        year = "%Y" if len(match["year"]) == 4 else "%y"
        return _pattern(f"<1>{match['mark']}<2>{match['mark']}{year}", match), order, bool(match["time"]), True
    if match := _CHINESE.fullmatch(text):
        return ("%Y年%m月%d日" if text.endswith("日") else None), None, bool(match["time"].strip()), False
    if _WORDY.fullmatch(text):
        return None, None, ":" in text, False
    return None


def _pattern(day: str, match: re.Match[str]) -> str | None:
    if not match["time"]:
        return day
    if match["fraction"] or "T" in match["time"] or match["time"].startswith("  "):
        return None
    clock = "%I:%M" if match["half"] else "%H:%M"
    seconds = ":%S" if match["seconds"] else ""
    half = "" if not match["half"] else " %p" if match["half"].startswith(" ") else "%p"
    return f"{day} {clock}{seconds}{half}"


def _numeric(texts: list[str]) -> DateShape | None:
    """Dates written as numbers: 20240305, seconds or milliseconds since 1970, days of a spreadsheet."""
    if not all(_NUMBER.fullmatch(text) for text in texts):
        return None
    compact = [match for text in texts if (match := _COMPACT.fullmatch(text))]
    if len(compact) >= 0.9 * len(texts):
        lengths = {len(match[0]) for match in compact}
        pattern = {frozenset({8}): "%Y%m%d", frozenset({12}): "%Y%m%d%H%M", frozenset({14}): "%Y%m%d%H%M%S"}.get(frozenset(lengths))
        return DateShape(len(compact) / len(texts), pattern, has_time=max(lengths) > 8, numeric=True)
    numbers = [float(text) for text in texts]
    for word, (low, high) in _NUMERIC_RANGES.items():
        share = sum(low <= number <= high for number in numbers) / len(numbers)
        if share >= 0.9:
            fractions = any(not number.is_integer() for number in numbers)
            return DateShape(share, word, has_time=word != EXCEL_SERIAL or fractions, numeric=True)
    return NO_DATES
