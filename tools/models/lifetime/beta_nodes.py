"""Quadrature against a Beta distribution."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.linalg import eigh_tridiagonal

from tools.models.lifetime.counts import Floats


@lru_cache(maxsize=4096)
def beta_nodes(a: float, b: float, count: int) -> tuple[Floats, Floats]:
    """Points and weights with sum of weights x f(points) = E f(P) for P ~ Beta(a, b), exact for polynomials up to degree 2 count - 1.

    Args:
        a: Positive.
        b: Positive; thousands are fine, as no Beta function is evaluated.
        count: Number of points.

    Returns:
        Points in (0, 1), ascending, and their weights, which sum to 1; both of shape (count,).

    Note:
        Gauss-Jacobi by the eigenvalues of the recurrence's matrix (Golub and Welsch 1969).
    """
    p, q = b - 1.0, a - 1.0
    both = p + q
    n = np.arange(1, count, dtype=float)
    middle = np.full(count, (q - p) / (both + 2.0))
    middle[1:] = (q * q - p * p) / ((2.0 * n + both) * (2.0 * n + both + 2.0))
    # (n + both) / (2 n + both - 1) is 0/0 at n = 1 where a + b = 1; there it is 1 for every a and b.
    ratio = np.ones(len(n))
    ratio[1:] = (n[1:] + both) / (2.0 * n[1:] + both - 1.0)
    beside = 4.0 * n * (n + p) * (n + q) * ratio / ((2.0 * n + both) ** 2 * (2.0 * n + both + 1.0))
    points, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    weights = vectors[0] ** 2
    return np.clip((1.0 + points) / 2.0, 1e-300, 1.0), weights / weights.sum()
