"""Whether a group differs from the rest, from counts, means and variances alone.

Both tests are two-sided and use the normal approximation, hence the smallest group; p-values are compared with a
level that is divided by the number of comparisons made (Bonferroni).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SMALLEST_GROUP = 30
LEVEL = 0.01
LEAST_EFFECT = 0.2
"""Least standardised difference (Cohen's d) of means that is worth a word."""
LEAST_POINTS = 0.05
"""Least difference of shares that is worth a word."""


@dataclass(frozen=True)
class Moments:
    """What is known of a number in one group: how many have it, their mean and sample variance."""

    known: int
    mean: float
    variance: float


def means_p_value(inside: Moments, rest: Moments) -> float | None:
    """p-value of equal means (Welch's z); None where a group has fewer than 30 values or nothing varies."""
    if min(inside.known, rest.known) < SMALLEST_GROUP:
        return None
    error = math.sqrt(inside.variance / inside.known + rest.variance / rest.known)
    return _two_sided((inside.mean - rest.mean) / error) if error else None


def effect_size(inside: Moments, rest: Moments) -> float:
    """Cohen's d: the difference of means in pooled standard deviations; 0 where nothing varies."""
    freedom = inside.known + rest.known - 2
    if freedom <= 0:
        return 0.0
    pooled = ((inside.known - 1) * inside.variance + (rest.known - 1) * rest.variance) / freedom
    return (inside.mean - rest.mean) / math.sqrt(pooled) if pooled > 0 else 0.0


def shares_p_value(inside: int, inside_known: int, rest: int, rest_known: int) -> float | None:
    """p-value of equal shares (pooled z); None where fewer than 5 cases are expected on any side."""
    if min(inside_known, rest_known) < SMALLEST_GROUP:
        return None
    pooled = (inside + rest) / (inside_known + rest_known)
    if min(inside_known, rest_known) * min(pooled, 1 - pooled) < 5:
        return None
    error = math.sqrt(pooled * (1 - pooled) * (1 / inside_known + 1 / rest_known))
    return _two_sided((inside / inside_known - rest / rest_known) / error)


def is_credible(p_value: float | None, comparisons: int) -> bool:
    """Whether a difference holds at the level, over all the comparisons made."""
    return p_value is not None and p_value < LEVEL / max(comparisons, 1)


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))
