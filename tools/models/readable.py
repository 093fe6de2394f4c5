"""Thresholds that people can read: the roundest number that still separates two values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_THRESHOLDS = 200
_LEAST_POWER = -6
"""Thresholds have at most six decimals."""


def plainest(low: float, high: float, landmarks: Sequence[float] = (), whole: bool = False) -> float:
    """The roundest t with low < t <= high, so that ``x < t`` parts ``low`` from ``high``.

    Args:
        low: the largest value below
        high: the smallest value above, greater than ``low``
        landmarks: numbers that are plain by themselves, such as 7, 30 and 90 days
        whole: whether only whole numbers will do, for values that are whole

    Returns:
        ``high`` itself where nothing rounder separates the two.
    """
    if low < 0.0 <= high:
        return 0.0
    for landmark in landmarks:
        if low < landmark <= high:
            return float(landmark)
    power = math.ceil(math.log10(max(abs(low), abs(high))))
    for exponent in range(power, (0 if whole else _LEAST_POWER) - 1, -1):
        for step in (Decimal(10) ** exponent, Decimal(10) ** exponent / 2):
            found = _multiple(low, high, step)
            if found is not None and not (whole and found != int(found)):
                return found
    return float(high)


def _multiple(low: float, high: float, step: Decimal) -> float | None:
    """A multiple of ``step`` in (low, high], the nearest to the middle; None where there is none."""
    first, last = math.floor(Decimal(low) / step) + 1, math.floor(Decimal(high) / step)
    if first > last:
        return None
    middle = round((Decimal(low) + Decimal(high)) / 2 / step)
    found = float(min(max(middle, first), last) * step)
    # The decimal may round to a binary number on the wrong side.
    return found if low < found <= high else None


def digits(threshold: float, landmarks: Sequence[float] = ()) -> float:
    """How much there is to read in a threshold: its significant digits; a last 5 counts half."""
    if threshold == 0 or threshold in landmarks:
        return 1.0
    text = f"{abs(Decimal(repr(threshold))):f}".replace(".", "").strip("0")
    return len(text) - 0.5 if len(text) > 1 and text.endswith("5") else float(len(text))


def thresholds(values: Floats, landmarks: Sequence[float] = (), most: int = MOST_THRESHOLDS) -> Floats:
    """Readable thresholds that part ``values`` into at most ``most`` + 1 bins of like size, ascending.

    Args:
        values: shape (n,); NaN is left out
        landmarks: numbers that are plain by themselves
        most: thresholds at most
    """
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    if len(distinct) < 2:
        return np.empty(0)
    edges = distinct
    if len(distinct) > most + 1:
        edges = np.unique(np.quantile(known, np.linspace(0, 1, most + 1), method="inverted_cdf"))
    whole = bool(np.all(distinct == np.round(distinct)))
    found = {plainest(float(low), float(high), landmarks, whole) for low, high in pairwise(edges)}
    return np.array(sorted(found))
