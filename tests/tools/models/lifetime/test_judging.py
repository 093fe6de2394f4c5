"""Measures of predicted amounts against numbers computed by hand, and scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_poisson_deviance

from tools.models.lifetime.judging import captured, deviance, judge, judge_chance


def test_deviance_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(2)
    actual, predicted = random.poisson(2.0, 300).astype(float), random.gamma(2.0, 1.0, 300)
    assert deviance(actual, predicted) == pytest.approx(300 * mean_poisson_deviance(actual, predicted))


def test_deviance_of_a_perfect_prediction_is_zero_and_of_zero_finite() -> None:
    actual = np.array([0.0, 3.0, 5.0])
    assert deviance(actual, actual) == pytest.approx(0.0, abs=1e-4)
    assert np.isfinite(deviance(actual, np.zeros(3)))


def test_captured_share_by_hand() -> None:
    actual = np.array([50.0, 30.0, 10.0, 10.0, 0, 0, 0, 0, 0, 0])
    assert captured(actual, actual) == 0.5
    assert captured(actual, -actual) == 0.0
    assert captured(actual, np.array([1.0, 2, 0, 0, 0, 0, 0, 0, 0, 0]), 0.2) == 0.8


def test_captured_share_of_ties_is_their_mean() -> None:
    # One of two is taken; they bring 40 and 60 of 100, half of both on average.
    assert captured(np.array([40.0, 60.0]), np.array([7.0, 7.0])) == 0.5


def test_judged_by_hand() -> None:
    found = judge(np.array([0.0, 4.0]), np.array([1.0, 5.0]))
    flat, own = deviance(np.array([0.0, 4.0]), np.array([2.0, 2.0])), 2 * (1.0 + 4 * np.log(4 / 5) + 1.0)
    assert (found.customers, found.mean_error, found.level) == (2, 1.0, 1.5)
    assert found.explained == pytest.approx(1 - own / flat)


def test_the_mean_for_everybody_explains_nothing() -> None:
    actual = np.array([1.0, 2.0, 6.0])
    assert judge(actual, np.full(3, 3.0)).explained == pytest.approx(0.0)


def test_equal_amounts_leave_nothing_to_explain() -> None:
    assert judge(np.array([2.0, 2.0]), np.array([1.0, 3.0])).explained == 0.0


def test_a_period_without_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing happened"):
        judge(np.zeros(3), np.ones(3))


def test_chances_are_judged_by_hand() -> None:
    found = judge_chance(np.array([1.0, 1.0, 0.0, 1.0]), np.array([0.9, 0.8, 0.7, 0.6]))
    # Brier: (0.01 + 0.04 + 0.49 + 0.16) / 4; each case is a bin of its own; two of three pairs are ranked right.
    assert (found.customers, found.happened, found.promised) == (4, 0.75, pytest.approx(0.75))
    assert (found.brier, found.calibration_error, found.auc) == (pytest.approx(0.175), pytest.approx(0.35), pytest.approx(2 / 3))


def test_where_all_ordered_nothing_can_be_ranked() -> None:
    assert judge_chance(np.ones(3), np.full(3, 0.9)).auc is None
