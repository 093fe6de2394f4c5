"""Constructions read as plainer words, by prompts/lexicon/constructions.yaml (Chinese) and constructions_en.yaml: “占了几成” is “占比”."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.planner.lexicon import read_table
from assistant.planner.normalise import HAN

_HAN = re.compile(f"[{HAN}]")
_DIGITS = r"\d一二两三四五六七八九十百千"
_NAME = re.compile(r"\{([a-z]+)\}")


def plainer(text: str) -> str:
    """A normalised question in plainer words, by the constructions of its language."""
    for pattern, words in _constructions("constructions" if _HAN.search(text) else "constructions_en"):
        text = pattern.sub(words, text)
    return text


@lru_cache(maxsize=2)
def _constructions(name: str) -> list[tuple[re.Pattern[str], str]]:
    table = read_table(name)
    names = {**table["names"], "digits": _DIGITS}

    def written(pattern: str) -> str:
        """The pattern with its names in braces replaced."""
        return _NAME.sub(lambda match: names[match[1]], pattern)

    return [(re.compile(written(pattern)), words) for pattern, words in table["rewrites"]]
