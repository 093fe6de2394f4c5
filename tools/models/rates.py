"""Rates of small groups with honest intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

NORMAL_95 = 1.959963984540054


def wilson(positives: int, cases: int, z: float = NORMAL_95) -> tuple[float, float]:
    """The Wilson score interval of a rate (Wilson 1927), as fractions of one.

    Args:
        positives: cases with the outcome, 0 to ``cases``
        cases: all cases; zero gives (0, 1), as nothing is known
        z: standard normal quantile; 1.96 is 95 %

    Raises:
        ValueError: ``positives`` does not lie between zero and ``cases``.
    """
    if not 0 <= positives <= cases:
        raise ValueError(f"positives must be between 0 and cases, got {positives} of {cases}")
    if not cases:
        return 0.0, 1.0
    rate, square = positives / cases, z * z
    middle = (rate + square / (2 * cases)) / (1 + square / cases)
    reach = z * math.sqrt(rate * (1 - rate) / cases + square / (4 * cases * cases)) / (1 + square / cases)
    # At the ends the bound is exact; floating-point noise must not put it outside.
    low = 0.0 if positives == 0 else middle - reach
    high = 1.0 if positives == cases else middle + reach
    return low, high


@dataclass(frozen=True)
class Rate:
    """How often an outcome happened in a group, beside all cases.

    ``rate``, ``low`` and ``high`` are fractions of one (None without cases); ``lift`` = rate ÷ rate of all (None where that is zero).
    """

    cases: int
    positives: int
    rate: float | None
    low: float
    high: float
    lift: float | None


def rate_of(positives: int, cases: int, base: float) -> Rate:
    """The rate of a group with its 95 % interval.

    Args:
        positives: cases of the group with the outcome
        cases: cases of the group
        base: rate of all cases, a fraction of one
    """
    low, high = wilson(positives, cases)
    rate = positives / cases if cases else None
    return Rate(cases, positives, rate, low, high, rate / base if rate is not None and base else None)
