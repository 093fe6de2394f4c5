"""Where the loaded data have a name of their own for something, it goes before the names that Fenqun brings along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assistant.planner.lexicon import Phrase, spellings
from assistant.planner.normalise import normalise
from assistant.planner.tokens import Sense

_DECLINED = ("unsupported", "off_topic")
_TIERS = ("membership_tier", "membership")
_MOST = 300
"""A dimension with more values than this has names that are ordinary words."""


def named_values(values: Mapping[str, list[str]]) -> frozenset[str]:
    """The names of the values of dimensions with few of them."""
    return frozenset(normalise(value) for found in values.values() if len(found) <= _MOST for value in found)


def allowed(phrases: Iterable[Phrase], values: Mapping[str, list[str]]) -> list[Phrase]:
    """The phrases without those that decline a word which the data name: a shop's own channel may be called 天猫."""
    names = named_values(values)
    return [phrase for phrase in phrases if phrase.sense.kind not in _DECLINED or not spellings(phrase.text) & names]


def outdone(
    phrases: Iterable[tuple[str, Sense]], attributes: Iterable[str], values: Mapping[str, list[str]]
) -> Iterator[tuple[str, Sense]]:
    """The phrases without our tiers of members where the data have tiers of their own, by the same names."""
    names = {normalise(name.removeprefix("attribute.").replace("_", " ")) for name in attributes}
    held = tuple(normalise(value) for name in attributes for value in values.get(name, ()))
    for text, sense in phrases:
        ours = sense.id in _TIERS and text in names
        tier = sense.kind == "segment" and sense.id.startswith("tier_") and text.startswith(held)
        if not ours and not tier:
            yield text, sense


def short_names(attributes: Iterable[str]) -> Iterator[tuple[str, Sense]]:
    """The last word of an attribute's name: “tier” of “account tier”."""
    for name in attributes:
        words = normalise(name.removeprefix("attribute.").replace("_", " ")).split()
        if len(words) > 1 and len(words[-1]) > 2:
            yield words[-1], Sense("dimension", name)
