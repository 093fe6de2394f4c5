"""Finds groups of customers in a prepared matrix: number chosen, too small ones merged, everybody assigned."""

from __future__ import annotations

from typing import Self

import numpy as np

from tools.models.clustering.choice import FEWEST, MOST, Choice, Labels, best, judge, silhouette
from tools.models.clustering.methods import DENSITY, FITS, Method, means, nearest
from tools.models.clustering.preparation import Floats, Singles, sample_rows
from tools.models.threads import bounded_threads

CHOICE_ROWS = 20_000
FIT_ROWS = 100_000


class CustomerClusters:
    """A partition of customers.

    The number of clusters is given, or chosen from 5 to 8 by silhouette times stability on a sample; density methods find
    it themselves. The final fit sees at most ``FIT_ROWS`` customers, and everybody is assigned to it. Fits run on one
    thread, so that the same data and seed always give the same clusters.

    Args:
        method: how clusters are found
        clusters: how many; None chooses
        smallest: fewest customers of a cluster
        smallest_share: lowest share of customers of a cluster
        seed: seed of samples and starts

    Attributes:
        labels_: shape (n,), clusters from 0, the largest first; -1 for noise
        centroids_: shape (clusters, columns), the mean of each cluster's members
        choices_: silhouette and stability of each number of clusters that was tried
        silhouette_: of the final partition, on a sample, noise left out
        stability_: of the number in use; None for density methods
        merged_: clusters that were too small and whose members went to the nearest other one
        small_: clusters that are too small but were kept, because their number was given
        found_: parameters that a density method chose
    """

    def __init__(
        self, method: Method = "kmeans", clusters: int | None = None, smallest: int = 30, smallest_share: float = 0.01, seed: int = 7
    ) -> None:
        self.method: Method = method
        self.clusters = clusters
        self.smallest = smallest
        self.smallest_share = smallest_share
        self.seed = seed

    def fit(self, matrix: Singles) -> Self:
        """Find the clusters and assign every row.

        Args:
            matrix: shape (n, columns), finite, as :class:`~tools.models.clustering.preparation.Preparation` makes it

        Raises:
            ValueError: There are fewer rows than clusters.
        """
        if len(matrix) <= max(self.clusters or 0, 2):
            raise ValueError(f"{len(matrix)} rows are too few for clusters")
        with bounded_threads(1, len(matrix)):
            labels = self._by_density(matrix) if self.method in DENSITY else self._by_number(matrix)
            self.labels_: Labels = _by_size(self._merge(matrix, labels))
            found = int(self.labels_.max()) + 1
            self.centroids_: Floats = means(matrix, self.labels_, found)
            sizes = np.bincount(self.labels_[self.labels_ >= 0], minlength=found)
            self.small_: tuple[int, ...] = tuple(int(one) for one in np.flatnonzero(sizes < self._least(len(matrix))))
            self.silhouette_ = silhouette(matrix, self.labels_, self.seed)
        return self

    @property
    def noise_share(self) -> float:
        """Share of customers in no cluster."""
        return float((self.labels_ < 0).mean())

    def _least(self, rows: int) -> int:
        return max(min(self.smallest, rows // 2), int(np.ceil(self.smallest_share * rows)))

    def _by_number(self, matrix: Singles) -> Labels:
        fit = FITS[self.method]
        numbers = [self.clusters] if self.clusters else range(FEWEST, MOST + 1)
        sample = matrix[sample_rows(len(matrix), CHOICE_ROWS, self.seed)]
        self.choices_: tuple[Choice, ...] = judge(sample, fit, numbers, self.seed)
        chosen = best(self.choices_, self._least(len(matrix)) / len(matrix))
        self.stability_: float | None = chosen.stability
        self.found_: dict[str, float] = {}
        return fit(matrix[sample_rows(len(matrix), FIT_ROWS, self.seed)], chosen.clusters, self.seed)(matrix)

    def _by_density(self, matrix: Singles) -> Labels:
        assign, self.found_ = DENSITY[self.method](matrix, self._least(len(matrix)), self.seed)
        self.choices_, self.stability_ = (), None
        return assign(matrix)

    def _merge(self, matrix: Singles, labels: Labels) -> Labels:
        """Members of too small clusters go to the nearest other; one at a time, the smallest first."""
        self.merged_ = 0
        while self.clusters is None and self.method not in DENSITY:
            found, sizes = np.unique(labels, return_counts=True)
            if len(found) <= 2 or sizes.min() >= self._least(len(matrix)):
                break
            smallest = found[sizes.argmin()]
            others = found[found != smallest]
            compact: Labels = np.searchsorted(found, labels).astype(np.int64)
            centroids = means(matrix, compact, len(found))[found != smallest]
            members = np.flatnonzero(labels == smallest)
            labels = labels.copy()
            labels[members] = others[nearest(matrix[members], centroids)]
            self.merged_ += 1
        return labels


def _by_size(labels: Labels) -> Labels:
    """Clusters renumbered from 0 without gaps, the largest first, ties in the order of their numbers; noise stays -1."""
    found, sizes = np.unique(labels[labels >= 0], return_counts=True)
    places: Labels = np.full(int(labels.max()) + 2, -1, dtype=np.int64)
    places[found[np.argsort(-sizes, kind="stable")]] = np.arange(len(found))
    return places[labels]
