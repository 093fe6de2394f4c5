"""Whether customers order at all in the next period, learned from who did in earlier ones."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tools.models.lifetime.counts import Floats, Indices
from tools.models.threads import bounded_threads

CERTAIN = 1e-9
"""Probabilities closer than this to 0 or 1 count as that far, so that their odds stay finite."""
LEAST_OF_EACH = 30
"""Cases of either outcome below which nothing but their share is learned."""
_STEPS = 25
"""Newton steps for the level of a group; a handful settle it."""
_WIDEST = 5.0
"""Log-odds that a group may be shifted by at most."""
_PULL = 0.1
"""Inverse strength of the pull of the regression's weights towards zero: standardised counts of overlapping windows say much the same."""


class LearnedReturn:
    """Probability of at least one order over one horizon, from features as of a cut-off.

    The odds are the geometric mean of those of a logistic regression on the standardised features and of gradient-boosted
    trees with logistic loss. On the latest cut-off the odds of each group of customers are then set to how many of it ordered:
    customers of few orders are new at the first cut-offs and rare at the last ones.

    Args:
        seed: seed of the trees' binning
        threads: most threads that a fit may use

    Attributes:
        share_: share of the training cases that ordered, pulled by one case towards one half
    """

    def __init__(self, seed: int = 7, threads: int = 1) -> None:
        self.seed = seed
        self.threads = threads

    def fit(self, features: Floats, ordered: Floats, back: Indices | None = None, groups: Indices | None = None) -> Self:
        """Learn from cases of one or more cut-offs.

        Args:
            features: shape (n, k), finite; skewed ones on a logarithmic scale
            ordered: shape (n,), 1 where there was an order in the horizon after the cut-off, else 0
            back: shape (n,), how many cut-offs the case lies before the latest one; 0 when left out
            groups: shape (n,), group of customers of each case, numbered from 0; all are one when left out

        Raises:
            ValueError: There is no case.
        """
        if not len(ordered):
            raise ValueError("a probability of ordering needs at least one case")
        yes = float(ordered.sum())
        self.share_ = (yes + 0.5) / (len(ordered) + 1.0)
        self._parts: tuple[Any, ...] = ()
        if min(yes, len(ordered) - yes) < LEAST_OF_EACH:
            return self
        line = make_pipeline(StandardScaler(), LogisticRegression(C=_PULL, max_iter=200))
        trees = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.08,
            max_leaf_nodes=8,
            min_samples_leaf=60,
            l2_regularization=5.0,
            early_stopping=False,
            random_state=self.seed,
        )
        with bounded_threads(self.threads, len(features)), warnings.catch_warnings():
            # A line that has not quite converged is judged on a later period like any other.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._parts = (line.fit(features, ordered), trees.fit(features, ordered))
            odds = self._log_odds(features)
        groups = np.zeros(len(ordered), dtype=np.int64) if groups is None else groups
        latest = np.ones(len(ordered), dtype=np.bool_) if back is None else back == 0
        self._groups = _shifts(odds[latest], ordered[latest], groups[latest], int(groups.max()) + 1)
        return self

    def predict(self, features: Floats, groups: Indices | None = None) -> Floats:
        """Probability of at least one order over the horizon, shape (n,), between 0 and 1 and neither."""
        if not self._parts:
            return np.full(len(features), self.share_)
        with bounded_threads(self.threads, len(features)):
            odds = self._log_odds(features)
        place = np.zeros(len(features), dtype=np.int64) if groups is None else groups
        # A group that was never seen is at the level of all.
        shift = np.append(self._groups, 0.0)[np.minimum(place, len(self._groups))]
        found: Floats = expit(odds + shift)
        return found

    def _log_odds(self, features: Floats) -> Floats:
        found: Floats = np.mean([logit(_inside(part.predict_proba(features)[:, 1])) for part in self._parts], axis=0)
        return found


def _shifts(odds: Floats, ordered: Floats, groups: Indices, count: int) -> Floats:
    """What to add to the log-odds of each group so that as many order as did, pulled to nothing, shape (count,)."""
    found = np.zeros(count)
    actual = np.bincount(groups, ordered, count)
    for _ in range(_STEPS):
        chance = expit(odds + found[groups])
        slope = np.bincount(groups, chance * (1.0 - chance), count) + 1.0
        found = np.clip(found + (actual - np.bincount(groups, chance, count) - found) / slope, -_WIDEST, _WIDEST)
    return found


def stretched(chance: Floats, near: Floats, far: Floats) -> Floats:
    """A probability of ordering over one horizon, taken to another.

    The odds are multiplied by odds(far) / odds(near), which are the probabilities of a model of repeat buying over the
    two horizons. 1 - (1 - chance)^growth instead takes repeated silence for independent chances and promises too much.

    Args:
        chance: shape (n,), over the horizon of ``near``
        near: shape (n,), of the model of repeat buying over the same horizon
        far: shape (n,), of that model over the other one

    Returns:
        Shape (n,), inside 0..1; not below ``chance`` where ``far`` is not below ``near``.
    """
    found: Floats = expit(logit(_inside(chance)) + logit(_inside(far)) - logit(_inside(near)))
    return found


def _inside(chance: Floats) -> Floats:
    return np.clip(chance, CERTAIN, 1.0 - CERTAIN)
