"""Tells texts of one kind from others by how they are worded, from exemplars: a logistic regression over n-grams.

N-grams are of characters within words and of words, so that misspelt and inflected words still count; Chinese, which has no
spaces, gives runs of up to three characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from tools.models.threads import bounded_threads

_LATIN = re.compile(r"[a-z0-9']+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LATIN_SIZES = (2, 3, 4)
_HAN_SIZES = (1, 2, 3)
_STRENGTH = 30.0
"""Inverse strength of the regularisation, the best of 3, 10, 30 and 100 in five-fold cross-validation over the exemplars."""


class Wording:
    """A fitted classifier of short texts.

    Args:
        those: Texts of the kind that is looked for, in lower case.
        others: Texts that are not of it.
    """

    def __init__(self, those: Sequence[str], others: Sequence[str]) -> None:
        pipeline = make_pipeline(
            TfidfVectorizer(analyzer=_grams, sublinear_tf=True),
            LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000),
        )
        with bounded_threads(1, len(those) + len(others)):
            self._pipeline: Pipeline = pipeline.fit([*those, *others], [1] * len(those) + [0] * len(others))

    def probabilities(self, texts: Iterable[str]) -> list[float]:
        """How surely each text is of the kind, from 0 to 1."""
        listed = list(texts)
        return [float(row[1]) for row in self._pipeline.predict_proba(listed)] if listed else []


def _grams(text: str) -> Iterator[str]:
    words = _LATIN.findall(text)
    yield from (f"w {word}" for word in words)
    yield from (f"w {left} {right}" for left, right in pairwise(words))
    for word in words:
        padded = f" {word} "
        yield from (padded[at : at + size] for size in _LATIN_SIZES for at in range(len(padded) - size + 1))
    for run in _HAN.findall(text):
        yield from (run[at : at + size] for size in _HAN_SIZES for at in range(len(run) - size + 1))
    if words and (numbers := sum(word.isdigit() for word in words)):
        yield f"numbers {min(numbers, 2)}"
