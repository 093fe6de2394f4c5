"""Weights of the dimensions of a score, from data: by what they say of the next period, and by entropy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]

KNOTS = 201
"""Points of the stored curve from values to levels, where there are more distinct values."""

TOPS = (0.1, 0.2)
"""Parts of the customers, from the top, whose share of spend says how good a score is."""


class PercentileLevels:
    """Where a value lies among those of the population, from 0 (the smallest) to 1 (the largest).

    A value's level is its mid-rank, so equal values have equal levels, rescaled to reach both ends. It is kept as a curve of
    at most ``knots`` points, straight between them, so that one customer can be scored alone and a score be reproduced.
    A dimension in which all are equal has level 0.5.

    Args:
        knots: Points kept per dimension.

    Attributes:
        curves_: List of (values, levels). Ascending values and their levels, one pair per dimension.
    """

    def __init__(self, knots: int = KNOTS) -> None:
        self.knots = knots

    def fit(self, values: Floats) -> PercentileLevels:
        """Learn the curves.

        Args:
            values: Array of shape (customers, dimensions). More is better; all finite.
        """
        self.curves_ = [_curve(column, self.knots) for column in values.T]
        return self

    def transform(self, values: Floats) -> Floats:
        """Levels of ``values``, of the same shape; values beyond those learnt get the nearest end."""
        columns = [np.interp(column, *curve) for column, curve in zip(values.T, self.curves_, strict=True)]
        return np.column_stack(columns) if columns else np.zeros_like(values)


def _curve(values: Floats, knots: int) -> tuple[Floats, Floats]:
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) < 2:
        return values[:1] if len(values) else np.zeros(1), np.full(1, 0.5)
    ranks = np.cumsum(counts) - counts / 2
    levels = (ranks - ranks[0]) / (ranks[-1] - ranks[0])
    if len(distinct) > knots:
        # Evenly spread over customers, not over values; both ends stay.
        chosen = np.unique(np.searchsorted(levels, np.linspace(0.0, 1.0, knots)).clip(0, len(distinct) - 1))
        distinct, levels = distinct[chosen], levels[chosen]
    return distinct, levels


class PredictiveWeights:
    """Weights by how much each dimension says about what customers spend next.

    Non-negative least squares of next-period spend on the levels, each period centred on its own mean and scaled by its own
    spread, so that seasons do not count. Dimensions that say nothing beside the others get 0. Spend is read in three ways (its
    percentile, its square root, itself); the weights are those of the reading whose top tenth and fifth captured most spend in
    the periods learnt from.

    Attributes:
        weights_: Array of shape (dimensions,). Non-negative, adding up to 1; all equal where no dimension says anything.
        alone_: Array of shape (dimensions,).
            Spearman's rank correlation of each dimension with next-period spend, taken alone and averaged over the periods.
        found_: Whether any dimension says anything.
        reading_: The reading of spend that was best; a key of ``READINGS``.
    """

    def fit(self, levels: Sequence[Floats], outcomes: Sequence[Floats]) -> PredictiveWeights:
        """Learn the weights from one or more periods.

        Args:
            levels: Arrays of shape (customers, dimensions). One for each period, at its beginning.
            outcomes: Arrays of shape (customers,), none negative. What the same customers spent in it.
        """
        features = np.concatenate([part - part.mean(axis=0) for part in levels])
        # The factor is small, and has the same solution as the whole.
        basis, factor = np.linalg.qr(features)
        found = {}
        for name, read in READINGS.items():
            target = np.concatenate([_standardised(read(outcome)) for outcome in outcomes])
            found[name] = nnls(factor, basis.T @ target)[0]
        self.reading_ = max(found, key=lambda name: _captured(levels, outcomes, found[name]))
        best = found[self.reading_]
        self.found_ = bool(best.sum() > 0)
        self.weights_ = best / best.sum() if self.found_ else np.full(len(best), 1.0 / len(best))
        each = [
            [_correlation(percentiles(column), percentiles(spent)) for column in part.T]
            for part, spent in zip(levels, outcomes, strict=True)
        ]
        self.alone_ = np.asarray(each).mean(axis=0)
        return self


def _standardised(values: Floats) -> Floats:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def _captured(levels: Sequence[Floats], outcomes: Sequence[Floats], weights: Floats) -> float:
    pairs = [(spent, part @ weights) for part, spent in zip(levels, outcomes, strict=True) if spent.sum() > 0]
    return sum(captured_share(spent, scores, top) for spent, scores in pairs for top in TOPS)


def entropy_weights(values: Floats) -> Floats:
    """Weights by the entropy method: the more unevenly a dimension is spread over the customers, the more it weighs.

    Args:
        values: Array of shape (customers, dimensions). More is better.
            They are rescaled to 0..1 by the smallest and the largest of each dimension.

    Returns:
        Array of shape (dimensions,), non-negative, adding up to 1; all equal where no dimension varies.

    Note:
        With p the share of each customer in a dimension's total, its entropy is -sum(p ln p) / ln(n), and its weight is
        proportional to one minus that (Shannon 1948; Zou, Yun and Sun 2006).
    """
    count, dimensions = values.shape
    span = values.max(axis=0) - values.min(axis=0)
    scaled = np.divide(values - values.min(axis=0), span, out=np.zeros_like(values), where=span > 0)
    totals = scaled.sum(axis=0)
    shares = np.divide(scaled, totals, out=np.zeros_like(scaled), where=totals > 0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = -(shares * logs).sum(axis=0) / np.log(max(count, 2))
    spread = np.where(span > 0, 1.0 - entropy, 0.0).clip(min=0.0)
    equal = np.full(dimensions, 1.0 / dimensions)
    return spread / spread.sum() if spread.sum() > 0 else equal


def weighted_score(levels: Floats, weights: Floats) -> Floats:
    """The score from 0 to 100, shape (customers,), of levels of shape (customers, dimensions) and weights that add up to 1."""
    return np.asarray(100.0 * (levels @ weights).clip(0.0, 1.0), dtype=np.float64)


def percentiles(values: Floats) -> Floats:
    """Mid-ranks of ``values`` as fractions of their number, shape (n,); equal values are equal."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(((np.cumsum(counts) - counts / 2) / len(values))[place], dtype=np.float64)


