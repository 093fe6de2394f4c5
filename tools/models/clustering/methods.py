"""The methods that find clusters in a sample and then assign everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from tools.models.clustering.choice import Assign, Fit, Labels, silhouette
from tools.models.clustering.preparation import Floats, Singles, chunks, sample_rows

Method = Literal["kmeans", "minibatch", "ward", "dbscan", "hdbscan", "gaussian_mixture"]
STARTS = 4
WARD_ROWS = 2_500
DENSITY_ROWS = 8_000
DENSITY_COLUMNS = 5
"""Principal directions in which density methods look: distances tell nothing apart in many dimensions."""
EPS_QUANTILES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
CLUSTER_SHARES = (0.01, 0.02, 0.05)
FARTHEST = 3.0
"""A customer outside the sample is noise when farther from the nearest sampled one than this many typical distances."""


def nearest(matrix: Singles, centroids: Floats | Singles) -> Labels:
    """The number of the nearest centroid for each row; ties go to the first."""
    centres = np.asarray(centroids, dtype=np.float32)
    halves = (centres**2).sum(axis=1) / 2
    labels: Labels = np.empty(len(matrix), dtype=np.int64)
    for rows in chunks(len(matrix)):
        labels[rows] = np.argmin(halves - matrix[rows] @ centres.T, axis=1)
    return labels


def means(matrix: Singles, labels: Labels, clusters: int) -> Floats:
    """Mean of each cluster's rows, shape (clusters, columns); each must have a row."""
    sums: Floats = np.zeros((clusters, matrix.shape[1]))
    for rows in chunks(len(matrix)):
        for number in range(clusters):
            sums[number] += matrix[rows][labels[rows] == number].sum(axis=0, dtype=np.float64)
    counts = np.bincount(labels[labels >= 0], minlength=clusters)
    return np.asarray(sums / counts[:, None])


def fit_kmeans(matrix: Singles, clusters: int, seed: int) -> Assign:
    """K-Means (Lloyd) with k-means++ starts."""
    centroids = KMeans(clusters, n_init=STARTS, random_state=seed).fit(matrix).cluster_centers_
    return lambda rows: nearest(rows, centroids)


def fit_minibatch(matrix: Singles, clusters: int, seed: int) -> Assign:
    """Mini-batch K-Means (Sculley 2010)."""
    made = MiniBatchKMeans(clusters, batch_size=4096, n_init=STARTS, random_state=seed).fit(matrix)
    return lambda rows: nearest(rows, made.cluster_centers_)


def fit_ward(matrix: Singles, clusters: int, seed: int) -> Assign:
    """Ward's hierarchy on a sample of at most ``WARD_ROWS``; everybody goes to the nearest of its means."""
    sample = matrix[sample_rows(len(matrix), WARD_ROWS, seed)]
    labels = AgglomerativeClustering(clusters, linkage="ward").fit_predict(sample).astype(np.int64)
    centroids = means(sample, labels, clusters)
    return lambda rows: nearest(rows, centroids)


def fit_gaussian(matrix: Singles, clusters: int, seed: int) -> Assign:
    """A mixture of Gaussians with diagonal covariances, started from K-Means."""
    spread = float(matrix.var(axis=0).mean())
    made = GaussianMixture(clusters, covariance_type="diag", reg_covar=0.01 * spread, max_iter=200, tol=1e-2, random_state=seed)
    made.fit(matrix.astype(np.float64))

    def assign(rows: Singles) -> Labels:
        """The cluster of each row; -1 is none."""
        return np.concatenate([made.predict(rows[part].astype(np.float64)) for part in chunks(len(rows))]).astype(np.int64)

    return assign


FITS: dict[str, Fit] = {"kmeans": fit_kmeans, "minibatch": fit_minibatch, "ward": fit_ward, "gaussian_mixture": fit_gaussian}
"""Methods that are told how many clusters to find."""


