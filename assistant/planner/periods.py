"""Times in a question: recognises the patterns of prompts/lexicon/periods.yaml and makes windows of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from pydantic import ValidationError

from assistant.planner.lexicon import read_table
from assistant.planner.numbers import NUMBER, parse_number
from tools.windows import Window

_HAN_MONTHS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_WEEKDAYS = (
    ("一", "monday"),
    ("二", "tuesday"),
    ("三", "wednesday"),
    ("四", "thursday"),
    ("五", "friday"),
    ("六", "saturday"),
    ("日", "天", "sunday"),
)
_LONGEST = 36525
_OVER = re.compile(r"over (?:the )?\d")
"""“Over 2000” is an amount, never the year."""
_BEGIN = r"(?:(?<![a-z\d])|(?=[\u3400-\u9fff]))"
_END = r"(?!(?<=[a-z])[a-z])"
"""A pattern begins and ends with a whole word; Chinese characters may stand right beside Latin ones."""


class Period(NamedTuple):
    """A window found in a text, from ``start`` to ``end``."""

    start: int
    end: int
    window: Window
    parts: tuple[Window, ...] = ()
    """The two periods of a range."""
    backwards: tuple[dt.date, dt.date] | None = None
    """The first and last date of a range that was given the wrong way round; ``window`` is only its first period then."""


def find_periods(text: str, as_of: dt.date) -> list[Period]:
    """All windows of a normalised text: single ones, ranges between two, and open ones; they may overlap."""
    atoms = list(_atoms(text, as_of))
    opened = [period for kind in ("since", "after", "before", "until") for period in _opened(text, as_of, atoms, kind)]
    return [*atoms, *_ranges(text, as_of, atoms), *opened]


class _Found(NamedTuple):
    parts: dict[str, str | None]
    settings: dict[str, str]
    as_of: dt.date


class _Atom(NamedTuple):
    make: Callable[[_Found], Window | None]
    pattern: re.Pattern[str]
    settings: dict[str, str]


@lru_cache(maxsize=1)
def _patterns() -> list[_Atom]:
    table = read_table("periods")
    months = sorted((word for words in table["months"].values() for word in words), key=len, reverse=True)
    names = {"{n}": f"(?P<n>{NUMBER})", "{unit}": unit_words(), "{month}": f"(?:{'|'.join(months)})"}
    names["{relative_year}"] = "|".join(sorted(table["relative_years"], key=len, reverse=True))
    return [_Atom(_MAKERS[entry["make"]], _compile(entry["pattern"], names, table["prefixes"]), entry) for entry in table["atoms"]]


def _compile(pattern: str, names: dict[str, str], prefix: str) -> re.Pattern[str]:
    for name, words in names.items():
        pattern = pattern.replace(name, words)
    return re.compile(rf"{_BEGIN}(?:{prefix})(?:{pattern}){_END}")


def _atoms(text: str, as_of: dt.date) -> Iterator[Period]:
    for make, pattern, settings in _patterns():
        for match in pattern.finditer(text):
            if settings["make"] == "year" and _OVER.match(match[0]):
                continue
            try:
                window = make(_Found(match.groupdict(), settings, as_of))
            except (ValueError, ValidationError):
                continue
            if window is not None:
                yield Period(match.start(), match.end(), window)


def _ranges(text: str, as_of: dt.date, atoms: list[Period]) -> Iterator[Period]:
    rules = read_table("periods")["ranges"]
    joint, opener = re.compile(rules["joints"]), re.compile(f"(?:{rules['openers']})$")
    closer, opened = re.compile(rules["closers"]), re.compile(rules["joints_after_opener"])
    for first in atoms:
        for second in atoms:
            begin = opener.search(text[: first.start])
            between = text[first.end : second.start]
            if second.start < first.end or not (joint.fullmatch(between) or (begin and opened.fullmatch(between))):
                continue
            window = _span(first.window, second.window, as_of, text[second.start : second.end])
            turned = _turned(first, second, as_of, text) if window is None else None
            if turned:
                yield Period(begin.start() if begin else first.start, second.end, first.window, (), turned)
            if window is not None:
                end = closer.match(text, second.end)
                whole = (begin.start() if begin else first.start, end.end() if end else second.end)
                yield Period(*whole, window, (first.window, second.window))


def _turned(first: Period, second: Period, as_of: dt.date, text: str) -> tuple[dt.date, dt.date] | None:
    """The dates of a range between two years or days in full that starts after it ends."""
    early, late = second.window.resolve(as_of).start, first.window.resolve(as_of).end
    full = all(re.search(r"\d{4}", text[one.start : one.end]) for one in (first, second))
    return (early, late) if full and early and late and early < late and first.window != second.window else None


def _span(first: Window, second: Window, as_of: dt.date, words: str) -> Window | None:
    if first.last_days is not None:
        return None
    start, end = first.resolve(as_of), second.resolve(as_of)
    if start.start is None or end.end is None:
        return None
    if start.start > end.end and not re.search(r"\d{4}", words):
        return None
    return Window(start=start.start, end=end.end) if start.start <= end.end and first != second else None


def _opened(text: str, as_of: dt.date, atoms: list[Period], kind: str) -> Iterator[Period]:
    for pattern in read_table("periods")[kind]:
        before, after = pattern.split("@")
        head, tail = re.compile(f"(?:{before})$"), re.compile(after)
        for atom in atoms:
            begin, end = head.search(text[: atom.start]), tail.match(text, atom.end)
            if atom.window.last_days is None and (begin or not before) and end and not (before and begin and begin.end() == begin.start()):
                window = _open(kind, atom.window, as_of)
                if window:
                    yield Period(begin.start() if begin else atom.start, end.end(), window)


def _open(kind: str, window: Window, as_of: dt.date) -> Window | None:
    dates = window.resolve(as_of)
    day = dt.timedelta(days=1)
    if kind == "since":
        return Window(start=dates.start)
    if kind == "after":
        return Window(start=dates.end + day) if dates.end else None
    if kind == "before":
        return Window(end=dates.start - day) if dates.start else None
    return Window(end=dates.end)


def find_horizons(text: str) -> Iterator[tuple[int, int, int]]:
    """Times ahead ("in the next 60 days", "未来两周"): start, end and days."""
    for pattern in _horizon_patterns():
        for match in pattern.finditer(text):
            count = parse_number(match["n"]) if match["n"] else 1
            if count is not None and count == int(count):
                with suppress(ValueError):
                    yield match.start(), match.end(), days_of(int(count), match["unit"])
    for words, days in read_table("ids")["horizon_words"].items():
        yield from ((match.start(), match.end(), days) for match in re.finditer(re.escape(words), text))


@lru_cache(maxsize=1)
def _horizon_patterns() -> list[re.Pattern[str]]:
    names = {"{n}": NUMBER, "{unit}": unit_words()}
    return [_compile(pattern, names, "") for pattern in read_table("ids")["horizon"]]


def unit_words() -> str:
    """A pattern of all words for units of time."""
    return "|".join(sorted((word for unit in read_table("periods")["units"].values() for word in unit["words"]), key=len, reverse=True))


def unit_name(word: str) -> str | None:
    """Which unit of time a word names: "week" for 星期."""
    return next((name for name, entry in read_table("periods")["units"].items() if word in entry["words"]), None)


def days_of(count: int, unit: str) -> int:
    """Days of so many units: 3 months are 90 days, 12 months 365.

    Raises:
        ValueError: The unit is not one, or the time is longer than a century.
    """
    table = read_table("periods")
    for name, entry in table["units"].items():
        if unit in entry["words"]:
            days = int(table["long_units"].get(f"{count} {name}", count * entry["days"]))
            if 0 < days <= _LONGEST:
                return days
    raise ValueError(f"no time of {count} {unit}")


def _last(found: _Found) -> Window | None:
    count = parse_number(found.parts["n"] or "") if found.parts.get("n") else 1
    if found.parts.get("six") is not None:
        return Window(last_days=180)
    if count is None or count != int(count) or not found.parts["unit"]:
        return None
    return Window(last_days=days_of(int(count), found.parts["unit"]))


def _named(found: _Found) -> Window:
    return Window(period=found.settings["name"], shift=int(found.settings.get("shift", 0)))


def _days_ago(found: _Found) -> Window:
    day = found.as_of - dt.timedelta(days=int(found.settings["days"]))
    return Window(start=day, end=day)


def _year_of(parts: dict[str, str | None], as_of: dt.date) -> int | None:
    if parts.get("year"):
        return int(str(parts["year"]))
    relative = parts.get("relative")
    if relative in ("last", "this"):
        return None
    return as_of.year + int(read_table("periods")["relative_years"][relative]) if relative else None


def _latest(make: Callable[[int], Window], as_of: dt.date) -> Window:
    """The latest whole period of that name: the one of this year when it is over, else that of last year."""
    end = make(as_of.year).resolve(as_of).end
    return make(as_of.year if end and end <= as_of else as_of.year - 1)


def _with_year(parts: dict[str, str | None], as_of: dt.date, make: Callable[[int], Window]) -> Window:
    year = _year_of(parts, as_of)
    return make(year) if year else _latest(make, as_of)


def _month_number(parts: dict[str, str | None]) -> int:
    if parts.get("name"):
        return next(int(number) for number, words in read_table("periods")["months"].items() if parts["name"] in words)
    word = str(parts["month"])
    return _HAN_MONTHS[word] if word in _HAN_MONTHS else int(word)


def _day(found: _Found) -> Window:
    month, day = _month_number(found.parts), int(str(found.parts["day"]))

    def make(year: int) -> Window:
        date = dt.date(year, month, day)
        return Window(start=date, end=date)

    return _with_year(found.parts, found.as_of, make)


def _days_span(found: _Found) -> Window:
    """“12月1号到15号”, “December 1 to 15”: days of one month."""
    month, first, last = _month_number(found.parts), int(str(found.parts["day"])), int(str(found.parts["day2"]))
    return _with_year(found.parts, found.as_of, lambda year: Window(start=dt.date(year, month, first), end=dt.date(year, month, last)))


def _month(found: _Found) -> Window:
    month = _month_number(found.parts)
    dt.date(2000, month, 1)
    return _with_year(found.parts, found.as_of, lambda year: Window(period=f"{year}-{month:02d}"))


def _weekday(found: _Found) -> Window:
    """“上周六”, "last Saturday": a day of a week before, in English the latest one."""
    number = next(at for at, names in enumerate(_WEEKDAYS) if found.parts["weekday"] in names)
    monday = found.as_of - dt.timedelta(days=found.as_of.weekday())
    if found.parts.get("weeks"):
        day = monday + dt.timedelta(days=number - 7 * len(str(found.parts["weeks"])))
    else:
        day = monday + dt.timedelta(days=number - (7 if number >= found.as_of.weekday() else 0))
    return Window(start=day, end=day)


def _nth_weekday(found: _Found) -> Window:
    """A feast by its weekday, such as the day after the fourth Thursday of November."""
    month, weekday, nth, later = (int(found.settings[key]) for key in ("month", "weekday", "nth", "later"))

    def make(year: int) -> Window:
        first = dt.date(year, month, 1)
        day = first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1) + later)
        return Window(start=day, end=day)

    return _with_year(found.parts, found.as_of, make)


def _season(found: _Found) -> Window:
    """“summer 2017”, “夏天”: its three months."""
    parts = {**found.parts, "year": found.parts.get("year") or found.parts.get("year2")}
    first, last = int(found.settings["first"]), int(found.settings["last"])
    return _with_year(
        parts, found.as_of, lambda year: Window(start=dt.date(year, first, 1), end=dt.date(year, last + 1, 1) - dt.timedelta(days=1))
    )


def _months_span(found: _Found) -> Window:
    """“10-12月”, “2017年3到5月”: months of one year."""
    first, last = int(str(found.parts["month"])), int(str(found.parts["month2"]))

    def make(year: int) -> Window:
        end = dt.date(year + (last == 12), last % 12 + 1, 1) - dt.timedelta(days=1)
        return Window(start=dt.date(year, first, 1), end=end)

    return _with_year(found.parts, found.as_of, make)


def _quarter(found: _Found) -> Window:
    word = found.parts.get("quarter") or found.parts.get("quarter2") or ""
    number = _ORDINALS[str(found.parts["ordinal"])] if found.parts.get("ordinal") else _HAN_MONTHS.get(word) or int(word)
    return _with_year(found.parts, found.as_of, lambda year: Window(period=f"{year}-Q{number}"))


def _half(found: _Found) -> Window:
    number = 1 if found.parts.get("half2") == "1" or found.parts.get("half") in ("上", "first") else 2
    return _with_year(found.parts, found.as_of, lambda year: Window(period=f"{year}-H{number}"))


def _week(found: _Found) -> Window:
    return Window(period=f"{found.parts['year']}-W{int(str(found.parts['week'])):02d}")


def _year(found: _Found) -> Window | None:
    year = _year_of(found.parts, found.as_of)
    return Window(period=str(year)) if year else None


_MAKERS: dict[str, Callable[[_Found], Window | None]] = {
    "last": _last,
    "named": _named,
    "days_ago": _days_ago,
    "day": _day,
    "days_span": _days_span,
    "month": _month,
    "months_span": _months_span,
    "weekday": _weekday,
    "season": _season,
    "nth_weekday": _nth_weekday,
    "quarter": _quarter,
    "half": _half,
    "week": _week,
    "year": _year,
}
