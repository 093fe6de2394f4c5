"""Clusters on a plane, for a picture, and clusters of one run recognised in another."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tools.models.clustering.preparation import Floats, Singles


class Plane:
    """The two directions in which cluster centroids differ most.

    Principal directions of the centroids, weighted by size; where there are fewer than three centroids, those of the
    customers themselves. Distances in the picture are smaller than the real ones, never larger.

    Attributes:
        centre_: shape (columns,)
        axes_: shape (columns, 2), orthonormal, signs fixed so that the largest entry is positive
        basis_: "centroids" or "customers"
    """

    def fit(self, centroids: Floats, sizes: NDArray[np.int64], matrix: Singles) -> Self:
        """Learn the directions.

        Args:
            centroids: shape (clusters, columns)
            sizes: shape (clusters,), customers of each
            matrix: shape (n, columns), a sample of customers
        """
        self.basis_: Literal["centroids", "customers"] = "centroids" if len(centroids) >= 3 else "customers"
        points, weights = (centroids, sizes) if self.basis_ == "centroids" else (np.asarray(matrix, np.float64), np.ones(len(matrix)))
        self.centre_: Floats = np.average(points, axis=0, weights=weights)
        spread = (points - self.centre_) * np.sqrt(weights)[:, None]
        _, _, directions = np.linalg.svd(spread, full_matrices=False)
        axes = np.zeros((points.shape[1], 2))
        axes[:, : min(2, len(directions))] = directions[:2].T
        signs = np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
        self.axes_: Floats = axes * np.where(signs == 0, 1.0, signs)
        return self

    def transform(self, matrix: Singles | Floats) -> Floats:
        """Positions on the plane, shape (n, 2)."""
        return np.asarray((matrix - self.centre_) @ self.axes_)


def matched(overlap: NDArray[Any]) -> dict[int, int]:
    """Which new cluster is which old one: the pairing with most customers in common (Hungarian method).

    Args:
        overlap: shape (new, old), customers in both

    Returns:
        Number of the old cluster by number of the new; pairs without a common customer are left out.
    """
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if overlap[row, column] > 0}
