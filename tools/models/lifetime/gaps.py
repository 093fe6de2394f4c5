"""When the next order is due: a customer's own gaps, drawn towards everybody's as far as they are few."""

from __future__ import annotations

from typing import Self

import numpy as np

from tools.models.lifetime.counts import Floats

_NORMAL_80 = 1.2816
"""Standard deviations on either side that hold 80 % of a normal distribution."""
_OWN_SPREAD_CASES = 5.0
"""Gaps' worth of the common spread that a customer's own is mixed with."""
_LEAST_SPREAD = 0.05
_USUAL_SPREAD = 0.6
"""Spread of log gaps assumed where nobody has two gaps; a coefficient of variation of 0.66."""


class GapModel:
    """Gaps between order dates are log-normal for each customer, and their typical logarithms normal over customers.

    Args:
        prior_customers: customers' worth of the assumed spread that the data are mixed with

    Attributes:
        centre_: mean over customers of the logarithm of the typical gap in days
        within_: variance of the logarithm of one customer's gaps
        between_: variance of ``centre_`` over customers
        reach_: standard deviations on either side that a range takes; set by ``calibrate``, 1.28 before

    Note:
        Empirical Bayes with moments (Efron and Morris 1975): the weight of the own typical gap is
        n / (n + within / between) for n own gaps.
    """

    def __init__(self, prior_customers: float = 5.0) -> None:
        self.prior_customers = prior_customers

    def fit(self, gaps: Floats, median: Floats, mean: Floats, spread: Floats) -> Self:
        """Learn from customers with at least one gap.

        Args:
            gaps: shape (n,), number of own gaps, at least 1
            median: shape (n,), days, positive
            mean: shape (n,), days, positive
            spread: shape (n,), standard deviation of the gaps in days; NaN with one gap

        Raises:
            ValueError: Nobody has a gap.
        """
        if not len(gaps):
            raise ValueError("gaps need at least one customer who ordered on two dates")
        self.reach_ = _NORMAL_80
        own, several = _log_variance(mean, spread), np.isfinite(spread) & (gaps > 1)
        freedom = np.where(several, gaps - 1.0, 0.0)
        prior = self.prior_customers * _USUAL_SPREAD**2
        self.within_ = float((freedom @ np.where(several, own, 0.0) + prior) / (freedom.sum() + self.prior_customers))
        typical = np.log(median)
        self.centre_ = float(typical.mean())
        noise = self.within_ * float((1.0 / gaps).mean())
        spare = (float(typical.var()) - noise) if len(gaps) > 1 else 0.0
        self.between_ = max(spare, _LEAST_SPREAD)
        return self

    def with_parameters(self, centre: float, within: float, between: float, reach: float) -> Self:
        """The model with stored parameters, without a fit."""
        self.centre_, self.within_, self.between_, self.reach_ = centre, within, between, reach
        return self

    @property
    def parameters_(self) -> dict[str, float]:
        """The parameters by name, as ``with_parameters`` takes them."""
        return {"centre": self.centre_, "within": self.within_, "between": self.between_, "reach": self.reach_}

    def typical(self, gaps: Floats, median: Floats) -> Floats:
        """The expected gap in days, shape (n,): between the own median and that of everybody."""
        found: Floats = np.exp(self._middle(gaps, median))
        return found

    def bounds(self, gaps: Floats, median: Floats, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
        """The shortest and longest usual gap in days, each of shape (n,)."""
        middle, wide = self._middle(gaps, median), self.reach_ * self._spread(gaps, mean, spread)
        return np.exp(middle - wide), np.exp(middle + wide)

    def calibrate(self, gaps: Floats, median: Floats, mean: Floats, spread: Floats, next_gap: Floats, share: float = 0.8) -> Self:
        """Set ``reach_`` so that ``share`` of known next gaps lie in their bounds.

        Args:
            gaps: shape (n,), number of own gaps before the next one
            median: shape (n,), days
            mean: shape (n,), days
            spread: shape (n,), days; NaN with one gap
            next_gap: shape (n,), days
            share: share to hold
        """
        distance = np.abs(np.log(next_gap) - self._middle(gaps, median)) / self._spread(gaps, mean, spread)
        self.reach_ = float(np.clip(np.quantile(distance, share), 0.5, 3.0))
        return self

    def _weight(self, gaps: Floats) -> Floats:
        return gaps / (gaps + self.within_ / self.between_)

    def _middle(self, gaps: Floats, median: Floats) -> Floats:
        weight = self._weight(gaps)
        return weight * np.log(median) + (1.0 - weight) * self.centre_

    def _spread(self, gaps: Floats, mean: Floats, spread: Floats) -> Floats:
        own = np.where(np.isfinite(spread) & (gaps > 1), _log_variance(mean, spread), self.within_)
        mixed = (gaps * own + _OWN_SPREAD_CASES * self.within_) / (gaps + _OWN_SPREAD_CASES)
        found: Floats = np.sqrt(mixed + (1.0 - self._weight(gaps)) * self.between_)
        return found


def _log_variance(mean: Floats, spread: Floats) -> Floats:
    """Variance of the logarithm of a log-normal variable with that mean and standard deviation."""
    return np.log1p((np.nan_to_num(spread) / mean) ** 2)
