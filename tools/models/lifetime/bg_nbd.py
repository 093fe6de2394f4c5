"""The BG/NBD model of repeat buying (Fader, Hardie and Lee 2005)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, gammaln

from tools.models.lifetime.beta_nodes import beta_nodes
from tools.models.lifetime.counts import Counts, Floats, checked, collapse
from tools.models.lifetime.fitting import TOLERANCE, Optimum, fine_enough, maximise, thinned

NODES = 32
"""Points of the quadrature over the chance to leave: expected orders agree with the closed form to four digits at worst, ten as a rule."""


class BgNbd:
    """Purchases come at a customer's own rate until the customer leaves, which may happen after any purchase.

    Rates are Gamma(r, alpha) over customers, chances to leave after a purchase are Beta(a, b). Fitted by maximum
    likelihood on distinct histories with weights, with analytic gradients.

    Args:
        penalty: pull of the log-parameters towards the start of the search, in customers; 0 is plain maximum likelihood

    Attributes:
        r_, alpha_, a_, b_: parameters; alpha_ in the unit of time of the data
        log_likelihood_: at the parameters, without penalty, and with the terms that do not depend on them left out as
            in the paper (so that it compares with published ones)
        converged_: whether the search settled inside the limits
        customers_: number of customers fitted on

    Note:
        Fader, Hardie and Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284.
    """

    def __init__(self, penalty: float = 0.0) -> None:
        self.penalty = penalty

    def fit(self, x: ArrayLike, t_x: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Learn the parameters from histories.

        Args:
            x: shape (n,), purchases after the first
            t_x: shape (n,), time from first to last purchase
            age: shape (n,), time from first purchase to the end of observation (T)
            weights: shape (n,), customers of each row; one each when left out

        Raises:
            ValueError: There is no row, or a history is impossible.
        """
        counts = collapse(x, t_x, age, weights)
        found = self._search(counts)
        return self._store(found.parameters, found.log_likelihood, found.converged, counts.customers)

    def _search(self, counts: Counts) -> Optimum:
        scale = float(counts.age.mean()) or 1.0
        starts: list[Sequence[float]] = [(1.0, scale, 1.0, 2.0), (0.3, scale / 4.0, 0.5, 5.0)]
        part = thinned(len(counts))
        if part is not None:
            near = self._search(Counts(counts.x[part], counts.t_x[part], counts.age[part], counts.weights[part]))
            starts = [near.parameters.tolist()]
        tolerance = TOLERANCE if part is None else fine_enough(counts.customers)
        return maximise(_Likelihood(counts), starts, counts.customers, self.penalty, tolerance=tolerance)

    def with_parameters(self, r: float, alpha: float, a: float, b: float) -> Self:
        """The model with given parameters, such as stored or published ones, without a fit."""
        return self._store(np.array([r, alpha, a, b]), float("nan"), True, 0.0)

    def _store(self, parameters: Floats, log_likelihood: float, converged: bool, customers: float) -> Self:
        self.r_, self.alpha_, self.a_, self.b_ = (float(value) for value in parameters)
        self.log_likelihood_, self.converged_, self.customers_ = log_likelihood, converged, customers
        return self

    @property
    def parameters_(self) -> dict[str, float]:
        """The parameters by name, as ``with_parameters`` takes them."""
        return {"r": self.r_, "alpha": self.alpha_, "a": self.a_, "b": self.b_}

    def log_likelihood(self, x: ArrayLike, t_x: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Log-likelihood of other histories under the fitted parameters."""
        return _Likelihood(collapse(x, t_x, age, weights))(np.array([self.r_, self.alpha_, self.a_, self.b_]))[0]

    def probability_alive(self, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
        """Probability that a customer with that history has not left, shape (n,); 1 without a repeat purchase."""
        orders, latest, span = checked(x, t_x, age)
        odds = np.full(len(orders), -np.inf)
        repeat = orders > 0
        odds[repeat] = np.log(self.a_ / (self.b_ + orders[repeat] - 1.0)) + (self.r_ + orders[repeat]) * np.log(
            (self.alpha_ + span[repeat]) / (self.alpha_ + latest[repeat])
        )
        alive: Floats = expit(-odds)
        return alive

    def expected_orders(self, horizon: ArrayLike, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
        """Expected purchases in the ``horizon`` after the end of observation, shape (n,), never negative.

        The paper's closed form has a hypergeometric function that loses all digits for frequent buyers and a pole at
        a = 1. The same expectation is an integral over the chance to leave p, which is Beta(a, b + x) among customers
        alive: (1 - (1 + p h / (alpha + T))^-(r + x)) / p, which Gauss-Jacobi quadrature takes without either.
        """
        orders, latest, span = checked(x, t_x, age)
        reach = np.broadcast_to(np.asarray(horizon, float), orders.shape) / (self.alpha_ + span)
        mean = np.empty(len(orders))
        by_count = np.argsort(orders, kind="stable")
        for rows in np.split(by_count, np.flatnonzero(np.diff(orders[by_count])) + 1):
            mean[rows] = self._expected_alive(float(orders[rows[0]]), reach[rows])
        return mean * self.probability_alive(orders, latest, span)

    def probability_of_order(self, horizon: ArrayLike, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Floats:
        """Probability of at least one purchase in the ``horizon`` after the end of observation, shape (n,).

        Nobody leaves between purchases, so who is alive buys at a rate that is Gamma(r + x, alpha + T) until the next one.
        """
        orders, latest, span = checked(x, t_x, age)
        silent = -(self.r_ + orders) * np.log1p(np.asarray(horizon, float) / (self.alpha_ + span))
        found: Floats = -np.expm1(silent) * self.probability_alive(orders, latest, span)
        return found

    def _expected_alive(self, x: float, reach: Floats) -> Floats:
        chances, weights = beta_nodes(self.a_, self.b_ + x, NODES)
        total = np.zeros(len(reach))
        for chance, weight in zip(chances, weights, strict=True):
            total += weight / chance * -np.expm1(-(self.r_ + x) * np.log1p(chance * reach))
        return total

    def expected_orders_of_new(self, horizon: ArrayLike) -> Floats:
        """Expected purchases of a new customer in the ``horizon`` after the first one, shape (n,)."""
        spans = np.atleast_1d(np.asarray(horizon, float))
        nothing = np.zeros(len(spans))
        return self.expected_orders(spans, nothing, nothing, nothing)


class _Likelihood:
    """Log-likelihood of weighted histories and its gradient by (r, alpha, a, b).

    Terms that depend on ``x`` or on the age alone are summed over their distinct values, so that a row of a million
    costs one logarithm.
    """

    def __init__(self, counts: Counts) -> None:
        self._orders, place = np.unique(counts.x, return_inverse=True)
        self._by_orders = np.bincount(place, weights=counts.weights)
        self._ages, at_age = np.unique(counts.age, return_inverse=True)
        self._age_customers = np.bincount(at_age, weights=counts.weights)
        self._age_orders = np.bincount(at_age, weights=counts.weights * counts.x)
        repeat = counts.x > 0
        self._x, self._weights = counts.x[repeat], counts.weights[repeat]
        self._at_orders, self._at_age = place[repeat], at_age[repeat]
        self._latest, self._at_latest = np.unique(counts.t_x[repeat], return_inverse=True)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        value, gradient = self._purchases(parameters)
        left, left_gradient = self._leaving(parameters)
        return value + left, gradient + left_gradient

    def _purchases(self, parameters: Floats) -> tuple[float, Floats]:
        """As if every customer were still alive: terms of ``x`` and of the age alone."""
        r, alpha, a, b = parameters
        x, of_x, ages = self._orders, self._by_orders, self._ages
        customers = of_x.sum()
        exposed = r * self._age_customers + self._age_orders
        counted = gammaln(r + x) - gammaln(r) + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        log_age = np.log(alpha + ages)
        value = of_x @ counted + customers * r * np.log(alpha) - exposed @ log_age
        both = digamma(a + b) - digamma(a + b + x)
        by_r = of_x @ (digamma(r + x) - digamma(r)) + customers * np.log(alpha) - self._age_customers @ log_age
        by_alpha = customers * r / alpha - exposed @ (1.0 / (alpha + ages))
        by_b = of_x @ (both + digamma(b + x) - digamma(b))
        return float(value), np.array([by_r, by_alpha, of_x @ both, by_b])

    def _leaving(self, parameters: Floats) -> tuple[float, Floats]:
        """The logarithm of one plus the odds of having left at the last purchase, of customers with repeat purchases."""
        r, alpha, a, b = parameters
        since = np.log(alpha + self._ages)[self._at_age] - np.log(alpha + self._latest)[self._at_latest]
        odds = np.log(a / (b + self._orders - 1.0 + (self._orders == 0)))[self._at_orders] + (r + self._x) * since
        left = self._weights * expit(odds)
        by_alpha = left @ ((r + self._x) * ((1.0 / (alpha + self._ages))[self._at_age] - (1.0 / (alpha + self._latest))[self._at_latest]))
        by_b = -(left @ (1.0 / (b + self._x - 1.0)))
        return float(self._weights @ np.logaddexp(0.0, odds)), np.array([left @ since, by_alpha, left.sum() / a, by_b])
