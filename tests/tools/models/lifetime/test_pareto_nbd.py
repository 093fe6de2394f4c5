"""Pareto/NBD against published parameters, its closed form, and limits."""

from __future__ import annotations

from math import gamma, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import approx_fprime

from tools.models.lifetime.counts import Counts, collapse
from tools.models.lifetime.pareto_nbd import ParetoNbd, _log_likelihood


@pytest.fixture(scope="module")
def fitted(cdnow: Counts) -> ParetoNbd:
    return ParetoNbd().fit(cdnow.x, cdnow.t_x, cdnow.age, cdnow.weights)


def test_parameters_equal_the_published_ones(fitted: ParetoNbd, published: dict[str, Any]) -> None:
    # The surface is flat along beta: the paper's own 11.669 and 11.668 differ by 0.00001 of log-likelihood.
    assert fitted.parameters_ == pytest.approx(published["pareto_nbd"]["parameters"], rel=1e-3)
    assert fitted.log_likelihood_ == pytest.approx(published["pareto_nbd"]["log_likelihood"], abs=0.05)
    assert fitted.converged_


def test_log_likelihood_of_a_history_by_adaptive_quadrature() -> None:
    r, alpha, s, beta = 0.7, 3.0, 0.9, 8.0
    model = ParetoNbd().with_parameters(r, alpha, s, beta)
    for x, t_x, age in ((0, 0.0, 12.0), (1, 4.0, 12.0), (9, 11.0, 30.0)):
        gone = quad(lambda t, k=r + x: s * beta**s * (beta + t) ** -(s + 1) * (alpha + t) ** -k, t_x, age, epsabs=0)[0]
        here = (beta / (beta + age)) ** s * (alpha + age) ** -(r + x)
        head = gamma(r + x) / gamma(r) * alpha**r
        assert model.log_likelihood([x], [t_x], [age]) == pytest.approx(log(head * (here + gone)), rel=1e-10)
        assert model.probability_alive([x], [t_x], [age])[0] == pytest.approx(here / (here + gone), rel=1e-9)


def test_gradient_is_the_slope_of_the_log_likelihood() -> None:
    counts = collapse([0, 1, 3, 3, 40], [0, 2, 8, 3, 19], [10, 10, 12, 12, 20], [5, 1, 2, 1, 1])
    at = np.array([0.6, 3.0, 0.8, 9.0])
    slope = approx_fprime(at, lambda p: _log_likelihood(p, counts)[0], 1e-7)
    assert _log_likelihood(at, counts)[1] == pytest.approx(slope, rel=1e-4)


def test_expected_orders_are_the_closed_form(published: dict[str, Any]) -> None:
    model = ParetoNbd().with_parameters(**published["pareto_nbd"]["parameters"])
    x, t_x, age, t = 2.0, 30.43, 38.86, 39.0
    r, alpha, s, beta = model.r_, model.alpha_, model.s_, model.beta_
    rest = (r + x) * (beta + age) / ((alpha + age) * (s - 1)) * (1 - ((beta + age) / (beta + age + t)) ** (s - 1))
    assert model.expected_orders(t, [x], [t_x], [age])[0] == pytest.approx(rest * model.probability_alive([x], [t_x], [age])[0])


def test_expected_orders_at_the_pole_of_the_closed_form() -> None:
    below, at, above = (ParetoNbd().with_parameters(0.5, 10, s, 12).expected_orders(20, [3], [9], [12])[0] for s in (0.9999, 1.0, 1.0001))
    assert at == pytest.approx((below + above) / 2, rel=1e-7)


def test_a_new_customer_without_leaving_orders_at_the_mean_rate() -> None:
    model = ParetoNbd().with_parameters(2.0, 4.0, 1e-5, 1e4)
    assert model.expected_orders_of_new(10)[0] == pytest.approx(2.0 / 4.0 * 10, rel=1e-3)


def test_tiny_and_degenerate_data_end_in_finite_parameters() -> None:
    for x, t_x, age in (([0] * 10, [0] * 10, [10] * 10), ([40] * 10, [10] * 10, [10] * 10), ([0], [0], [0])):
        model = ParetoNbd(penalty=0.1).fit(x, t_x, age)
        assert np.isfinite(model.expected_orders(52, x, t_x, age)).all()


@settings(max_examples=60, deadline=None)
@given(
    x=st.integers(0, 3000),
    share=st.floats(0, 1),
    age=st.floats(0, 2000),
    horizon=st.floats(0, 2000),
    s=st.floats(0.01, 20),
    beta=st.floats(0.05, 500),
    r=st.floats(0.01, 20),
    alpha=st.floats(0.05, 200),
)
def test_never_negative_never_unknown(
    x: int, share: float, age: float, horizon: float, s: float, beta: float, r: float, alpha: float
) -> None:
    model = ParetoNbd().with_parameters(r, alpha, s, beta)
    history = ([x], [age * share if x else 0.0], [age])
    expected, alive = model.expected_orders(horizon, *history)[0], model.probability_alive(*history)[0]
    assert 0 <= alive <= 1
    assert 0 <= expected <= (r + x) / (alpha + age) * horizon * (1 + 1e-9)


@pytest.mark.parametrize("history", [(2, 30.43, 38.86), (0, 0.0, 20.0), (26, 30.0, 31.0)])
def test_the_chance_of_an_order_is_that_of_rates_drawn_at_random(history: tuple[float, float, float]) -> None:
    model = ParetoNbd().with_parameters(r=0.553, alpha=10.578, s=0.606, beta=11.669)
    x, t_x, age = history
    random = np.random.default_rng(8)
    buying, leaving = random.gamma(0.553 + x, 1 / (10.578 + age), 400_000), random.gamma(0.606, 1 / (11.669 + age), 400_000)
    both = buying + leaving
    drawn = float(np.mean(buying / both * -np.expm1(-both * 26.0)))
    alive = model.probability_alive([x], [t_x], [age])[0]
    assert model.probability_of_order(26.0, [x], [t_x], [age])[0] == pytest.approx(alive * drawn, abs=2e-3)
    assert model.probability_of_order(0.0, [x], [t_x], [age])[0] == pytest.approx(0.0, abs=1e-12)
