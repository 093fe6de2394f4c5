"""Orders and spend of the next period, learned from what earlier periods brought."""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np
from scipy.linalg import LinAlgWarning
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import PoissonRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tools.models.lifetime.counts import Floats, Indices
from tools.models.threads import bounded_threads

_FURTHEST = 6.0
"""Standard deviations beyond which a feature counts as that far: a straight line would run away there."""
OLDER = 0.6
"""Weight of a case relative to one of the next later cut-off."""
_PULL = 2.0
"""Mean customers' worth of outcomes that pull the level of a group towards what was predicted for it."""


class LearnedSpend:
    """Expected orders and expected spend over one horizon, from features as of a cut-off.

    For each of the two the prediction is the geometric mean of a Poisson regression on the standardised features and of
    gradient-boosted trees with Poisson loss; both are quasi-likelihoods of a mean, so they take money as well as counts.

    Later cut-offs weigh more, and on the latest one the level of each group of customers is set to what it brought:
    shops change, and customers of few orders are new at the first cut-offs and rare at the last ones.

    Args:
        seed: seed of the trees' binning
        threads: most threads that a fit may use

    Attributes:
        level_orders_, level_spend_: means over the training cases, the unit that the parts are fitted in

    Note:
        Trees alone follow jumps of the training period, the regression alone misses turning points; of the two the mean
        was better on every later period tried.
    """

    def __init__(self, seed: int = 7, threads: int = 1) -> None:
        self.seed = seed
        self.threads = threads

    def fit(self, features: Floats, orders: Floats, spend: Floats, back: Indices | None = None, groups: Indices | None = None) -> Self:
        """Learn from cases of one or more cut-offs.

        Args:
            features: shape (n, k), finite; skewed ones on a logarithmic scale
            orders: shape (n,), orders in the horizon after the cut-off
            spend: shape (n,), amount in the same, not negative
            back: shape (n,), how many cut-offs the case lies before the latest one; 0 when left out
            groups: shape (n,), group of customers of each case, numbered from 0; all are one when left out

        Raises:
            ValueError: Nobody ordered, or nobody paid, in any of the periods.
        """
        if not orders.sum() > 0 or not spend.sum() > 0:
            raise ValueError("spend cannot be learned from periods without any")
        self.level_orders_, self.level_spend_ = float(orders.mean()), float(spend.mean())
        back = np.zeros(len(features), dtype=np.int64) if back is None else back
        groups = np.zeros(len(features), dtype=np.int64) if groups is None else groups
        with bounded_threads(self.threads, len(features)):
            self._orders = _Mean(self.seed).fit(features, orders / self.level_orders_, back, groups)
            self._spend = _Mean(self.seed).fit(features, spend / self.level_spend_, back, groups)
        return self

    def predict_orders(self, features: Floats, groups: Indices | None = None) -> Floats:
        """Expected orders over the horizon, shape (n,), positive."""
        with bounded_threads(self.threads, len(features)):
            return self.level_orders_ * self._orders.predict(features, groups)

    def predict_spend(self, features: Floats, groups: Indices | None = None) -> Floats:
        """Expected spend over the horizon, shape (n,), positive."""
        with bounded_threads(self.threads, len(features)):
            return self.level_spend_ * self._spend.predict(features, groups)


class _Mean:
    """A line and trees for one mean; the level of their geometric mean is that of the training cases."""

    def __init__(self, seed: int) -> None:
        self._line = make_pipeline(StandardScaler(), PoissonRegressor(alpha=1e-3, solver="newton-cholesky", max_iter=100))
        self._trees = HistGradientBoostingRegressor(
            loss="poisson",
            max_iter=60,
            learning_rate=0.12,
            max_leaf_nodes=8,
            min_samples_leaf=60,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        )

    def fit(self, features: Floats, outcome: Floats, back: Indices, groups: Indices) -> Self:
        """Fit both parts on an outcome whose mean is 1."""
        weights = OLDER ** back.astype(np.float64)
        self._centre, self._width = features.mean(axis=0), features.std(axis=0)
        with warnings.catch_warnings():
            # A line that has not quite converged is judged on a later period like any other.
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.simplefilter("ignore", LinAlgWarning)
            self._line.fit(features, outcome, poissonregressor__sample_weight=weights)
        self._trees.fit(features, outcome, sample_weight=weights)
        found = self._both(features)
        self._level = float(weights @ outcome) / float(weights @ found)
        latest, size = back == 0, int(groups.max()) + 1
        expected = np.bincount(groups[latest], self._level * found[latest], size)
        self._groups = (np.bincount(groups[latest], outcome[latest], size) + _PULL) / (expected + _PULL)
        return self

    def predict(self, features: Floats, groups: Indices | None) -> Floats:
        """The mean of each case; a group that was never seen is at the level of all."""
        place = np.zeros(len(features), dtype=np.int64) if groups is None else groups
        level = np.append(self._groups, 1.0)[np.minimum(place, len(self._groups))]
        found: Floats = self._level * level * self._both(features)
        return found

    def _both(self, features: Floats) -> Floats:
        near = np.clip(features, self._centre - _FURTHEST * self._width, self._centre + _FURTHEST * self._width)
        found: Floats = np.sqrt(self._line.predict(near) * self._trees.predict(features))
        return found
