"""What distinguishes each cluster from the other customers, tested, and beside the base of all customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.models.clustering.choice import Labels
from tools.models.clustering.preparation import Feature, Floats, Preparation, Singles
from tools.segments.clusters.words import Entry, Side, entry
from tools.segments.contrasts import LEAST_EFFECT, LEAST_POINTS, Moments, effect_size, is_credible, means_p_value

NOTHING = 0.05
LEAST_RATIO = 1.2
"""Least ratio of a cluster's mean to that of all customers that is worth a word."""


@dataclass(frozen=True)
class Trait:
    """One credible difference of a cluster.

    Args:
        column: What differs.
        inside: The cluster's mean.
        base: The mean of all customers.
        effect: Standardised difference from the other customers, after skew is taken out (Cohen's d).
    """

    column: str
    inside: float
    base: float
    effect: float

    @property
    def ratio(self) -> float | None:
        """Inside ÷ base; None where the base is zero."""
        return self.inside / self.base if self.base else None

    @property
    def entry(self) -> Entry:
        """Its words."""
        return entry(self.column)

    @property
    def is_none(self) -> bool:
        """Whether the members have practically nothing of it."""
        return self.effect < 0 and self.inside <= NOTHING

    @property
    def side(self) -> Side | None:
        """What a cluster with it is called; None where it has no name."""
        if self.is_none and self.entry.none:
            return self.entry.none
        return self.entry.high if self.effect > 0 else self.entry.low


def find_traits(columns: Sequence[str], features: Sequence[Feature], matrix: Singles, labels: Labels, seed: int) -> list[list[Trait]]:
    """The credible traits of each cluster, strongest first.

    Means are compared by Welch's test after skew is taken out, at a level divided by the number of comparisons
    (Bonferroni); differences that are credible but small are left out.

    Args:
        columns: Names of the matrix' columns.
        features: The same as the preparation takes them.
        matrix: Shape (n, columns), NaN where unknown.
        labels: Shape (n,), clusters from 0, -1 for noise.
        seed: Of the sample that skew is learned from.
    """
    alone = [
        Feature(one.name, one.name if one.name != "events" else "", one.kind, one.counted_by if one.counted_by in columns else None)
        for one in features
    ]
    prepared = Preparation(alone).fit(matrix, seed)
    clusters = int(labels.max()) + 1
    comparisons = clusters * len(prepared.used)
    found: list[list[Trait]] = [[] for _ in range(clusters)]
    for name in prepared.used:
        raw = matrix[:, list(columns).index(name)]
        shaped = prepared.only(name).transform(matrix)[:, 0]
        for cluster, trait in _of_column(name, raw, shaped, labels, clusters, comparisons):
            found[cluster].append(trait)
    return [sorted(traits, key=lambda one: (-abs(one.effect), one.column)) for traits in found]


def _of_column(name: str, raw: Singles, shaped: Singles, labels: Labels, clusters: int, comparisons: int) -> list[tuple[int, Trait]]:
    known = np.isfinite(raw)
    places = labels[known] + 1
    sizes = np.bincount(places, minlength=clusters + 1)
    sums = _sums(places, raw[known], clusters)
    totals = _sums(places, shaped[known], clusters)
    squares = _sums(places, shaped[known].astype(np.float64) ** 2, clusters)
    base = float(sums.sum() / max(sizes.sum(), 1))
    found = []
    for cluster in range(clusters):
        own, rest = _moments(sizes, totals, squares, cluster + 1)
        if not own.known or not is_credible(means_p_value(own, rest), comparisons):
            continue
        trait = Trait(name, float(sums[cluster + 1] / own.known), base, effect_size(own, rest))
        if abs(trait.effect) >= LEAST_EFFECT and _is_large(trait):
            found.append((cluster, trait))
    return found


def _sums(places: Labels, values: Singles | Floats, clusters: int) -> Floats:
    return np.asarray(np.bincount(places, weights=values, minlength=clusters + 1), dtype=np.float64)


def _moments(sizes: NDArray[np.int64], totals: Floats, squares: Floats, place: int) -> tuple[Moments, Moments]:
    def moments(known: int, total: float, square: float) -> Moments:
        """Mean and variance from sums."""
        mean = total / known if known else 0.0
        return Moments(known, mean, max(square - known * mean**2, 0.0) / max(known - 1, 1))

    own = moments(int(sizes[place]), float(totals[place]), float(squares[place]))
    rest = moments(int(sizes.sum() - sizes[place]), float(totals.sum() - totals[place]), float(squares.sum() - squares[place]))
    return own, rest


def _is_large(trait: Trait) -> bool:
    """Whether the difference from the base is one that an operator would notice, and has the direction of the tested one."""
    higher = trait.inside > trait.base
    if higher != (trait.effect > 0):
        return False
    if trait.entry.kind == "share":
        return abs(trait.inside - trait.base) >= LEAST_POINTS
    low, high = sorted((abs(trait.inside), abs(trait.base)))
    return high > 0 and (low == 0 or high / low >= LEAST_RATIO)
