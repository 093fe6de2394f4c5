"""The response classifier on generated campaigns."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tools.models.evaluation import auc, calibration_error
from tools.models.response import ResponseClassifier

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def _campaigns(sizes: list[int], seed: int = 1) -> tuple[Floats, Labels, NDArray[np.int64], Floats]:
    """Features, responses, periods and true probabilities of campaigns, the latest first."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(sum(sizes), 5))
    chance = 1 / (1 + np.exp(-(-1.5 + 1.2 * x[:, 0] - 0.8 * x[:, 1])))
    labels = (generator.random(len(x)) < chance).astype(np.int64)
    return x, labels, np.repeat(np.arange(len(sizes)), sizes), chance


def test_it_finds_what_was_planted_and_is_calibrated() -> None:
    x, labels, periods, _ = _campaigns([800, 800, 800])
    model = ResponseClassifier(seed=2).fit(x, labels, periods)
    later, outcome, _, chance = _campaigns([6000], seed=9)
    found = model.predict_probability(later)
    assert auc(outcome, found) > auc(outcome, chance) - 0.01
    assert calibration_error(outcome, found) < 0.03
    assert set(model.losses_) == {"logistic", "boosted", "blend"}
    assert model.kind_ in ("logistic", "blend")


def test_trees_win_where_a_line_cannot() -> None:
    generator = np.random.default_rng(3)
    x = generator.normal(size=(4000, 3))
    labels = (generator.random(4000) < np.where(x[:, 0] * x[:, 1] > 0, 0.7, 0.1)).astype(np.int64)
    model = ResponseClassifier(seed=2).fit(x, labels, np.repeat([0, 1], 2000))
    assert model.kind_ == "boosted"
    assert model.losses_["boosted"] < model.losses_["logistic"] - 0.05


def test_one_campaign_is_judged_on_folds() -> None:
    x, labels, periods, _ = _campaigns([900])
    model = ResponseClassifier(seed=2).fit(x, labels, periods)
    assert len(model.losses_) == 3
    assert 0.5 < model.correction_[0] < 1.5


def test_few_responses_choose_nothing() -> None:
    x = np.random.default_rng(4).normal(size=(200, 3))
    labels = np.zeros(200, dtype=np.int64)
    labels[:12] = 1
    model = ResponseClassifier().fit(x, labels, np.zeros(200, dtype=np.int64))
    assert (model.kind_, model.correction_, model.losses_) == ("logistic", (1.0, 0.0), {})
    found = model.predict_probability(x)
    assert np.all((found > 0) & (found < 1))


def test_a_fixed_kind_is_kept() -> None:
    x, labels, periods, _ = _campaigns([400, 400])
    assert ResponseClassifier("boosted").fit(x, labels, periods).kind_ == "boosted"


def test_the_same_seed_gives_the_same_probabilities() -> None:
    x, labels, periods, _ = _campaigns([400, 400])
    first, second = (ResponseClassifier(seed=5).fit(x, labels, periods).predict_probability(x) for _ in range(2))
    assert np.array_equal(first, second)


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="both responses and none"):
        ResponseClassifier().fit(np.zeros((10, 2)), np.zeros(10, dtype=np.int64), np.zeros(10, dtype=np.int64))
