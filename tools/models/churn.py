"""The churn classifier: two kinds of model, chosen and calibrated on later periods, with reasons per case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from tools.models.boosted import MOST_LEAVES, SmallTrees
from tools.models.evaluation import Floats, Labels
from tools.models.threads import bounded_threads

Kind = Literal["logistic", "boosted", "blend"]
KINDS: tuple[Kind, ...] = get_args(Kind)

CORRECTION_WEIGHT = 0.5
"""Share of the measured correction that is applied: the level of one period is itself noise for the next."""
LOG_ODDS_LIMIT = 12.0
SMALLEST_CLASS = 30
"""Positive and negative cases needed on either side before candidates are compared."""


class ChurnClassifier:
    """Probability of a binary outcome, learned over several periods.

    The candidates (logistic regression, gradient-boosted trees, and the mean of their log-odds) are fitted on the
    earlier periods; the one with the lowest log loss on the later periods is chosen, a sigmoid correction of its
    log-odds is measured there and applied with weight ``CORRECTION_WEIGHT`` (Platt 1999, shrunk towards none). The
    chosen kind is then fitted on all periods.

    Args:
        kind: a fixed kind, or None to choose by data
        seed: seed of the trees' binning
        threads: most threads that a fit may use

    Attributes:
        kind_: the kind in use
        correction_: (slope, intercept) applied to the log-odds
        base_: shape (features,), the average case that reasons are measured against
        losses_: log loss of each candidate on the later periods; empty when there were none
    """

    def __init__(self, kind: Kind | None = None, seed: int = 7, threads: int = 1) -> None:
        self.kind = kind
        self.seed = seed
        self.threads = threads

    def fit(self, features: Floats, labels: Labels, periods: NDArray[np.int64], gap: int = 1) -> Self:
        """Learn from cases of several periods.

        Args:
            features: shape (n, k), finite
            labels: shape (n,), 0 or 1, both present
            periods: shape (n,), 0 is the latest period, larger numbers are earlier
            gap: periods that a label reaches into: a later period is judged only by models whose labels ended before it

        Raises:
            ValueError: Only one class is present.
        """
        if len(np.unique(labels)) < 2:
            raise ValueError("a classifier needs both positive and negative cases")
        with bounded_threads(self.threads, len(labels)):
            self._choose(features, labels, periods, gap)
            self._models = _fit_models(self.kind_, features, labels, self.seed)
        self.base_: Floats = features.mean(axis=0)
        return self

    def _choose(self, features: Floats, labels: Labels, periods: NDArray[np.int64], gap: int) -> None:
        self.kind_: Kind = self.kind or "logistic"
        self.correction_: tuple[float, float] = (1.0, 0.0)
        self.losses_: dict[Kind, float] = {}
        split = _later_periods(labels, periods, gap)
        if split is None:
            return
        late, early = split
        models = _fit_models(self.kind or "blend", features[early], labels[early], self.seed)
        candidates: tuple[Kind, ...] = (self.kind,) if self.kind else KINDS
        odds = {kind: models.log_odds(kind, features[late]) for kind in candidates}
        self.losses_ = {kind: log_loss(labels[late], values) for kind, values in odds.items()}
        self.kind_ = min(candidates, key=lambda kind: self.losses_[kind])
        slope, intercept = _sigmoid_correction(labels[late], odds[self.kind_])
        self.correction_ = (1.0 + CORRECTION_WEIGHT * (slope - 1.0), CORRECTION_WEIGHT * intercept)

    def log_odds(self, features: Floats) -> Floats:
        """Calibrated log-odds, shape (n,)."""
        slope, intercept = self.correction_
        with bounded_threads(self.threads, len(features)):
            return slope * self._models.log_odds(self.kind_, features) + intercept

    def predict_probability(self, features: Floats) -> Floats:
        """Calibrated probability of the positive class, shape (n,)."""
        probabilities: Floats = expit(self.log_odds(features))
        return probabilities

    def contributions(self, features: Floats, groups: Mapping[str, Sequence[int]]) -> dict[str, Floats]:
        """How much each group of features moves the log-odds of each case, against the average case.

        A group's contribution is the log-odds of the case minus its log-odds with the group's features set to their
        average (``base_``). For the logistic kind that is exactly the sum of coefficient x (value - average); for trees
        it is the effect of taking the group away while the rest of the case stays.

        Args:
            features: shape (n, k)
            groups: name to column numbers

        Returns:
            dict of name to an array of shape (n,), in log-odds
        """
        slope, _ = self.correction_
        whole, without = self._models.log_odds_without(self.kind_, features, self.base_, groups)
        return {name: slope * (whole - odds) for name, odds in without.items()}


def log_loss(labels: Labels, log_odds: Floats) -> float:
    """Mean negative log-likelihood (nats per case) of ``labels`` under ``log_odds``."""
    return float(np.mean(np.logaddexp(0.0, log_odds) - labels * log_odds))


def _later_periods(labels: Labels, periods: NDArray[np.int64], gap: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Masks of the later periods to judge on and the earlier ones to learn from; None when there are too few cases.

    Two horizons of later periods are better than one, as the level of outcomes drifts from one to the next.
    """
    for later in (2 * gap, gap):
        late, early = periods < later, periods >= later + gap - 1
        if min(_smallest_class(labels[late]), _smallest_class(labels[early])) >= SMALLEST_CLASS:
            return late, early
    return None


