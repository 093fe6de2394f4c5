"""Shapes of what is asked, as data: the regular expressions of prompts/lexicon/shapes.yaml, ready to be used."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.planner.lexicon import filled, named_patterns, read_table

_TABLE = "shapes"


@lru_cache(maxsize=64)
def shape(section: str, kind: str) -> re.Pattern[str]:
    """One pattern of all the alternatives of a kind."""
    return re.compile("|".join(_written(section, kind)))


@lru_cache(maxsize=64)
def shapes(section: str, kind: str) -> tuple[re.Pattern[str], ...]:
    """The alternatives of a kind apart, where each names what it finds."""
    return tuple(map(re.compile, _written(section, kind)))


def first_shape(section: str, kind: str, text: str, *, whole: bool = False) -> re.Match[str] | None:
    """The first match among the alternatives of a kind: anywhere in the text, or of all of it."""
    return next((found for one in shapes(section, kind) if (found := one.fullmatch(text) if whole else one.search(text))), None)


def _written(section: str, kind: str) -> list[str]:
    table = read_table(_TABLE)
    names = named_patterns(table["names"])
    return [filled(pattern, names) for pattern in table[section][kind]]