def fit_dbscan(matrix: Singles, least: int, seed: int) -> tuple[Assign, dict[str, float]]:
    """DBSCAN on a sample, with ``eps`` chosen among quantiles of the distance to the k-th neighbour.

    Args:
        matrix: shape (n, columns)
        least: fewest customers of a cluster, out of n; smaller ones are noise
        seed: of the sample

    Returns:
        What assigns everybody (-1 is noise), and the parameters chosen.
    """
    plane, flat = _flattened(matrix, seed)
    neighbours = 2 * flat.shape[1]
    far = NearestNeighbors(n_neighbors=min(neighbours, len(flat))).fit(flat).kneighbors(flat)[0][:, -1]
    tried = sorted({float(one) for one in np.quantile(far, EPS_QUANTILES) if one > 0})
    found = [(eps, _without_small(DBSCAN(eps=eps, min_samples=neighbours).fit_predict(flat), least, len(matrix))) for eps in tried]
    eps, labels = _clearest(flat, found, seed)
    return _by_neighbour(plane, flat, labels, eps), {"eps": eps, "least_neighbours": float(neighbours)}


def fit_hdbscan(matrix: Singles, least: int, seed: int) -> tuple[Assign, dict[str, float]]:
    """HDBSCAN on a sample, with the smallest cluster's share chosen among a few; arguments as in :func:`fit_dbscan`."""
    plane, flat = _flattened(matrix, seed)
    share = least / len(matrix)
    sizes = sorted({max(int(len(flat) * max(one, share)), 5) for one in CLUSTER_SHARES})
    found = [(float(one), HDBSCAN(min_cluster_size=one, min_samples=min(10, one), copy=True).fit_predict(flat)) for one in sizes]
    size, labels = _clearest(flat, [(one, _without_small(labels, least, len(matrix))) for one, labels in found], seed)
    far = NearestNeighbors(n_neighbors=2).fit(flat).kneighbors(flat)[0][:, -1]
    return _by_neighbour(plane, flat, labels, FARTHEST * float(np.median(far)) + 1e-9), {"smallest_cluster": size}


DENSITY: dict[str, Callable[[Singles, int, int], tuple[Assign, dict[str, float]]]] = {"dbscan": fit_dbscan, "hdbscan": fit_hdbscan}
"""Methods that find the number of clusters themselves, and leave noise."""


def _flattened(matrix: Singles, seed: int) -> tuple[Any, Singles]:
    sample = matrix[sample_rows(len(matrix), DENSITY_ROWS, seed)]
    plane = PCA(min(DENSITY_COLUMNS, *sample.shape), random_state=seed).fit(sample)
    return plane, plane.transform(sample).astype(np.float32)


def _without_small(labels: Any, least: int, rows: int) -> Labels:
    """Numbers from 0 on; clusters of fewer than ``least`` of ``rows``, scaled to the sample, are noise."""
    found, sizes = np.unique(labels[labels >= 0], return_counts=True)
    kept = found[sizes >= least * len(labels) / rows]
    out: Labels = np.full(len(labels), -1, dtype=np.int64)
    for number, name in enumerate(kept):
        out[labels == name] = number
    return out


def _clearest(flat: Singles, found: list[tuple[float, Labels]], seed: int) -> tuple[float, Labels]:
    """The parameter whose clusters are farthest apart, times the share of customers who are in one."""

    def score(one: tuple[float, Labels]) -> float:
        """How well apart the clusters lie, less where many are noise."""
        return silhouette(flat, one[1], seed, 2_000) * float((one[1] >= 0).mean())

    return max(found, key=score) if found else (0.0, np.full(len(flat), -1, dtype=np.int64))


def _by_neighbour(plane: Any, flat: Singles, labels: Labels, reach: float) -> Assign:
    """Everybody gets the label of the nearest sampled customer in a cluster, noise beyond ``reach`` or nearer to noise."""
    finder = NearestNeighbors(n_neighbors=1).fit(flat)

    def assign(rows: Singles) -> Labels:
        """The cluster of each row; -1 is none."""
        parts = []
        for part in chunks(len(rows)):
            distance, place = finder.kneighbors(plane.transform(rows[part]).astype(np.float32))
            parts.append(np.where(distance[:, 0] <= reach, labels[place[:, 0]], -1))
        return np.concatenate(parts).astype(np.int64)

    return assign
