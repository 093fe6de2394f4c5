"""The learned probability of an order, on simulated customers, and how it is taken to another horizon."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.lifetime.counts import Floats
from tools.models.lifetime.judging import judge_chance
from tools.models.lifetime.returning import LearnedReturn, stretched


def _cases(count: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Features, whether there was an order, and the true probability: a line in the odds with a step."""
    random = np.random.default_rng(seed)
    features = random.normal(0, 1, (count, 3))
    chance = 1 / (1 + np.exp(-(1.0 + 1.5 * features[:, 0] + np.where(features[:, 1] > 0, 1.0, -1.0))))
    return features, (random.random(count) < chance).astype(float), chance


@pytest.fixture(scope="module")
def model() -> LearnedReturn:
    features, ordered, _ = _cases(5000, seed=1)
    return LearnedReturn(seed=3).fit(features, ordered)


def test_probabilities_are_near_the_true_ones(model: LearnedReturn) -> None:
    features, ordered, chance = _cases(5000, seed=2)
    found = model.predict(features)
    assert np.abs(found - chance).mean() < 0.05
    judged = judge_chance(ordered, found)
    assert judged.brier == pytest.approx(np.mean(chance * (1 - chance)), rel=0.05)
    assert judged.calibration_error < 0.025


def test_the_same_seed_gives_the_same_numbers(model: LearnedReturn) -> None:
    features, ordered, _ = _cases(5000, seed=1)
    assert LearnedReturn(seed=3).fit(features, ordered).predict(features[:50]).tolist() == model.predict(features[:50]).tolist()


@pytest.mark.parametrize(("orders", "share"), [(200, 200.5 / 201), (0, 0.5 / 201), (180, 180.5 / 201)])
def test_with_few_cases_of_a_kind_their_share_is_all_that_is_learned(orders: int, share: float) -> None:
    features, *_ = _cases(200, seed=4)
    found = LearnedReturn().fit(features, (np.arange(200) < orders).astype(float)).predict(features[:3])
    assert found == pytest.approx([share] * 3)


def test_no_case_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one case"):
        LearnedReturn().fit(np.ones((0, 2)), np.ones(0))


def test_odds_grow_as_those_of_the_model_of_repeat_buying() -> None:
    # 0.4 has odds 2/3; from 0.5 to 0.8 odds grow four times: 8/3 is 8/11. From 0.8 back to 0.5: 1/6 is 1/7.
    assert stretched(np.array([0.4, 0.4]), np.array([0.5, 0.8]), np.array([0.8, 0.5])) == pytest.approx([8 / 11, 1 / 7])


def test_certainty_stays_inside_of_one() -> None:
    found = stretched(np.array([1.0, 0.0, 0.7]), np.array([0.2, 0.0, 1.0]), np.array([0.9, 1.0, 1.0]))
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 1)).all()
    assert found[2] == pytest.approx(0.7)


def test_the_level_of_a_group_is_that_of_the_latest_cut_off() -> None:
    random = np.random.default_rng(6)
    features, groups, back = random.normal(0, 1, (8000, 2)), np.repeat([0, 1], 4000), np.tile([0, 1], 4000)
    # Group 1 orders half as often at the latest cut-off as before; group 2 was never seen.
    share = np.where((groups == 1) & (back == 0), 0.4, 0.8)
    model = LearnedReturn().fit(features, (random.random(8000) < share).astype(float), back, groups)
    found = [float(model.predict(features[:500], np.full(500, group)).mean()) for group in (0, 1, 2)]
    assert found[:2] == [pytest.approx(0.8, abs=0.03), pytest.approx(0.4, abs=0.03)]
    assert found[2] == pytest.approx(0.7, abs=0.05)
