"""Clusters of planted points: the number chosen, every method, small clusters, noise."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from tools.models.clustering.choice import Choice, best, silhouette, stability
from tools.models.clustering.clusters import CustomerClusters
from tools.models.clustering.methods import Method, fit_kmeans, nearest
from tools.models.threads import bounded_threads


def test_silhouette_of_two_pairs_by_hand() -> None:
    # Points 0, 1 and 10, 11 on a line: a = 1; b = 10.5 for the outer, 9.5 for the inner ones.
    matrix = np.array([[0.0], [1.0], [10.0], [11.0]], dtype=np.float32)
    expected = ((10.5 - 1) / 10.5 + (9.5 - 1) / 9.5) / 2
    assert silhouette(matrix, np.array([0, 0, 1, 1]), 7) == pytest.approx(expected, abs=1e-6)
    assert silhouette(matrix, np.array([0, 0, 0, 0]), 7) == 0.0


def test_a_clear_partition_is_stable_and_a_continuum_is_not(blobs) -> None:
    matrix, _ = blobs([200, 200, 200])
    even = np.random.default_rng(0).normal(0, 1, (600, 6)).astype(np.float32)
    with bounded_threads(1, len(matrix)):
        assert stability(matrix, fit_kmeans, 3, 7, fit_kmeans(matrix, 3, 7)(matrix)) == pytest.approx(1.0)
        assert stability(even, fit_kmeans, 6, 7, fit_kmeans(even, 6, 7)(even)) < 0.7


def test_the_best_number_has_the_highest_product_and_no_tiny_cluster() -> None:
    five, six, seven = Choice(5, 0.3, 0.9, 0.1), Choice(6, 0.4, 0.5, 0.1), Choice(7, 0.5, 0.99, 0.001)
    assert best([five, six, seven], 0.01) == five
    assert best([seven], 0.01) == seven
    assert best([five, Choice(6, 0.3, 0.9, 0.1)], 0.01) == five


@pytest.mark.parametrize("planted_number", [5, 6, 7, 8])
def test_the_planted_number_is_chosen(blobs, planted_number: int) -> None:
    matrix, planted = blobs([150] * planted_number)
    found = CustomerClusters().fit(matrix)
    assert len(found.centroids_) == planted_number
    assert adjusted_rand_score(planted, found.labels_) > 0.99
    assert [one.clusters for one in found.choices_] == [5, 6, 7, 8]


@pytest.mark.parametrize("method", get_args(Method))
def test_every_method_finds_planted_groups(blobs, method: Method) -> None:
    matrix, planted = blobs([200, 150, 120, 100, 90])
    found = CustomerClusters(method).fit(matrix)
    kept = found.labels_ >= 0
    assert kept.mean() > 0.9
    assert adjusted_rand_score(planted[kept], found.labels_[kept]) > 0.97
    assert (np.diff(np.bincount(found.labels_[kept])) <= 0).all()


@pytest.mark.parametrize("method", ["dbscan", "hdbscan"])
def test_density_methods_report_noise(blobs, method: Method) -> None:
    matrix, _ = blobs([300, 300, 300], columns=3)
    stray = np.random.default_rng(5).uniform(-30, 40, (60, 3)).astype(np.float32)
    found = CustomerClusters(method).fit(np.concatenate([matrix, stray]))
    assert (found.labels_[900:] < 0).mean() > 0.8
    assert (found.labels_[:900] < 0).mean() < 0.1
    assert found.choices_ == ()
    assert found.found_


def test_a_tiny_cluster_is_merged_when_the_number_is_free_and_flagged_when_it_was_given(blobs) -> None:
    matrix, _ = blobs([300, 300, 300, 300, 12])
    free = CustomerClusters(smallest=30).fit(matrix)
    assert np.bincount(free.labels_).min() >= 30
    given = CustomerClusters(clusters=5, smallest=30).fit(matrix)
    assert given.small_ == (4,)
    assert np.bincount(given.labels_)[4] == 12


def test_everybody_is_assigned_where_there_are_more_than_the_fit_sees(blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.models.clustering.clusters.FIT_ROWS", 400)
    monkeypatch.setattr("tools.models.clustering.clusters.CHOICE_ROWS", 400)
    monkeypatch.setattr("tools.models.clustering.preparation.CHUNK_ROWS", 333)
    matrix, planted = blobs([900, 800, 700, 600, 500])
    found = CustomerClusters().fit(matrix)
    assert len(found.labels_) == 3500
    assert adjusted_rand_score(planted, found.labels_) > 0.99
    np.testing.assert_allclose(found.centroids_[0], matrix[planted == 0].mean(axis=0), atol=0.2)


def test_the_same_seed_gives_the_same_clusters(blobs) -> None:
    matrix, _ = blobs([100] * 6, columns=3)
    first, second = (CustomerClusters(seed=3).fit(matrix).labels_ for _ in range(2))
    assert (first == second).all()


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="2 rows are too few"):
        CustomerClusters().fit(np.zeros((2, 2), dtype=np.float32))


def test_the_nearest_centroid_is_that_of_least_distance() -> None:
    random = np.random.default_rng(6)
    matrix, centroids = random.normal(0, 1, (200, 4)).astype(np.float32), random.normal(0, 1, (5, 4))
    brute = ((matrix[:, None, :] - centroids[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest(matrix, centroids) == brute).all()
