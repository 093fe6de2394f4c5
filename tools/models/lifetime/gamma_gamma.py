"""The Gamma-Gamma model of what an order is worth (Fader and Hardie 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from tools.models.lifetime.counts import Floats, Indices
from tools.models.lifetime.fitting import TOLERANCE, Optimum, fine_enough, maximise, thinned

LEAST_Q = 1.05
"""From q = 1 down the mean of an order over the population is infinite: no forecast could be made of it."""


class GammaGamma:
    """Values of one customer's orders are Gamma(p, nu), and nu is Gamma(q, v) over customers.

    Args:
        penalty: pull of the log-parameters towards the start of the search, in customers; 0 is plain maximum likelihood

    Attributes:
        p_, q_, v_: parameters; v_ in the currency of the data (gamma in the paper)
        log_likelihood_: at the parameters, without penalty
        converged_: whether the search settled inside the limits
        customers_: number of customers fitted on

    Note:
        Fader and Hardie (2013), The Gamma-Gamma model of monetary value, brucehardie.com/notes/025.
    """

    def __init__(self, penalty: float = 0.0) -> None:
        self.penalty = penalty

    def fit(self, orders: ArrayLike, mean_value: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Learn the parameters from the mean order value of customers.

        Args:
            orders: shape (n,), number of orders behind each mean, positive
            mean_value: shape (n,), mean value of these orders, positive
            weights: shape (n,), customers of each row; one each when left out

        Raises:
            ValueError: There is no row, or a number is not positive.
        """
        counts, means, mass = _checked(orders, mean_value, weights)
        centre = float(np.exp(mass @ np.log(means) / mass.sum()))
        found = self._search(counts, means / centre, mass)
        self.p_, self.q_ = float(found.parameters[0]), float(found.parameters[1])
        self.v_ = float(found.parameters[2]) * centre
        # The density of a mean in the currency is that of the scaled mean, divided by the scale.
        self.log_likelihood_ = found.log_likelihood - float(mass.sum()) * np.log(centre)
        self.converged_, self.customers_ = found.converged, float(mass.sum())
        return self

    def _search(self, orders: Floats, means: Floats, mass: Floats) -> Optimum:
        starts: list[Sequence[float]] = [(4.0, 4.0, 1.0), (1.0, 2.0, 1.0)]
        part = thinned(len(orders))
        if part is not None:
            starts = [self._search(orders[part], means[part], mass[part]).parameters.tolist()]
        customers = float(mass.sum())
        tolerance = TOLERANCE if part is None else fine_enough(customers)
        return maximise(_Likelihood(orders, means, mass), starts, customers, self.penalty, (1e-5, LEAST_Q, 1e-5), tolerance)

    def with_parameters(self, p: float, q: float, v: float) -> Self:
        """The model with given parameters, such as stored or published ones, without a fit."""
        self.p_, self.q_, self.v_ = p, q, v
        self.log_likelihood_, self.converged_, self.customers_ = float("nan"), True, 0.0
        return self

    @property
    def parameters_(self) -> dict[str, float]:
        """The parameters by name, as ``with_parameters`` takes them."""
        return {"p": self.p_, "q": self.q_, "v": self.v_}

    def expected_order_value(self, orders: ArrayLike, mean_value: ArrayLike) -> Floats:
        """Expected value of a customer's further orders, shape (n,): the own mean drawn towards that of everybody.

        Args:
            orders: shape (n,), number of orders behind the mean; 0 gives the mean of the population
            mean_value: shape (n,), mean value of these orders; not read where there are none
        """
        counts = np.atleast_1d(np.asarray(orders, float))
        spent = np.where(counts > 0, counts * np.asarray(mean_value, float), 0.0)
        expected: Floats = self.p_ * (self.v_ + spent) / (self.p_ * counts + self.q_ - 1.0)
        return expected


def _checked(orders: ArrayLike, mean_value: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    counts, means = (np.atleast_1d(np.asarray(column, float)) for column in (orders, mean_value))
    mass = np.ones(len(counts)) if weights is None else np.asarray(weights, float)
    if not len(counts) or len(counts) != len(means):
        raise ValueError("orders and mean values need one length, at least one row")
    if not (np.isfinite(means).all() and np.isfinite(counts).all()) or (means <= 0).any() or (counts <= 0).any():
        raise ValueError("orders and their mean values must be positive")
    return counts, means, mass


class _Likelihood:
    """Log-likelihood of mean order values and its gradient by (p, q, v)."""

    def __init__(self, orders: Floats, means: Floats, weights: Floats) -> None:
        self._x, self._m, self._weights = orders, means, weights
        place: Indices
        self._orders, place = np.unique(orders, return_inverse=True)
        self._place, self._by_orders = place, np.bincount(place, weights=weights)
        self._customers = weights.sum()
        self._weighted_orders = weights * orders
        self._log_means = float(weights @ np.log(means))
        self._log_spent = float(self._weighted_orders @ (np.log(means) + np.log(orders)))

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        p, q, v = parameters
        x, of_x = self._orders, self._by_orders
        whole = v + self._m * self._x
        log_whole = np.log(whole)
        value = of_x @ (gammaln(p * x + q) - gammaln(p * x)) - self._customers * (gammaln(q) - q * np.log(v))
        value += p * self._log_spent - self._log_means - p * (self._weighted_orders @ log_whole) - q * (self._weights @ log_whole)
        both = digamma(p * x + q)
        by_p = of_x @ (x * (both - digamma(p * x))) + self._log_spent - self._weighted_orders @ log_whole
        by_q = of_x @ both + self._customers * (np.log(v) - digamma(q)) - self._weights @ log_whole
        by_v = self._customers * q / v - (p * self._weighted_orders + q * self._weights) @ (1.0 / whole)
        return float(value), np.array([by_p, by_q, by_v])
