"""Units of time in words, and times ahead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache

from assistant.planner.lexicon import read_table
from assistant.planner.numbers import NUMBER, parse_number

_LONGEST = 36525
_BEGIN = r"(?:(?<![a-z\d])|(?=[\u3400-\u9fff]))"
_END = r"(?!(?<=[a-z])[a-z])"
"""A pattern begins and ends with a whole word; Chinese characters may stand right beside Latin ones."""


def whole_words(pattern: str, names: dict[str, str], prefix: str = "") -> re.Pattern[str]:
    """A pattern of the lexicon between ends of words, the names in braces filled in."""
    for name, words in names.items():
        pattern, prefix = pattern.replace(name, words), prefix.replace(name, words)
    return re.compile(rf"{_BEGIN}(?:{prefix})(?:{pattern}){_END}")


@lru_cache(maxsize=1)
def unit_words() -> str:
    """A pattern of all words for units of time."""
    return "|".join(sorted((word for unit in read_table("periods")["units"].values() for word in unit["words"]), key=len, reverse=True))


def unit_name(word: str) -> str | None:
    """Which unit of time a word names: "week" for 星期."""
    return next((name for name, entry in read_table("periods")["units"].items() if word in entry["words"]), None)


def days_of(count: Decimal | int, unit: str) -> int:
    """Days of so many units: 3 months are 90 days, 12 months 365, one and a half months 45.

    Raises:
        ValueError: The unit is not one, or the time is no whole number of days or longer than a century.
    """
    table = read_table("periods")
    for name, entry in table["units"].items():
        if unit in entry["words"]:
            days = Decimal(table["long_units"].get(f"{count} {name}", count * entry["days"]))
            whole = int(days) if name != "day" else days
            if 0 < days <= _LONGEST and whole == int(whole):
                return int(whole)
    raise ValueError(f"no time of {count} {unit}")


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
    return [whole_words(pattern, names) for pattern in read_table("ids")["horizon"]]
