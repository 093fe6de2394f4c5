"""Ranges hold the share that they promise, and always the prediction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.models.lifetime.ranges import RatioRange


def test_ranges_hold_their_share_of_new_outcomes() -> None:
    random = np.random.default_rng(8)
    predicted = np.exp(random.normal(3, 1, 8000))
    actual = random.gamma(2.0, predicted / 2.0)
    model = RatioRange(0.8).fit(predicted[:4000], actual[:4000])
    low, high = model.bounds(predicted[4000:])
    inside = ((actual[4000:] >= low) & (actual[4000:] <= high)).mean()
    assert inside == pytest.approx(0.8, abs=0.02)
    assert model.coverage_ == pytest.approx(0.8, abs=0.02)


def test_quantiles_of_one_bin_by_hand() -> None:
    # Ratios 0.0, 0.1, ... 1.0: the 10 % and 90 % quantiles.
    predicted, actual = np.full(11, 10.0), np.arange(11.0)
    model = RatioRange(0.8)._learn(predicted, actual)
    assert (model.low_.tolist(), model.high_.tolist()) == (pytest.approx([0.1]), pytest.approx([0.9]))
    low, high = model.bounds(np.array([100.0]))
    assert (low[0], high[0]) == (pytest.approx(10.0), 100.0)


def test_stored_quantiles_make_the_same_ranges() -> None:
    random = np.random.default_rng(3)
    predicted = random.gamma(1.0, 50.0, 500)
    model = RatioRange().fit(predicted, random.gamma(1.0, predicted))
    again = RatioRange().with_parameters(**model.parameters_)
    assert [part.tolist() for part in again.bounds(predicted)] == [part.tolist() for part in model.bounds(predicted)]


def test_one_case_and_no_spend_at_all_give_finite_ranges() -> None:
    for predicted, actual in (([5.0], [0.0]), ([0.0, 0.0], [0.0, 3.0]), ([1.0] * 200, [0.0] * 200)):
        low, high = RatioRange().fit(np.array(predicted), np.array(actual)).bounds(np.array(predicted))
        assert np.isfinite([low, high]).all()


def test_no_case_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        RatioRange().fit(np.zeros(0), np.zeros(0))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=120))
def test_the_prediction_lies_in_its_range(cases: list[tuple[float, float]]) -> None:
    predicted, actual = (np.array(column) for column in zip(*cases, strict=True))
    low, high = RatioRange().fit(predicted, actual).bounds(predicted)
    assert ((low >= 0) & (low <= predicted) & (predicted <= high)).all()
    assert np.isfinite(high).all()
