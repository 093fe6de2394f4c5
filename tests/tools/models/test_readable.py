"""Thresholds that people can read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.readable import digits, plainest, thresholds

DAYS = (7.0, 30.0, 90.0)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (28.0, 31.0, 30.0),
        (99.99, 101.2, 100.0),
        (0.123, 0.1266, 0.125),
        (0.241, 0.263, 0.25),
        (-3.0, 1.5, 0.0),
        (-3.0, -1.5, -2.0),
        (1499.0, 1510.0, 1500.0),
        (4.0, 5.0, 5.0),
        (123456.2, 123456.21, 123456.21),
        (0.3329, 0.33291, 0.3329049999999999),
    ],
)
def test_the_roundest_number_between_two(low: float, high: float, expected: float) -> None:
    assert plainest(low, high) == pytest.approx(expected, abs=1e-5)


def test_landmarks_go_before_rounder_numbers() -> None:
    assert plainest(6.0, 12.0) == 10.0
    assert plainest(6.0, 12.0, DAYS) == 7.0


def test_whole_values_get_whole_thresholds() -> None:
    assert plainest(2.0, 3.0, whole=True) == 3.0


@given(st.floats(-1e6, 1e6), st.floats(1e-4, 1e6))
def test_it_always_parts_the_two(low: float, step: float) -> None:
    high = low + step
    assert low < plainest(low, high) <= high


@pytest.mark.parametrize(("number", "expected"), [(0.0, 1.0), (100.0, 1.0), (25.0, 1.5), (120.0, 2.0), (0.125, 2.5), (1030.0, 3.0)])
def test_how_much_there_is_to_read(number: float, expected: float) -> None:
    assert digits(number) == expected


def test_a_landmark_reads_like_one_digit() -> None:
    assert digits(90.0) == 1.0
    assert digits(365.0) == 2.5
    assert digits(365.0, (365.0,)) == 1.0


def test_few_values_are_parted_one_by_one() -> None:
    assert thresholds(np.array([1.0, 2.0, 2.0, 5.0, np.nan])).tolist() == [2.0, 5.0]
    assert thresholds(np.array([3.0, 3.0])).tolist() == []


def test_many_values_are_parted_into_like_shares() -> None:
    values = np.random.default_rng(1).uniform(0, 1000, 5000)
    found = thresholds(values, most=20)
    shares = np.diff([0.0, *(values[:, None] < found).mean(axis=0), 1.0])
    assert len(found) == 20
    assert shares.max() < 0.08
