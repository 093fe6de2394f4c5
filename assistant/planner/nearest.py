"""The readings whose exemplars are nearest to a question: n-grams of characters, weighed by how rare they are.

The index is made on first use from prompts/lexicon/exemplars.yaml; a question that the rules understand never needs it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from assistant.planner.lexicon import read_table
from assistant.planner.normalise import normalise

_LATIN_GRAMS = (3, 4)
_HAN_GRAMS = (1, 2)
_VOTES = 3
"""Exemplars of one reading that count for it: the nearest one, and the next ones by halves."""


class Near(NamedTuple):
    """A reading, and how near its exemplars are (0 to 1)."""

    reading: str
    score: float


@dataclass(frozen=True)
class _Index:
    """Exemplars by their n-grams."""

    readings: tuple[str, ...]
    weights: Mapping[str, float]
    found: Mapping[str, tuple[tuple[int, float], ...]]


def nearest(question: str) -> list[Near]:
    """The readings that share anything with ``question``, the nearest first."""
    index = _index()
    grams = _weighed(_grams(normalise(question)), index.weights)
    near: dict[int, float] = defaultdict(float)
    for gram, weight in grams.items():
        for place, other in index.found.get(gram, ()):
            near[place] += weight * other
    by_reading: dict[str, list[float]] = defaultdict(list)
    for place, score in near.items():
        by_reading[index.readings[place]].append(score)
    return sorted((Near(reading, _vote(scores)) for reading, scores in by_reading.items()), key=lambda one: -one.score)


def _vote(scores: list[float]) -> float:
    best = sorted(scores, reverse=True)[:_VOTES]
    return math.fsum(score / (1 << place) for place, score in enumerate(best)) / math.fsum(1 / (1 << place) for place in range(_VOTES))


def _grams(text: str) -> Counter[str]:
    """N-grams of characters: of words for Latin letters, of runs for Chinese."""
    found: Counter[str] = Counter()
    for word in text.split():
        if word.isascii():
            padded = f" {word.strip('?!.,')} "
            found.update(padded[at : at + size] for size in _LATIN_GRAMS for at in range(max(len(padded) - size + 1, 1)))
        else:
            found.update(word[at : at + size] for size in _HAN_GRAMS for at in range(len(word) - size + 1))
    return found


def _weighed(grams: Counter[str], weights: Mapping[str, float]) -> dict[str, float]:
    """N-grams as a vector of length one; those that no exemplar has count for its length too."""
    unknown = max(weights.values(), default=1.0)
    raw = {gram: math.sqrt(count) * weights.get(gram, unknown) for gram, count in grams.items()}
    length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
    return {gram: value / length for gram, value in raw.items()}


@lru_cache(maxsize=1)
def _index() -> _Index:
    texts = [(reading, _grams(normalise(text))) for reading, entry in read_table("exemplars").items() for text in _texts(entry)]
    seen = Counter(gram for _, grams in texts for gram in grams)
    weights = {gram: math.log(1 + len(texts) / count) for gram, count in seen.items()}
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, (_, grams) in enumerate(texts):
        for gram, weight in _weighed(grams, weights).items():
            found[gram].append((place, weight))
    return _Index(tuple(reading for reading, _ in texts), weights, {gram: tuple(places) for gram, places in found.items()})


def _texts(entry: Mapping[str, Any]) -> list[str]:
    return [*entry.get("zh", ()), *entry.get("en", ()), *entry.get("ask", {}).values()]
