"""Intervals against published and hand-computed numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.models.effects import Arm, Estimate, mean_difference, rate_difference, relative_uplift, stratified_difference, wilson


def _rate(hits: int, customers: int) -> Arm:
    return Arm(customers, float(hits), float(hits))


def _amounts(values: list[float]) -> Arm:
    return Arm(len(values), sum(values), sum(value * value for value in values))


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(hits: int, cases: int, low: float, high: float) -> None:
    assert wilson(hits, cases) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Newcombe (1998), "Interval estimation for the difference between independent proportions", table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_difference_of_rates_as_published(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    found = rate_difference(_rate(*first), _rate(*second))
    assert found.value == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_relative_uplift_by_hand() -> None:
    # 30 of 200 against 20 of 200: ratio 1.5, standard error of its log sqrt(0.85/30 + 0.9/20) = 0.270801.
    found = relative_uplift(_rate(30, 200), _rate(20, 200))
    assert found is not None
    error = 1.959963985 * math.sqrt(0.85 / 30 + 0.9 / 20)
    assert found.value == pytest.approx(0.5)
    assert (found.low, found.high) == pytest.approx((1.5 * math.exp(-error) - 1, 1.5 * math.exp(error) - 1), rel=1e-6)
    assert (found.low, found.high) == pytest.approx((-0.1177, 1.5503), abs=5e-4)


def test_relative_uplift_of_nothing_is_unknown() -> None:
    assert relative_uplift(_rate(3, 10), _rate(0, 10)) is None
    assert relative_uplift(_rate(0, 10), _rate(3, 10)) is None


def test_difference_of_means_by_hand() -> None:
    # Means 6 and 3; variances 10 and 2.5 over 5 each: standard error sqrt(2.5), Welch's freedom 6.25 / (1 + 0.0625) = 5.882.
    found = mean_difference(_amounts([2, 4, 6, 8, 10]), _amounts([1, 2, 3, 4, 5]))
    assert found.value == pytest.approx(3.0)
    assert found.high - found.value == pytest.approx(2.4589 * math.sqrt(2.5), abs=2e-3)
    assert found.low == pytest.approx(3.0 - (found.high - 3.0))
    assert not found.is_credible


def test_means_that_never_vary() -> None:
    assert mean_difference(_amounts([2, 2]), _amounts([1, 1])) == Estimate(1.0, 1.0, 1.0)


def test_one_customer_has_no_spread() -> None:
    with pytest.raises(ValueError, match="two customers in each arm"):
        mean_difference(_amounts([5]), _amounts([1, 2]))


def test_each_campaign_is_compared_within_itself() -> None:
    # Put together as one, the campaigns would show 60/200 - 90/300 = 0; each of them shows a gain of 0.1.
    found = stratified_difference([(_rate(50, 100), _rate(80, 200)), (_rate(20, 100), _rate(10, 100))])
    assert found.value == pytest.approx(0.1)
    # Weights 66.67 and 50; variances with n - 1.
    first = 0.5 * 0.5 / 99 + 0.4 * 0.6 / 199
    second = 0.2 * 0.8 / 99 + 0.1 * 0.9 / 99
    error = math.sqrt((200 / 3) ** 2 * first + 50**2 * second) / (200 / 3 + 50)
    assert found.high - found.value == pytest.approx(1.959963985 * error, rel=1e-6)


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_an_interval_holds_its_value(first: int, second: int, data: st.DataObject) -> None:
    one = _rate(data.draw(st.integers(0, first)), first)
    other = _rate(data.draw(st.integers(0, second)), second)
    found, reverse = rate_difference(one, other), rate_difference(other, one)
    assert -1.0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1.0 + 1e-12
    assert (reverse.low, reverse.high) == pytest.approx((-found.high, -found.low))
