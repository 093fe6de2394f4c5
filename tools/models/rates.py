"""Rates of small groups with honest intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


def design_effect(groups: NDArray[np.integer], labels: NDArray[np.int64]) -> float:
    """Cases per independent one (Kish 1965), where each group has several: 1 + (size - 1) x correlation within groups.

    The correlation is the analysis-of-variance estimate, between zero and one.

    Args:
        groups: shape (n,), the group of each case, 0 to the number of groups - 1
        labels: shape (n,), 0 or 1
    """
    sizes = np.bincount(groups).astype(np.float64)
    sizes = sizes[sizes > 0]
    cases, count = sizes.sum(), len(sizes)
    if count in (0, 1) or cases == count:
        return 1.0
    means = np.bincount(groups, weights=labels)[np.bincount(groups) > 0] / sizes
    between = float((sizes * (means - labels.mean()) ** 2).sum()) / (count - 1)
    within = float((sizes * means * (1 - means)).sum()) / (cases - count)
    usual = (cases - (sizes**2).sum() / cases) / (count - 1)
    whole = between + (usual - 1) * within
    correlation = min(max((between - within) / whole, 0.0), 1.0) if whole else 0.0
    return float(1 + (cases / count - 1) * correlation)
