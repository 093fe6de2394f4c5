"""The best split of some cases: by one feature, or by two whose effects cross."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, xlogy

from tools.models.readable import digits

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Codes = NDArray[np.int32]

NEARLY = 0.95
"""A rounder threshold is taken when it keeps this share of the best one's G."""
MOST_TOGETHER = 3
"""Categories that one clause names at most."""
TRIMMED = 0.05
"""Thresholds are searched between these quantiles, for the chance that noise splits."""
COARSE = 8
"""Bins of each feature when pairs are tried."""
MOST_CROSSED = 4000
"""Cases that pairs are tried on, evenly spread over those given."""
LEAST_CROSSED = 0.01
"""G per case that a crossed pair must reach, in nats: weaker ones are not worth two levels."""


@dataclass(frozen=True)
class Split:
    """One question with two answers.

    Args:
        feature: Place of the feature.
        gain: The log-likelihood ratio G of the two sides against one.
        threshold: Left is below it; None for a split by categories or by whether the value is known (left).
        categories: Left are these.
        unknown_left: Where unknown values go.
        freedom: Degrees of freedom of the best set of categories; 0 for a split by threshold.
    """

    feature: int
    gain: float
    threshold: float | None = None
    categories: tuple[int, ...] = ()
    unknown_left: bool = False
    freedom: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether it only asks if the value is known."""
        return self.threshold is None and not self.categories


class Kind(Protocol):
    """What a split must know of a feature."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of its categories; none for numbers."""
        ...

    @property
    def landmarks(self) -> tuple[float, ...]:
        """Thresholds that are plain by themselves."""
        ...


def deviance(cases: Floats | float, positives: Floats | float) -> Floats:
    """Twice the negative log-likelihood of cases under their own rate, in nats; zero for pure or empty ones."""
    negatives = cases - positives
    found: Floats = 2.0 * (xlogy(cases, cases) - xlogy(positives, positives) - xlogy(negatives, negatives))
    return found


def least_difference(positives: int, cases: int, other_positives: int, other_cases: int) -> float:
    """The absolute log odds ratio of two groups, with half a case added to each cell (Haldane 1956)."""
    first = math.log((positives + 0.5) / (cases - positives + 0.5))
    return abs(first - math.log((other_positives + 0.5) / (other_cases - other_positives + 0.5)))


def chance(gain: float) -> float:
    """The chance that the best threshold of one feature of pure noise reaches this G (Miller and Siegmund 1982)."""
    bound = math.sqrt(max(gain, 0.0))
    if bound < 1.0:
        return 1.0
    density = math.exp(-gain / 2) / math.sqrt(2 * math.pi)
    spread = math.log(((1 - TRIMMED) / TRIMMED) ** 2)
    return min(1.0, density * ((bound - 1 / bound) * spread + 4 / bound))


def best_split(
    codes: Sequence[Codes],
    cuts: Sequence[Floats],
    kinds: Sequence[Kind],
    labels: Labels,
    least_leaf: int,
    level: float,
    repeats: float = 1.0,
) -> Split | None:
    """The split with the highest G of all features; None where none is credible.

    Args:
        codes: of each feature, shape (n,): how many of its thresholds are reached, or the category; unknown is the last bin
        cuts: thresholds of each feature, ascending
        kinds: what each feature is
        labels: shape (n,), 0 or 1
        least_leaf: cases on either side at least
        level: chance of any split on noise
        repeats: cases per independent one, by which G is divided before it is judged
    """
    found: list[Split] = []
    for place, (code, cut, kind) in enumerate(zip(codes, cuts, kinds, strict=True)):
        bins = (len(kind.categories) if kind.categories else len(cut) + 1) + 1
        cases: Floats = np.bincount(code, minlength=bins).astype(np.float64)
        positives: Floats = np.asarray(np.bincount(code, weights=labels, minlength=bins), dtype=np.float64)
        searched = _by_category if kind.categories else _by_threshold
        found += searched(place, cases, positives, cut, kind, least_leaf)
    credible = [split for split in found if _chance_of(split, repeats) * len(codes) < level]
    best = max(credible, key=lambda split: (split.gain, -split.feature), default=None)
    if best is None:
        return None
    plain = [split for split in credible if split.feature == best.feature and split.is_plain and split.gain >= NEARLY * best.gain]
    return plain[0] if plain else best


def _chance_of(split: Split, repeats: float) -> float:
    gain = split.gain / repeats
    # No set of categories gains more than all of them apart do (Scheffe's argument).
    return _chi_square_tail(gain, split.freedom) if split.freedom else chance(gain)


def _gains(cases: Floats, positives: Floats, whole: float, whole_positives: float, least_leaf: int) -> Floats:
    """G of parting each of several left sides from the rest; -1 where a side is too small."""
    rest, rest_positives = whole - cases, whole_positives - positives
    gains = deviance(whole, whole_positives) - deviance(cases, positives) - deviance(rest, rest_positives)
    return np.where((cases >= least_leaf) & (rest >= least_leaf), gains, -1.0)


def _by_threshold(place: int, cases: Floats, positives: Floats, cut: Floats, kind: Kind, least_leaf: int) -> list[Split]:
    left, left_positives = np.cumsum(cases[:-2]), np.cumsum(positives[:-2])
    whole, whole_positives, unknown = float(cases.sum()), float(positives.sum()), float(cases[-1])
    found = _known_or_not(place, cases, positives, least_leaf)
    best: tuple[float, Split] | None = None
    for unknown_left in (False, True) if unknown else (None,):
        add = (unknown, float(positives[-1])) if unknown_left else (0.0, 0.0)
        gains = _gains(left + add[0], left_positives + add[1], whole, whole_positives, least_leaf)
        chosen = _roundest(gains, cut, kind.landmarks)
        if chosen is not None and (best is None or gains[chosen] > best[0]):
            side = bool(left[chosen] * 2 > whole) if unknown_left is None else unknown_left
            best = float(gains[chosen]), Split(place, float(gains[chosen]), float(cut[chosen]), (), side)
    return [*found, best[1]] if best else found


