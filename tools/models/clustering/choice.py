"""How many clusters: silhouette of a partition, and how much it stays itself on other samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, silhouette_score

from tools.models.clustering.preparation import Singles, sample_rows

Labels = NDArray[np.int64]
Assign = Callable[[Singles], Labels]
"""Gives every row the number of its cluster."""
Fit = Callable[[Singles, int, int], Assign]
"""Finds a number of clusters in a matrix with a seed."""

FEWEST, MOST = 5, 8
JUDGED_ROWS = 4_000
RESAMPLES = 5
RESAMPLED_SHARE = 0.5


@dataclass(frozen=True)
class Choice:
    """What one number of clusters is worth.

    Args:
        clusters: The number.
        silhouette: Mean silhouette on a sample (Rousseeuw 1987): 1 is well apart, 0 is no border.
        stability: Mean adjusted Rand index (Hubert and Arabie 1985) between the partition and those found in halves of the data.
        smallest: Share of the smallest cluster.
    """

    clusters: int
    silhouette: float
    stability: float
    smallest: float

    @property
    def score(self) -> float:
        """What the choice is made by: silhouette times stability."""
        return max(self.silhouette, 0.0) * max(self.stability, 0.0)


def silhouette(matrix: Singles, labels: Labels, seed: int, rows: int = JUDGED_ROWS) -> float:
    """Mean silhouette on a sample of at most ``rows``; 0 where there is no second cluster. Noise (-1) is left out."""
    kept = np.flatnonzero(labels >= 0)
    chosen = kept[sample_rows(len(kept), rows, seed)]
    groups = len(np.unique(labels[chosen]))
    return float(silhouette_score(matrix[chosen], labels[chosen])) if 2 <= groups < len(chosen) else 0.0


def stability(matrix: Singles, fit: Fit, clusters: int, seed: int, reference: Labels) -> float:
    """Mean adjusted Rand index of ``reference`` (labels of ``matrix``) with the partitions found in random halves of it."""
    judged = sample_rows(len(matrix), JUDGED_ROWS, seed)
    found = []
    for turn in range(RESAMPLES):
        rows = np.random.default_rng([seed, turn]).choice(len(matrix), max(int(len(matrix) * RESAMPLED_SHARE), clusters), replace=False)
        assign = fit(matrix[np.sort(rows)], clusters, seed + 1 + turn)
        found.append(adjusted_rand_score(reference[judged], assign(matrix[judged])))
    return float(np.mean(found))


def judge(matrix: Singles, fit: Fit, numbers: Iterable[int], seed: int) -> tuple[Choice, ...]:
    """Silhouette and stability of each number of clusters that ``matrix`` has rows for."""
    choices = []
    for clusters in numbers:
        if clusters < len(matrix):
            labels = fit(matrix, clusters, seed)(matrix)
            smallest = np.bincount(labels, minlength=clusters).min() / len(matrix)
            steady = stability(matrix, fit, clusters, seed, labels)
            choices.append(Choice(clusters, silhouette(matrix, labels, seed), steady, float(smallest)))
    return tuple(choices)


def best(choices: Iterable[Choice], least_share: float) -> Choice:
    """The choice with the highest score among those without a cluster below ``least_share``; among all where there is none.

    Raises:
        ValueError: There are no choices.
    """
    listed = list(choices)
    fit_to_use = [one for one in listed if one.smallest >= least_share] or listed
    return max(fit_to_use, key=lambda one: (one.score, -one.clusters))