def captured_share(amounts: Floats, scores: Floats, top: float) -> float:
    """Share of all ``amounts`` that belongs to the customers with the highest scores.

    Args:
        amounts: Array of shape (n,). What each came to spend; adding up to more than zero.
        scores: Array of shape (n,). Larger comes first.
        top: Which part of the customers is taken, such as 0.1. Customers tied at the border count with the part of them that fits,
            and so does a fraction of a customer, so the order of the rows does not matter.

    Raises:
        ValueError: Nothing was spent.
    """
    total = float(amounts.sum())
    if total <= 0:
        raise ValueError("nobody spent anything, so there is nothing to capture")
    _, place, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    spent = np.bincount(place, weights=amounts, minlength=len(counts))
    before = np.cumsum(counts) - counts
    taken = np.clip(top * len(scores) - before, 0, counts)
    return float((spent * taken / counts).sum() / total)


READINGS: dict[str, Callable[[Floats], Floats]] = {"percentile": percentiles, "square_root": np.sqrt, "amount": np.asarray}
"""Ways of reading spend: the first gives every customer the same say, the last follows those who spend most."""


def _correlation(first: Floats, second: Floats) -> float:
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def to_curves(levels: PercentileLevels, names: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """The curves as plain data, by dimension, to be stored."""
    return {
        name: {"values": values.tolist(), "levels": heights.tolist()} for name, (values, heights) in zip(names, levels.curves_, strict=True)
    }


def from_curves(stored: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> PercentileLevels:
    """The levels again, from what ``to_curves`` gave."""
    levels = PercentileLevels()
    levels.curves_ = [(np.asarray(stored[name]["values"], float), np.asarray(stored[name]["levels"], float)) for name in names]
    return levels
