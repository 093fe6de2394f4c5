"""Gaps until the next order: shrinkage by hand, ranges that hold what they promise."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.lifetime.counts import Floats
from tools.models.lifetime.gaps import GapModel


def test_own_gaps_are_drawn_towards_everybodys_by_their_number() -> None:
    model = GapModel().with_parameters(centre=log(10.0), within=0.6, between=0.2, reach=1.0)
    # Weight n / (n + within / between) = n / (n + 3).
    found = model.typical(np.array([1.0, 3.0, 997.0]), np.array([40.0, 40.0, 40.0]))
    assert found.tolist() == pytest.approx([exp(0.25 * log(40) + 0.75 * log(10)), 20.0, exp(0.997 * log(40) + 0.003 * log(10))])


def test_bounds_of_one_gap_by_hand() -> None:
    model = GapModel().with_parameters(centre=log(10.0), within=0.6, between=0.2, reach=1.0)
    low, high = model.bounds(np.array([1.0]), np.array([10.0]), np.array([10.0]), np.array([np.nan]))
    wide = (0.6 + 0.75 * 0.2) ** 0.5
    assert (low[0], high[0]) == (pytest.approx(10 * exp(-wide)), pytest.approx(10 * exp(wide)))


def _customers(count: int, seed: int) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Gaps, median, mean, spread of simulated customers, and the gap that comes next."""
    random = np.random.default_rng(seed)
    typical, gaps = random.normal(2.5, 0.7, count), random.integers(1, 20, count)
    rows = [np.exp(random.normal(mu, 0.5, n)) for mu, n in zip(typical, gaps, strict=True)]
    spread = np.array([row.std(ddof=1) if len(row) > 1 else np.nan for row in rows])
    summary = (gaps.astype(float), np.array([np.median(row) for row in rows]), np.array([row.mean() for row in rows]), spread)
    return (*summary, np.exp(random.normal(typical, 0.5)))


def test_simulated_gaps_are_learned_and_held() -> None:
    *own, following = _customers(4000, seed=6)
    model = GapModel().fit(*own)
    assert model.centre_ == pytest.approx(2.5, abs=0.05)
    assert model.between_ == pytest.approx(0.49, abs=0.08)
    assert model.within_ == pytest.approx(0.25, abs=0.05)
    half = [part[:2000] for part in own]
    low, high = model.calibrate(*half, following[:2000]).bounds(*(part[2000:] for part in own))
    assert ((following[2000:] >= low) & (following[2000:] <= high)).mean() == pytest.approx(0.8, abs=0.03)


def test_drawn_gaps_are_nearer_than_own_medians() -> None:
    gaps, median, mean, spread, following = _customers(4000, seed=9)
    model = GapModel().fit(gaps, median, mean, spread)
    few = gaps <= 3
    error = np.abs(np.log(model.typical(gaps, median) / following))[few].mean()
    assert error < 0.97 * np.abs(np.log(median / following))[few].mean()


def test_one_customer_with_one_gap_gets_that_gap() -> None:
    one = (np.array([1.0]), np.array([9.0]), np.array([9.0]), np.array([np.nan]))
    model = GapModel().fit(*one)
    low, high = model.bounds(*one)
    assert model.typical(one[0], one[1])[0] == pytest.approx(9.0)
    assert 1 < low[0] < 9 < high[0] < 60


def test_stored_parameters_make_the_same_model() -> None:
    *own, _ = _customers(50, seed=1)
    model = GapModel().fit(*own)
    assert GapModel().with_parameters(**model.parameters_).bounds(*own)[1].tolist() == model.bounds(*own)[1].tolist()


def test_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        GapModel().fit(*(np.zeros(0),) * 4)


@given(gaps=st.integers(1, 1000), median=st.floats(1, 5000), mean=st.floats(1, 5000), spread=st.one_of(st.none(), st.floats(0, 5000)))
def test_bounds_hold_the_typical_gap(gaps: int, median: float, mean: float, spread: float | None) -> None:
    one = (np.array([float(gaps)]), np.array([median]), np.array([mean]), np.array([np.nan if spread is None else spread]))
    model = GapModel().fit(*one)
    low, high = model.bounds(*one)
    assert 0 < low[0] <= model.typical(one[0], one[1])[0] <= high[0] < np.inf
