"""Weights against hand-computed numbers, scipy, and properties that must hold for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import percentileofscore, spearmanr

from tools.models.weights import (
    PercentileLevels,
    PredictiveWeights,
    captured_share,
    entropy_weights,
    from_curves,
    percentiles,
    to_curves,
    weighted_score,
)

NUMBERS = st.lists(st.integers(-1000, 1000).map(float), min_size=1, max_size=80)


def test_entropy_by_hand() -> None:
    # Scaled, the first column is (1, 0, 0): all in one customer, entropy 0. The second is (1, 1, 0): ln 2 / ln 3.
    values = np.array([[9.0, 2.0], [1.0, 2.0], [1.0, 0.0]])
    spread = np.array([1.0, 1.0 - np.log(2) / np.log(3)])
    assert entropy_weights(values) == pytest.approx(spread / spread.sum())


def test_entropy_of_equal_dimensions_is_equal() -> None:
    assert entropy_weights(np.ones((4, 2))) == pytest.approx([0.5, 0.5])
    assert entropy_weights(np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]])) == pytest.approx([1.0, 0.0])
    assert entropy_weights(np.ones((1, 3))) == pytest.approx([1 / 3] * 3)


def test_percentiles_are_scipys() -> None:
    values = np.array([3.0, 1.0, 3.0, 7.0])
    assert percentiles(values) == pytest.approx([percentileofscore(values, value, kind="mean") / 100 for value in values])


def test_levels_by_hand() -> None:
    levels = PercentileLevels().fit(np.array([[1.0], [1.0], [2.0], [4.0]]))
    # Mid-ranks 1, 2.5 and 3.5 become 0, 0.6 and 1; between the values the curve is straight.
    assert levels.transform(np.array([[1.0], [2.0], [4.0], [3.0], [-5.0], [9.0]]))[:, 0] == pytest.approx([0, 0.6, 1, 0.8, 0, 1])
    assert PercentileLevels().fit(np.full((5, 1), 2.0)).transform(np.array([[2.0], [8.0]])).tolist() == [[0.5], [0.5]]


def test_a_short_curve_is_close_to_the_whole() -> None:
    values = np.random.default_rng(3).lognormal(size=(5000, 2))
    whole, short = PercentileLevels(knots=10_000).fit(values), PercentileLevels(knots=101).fit(values)
    assert max(len(curve[0]) for curve in short.curves_) <= 101
    assert np.abs(whole.transform(values) - short.transform(values)).max() < 0.01


def test_curves_are_stored_and_read() -> None:
    values = np.random.default_rng(4).normal(size=(50, 2))
    levels = PercentileLevels().fit(values)
    again = from_curves(to_curves(levels, ["a", "b"]), ["a", "b"])
    assert (again.transform(values) == levels.transform(values)).all()


@given(NUMBERS)
def test_levels_keep_order_and_ends(numbers: list[float]) -> None:
    values = np.array(numbers)[:, None]
    found = PercentileLevels(knots=15).fit(values).transform(values)[:, 0]
    order = np.argsort(values[:, 0], kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    assert ((found >= 0) & (found <= 1)).all()
    if len(set(numbers)) > 1:
        assert (found.min(), found.max()) == (0.0, 1.0)


def test_planted_weights_are_found() -> None:
    chance = np.random.default_rng(5)
    levels = [chance.uniform(size=(4000, 4)) for _ in range(2)]
    # The fourth is against: it must not weigh, and the third says nothing.
    outcomes = [5.0 + part @ np.array([3.0, 1.0, 0.0, -1.0]) + chance.normal(scale=0.2, size=4000) for part in levels]
    found = PredictiveWeights().fit(levels, outcomes)
    assert found.weights_ == pytest.approx([0.75, 0.25, 0.0, 0.0], abs=0.03)
    assert found.found_
    expected = [np.mean([spearmanr(part[:, i], out).statistic for part, out in zip(levels, outcomes, strict=True)]) for i in range(4)]
    assert found.alone_ == pytest.approx(expected, abs=1e-6)


def test_the_reading_of_spend_is_the_one_that_captures_most() -> None:
    chance = np.random.default_rng(8)
    levels = chance.uniform(size=(6000, 2))
    # The first dimension makes the few who spend very much, the second tells the many small ones apart.
    spent = np.where(levels[:, 0] > 0.9, 1000.0 * levels[:, 0], 0.0) + levels[:, 1]
    found = PredictiveWeights().fit([levels], [spent])
    assert found.reading_ == "amount"
    assert found.weights_[0] > 0.95
    assert captured_share(spent, levels @ found.weights_, 0.1) > 0.95


def test_seasons_do_not_count() -> None:
    chance = np.random.default_rng(6)
    levels = [chance.uniform(size=(500, 2)) for _ in range(2)]
    outcomes = [part[:, 0] * 10 for part in levels]
    busy = PredictiveWeights().fit(levels, [outcomes[0], outcomes[1] * 50 + 1000])
    assert busy.weights_ == pytest.approx(PredictiveWeights().fit(levels, outcomes).weights_)


def test_without_any_relation_all_weigh_the_same() -> None:
    levels = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])
    found = PredictiveWeights().fit([levels], [np.ones(3)])
    assert not found.found_
    assert found.weights_.tolist() == [0.5, 0.5]
    assert found.alone_.tolist() == [0.0, 0.0]


def test_score_is_from_0_to_100() -> None:
    levels = np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 1.0]])
    assert weighted_score(levels, np.array([0.8, 0.2])) == pytest.approx([0.0, 100.0, 60.0])


def test_captured_share_by_hand() -> None:
    amounts, scores = np.array([60.0, 20.0, 15.0, 5.0, 0.0]), np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    assert captured_share(amounts, scores, 0.2) == pytest.approx(0.6)
    assert captured_share(amounts, scores, 0.3) == pytest.approx(0.7)  # and half of the second
    assert captured_share(amounts, np.ones(5), 0.2) == pytest.approx(0.2)  # all tied: nothing is known
    assert captured_share(amounts, np.array([1.0, 1.0, 0.0, 0.0, 0.0]), 0.2) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 5)), min_size=1, max_size=50), st.floats(0.01, 1.0))
def test_captured_share_does_not_depend_on_order_and_never_beats_the_best(rows: list[tuple[int, int]], top: float) -> None:
    amounts = np.array([float(row[0]) for row in rows]) + 1.0
    scores = np.array([float(row[1]) for row in rows])
    share = captured_share(amounts, scores, top)
    assert share == pytest.approx(captured_share(amounts[::-1], scores[::-1], top))
    assert share <= captured_share(amounts, amounts, top) + 1e-9
    assert captured_share(amounts, scores, 1.0) == pytest.approx(1.0)


def test_nothing_to_capture() -> None:
    with pytest.raises(ValueError, match="nobody spent anything"):
        captured_share(np.zeros(3), np.ones(3), 0.1)
