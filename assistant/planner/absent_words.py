"""Words that surely limit what is asked, for which the loaded data hold nothing: they are declined by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.planner.lexicon import read_table, spellings, variants
from assistant.planner.tokens import Sense

_SAID_MISSING = frozenset({"gender", "channel"})
"""Dimensions whose everyday values are recognised where the data lack them, to say so."""
_LANGUAGES = ("zh", "en")


def absent_phrases(values: Mapping[str, list[str]]) -> Iterator[tuple[str, Sense]]:
    """Everyday names of values (“men”, 上海) of dimensions that the data lack, and words about such dimensions (“which city”)."""
    for dimension, aliases in read_table("values").items():
        if not values.get(dimension) and dimension in _SAID_MISSING:
            for names in aliases.values():
                yield from _phrases((*names.get("zh", ()), *names.get("en", ())), Sense("absent", dimension))
    for entry in read_table("missing").values():
        dimension = entry["dimension"]
        held = any(values.get(one) for one in (dimension, f"attribute.{dimension}"))
        sense = Sense("absent", dimension, {"name": entry["name"], "held": held})
        yield from _phrases(_words(entry, ""), sense)
        if not held:
            yield from _phrases(_words(entry, "about_"), sense)


def _words(entry: Mapping[str, Any], group: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for language in _LANGUAGES for word in entry.get(group + language, "").split())


def _phrases(words: tuple[str, ...], sense: Sense) -> Iterator[tuple[str, Sense]]:
    yield from ((form, sense) for word in words for one in variants(word) for form in spellings(one))
