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

from tools.models.lifetime.counts import Floats
from tools.models.threads import bounded_threads

_FURTHEST = 6.0
"""Standard deviations beyond which a feature counts as that far: a straight line would run away there."""


class LearnedSpend:
    """Expected orders and expected spend over one horizon, from features as of a cut-off.

    For each of the two the prediction is the geometric mean of a Poisson regression on the standardised features and of
    gradient-boosted trees with Poisson loss; both are quasi-likelihoods of a mean, so they take money as well as counts.

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

    def fit(self, features: Floats, orders: Floats, spend: Floats) -> Self:
        """Learn from cases of one or more cut-offs.

        Args:
            features: shape (n, k), finite; skewed ones on a logarithmic scale
            orders: shape (n,), orders in the horizon after the cut-off
            spend: shape (n,), amount in the same, not negative

        Raises:
            ValueError: Nobody ordered, or nobody paid, in any of the periods.
        """
        if not orders.sum() > 0 or not spend.sum() > 0:
            raise ValueError("spend cannot be learned from periods without any")
        self.level_orders_, self.level_spend_ = float(orders.mean()), float(spend.mean())
        with bounded_threads(self.threads, len(features)):
            self._orders = _Mean(self.seed).fit(features, orders / self.level_orders_)
            self._spend = _Mean(self.seed).fit(features, spend / self.level_spend_)
        return self

    def predict_orders(self, features: Floats) -> Floats:
        """Expected orders over the horizon, shape (n,), positive."""
        with bounded_threads(self.threads, len(features)):
            return self.level_orders_ * self._orders.predict(features)

    def predict_spend(self, features: Floats) -> Floats:
        """Expected spend over the horizon, shape (n,), positive."""
        with bounded_threads(self.threads, len(features)):
            return self.level_spend_ * self._spend.predict(features)


class _Mean:
    """A line and trees for one mean; the level of their geometric mean is that of the training cases."""

    def __init__(self, seed: int) -> None:
        self._line = make_pipeline(StandardScaler(), PoissonRegressor(alpha=1e-3, solver="newton-cholesky", max_iter=100))
        self._trees = HistGradientBoostingRegressor(
            loss="poisson",
            max_iter=60,
            learning_rate=0.08,
            max_leaf_nodes=8,
            min_samples_leaf=60,
            l2_regularization=5.0,
            early_stopping=False,
            random_state=seed,
        )

    def fit(self, features: Floats, outcome: Floats) -> Self:
        """Fit both parts on an outcome whose mean is 1."""
        self._centre, self._width = features.mean(axis=0), features.std(axis=0)
        with warnings.catch_warnings():
            # A line that has not quite converged is judged on a later period like any other.
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.simplefilter("ignore", LinAlgWarning)
            self._line.fit(features, outcome)
        self._trees.fit(features, outcome)
        self._level = 1.0
        self._level = 1.0 / float(self.predict(features).mean())
        return self

    def predict(self, features: Floats) -> Floats:
        """The mean of each case."""
        near = np.clip(features, self._centre - _FURTHEST * self._width, self._centre + _FURTHEST * self._width)
        found: Floats = self._level * np.sqrt(self._line.predict(near) * self._trees.predict(features))
        return found