def _smallest_class(labels: Labels) -> int:
    positives = int(labels.sum())
    return min(positives, len(labels) - positives)


@dataclass(frozen=True)
class _Line:
    """Log-odds = ``features @ slopes + intercept``, in the units of the features."""

    slopes: Floats
    intercept: float

    def log_odds(self, features: Floats) -> Floats:
        """The logarithm of the odds for each row of ``features``."""
        odds: Floats = features @ self.slopes + self.intercept
        return odds


@dataclass(frozen=True)
class _Models:
    """The fitted parts of a kind; log-odds of a blend are the mean of both."""

    line: _Line | None
    trees: SmallTrees | None

    def log_odds(self, kind: Kind, features: Floats) -> Floats:
        """Within ``LOG_ODDS_LIMIT``, shape (n,)."""
        return _mean([part.log_odds(features) for part in self._parts(kind)])

    def log_odds_without(
        self, kind: Kind, features: Floats, base: Floats, groups: Mapping[str, Sequence[int]]
    ) -> tuple[Floats, dict[str, Floats]]:
        """The same as it is, and by group with the group's features set to those of ``base``."""
        wholes: list[Floats] = []
        withouts: dict[str, list[Floats]] = {name: [] for name in groups}
        for part in self._parts(kind):
            whole, without = (
                part.log_odds_without(features, base, groups)
                if isinstance(part, SmallTrees)
                else _line_without(part, features, base, groups)
            )
            wholes.append(whole)
            for name, odds in without.items():
                withouts[name].append(odds)
        return _mean(wholes), {name: _mean(parts) for name, parts in withouts.items()}

    def _parts(self, kind: Kind) -> list[_Line | SmallTrees]:
        wanted = {"logistic": (self.line,), "boosted": (self.trees,), "blend": (self.line, self.trees)}[kind]
        return [part for part in wanted if part is not None]


def _line_without(line: _Line, features: Floats, base: Floats, groups: Mapping[str, Sequence[int]]) -> tuple[Floats, dict[str, Floats]]:
    whole = line.log_odds(features)
    taken = {name: list(columns) for name, columns in groups.items()}
    return whole, {name: whole - (features[:, own] - base[own]) @ line.slopes[own] for name, own in taken.items()}


def _mean(parts: Sequence[Floats]) -> Floats:
    odds: Floats = np.clip(np.mean(parts, axis=0), -LOG_ODDS_LIMIT, LOG_ODDS_LIMIT)
    return odds


def _fit_models(kind: Kind, features: Floats, labels: Labels, seed: int) -> _Models:
    line = _fit_line(features, labels) if kind != "boosted" else None
    trees = _fit_trees(features, labels, seed) if kind != "logistic" else None
    return _Models(line, trees)


def _fit_line(features: Floats, labels: Labels) -> _Line:
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=0.05, max_iter=500).fit(scaler.transform(features), labels)
    slopes = model.coef_[0] / scaler.scale_
    return _Line(slopes, float(model.intercept_[0] - scaler.mean_ @ slopes))


def _fit_trees(features: Floats, labels: Labels, seed: int) -> SmallTrees:
    model = HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.06,
        max_leaf_nodes=MOST_LEAVES,
        min_samples_leaf=60,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed,
    )
    return SmallTrees(model.fit(features, labels))


def _sigmoid_correction(labels: Labels, log_odds: Floats) -> tuple[float, float]:
    """Slope and intercept that fit ``labels`` best (Platt 1999); the identity when there is no finite optimum."""

    def loss(parameters: Floats) -> float:
        """Log loss under a slope and an intercept."""
        return log_loss(labels, parameters[0] * log_odds + parameters[1])

    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.5, 2.0), (-1.0, 1.0)])
    return float(found.x[0]), float(found.x[1])
