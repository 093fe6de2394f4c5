"""The effect of a treatment against a control group: differences of rates and of means, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import norm, t

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with the interval that holds the true one with probability ``LEVEL``."""

    value: float
    low: float
    high: float

    @property
    def is_credible(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Arm:
    """What one arm of a campaign did.

    Args:
        customers: Size, at least 1.
        total: Sum of the outcome; of a rate, the number of customers who did it.
        squares: Sum of the squared outcome; of a rate, the same number.
    """

    customers: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """Mean outcome per customer; of a rate, the rate."""
        return self.total / self.customers

    @property
    def variance(self) -> float:
        """Sample variance of the outcome; zero with one customer."""
        if self.customers < 2:
            return 0.0
        return max(self.squares - self.total * self.total / self.customers, 0.0) / (self.customers - 1)


def wilson(successes: float, cases: int, level: float = LEVEL) -> tuple[float, float]:
    """Score interval of a proportion (Wilson 1927).

    Args:
        successes: between 0 and ``cases``
        cases: at least 1
        level: of confidence
    """
    z = float(norm.ppf((1.0 + level) / 2.0))
    rate = successes / cases
    centre = rate + z * z / (2.0 * cases)
    spread = z * math.sqrt(rate * (1.0 - rate) / cases + z * z / (4.0 * cases * cases))
    whole = 1.0 + z * z / cases
    return max((centre - spread) / whole, 0.0), min((centre + spread) / whole, 1.0)


def rate_difference(treatment: Arm, control: Arm, level: float = LEVEL) -> Estimate:
    """Treatment rate - control rate, a fraction, with the hybrid score interval (Newcombe 1998, method 10)."""
    first, second = treatment.mean, control.mean
    low_1, high_1 = wilson(treatment.total, treatment.customers, level)
    low_2, high_2 = wilson(control.total, control.customers, level)
    difference = first - second
    low = difference - math.sqrt((first - low_1) ** 2 + (high_2 - second) ** 2)
    high = difference + math.sqrt((high_1 - first) ** 2 + (second - low_2) ** 2)
    # Rounding may step outside by the last bit.
    return Estimate(difference, max(low, -1.0), min(high, 1.0))


def relative_uplift(treatment: Arm, control: Arm, level: float = LEVEL) -> Estimate | None:
    """Treatment rate ÷ control rate - 1, with the log interval (Katz et al. 1978); None where an arm did nothing."""
    if not treatment.total or not control.total:
        return None
    z = float(norm.ppf((1.0 + level) / 2.0))
    ratio = treatment.mean / control.mean
    error = math.sqrt(max((1 - treatment.mean) / treatment.total + (1 - control.mean) / control.total, 0.0))
    return Estimate(ratio - 1.0, ratio * math.exp(-z * error) - 1.0, ratio * math.exp(z * error) - 1.0)


def mean_difference(treatment: Arm, control: Arm, level: float = LEVEL) -> Estimate:
    """Mean of the treatment - mean of the control, in units of the outcome, with Welch's interval (1947).

    Raises:
        ValueError: An arm has fewer than two customers, so its spread is unknown.
    """
    if min(treatment.customers, control.customers) < 2:
        raise ValueError("an interval of means needs two customers in each arm")
    parts = (treatment.variance / treatment.customers, control.variance / control.customers)
    difference, variance = treatment.mean - control.mean, sum(parts)
    if not variance:
        return Estimate(difference, difference, difference)
    freedom = variance**2 / (parts[0] ** 2 / (treatment.customers - 1) + parts[1] ** 2 / (control.customers - 1))
    margin = float(t.ppf((1.0 + level) / 2.0, freedom)) * math.sqrt(variance)
    return Estimate(difference, difference - margin, difference + margin)


def stratified_difference(strata: Sequence[tuple[Arm, Arm]], level: float = LEVEL) -> Estimate:
    """The common difference over several campaigns, each compared within itself, so that their mix does not matter.

    Weights are those of Mantel and Haenszel, treated x control ÷ both.

    Args:
        strata: (treatment, control) of each campaign, at least one
        level: of confidence
    """
    weights = [one.customers * other.customers / (one.customers + other.customers) for one, other in strata]
    whole = sum(weights)
    value = sum(w * (one.mean - other.mean) for w, (one, other) in zip(weights, strata, strict=True)) / whole
    variance = sum(
        w * w * (one.variance / one.customers + other.variance / other.customers) for w, (one, other) in zip(weights, strata, strict=True)
    ) / (whole * whole)
    margin = float(norm.ppf((1.0 + level) / 2.0)) * math.sqrt(variance)
    return Estimate(value, value - margin, value + margin)
