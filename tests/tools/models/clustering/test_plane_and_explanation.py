"""The picture's plane, clusters matched between runs, and shallow rules."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.clustering.explanation import UNKNOWN, Bound, ShallowRule, agreement, found_by, rounded_bound
from tools.models.clustering.plane import Plane, matched


def test_the_plane_goes_through_the_centroids() -> None:
    # Three centroids in the plane of the first and third column: distances between them stay what they are.
    centroids = np.array([[0.0, 5.0, 0.0], [6.0, 5.0, 0.0], [0.0, 5.0, 2.0]])
    plane = Plane().fit(centroids, np.array([10, 10, 10]), np.zeros((1, 3), dtype=np.float32))
    spots = plane.transform(centroids)
    assert plane.basis_ == "centroids"
    np.testing.assert_allclose(plane.axes_.T @ plane.axes_, np.eye(2), atol=1e-9)
    assert np.linalg.norm(spots[0] - spots[1]) == pytest.approx(6.0)
    assert np.linalg.norm(spots[1] - spots[2]) == pytest.approx(np.hypot(6, 2))


def test_two_clusters_are_shown_on_the_plane_of_customers() -> None:
    matrix = np.random.default_rng(0).normal(0, [3, 1, 0.1], (200, 3)).astype(np.float32)
    plane = Plane().fit(np.array([[1.0, 0, 0], [-1, 0, 0]]), np.array([5, 5]), matrix)
    assert plane.basis_ == "customers"
    assert abs(plane.axes_[0, 0]) > 0.95
    assert plane.transform(matrix).shape == (200, 2)


def test_clusters_are_matched_by_what_they_have_in_common_in_all() -> None:
    # Greedy would take 60 first and leave 1; together 50 + 55 are more.
    assert matched(np.array([[60, 50], [55, 1]])) == {0: 1, 1: 0}
    assert matched(np.array([[5, 0], [0, 0], [0, 7]])) == {0: 0, 2: 1}


def test_a_rule_finds_exactly_those_beyond_two_bounds() -> None:
    random = np.random.default_rng(1)
    matrix = random.uniform(0, 100, (3000, 4)).astype(np.float32)
    members = (matrix[:, 0] > 60) & (matrix[:, 2] <= 30)
    found = ShallowRule().fit(matrix, members)
    assert found.f1_ > 0.98
    assert {bound.column for bound in found.branches_[0]} == {0, 2}
    assert len(found.branches_) == 1


def test_unknown_values_pass_an_upper_bound_only_where_the_rule_says_so() -> None:
    random = np.random.default_rng(2)
    matrix = random.uniform(0, 100, (2000, 1)).astype(np.float32)
    matrix[:400] = np.nan
    found = ShallowRule().fit(matrix, np.isnan(matrix[:, 0]) | (matrix[:, 0] <= 20))
    assert found.f1_ == pytest.approx(1.0, abs=0.01)
    assert any(bound.unknown for branch in found.branches_ for bound in branch)


def test_bounds_are_applied_as_written() -> None:
    filled = np.array([[1.0], [2.0], [3.0], [UNKNOWN]], dtype=np.float32)
    assert found_by(((Bound(0, True, 2.0),),), filled).tolist() == [False, False, True, False]
    assert found_by(((Bound(0, False, 2.0),),), filled).tolist() == [True, True, False, False]
    assert found_by(((Bound(0, False, 2.0, unknown=True),),), filled).tolist() == [True, True, False, True]


def test_agreement_by_hand() -> None:
    found, members = np.array([1, 1, 1, 0], dtype=bool), np.array([1, 0, 0, 1], dtype=bool)
    precision, recall, f1 = agreement(found, members)
    assert (precision, recall, f1) == (pytest.approx(1 / 3), 0.5, pytest.approx(0.4))
    assert agreement(~members, members) == (0.0, 0.0, 0.0)


def test_bounds_are_rounded_where_it_changes_hardly_anybody() -> None:
    values = np.linspace(0, 1000, 10_001, dtype=np.float32)
    assert rounded_bound(501.3, values) == 500.0
    assert rounded_bound(0.0, values) == 0.0
    near = np.array([500.5] * 50 + [502.0] * 50, dtype=np.float32)
    assert rounded_bound(501.3, near) == 501.0
