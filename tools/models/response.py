"""The response classifier: how likely somebody is to respond to the next campaign of a kind, learned from earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tools.models.churn import KINDS, ChurnClassifier, Kind, log_loss
from tools.models.evaluation import Floats, Labels

FOLDS = 3
MOST_ORIGINS = 3
"""Later campaigns that candidates are judged on, each by models of the campaigns before it."""
LEAST_CLASS = 30
"""Positive and negative cases needed on either side before candidates are compared over campaigns."""
SLOPES = (0.25, 1.5)


class ResponseClassifier:
    """Probability of responding, learned over the campaigns of a kind.

    The candidates (logistic regression, gradient-boosted trees, the mean of their log-odds) are fitted on the earlier
    campaigns and judged on the later ones, campaign by campaign; the one with the lowest log loss is fitted on all. How
    much too sure of itself it is (Platt 1999) is measured on folds that it was not fitted on: over campaigns it would
    take the drift of their levels for a trait of the model.

    Args:
        kind: a fixed kind, or None to choose by data
        seed: seed of the folds and of the trees' binning
        threads: most threads that a fit may use

    Attributes:
        kind_: the kind in use
        losses_: log loss of each candidate on the later campaigns, or on folds where there is one campaign alone
        correction_: (slope, intercept) applied to the log-odds
    """

    def __init__(self, kind: Kind | None = None, seed: int = 7, threads: int = 1) -> None:
        self.kind = kind
        self.seed = seed
        self.threads = threads

    def fit(self, features: Floats, labels: Labels, periods: NDArray[np.int64]) -> Self:
        """Learn from the cases of several campaigns.

        Args:
            features: shape (n, k), finite
            labels: shape (n,), 0 or 1, both present
            periods: shape (n,), 0 is the latest campaign, larger numbers are earlier

        Raises:
            ValueError: Only one class is present.
        """
        if len(np.unique(labels)) < 2:
            raise ValueError("a classifier needs both responses and none")
        self.losses_: dict[Kind, float] = {}
        self.kind_: Kind = self.kind or self._choose(features, labels, periods)
        folds = self._held_out(self.kind_, features, labels, _folds(labels, self.seed))
        self.correction_ = _correction(*_pooled(folds, self.kind_)) if folds else (1.0, 0.0)
        self._parts = self._fit_parts(self.kind_, features, labels)
        return self

    def log_odds(self, features: Floats) -> Floats:
        """Calibrated log-odds, shape (n,)."""
        slope, intercept = self.correction_
        return slope * _mean_odds(self._parts, features) + intercept

    def predict_probability(self, features: Floats) -> Floats:
        """Calibrated probability of responding, shape (n,)."""
        probabilities: Floats = 1.0 / (1.0 + np.exp(-self.log_odds(features)))
        return probabilities

    def _fit_parts(self, kind: Kind, features: Floats, labels: Labels) -> list[ChurnClassifier]:
        kinds: tuple[Kind, ...] = ("logistic", "boosted") if kind == "blend" else (kind,)
        # One period: the parts are fitted as they are, choice and correction being made here.
        at_once = np.zeros(len(labels), dtype=np.int64)
        return [ChurnClassifier(one, self.seed, self.threads).fit(features, labels, at_once) for one in kinds]

    def _choose(self, features: Floats, labels: Labels, periods: NDArray[np.int64]) -> Kind:
        later = self._held_out("blend", features, labels, _origins(labels, periods))
        later = later or self._held_out("blend", features, labels, _folds(labels, self.seed))
        if not later:
            return "logistic"
        self.losses_ = {kind: log_loss(*_pooled(later, kind)) for kind in KINDS}
        return min(self.losses_, key=lambda kind: self.losses_[kind])

    def _held_out(self, kind: Kind, features: Floats, labels: Labels, splits: Iterable[_Split]) -> list[_Judged]:
        """Labels and log-odds of each part that was held out, of ``kind`` and of what it consists of."""
        found = []
        for train, test in splits:
            parts = self._fit_parts(kind, features[train], labels[train])
            odds = {part.kind_: part.log_odds(features[test]) for part in parts}
            found.append((labels[test], odds | {kind: np.mean(list(odds.values()), axis=0)}))
        return found


_Split = tuple[NDArray[np.bool_], NDArray[np.bool_]]
_Judged = tuple[Labels, dict[Kind, Floats]]


def _mean_odds(parts: list[ChurnClassifier], features: Floats) -> Floats:
    odds: Floats = np.mean([part.log_odds(features) for part in parts], axis=0)
    return odds


def _pooled(judged: list[_Judged], kind: Kind) -> tuple[Labels, Floats]:
    return np.concatenate([labels for labels, _ in judged]), np.concatenate([odds[kind] for _, odds in judged])


def _smallest_class(labels: Labels) -> int:
    positives = int(labels.sum())
    return min(positives, len(labels) - positives)


def _origins(labels: Labels, periods: NDArray[np.int64]) -> Iterator[_Split]:
    """Each of the latest campaigns with all those before it, where both have enough cases."""
    for period in range(MOST_ORIGINS):
        test, train = periods == period, periods > period
        if test.any() and train.any() and min(_smallest_class(labels[test]), _smallest_class(labels[train])) >= LEAST_CLASS:
            yield train, test


def _folds(labels: Labels, seed: int) -> Iterator[_Split]:
    """Random parts with the same share of responses; none where there are too few."""
    if _smallest_class(labels) < LEAST_CLASS:
        return
    fold = np.empty(len(labels), dtype=np.int64)
    generator = np.random.default_rng(seed)
    for label in (0, 1):
        where = np.flatnonzero(labels == label)
        fold[generator.permutation(where)] = np.arange(len(where)) % FOLDS
    for number in range(FOLDS):
        yield fold != number, fold == number


def _correction(labels: Labels, odds: Floats) -> tuple[float, float]:
    """Slope and intercept of the log-odds that fit ``labels`` best, by Newton's method; the slope within ``SLOPES``."""
    design = np.column_stack([odds, np.ones_like(odds)])
    weights = np.array([1.0, 0.0])
    for _ in range(25):
        probability = 1.0 / (1.0 + np.exp(-(design @ weights)))
        spread = np.maximum(probability * (1.0 - probability), 1e-9)
        hessian = design.T @ (design * spread[:, None]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (labels - probability))
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    slope, intercept = float(weights[0]), float(weights[1])
    inside = np.isfinite(slope) and SLOPES[0] <= slope <= SLOPES[1]
    return (slope, intercept) if inside else (1.0, 0.0)
