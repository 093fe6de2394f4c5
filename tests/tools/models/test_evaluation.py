"""Measures against numbers computed by hand, and against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tools.models.evaluation import auc, calibration_error, evaluate, lift


def test_auc_counts_the_pairs_that_are_in_order() -> None:
    # Of the four pairs (positive, negative) only 0.35 against 0.4 is out of order.
    assert auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])) == 0.75


def test_auc_counts_a_tie_as_half_a_pair() -> None:
    assert auc(np.array([0, 1, 1, 0]), np.array([0.5, 0.5, 0.9, 0.1])) == 0.875


def test_auc_is_that_of_scikit_learn_with_many_ties() -> None:
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, 500)
    scores = random.integers(0, 12, 500).astype(float)
    assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


@pytest.mark.parametrize("labels", [[0, 0, 0], [1, 1, 1]])
def test_auc_of_one_class_is_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="both positive and negative"):
        auc(np.array(labels), np.array([0.1, 0.2, 0.3]))


def test_calibration_error_of_two_bins_by_hand() -> None:
    # Bins (0.1, 0.3) with one of two positive, (0.6, 0.8) with both: |0.5 - 0.2| and |1 - 0.7|.
    found = calibration_error(np.array([0, 1, 1, 1]), np.array([0.1, 0.3, 0.6, 0.8]), bins=2)
    assert found == pytest.approx(0.3)


def test_calibration_error_weights_unequal_bins_by_size() -> None:
    # Bins (0.2, 0.4) with none positive and (0.9) positive: (0.3 x 2 + 0.1 x 1) / 3.
    found = calibration_error(np.array([1, 0, 0]), np.array([0.9, 0.2, 0.4]), bins=2)
    assert found == pytest.approx(0.7 / 3)


def test_calibration_error_of_fewer_cases_than_bins() -> None:
    assert calibration_error(np.array([1, 0]), np.array([1.0, 0.0])) == 0.0


def test_lift_of_the_top_tenth_by_hand() -> None:
    labels = np.array([1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    assert lift(labels, np.linspace(1, 0.1, 10)) == pytest.approx(5.0)


def test_lift_rounds_the_number_of_cases_up() -> None:
    # A tenth of 15 is 2 cases: one of two positive, against 3 of 15.
    labels = np.array([1, 0, 1, 1] + [0] * 11)
    assert lift(labels, np.arange(15, 0, -1).astype(float)) == pytest.approx(0.5 / 0.2)


def test_lift_without_a_ranking_is_one() -> None:
    assert lift(np.array([1, 0, 0, 1, 0]), np.zeros(5)) == pytest.approx(1.0)


def test_lift_needs_a_positive_case() -> None:
    with pytest.raises(ValueError, match="at least one positive"):
        lift(np.zeros(5, dtype=np.int64), np.zeros(5))


def test_evaluate_has_all_measures() -> None:
    found = evaluate(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    assert (found.cases, found.base_rate, found.auc) == (4, 0.5, 0.75)
    assert found.lift == 2.0
    # One case a bin: the distances 0.1, 0.65, 0.4 and 0.2.
    assert found.calibration_error == pytest.approx(1.35 / 4)
