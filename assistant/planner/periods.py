"""Times in a question: recognises the patterns of prompts/lexicon/periods.yaml and makes windows of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pydantic import ValidationError

from assistant.planner.edges import find_edges, unit_edges
from assistant.planner.feasts import feast_patterns
from assistant.planner.lexicon import read_table
from assistant.planner.neighbours import before_another
from assistant.planner.numbers import NUMBER
from assistant.planner.period import Period
from assistant.planner.period_joins import opened, ranges
from assistant.planner.period_makers import PLAIN, YEARLY, Found, latest, latest_season, year_of
from assistant.planner.time_units import unit_words, whole_words
from tools.errors import InputError

_OVER = re.compile(r"over (?:the )?\d")
"""“Over 2000” is an amount, never the year."""
_DAY_FIRST = re.compile(r"(?<![\d/.-])(?:1[3-9]|2\d|3[01])([/.-])(?:1[0-2]|0?[1-9])(?:\1(?:\d{4}|\d{2}))?(?![\d/.])")


def find_periods(text: str, as_of: dt.date) -> list[Period]:
    """All windows of a normalised text: single ones, ranges between two, and open ones; they may overlap.

    Of several readings of the same words, the last one is the best.
    """
    atoms = list(_atoms(text, as_of))
    parts = list(unit_edges(text, as_of))
    parts += find_edges(text, as_of, [*parts, *atoms])
    known = [*parts, *atoms]
    joined = [*ranges(text, as_of, known), *opened(text, as_of, known)]
    named = [*reversed(parts), *joined, *(one for one in atoms if not one.weak)]
    return [*named, *before_another(text, as_of, named)]


class _Atom(NamedTuple):
    make: str
    pattern: re.Pattern[str]
    settings: dict[str, str]


@lru_cache(maxsize=1)
def _patterns() -> list[_Atom]:
    table = read_table("periods")
    names, prefix = pattern_names(), table["prefixes"]
    found: list[_Atom] = []
    for entry in table["atoms"]:
        if entry["make"] == "feast":
            found += _feasts(names, prefix)
        for pattern in entry.get("patterns", [entry["pattern"]] if "pattern" in entry else []):
            found.append(_Atom(entry["make"], whole_words(pattern, names, prefix), entry))
    return found


def _feasts(names: dict[str, str], prefix: str) -> Iterator[_Atom]:
    for name, words in feast_patterns():
        pattern = "{year<}?(?:last |this |past |this past )?" + words + "{>year}?"
        yield _Atom("feast", whole_words(pattern, names, prefix), {"feast": name})


@lru_cache(maxsize=1)
def pattern_names() -> dict[str, str]:
    """What the names in braces stand for, those that contain others first."""
    table = read_table("periods")
    months = sorted((word for words in table["months"].values() for word in words), key=len, reverse=True)
    years = "|".join(sorted(table["relative_years"], key=len, reverse=True))
    basic = {
        "{n}": f"(?P<n>{NUMBER})",
        "{unit}": unit_words(),
        "{month}": rf"(?:{'|'.join(months)})\b\.?",
        "{relative_year}": years,
    }
    return {**table["names"], **basic}


def _atoms(text: str, as_of: dt.date) -> Iterator[Period]:
    day_first = _DAY_FIRST.search(text) is not None
    for make, pattern, settings in _patterns():
        for match in pattern.finditer(text):
            if make == "year" and _OVER.match(match[0]):
                continue
            try:
                period = _period(make, match, Found(match.groupdict(), settings, as_of, day_first))
            except (ValueError, ValidationError, InputError):
                continue
            if period is not None:
                yield period


def _period(make: str, match: re.Match[str], found: Found) -> Period | None:
    weak = bool(found.settings.get("weak"))
    if make in PLAIN:
        window = PLAIN[make](found)
        return Period(match.start(), match.end(), window, weak=weak) if window else None
    yearly, year = YEARLY[make](found), year_of(found)
    if year:
        return Period(match.start(), match.end(), yearly(year), weak=weak)
    window = (latest_season if make == "season" else latest)(yearly, found.as_of)
    return Period(match.start(), match.end(), window, yearly=yearly, weak=weak)
