"""The words that the product's own texts are written in: what they write in lower case, or together, is no strange name."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from assistant.prompt_library import all_prompt_names, read_text
from tools.metrics.catalogue import catalogue

_WORD = re.compile(r"(?<![A-Za-z'’-])[a-z]{2,}(?![A-Za-z])")
_OF_OTHERS = ("lexicon/asides.yaml", "lexicon/missing.yaml", "lexicon/ordinary.yaml")
"""Words that questions may have, such as the names of cities: they are recognised, and not the product's own."""
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Every English word that the prompts or the catalogue write in lower case."""
    return frozenset(word for text in _texts() for word in _WORD.findall(text))


@lru_cache(maxsize=1)
def chinese_pairs() -> frozenset[str]:
    """Every two characters that the prompts or the catalogue write beside each other."""
    return frozenset("".join(pair) for text in _texts() for run in _HAN_RUN.findall(text) for pair in pairwise(run))


@lru_cache(maxsize=1)
def _texts() -> tuple[str, ...]:
    book = catalogue()
    named = [name for entry in (*book.metrics, *book.dimensions, *book.fields, *book.terms) for name in (entry.name.zh, entry.name.en)]
    return (*(read_text(name) for name in all_prompt_names() if not name.endswith(_OF_OTHERS)), *named)