def _roundest(gains: Floats, cut: Floats, landmarks: tuple[float, ...]) -> int | None:
    if not len(gains) or gains.max() <= 0:
        return None
    near = np.flatnonzero(gains >= NEARLY * gains.max())
    return int(min(near, key=lambda place: (digits(float(cut[place]), landmarks), -gains[place])))


def _known_or_not(place: int, cases: Floats, positives: Floats, least_leaf: int) -> list[Split]:
    known, known_positives = cases[:-1].sum(keepdims=True), positives[:-1].sum(keepdims=True)
    gain = float(_gains(known, known_positives, float(cases.sum()), float(positives.sum()), least_leaf)[0])
    return [Split(place, gain)] if gain > 0 else []


def _by_category(place: int, cases: Floats, positives: Floats, cut: Floats, kind: Kind, least_leaf: int) -> list[Split]:
    del cut, kind
    # Of a few categories together each must bear its part.
    present = np.flatnonzero(cases[:-1] * MOST_TOGETHER >= least_leaf)
    rates = positives[present] / cases[present]
    ranked = [int(one) for one in present[np.lexsort((present, -rates))]]
    sets = [tuple(sorted(way[:size])) for way in (ranked, ranked[::-1]) for size in range(1, min(MOST_TOGETHER, len(ranked) - 1) + 1)]
    sets += [(one,) for one in ranked if len(ranked) > 1]
    found = _known_or_not(place, cases, positives, least_leaf)
    if not sets:
        return found
    inside = np.array([cases[list(one)].sum() for one in sets])
    inside_positives = np.array([positives[list(one)].sum() for one in sets])
    gains = _gains(inside, inside_positives, float(cases.sum()), float(positives.sum()), least_leaf)
    best = int(np.argmax(gains))
    return [*found, Split(place, float(gains[best]), None, sets[best], freedom=len(present) - 1)] if gains[best] > 0 else found


def crossed_split(
    codes: Sequence[Codes], cuts: Sequence[Floats], labels: Labels, least_leaf: int, level: float, repeats: float = 1.0
) -> Split | None:
    """The first of two splits that only together say something, such as "young in the city or old in the country".

    Arguments as in :func:`best_split`; only numbers are tried, their unknown values with the lowest bin.
    """
    step = max(1, len(labels) // MOST_CROSSED)
    kept, scale = labels[::step], len(labels) / len(labels[::step])
    coarse = dict(_coarsened(codes, cuts, step))
    best: tuple[float, int, int] | None = None
    for first, second in combinations(coarse, 2):
        gain, cell = _crossed_gain(coarse[first][1], coarse[second][1], kept, least_leaf / scale)
        if best is None or gain > best[0]:
            best = gain, first, cell
    pairs = len(coarse) * (len(coarse) - 1) / 2 * (COARSE - 1) ** 2
    if best is None or best[0] < LEAST_CROSSED * len(kept) or _chi_square_tail(best[0] / repeats, 3) * pairs >= level:
        return None
    _, place, cell = best
    number = int(coarse[place][0][cell])
    return Split(place, best[0] * scale, float(cuts[place][number]), (), unknown_left=True)


def _chi_square_tail(value: float, freedom: int) -> float:
    return float(gammaincc(freedom / 2, value / 2))


def _coarsened(codes: Sequence[Codes], cuts: Sequence[Floats], step: int) -> Iterator[tuple[int, tuple[NDArray[np.intp], Codes]]]:
    """Of each number: which of its thresholds are kept, and each case's coarse bin."""
    for place, (code, cut) in enumerate(zip(codes, cuts, strict=True)):
        if not len(cut):
            continue
        part = np.where(code[::step] > len(cut), 0, code[::step])
        edges = np.unique(np.quantile(part, np.linspace(0, 1, COARSE + 1)[1:-1], method="inverted_cdf"))
        kept = np.array(sorted({max(int(edge), 1) - 1 for edge in edges}), dtype=np.intp)
        yield place, (kept, np.searchsorted(kept, part - 1, side="right").astype(np.int32))


def _crossed_gain(first: Codes, second: Codes, labels: Labels, least_leaf: float) -> tuple[float, int]:
    """The highest G of four cells made by a bin of either feature, and the first feature's bin."""
    joint = first.astype(np.intp) * COARSE + second
    cases = np.bincount(joint, minlength=COARSE * COARSE).reshape(COARSE, COARSE).cumsum(0).cumsum(1).astype(np.float64)
    positives = np.bincount(joint, weights=labels, minlength=COARSE * COARSE).reshape(COARSE, COARSE).cumsum(0).cumsum(1)
    left = _cells(cases), _cells(positives)
    within = sum(deviance(n, k) for n, k in zip(*left, strict=True))
    small = np.min(left[0], axis=0) < least_leaf
    gains = np.where(small, -1.0, deviance(cases[-1, -1], positives[-1, -1]) - within)
    place = int(np.argmax(gains))
    return float(gains.flat[place]), place // (COARSE - 1)


def _cells(total: Floats) -> list[Floats]:
    """Sums of the four cells for every pair of borders, from cumulated counts."""
    both, rows, columns = total[:-1, :-1], total[:-1, -1:], total[-1:, :-1]
    return [both, rows - both, columns - both, total[-1, -1] - rows - columns + both]
