"""The classifier on generated data whose true probabilities are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import threadpool_info

from tools.models.churn import ChurnClassifier, log_loss
from tools.models.evaluation import calibration_error
from tools.models.threads import ROWS_PER_THREAD, bounded_threads

Data = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def generate(rows: int = 6000, periods: int = 6, kinked: bool = False) -> Data:
    """Features, labels, periods and true probabilities; a kinked truth is one that no line can follow."""
    random = np.random.default_rng(11)
    features = random.normal(size=(rows, 3))
    odds = np.abs(features[:, 0]) * 3 - 3 if kinked else 1.5 * features[:, 0] - features[:, 1] - 1
    truth = expit(odds)
    labels = (random.random(rows) < truth).astype(np.int64)
    return features, labels, np.arange(rows) % periods, truth


def test_probabilities_are_the_true_ones() -> None:
    features, labels, periods, truth = generate()
    model = ChurnClassifier().fit(features, labels, periods, gap=1)
    found = model.predict_probability(features)
    assert float(np.abs(found - truth).mean()) < 0.03
    fresh = (np.random.default_rng(5).random(len(truth)) < truth).astype(np.int64)
    assert calibration_error(fresh, found) < 0.03


def test_the_kind_is_chosen_by_the_later_periods() -> None:
    straight, kinked = generate(), generate(kinked=True)
    assert ChurnClassifier().fit(*straight[:3]).kind_ in ("logistic", "blend")
    model = ChurnClassifier().fit(*kinked[:3])
    assert model.kind_ == "boosted"
    assert model.losses_["boosted"] < model.losses_["logistic"] - 0.05


def test_contributions_of_the_logistic_kind_are_coefficient_times_distance() -> None:
    features, labels, periods, _ = generate()
    model = ChurnClassifier(kind="logistic").fit(features, labels, periods)
    found = model.contributions(features[:5], {"first": [0], "rest": [1, 2]})
    # The true coefficients are 1.5, -1 and 0, the true averages 0.
    assert found["first"] == pytest.approx(1.5 * features[:5, 0], abs=0.25)
    assert found["rest"] == pytest.approx(-features[:5, 1], abs=0.25)
    whole = model.log_odds(features[:5]) - model.log_odds(model.base_[None, :])
    assert found["first"] + found["rest"] == pytest.approx(whole, abs=1e-9)


@pytest.mark.parametrize("kind", ["boosted", "blend"])
def test_contributions_of_trees_are_signed_by_their_effect(kind: str) -> None:
    features, labels, periods, _ = generate()
    model = ChurnClassifier(kind=kind).fit(features, labels, periods)  # type: ignore[arg-type]
    extreme = np.array([[2.5, 0.0, 0.0], [-2.5, 0.0, 0.0]])
    found = model.contributions(extreme, {"first": [0], "third": [2]})
    assert found["first"][0] > 1
    assert found["first"][1] < -1
    assert np.abs(found["third"]).max() < 0.5


def test_the_same_seed_gives_the_same_probabilities() -> None:
    features, labels, periods, _ = generate(2000)
    first, second = (ChurnClassifier(seed=3).fit(features, labels, periods).predict_probability(features) for _ in range(2))
    assert np.array_equal(first, second)


def test_one_period_gives_a_plain_logistic_model() -> None:
    features, labels, _, _ = generate(400)
    model = ChurnClassifier().fit(features, labels, np.zeros(400, dtype=np.int64))
    assert (model.kind_, model.correction_, model.losses_) == ("logistic", (1.0, 0.0), {})


def test_the_correction_follows_a_drift_half_way() -> None:
    features, labels, periods, truth = generate(20_000)
    odds = np.log(truth / (1 - truth))
    drifted = (np.random.default_rng(8).random(len(odds)) < expit(odds + 0.8)).astype(np.int64)
    labels = np.where(periods < 2, drifted, labels)
    model = ChurnClassifier(kind="logistic").fit(features, labels, periods)
    assert model.correction_[1] == pytest.approx(0.4, abs=0.08)


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="both positive and negative"):
        ChurnClassifier().fit(np.zeros((5, 1)), np.ones(5, dtype=np.int64), np.zeros(5, dtype=np.int64))


def test_log_loss_by_hand() -> None:
    # Probabilities 0.75 and 0.5: the mean of -ln 0.75 and -ln 0.5.
    found = log_loss(np.array([1, 0]), np.array([np.log(3.0), 0.0]))
    assert found == pytest.approx((-np.log(0.75) - np.log(0.5)) / 2)


def test_small_fits_use_one_thread() -> None:
    with bounded_threads(8, ROWS_PER_THREAD):
        assert all(pool["num_threads"] == 1 for pool in threadpool_info())
