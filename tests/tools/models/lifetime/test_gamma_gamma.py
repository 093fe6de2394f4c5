"""Gamma-Gamma against published parameters, hand-computed values and limits."""

from __future__ import annotations

from math import gamma, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from tools.models.lifetime.counts import Floats
from tools.models.lifetime.gamma_gamma import GammaGamma, _Likelihood


@pytest.fixture(scope="module")
def fitted(cdnow_spend: Floats) -> GammaGamma:
    return GammaGamma().fit(*cdnow_spend.T)


def test_parameters_equal_the_published_ones(fitted: GammaGamma, published: dict[str, Any]) -> None:
    assert fitted.parameters_ == pytest.approx(published["gamma_gamma"]["parameters"], abs=0.01)
    assert fitted.converged_
    assert fitted.customers_ == 946


def test_the_currency_changes_v_alone(cdnow_spend: Floats, fitted: GammaGamma) -> None:
    orders, means, customers = cdnow_spend.T
    cents = GammaGamma().fit(orders, means * 100, customers)
    assert (cents.p_, cents.q_, cents.v_) == pytest.approx((fitted.p_, fitted.q_, fitted.v_ * 100), rel=1e-3)
    assert cents.log_likelihood_ == pytest.approx(fitted.log_likelihood_ - customers.sum() * log(100), rel=1e-6)


def test_log_likelihood_of_one_mean_by_hand() -> None:
    p, q, v, x, m = 2.0, 3.0, 10.0, 4.0, 7.0
    density = gamma(p * x + q) / gamma(p * x) / gamma(q) * v**q * m ** (p * x - 1) * x ** (p * x) / (v + m * x) ** (p * x + q)
    found = _Likelihood(np.array([x]), np.array([m]), np.array([1.0]))(np.array([p, q, v]))[0]
    assert found == pytest.approx(log(density))


def test_gradient_is_the_slope_of_the_log_likelihood() -> None:
    likelihood = _Likelihood(np.array([1.0, 4.0, 30.0]), np.array([5.0, 7.0, 2.0]), np.array([2.0, 1.0, 3.0]))
    at = np.array([2.0, 3.0, 10.0])
    assert likelihood(at)[1] == pytest.approx(approx_fprime(at, lambda p: likelihood(p)[0], 1e-7), rel=1e-4)


def test_expected_value_is_the_weighted_mean_of_own_and_population() -> None:
    # Equation 5 of the note: (q - 1) / (p x + q - 1) of the population's mean p v / (q - 1), the rest of the own mean.
    model = GammaGamma().with_parameters(6.25, 3.74, 15.44)
    population = 6.25 * 15.44 / 2.74
    weight = 2.74 / (6.25 * 2 + 2.74)
    assert model.expected_order_value([2], [22.35])[0] == pytest.approx(weight * population + (1 - weight) * 22.35)
    assert model.expected_order_value([0], [0])[0] == pytest.approx(population)


def test_own_mean_wins_with_many_orders() -> None:
    assert GammaGamma().with_parameters(2, 3, 10).expected_order_value([1e6], [77.0])[0] == pytest.approx(77.0, rel=1e-4)


def test_simulated_parameters_are_found_again() -> None:
    random = np.random.default_rng(5)
    orders = random.integers(1, 12, 20_000)
    means = random.gamma(3.0 * orders, 1.0 / (orders * random.gamma(4.0, 1 / 20.0, 20_000)))
    model = GammaGamma().fit(orders, means)
    assert (model.p_, model.q_, model.v_) == pytest.approx((3.0, 4.0, 20.0), rel=0.05)


def test_equal_values_and_one_customer_end_in_finite_values() -> None:
    for orders, means in (([3] * 10, [20.0] * 10), ([1], [5.0])):
        found = GammaGamma(penalty=0.1).fit(orders, means).expected_order_value(orders, means)
        assert found == pytest.approx(means, rel=0.5)


@pytest.mark.parametrize(
    ("orders", "means", "problem"),
    [
        ([], [], "at least one row"),
        ([1], [1, 2], "one length"),
        ([0], [3], "positive"),
        ([1], [0], "positive"),
        ([1], [np.nan], "positive"),
    ],
)
def test_impossible_rows_are_refused(orders: list[float], means: list[float], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        GammaGamma().fit(orders, means)


@given(orders=st.integers(0, 10**6), mean=st.floats(0, 1e9), p=st.floats(0.01, 100), q=st.floats(1.05, 100), v=st.floats(0.01, 1e6))
def test_never_negative_never_unknown(orders: int, mean: float, p: float, q: float, v: float) -> None:
    found = GammaGamma().with_parameters(p, q, v).expected_order_value([orders], [mean])[0]
    assert 0 < found < np.inf
