"""What a number in prose counts: "5 loyal customers" counts customers, 5笔订单 counts orders."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.prompt_library import read_yaml

_WORDS_BETWEEN = 2
"""Most English words between a number and what it counts, as in "5 very loyal customers"."""


def counted(text: str, end: int) -> str | None:
    """What the number that ends at ``end`` counts, as a key below "nouns" of prompts/quantities.yaml; None when no known noun follows."""
    match = _after_number().match(text, end)
    return _kind_of(match["noun"]) if match else None


def nouns_in(label: str) -> frozenset[str]:
    """The kinds of things that ``label`` names."""
    return frozenset(_kind_of(match[0]) for match in _anywhere().finditer(label))


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    return {word: kind for kind, words in read_yaml("quantities.yaml")["nouns"].items() for word in words}


def _kind_of(word: str) -> str:
    return _kinds()[word.lower()]


@lru_cache(maxsize=1)
def _anywhere() -> re.Pattern[str]:
    words = sorted(_kinds(), key=len, reverse=True)
    english = "|".join(re.escape(word) for word in words if word.isascii())
    chinese = "|".join(re.escape(word) for word in words if not word.isascii())
    return re.compile(rf"(?<![A-Za-z])(?:{english})(?![A-Za-z])|(?:{chinese})", re.I)


@lru_cache(maxsize=1)
def _after_number() -> re.Pattern[str]:
    noun = _anywhere().pattern
    return re.compile(rf"(?:[\s-](?:[A-Za-z]+[\s-]){{0,{_WORDS_BETWEEN}}}?|\s?个?[\u4e00-\u9fff]{{0,4}}?)(?P<noun>{noun})", re.I)
