"""The learned alternative on simulated spend."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.lifetime.counts import Floats
from tools.models.lifetime.judging import judge
from tools.models.lifetime.learned import LearnedSpend


def _cases(count: int, seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Features, orders, spend, and the true mean of spend: a product of two features and a step of a third."""
    random = np.random.default_rng(seed)
    features = random.normal(0, 1, (count, 4))
    mean = np.exp(0.6 * features[:, 0] - 0.4 * features[:, 1]) * np.where(features[:, 2] > 0, 2.0, 0.5)
    orders = random.poisson(mean).astype(float)
    return features, orders, orders * random.gamma(4.0, 5.0, count), mean * 20.0


@pytest.fixture(scope="module")
def model() -> LearnedSpend:
    features, orders, spend, _ = _cases(6000, seed=1)
    return LearnedSpend(seed=3).fit(features, orders, spend)


def test_spend_is_near_its_true_mean(model: LearnedSpend) -> None:
    features, orders, spend, mean = _cases(4000, seed=2)
    found = model.predict_spend(features)
    assert judge(spend, found).explained > 0.85 * judge(spend, mean).explained
    assert judge(orders, model.predict_orders(features)).level == pytest.approx(1.0, abs=0.05)


def test_the_level_is_that_of_the_training_cases(model: LearnedSpend) -> None:
    features, _, spend, _ = _cases(6000, seed=1)
    assert model.predict_spend(features).mean() == pytest.approx(spend.mean())


def test_far_features_stay_finite_and_positive(model: LearnedSpend) -> None:
    found = model.predict_spend(np.array([[1e6, -1e6, 0, 0], [-1e6, 1e6, 0, 0]]))
    assert np.isfinite(found).all()
    assert (found > 0).all()


def test_the_same_seed_gives_the_same_numbers(model: LearnedSpend) -> None:
    features, orders, spend, _ = _cases(6000, seed=1)
    assert (
        LearnedSpend(seed=3).fit(features, orders, spend).predict_spend(features[:50]).tolist()
        == model.predict_spend(features[:50]).tolist()
    )


def test_constant_features_are_no_obstacle() -> None:
    features, orders, spend, _ = _cases(300, seed=5)
    features[:, 3] = 1.0
    assert np.isfinite(LearnedSpend().fit(features, orders, spend).predict_orders(features)).all()


def test_periods_without_spend_are_refused() -> None:
    with pytest.raises(ValueError, match="without any"):
        LearnedSpend().fit(np.ones((5, 2)), np.ones(5), np.zeros(5))


def test_the_level_of_a_group_is_that_of_the_latest_cut_off() -> None:
    random = np.random.default_rng(6)
    features, groups, back = random.normal(0, 1, (8000, 2)), np.repeat([0, 1], 4000), np.tile([0, 1], 4000)
    # Group 1 orders half as much at the latest cut-off as before.
    orders = random.poisson(np.where((groups == 1) & (back == 0), 1.0, 2.0)).astype(float)
    model = LearnedSpend().fit(features, orders, 10 * orders, back, groups)
    for group, mean in ((0, 2.0), (1, 1.0)):
        place = np.full(500, group)
        assert model.predict_orders(features[:500], place).mean() == pytest.approx(mean, rel=0.05)
        assert model.predict_spend(features[:500], place).mean() == pytest.approx(10 * mean, rel=0.05)


def test_later_cut_offs_weigh_more() -> None:
    random = np.random.default_rng(7)
    features, back = random.normal(0, 1, (6000, 1)), np.tile([0, 3], 3000)
    # What the feature says turns round from the earlier cut-off, of weight 0.6 ** 3, to the latest.
    orders = random.poisson(np.exp(np.where(back == 0, 0.5, -0.5) * features[:, 0])).astype(float)
    high, low = LearnedSpend().fit(features, orders, orders, back).predict_orders(np.array([[1.0], [-1.0]]))
    assert high > 1.3 * low
