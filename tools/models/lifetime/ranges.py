"""Ranges around predicted amounts, as wide as such predictions turned out to miss."""

from __future__ import annotations

from typing import Self

import numpy as np

from tools.models.lifetime.counts import Floats

MOST_BINS = 20
LEAST_CASES = 50
"""Cases that a quantile of outcomes needs at least."""
MOST_TIMES = 1000.0
"""An outcome counts as at most so many times its prediction."""


class RatioRange:
    """Quantiles of actual / predicted by size of the prediction: no distribution is assumed.

    Args:
        share: share of outcomes that a range should hold

    Attributes:
        centres_: shape (bins,), logarithm of the mean prediction of each bin, ascending
        low_, high_: shape (bins,), quantiles of actual / predicted in each bin
        coverage_: share of outcomes inside their range, where the ranges were made from the other half of the cases

    Note:
        Split conformal prediction (Lei et al. 2018) of a ratio, by bins of the prediction.
    """

    def __init__(self, share: float = 0.8) -> None:
        self.share = share

    def fit(self, predicted: Floats, actual: Floats, seed: int = 7) -> Self:
        """Learn from predictions whose outcomes are known.

        Args:
            predicted: shape (n,), positive
            actual: shape (n,), not negative
            seed: which half of the cases is which, for the coverage

        Raises:
            ValueError: There is no case.
        """
        if not len(predicted):
            raise ValueError("ranges need at least one prediction with its outcome")
        half = np.random.default_rng(seed).permutation(len(predicted)) % 2 == 0
        inside = np.zeros(len(predicted), dtype=bool)
        if half.any() and (~half).any():
            for learn, test in ((half, ~half), (~half, half)):
                low, high = RatioRange(self.share)._learn(predicted[learn], actual[learn]).bounds(predicted[test])
                inside[test] = (actual[test] >= low) & (actual[test] <= high)
        self._learn(predicted, actual)
        self.coverage_ = float(inside.mean())
        return self

    def with_parameters(self, centres: list[float], low: list[float], high: list[float]) -> Self:
        """The ranges of stored quantiles, without a fit."""
        self.centres_, self.low_, self.high_ = np.array(centres), np.array(low), np.array(high)
        self.coverage_ = float("nan")
        return self

    @property
    def parameters_(self) -> dict[str, list[float]]:
        """The quantiles, as ``with_parameters`` takes them."""
        return {"centres": self.centres_.tolist(), "low": self.low_.tolist(), "high": self.high_.tolist()}

    def bounds(self, predicted: Floats) -> tuple[Floats, Floats]:
        """Low and high end for each prediction; the prediction itself always lies between them."""
        place = np.log(np.maximum(predicted, 1e-300))
        low = np.minimum(np.interp(place, self.centres_, self.low_), 1.0)
        high = np.maximum(np.interp(place, self.centres_, self.high_), 1.0)
        return predicted * low, predicted * high

    def _learn(self, predicted: Floats, actual: Floats) -> Self:
        order = np.argsort(predicted, kind="stable")
        parts = np.array_split(order, max(1, min(MOST_BINS, len(predicted) // LEAST_CASES)))
        ratio = np.minimum(
            np.divide(actual, predicted, out=np.full(len(actual), MOST_TIMES), where=predicted > actual / MOST_TIMES), MOST_TIMES
        )
        tail = (1.0 - self.share) / 2.0
        self.centres_ = np.log(np.array([max(float(predicted[part].mean()), 1e-300) for part in parts]))
        self.low_ = np.array([float(np.quantile(ratio[part], tail)) for part in parts])
        self.high_ = np.array([float(np.quantile(ratio[part], 1.0 - tail)) for part in parts])
        return self
