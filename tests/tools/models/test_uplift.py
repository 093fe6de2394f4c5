"""Qini by hand, and rankings against effects that are known because they were made up."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from tools.models.uplift import KINDS, TYPES, UpliftModel, customer_types, qini_coefficient, qini_curve

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

OUTCOMES = np.array([1.0, 0.0, 1.0, 0.0, 0.0, 1.0])
TREATED = np.array([1, 0, 1, 0, 1, 0])
SCORES = np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])


def _generated(count: int, seed: int, share: float = 0.5) -> tuple[Floats, Labels, Floats, Floats]:
    """Features, treatment, outcome and true effect: those who would buy anyway are not those who are persuaded."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(count, 8))
    base = 1 / (1 + np.exp(-(-1.2 + 0.8 * x[:, 0] + 0.4 * x[:, 1] - 0.3 * x[:, 2] * x[:, 3])))
    wanted = 0.25 / (1 + np.exp(-3 * x[:, 4])) * (x[:, 0] < 0.8) - 0.14 * (x[:, 5] > 1) - 0.02 + 0.1 * (np.abs(x[:, 6]) < 0.5)
    effect = np.clip(base + wanted, 0.01, 0.99) - base
    treated = (generator.random(count) < share).astype(np.int64)
    outcome = (generator.random(count) < base + treated * effect).astype(np.float64)
    return x, treated, outcome, effect


@pytest.fixture(scope="module")
def learned() -> UpliftModel:
    x, treated, outcome, _ = _generated(12_000, 1)
    return UpliftModel(seed=3).fit(x, treated, outcome)


def test_qini_curve_by_hand() -> None:
    # In order of score, treated and control so far: 1/0, 1/1, 2/1, 2/2, 3/2, 3/3; outcomes 1/0, 1/0, 2/0, 2/0, 2/0, 2/1.
    shares, gains = qini_curve(OUTCOMES, TREATED, SCORES)
    assert shares == pytest.approx([0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1])
    assert gains == pytest.approx([0, 1, 1, 2, 2, 2, 1])


def test_qini_coefficient_by_hand() -> None:
    # Trapezia of the curve: (0.5 + 1 + 1.5 + 2 + 2 + 1.5) / 6 = 8.5 / 6; below the straight line 1 / 2; per treated customer / 3.
    assert qini_coefficient(OUTCOMES, TREATED, SCORES) == pytest.approx((8.5 / 6 - 0.5) / 3)


def test_equal_scores_enter_together() -> None:
    shares, gains = qini_curve(OUTCOMES, TREATED, np.array([2.0, 2.0, 2.0, 1.0, 1.0, 1.0]))
    assert shares == pytest.approx([0, 0.5, 1])
    assert gains == pytest.approx([0, 2, 1])
    assert qini_coefficient(OUTCOMES, TREATED, np.ones(6)) == pytest.approx(0.0)


def test_qini_needs_both_arms() -> None:
    with pytest.raises(ValueError, match="treated and control"):
        qini_coefficient(OUTCOMES, np.ones(6, dtype=np.int64), SCORES)


def test_unequal_arms_are_scaled() -> None:
    # Two treated buyers against one control buyer of one: scaled to two, nothing was gained.
    assert qini_curve(np.array([1.0, 1.0, 1.0]), np.array([1, 1, 0]), np.ones(3))[1][-1] == pytest.approx(0.0)


def test_ranking_reaches_four_fifths_of_the_ideal(learned: UpliftModel) -> None:
    x, treated, outcome, effect = _generated(25_000, 2)
    ideal = qini_coefficient(outcome, treated, effect)
    ours = qini_coefficient(outcome, treated, learned.predict_effect(x))
    assert ours / ideal >= 0.8
    train, arm, bought, _ = _generated(12_000, 1)
    rates = [LogisticRegression().fit(train[arm == one], bought[arm == one]).predict_proba(x)[:, 1] for one in (0, 1)]
    assert ours > qini_coefficient(outcome, treated, rates[1] - rates[0])


def test_effects_are_those_that_were_planted(learned: UpliftModel) -> None:
    x, _, _, effect = _generated(8_000, 5)
    found = learned.predict_effect(x)
    assert float(found.mean()) == pytest.approx(float(effect.mean()), abs=0.02)
    assert float(np.corrcoef(found, effect)[0, 1]) > 0.6


def test_types_hold_what_they_promise(learned: UpliftModel) -> None:
    _, _, _, effect = _generated(12_000, 1)
    types = customer_types(learned.rates_, learned.effects_)
    means = {name: float(effect[types == name].mean()) for name in TYPES}
    assert means["persuadable"] > 0.1
    assert means["sleeping_dog"] < 0.03
    assert means["persuadable"] > max(means["sure_thing"], means["lost_cause"])
    rates = learned.rates_.mean(axis=1)
    assert rates[types == "sure_thing"].mean() > rates[types == "lost_cause"].mean()


def test_types_by_hand() -> None:
    rates = np.array([[0.1, 0.4], [0.7, 0.7], [0.05, 0.05], [0.5, 0.2]])
    effects = rates[:, 1] - rates[:, 0]
    assert customer_types(rates, effects, least_effect=0.1).tolist() == ["persuadable", "sure_thing", "lost_cause", "sleeping_dog"]
    # The mean effect is nothing, so one point decides.
    assert customer_types(rates, effects).tolist() == ["persuadable", "sure_thing", "lost_cause", "sleeping_dog"]


def test_no_effect_ranks_no_better_than_chance() -> None:
    generator = np.random.default_rng(4)
    x = generator.normal(size=(1500, 5))
    treated = (generator.random(1500) < 0.5).astype(np.int64)
    outcome = (generator.random(1500) < 1 / (1 + np.exp(-x[:, 0]))).astype(np.float64)
    model = UpliftModel(kind="two_model").fit(x, treated, outcome)
    assert abs(model.qini_["two_model"]) < 0.03


def test_amounts_and_constant_outcomes() -> None:
    generator = np.random.default_rng(6)
    x = generator.normal(size=(1500, 3))
    treated = (generator.random(1500) < 0.4).astype(np.int64)
    amount = 5 + 3 * (x[:, 0] > 0) * treated + generator.gamma(2.0, 1.0, 1500)
    found = UpliftModel(seed=1).fit(x, treated, amount).predict_effect(np.array([[2.0, 0, 0], [-2.0, 0, 0]]))
    assert found[0] == pytest.approx(3.0, abs=0.6)
    assert found[1] == pytest.approx(0.0, abs=0.6)
    none = UpliftModel(seed=1).fit(x, treated, np.zeros(1500))
    assert np.all(none.predict_effect(x) == 0)
    assert set(none.qini_) == set(KINDS)


def test_the_same_seed_gives_the_same_effects() -> None:
    x, treated, outcome, _ = _generated(400, 9)
    first, second = (UpliftModel(seed=5).fit(x, treated, outcome).effects_ for _ in range(2))
    assert np.array_equal(first, second)


def test_tiny_arms_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 9 customers in each arm"):
        UpliftModel().fit(np.zeros((20, 2)), np.array([1] * 18 + [0] * 2), np.zeros(20))
