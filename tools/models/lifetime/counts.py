"""Sufficient statistics of repeat buying: customers with equal histories are one row with a weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Distinct histories and how many customers have each.

    Args:
        x: Shape (n,), repeat purchases: purchases after the first.
        t_x: Shape (n,), time from the first purchase to the last one; 0 where ``x`` is 0.
        age: Shape (n,), time from the first purchase to the end of observation (T in the literature).
        weights: Shape (n,), customers with that history.
    """

    x: Floats
    t_x: Floats
    age: Floats
    weights: Floats

    def __len__(self) -> int:
        return len(self.x)

    @property
    def customers(self) -> float:
        """The customers behind all rows."""
        return float(self.weights.sum())


def collapse(x: ArrayLike, t_x: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None) -> Counts:
    """The distinct rows of (x, t_x, age), sorted, with the sum of their weights.

    Args:
        x: Shape (n,), repeat purchases, whole and not negative.
        t_x: Shape (n,), time from first to last purchase, 0 <= t_x <= age, in any unit.
        age: Shape (n,), time from first purchase to the end of observation.
        weights: Shape (n,), customers of each row; one each when left out.

    Raises:
        ValueError: There is no row, or a history is impossible.
    """
    columns = checked(x, t_x, age)
    mass = np.ones(len(columns[0])) if weights is None else np.asarray(weights, float)
    key = np.zeros(len(mass), dtype=np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        # Ranks are renumbered after each column, so the key never outgrows n * n.
        key = np.unique(key * len(values) + place, return_inverse=True)[1]
    first = np.zeros(int(key.max()) + 1, dtype=np.int64)
    first[key] = np.arange(len(key))
    distinct_x, distinct_t_x, distinct_age = (column[first] for column in columns)
    return Counts(distinct_x, distinct_t_x, distinct_age, np.bincount(key, weights=mass).astype(np.float64))


def checked(x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """The three columns as floating-point arrays of one length.

    Raises:
        ValueError: There is no row, lengths differ, or a history is impossible.
    """
    columns = tuple(np.atleast_1d(np.asarray(column, float)) for column in (x, t_x, age))
    orders, latest, span = columns
    if not len(orders) or {len(column) for column in columns} != {len(orders)}:
        raise ValueError("histories need x, t_x and age of one length, at least one row")
    if not all(np.isfinite(column).all() for column in columns):
        raise ValueError("histories must be finite numbers")
    if (orders < 0).any() or (latest < 0).any() or (latest > span).any() or ((orders == 0) & (latest > 0)).any():
        raise ValueError("a history needs x >= 0 and 0 <= t_x <= age, and t_x = 0 where x = 0")
    return orders, latest, span
