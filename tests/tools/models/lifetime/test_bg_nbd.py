"""BG/NBD against published parameters, the paper's closed forms in arbitrary precision, and limits."""

from __future__ import annotations

from math import exp, gamma, lgamma, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.special import betaln, hyp2f1

from tools.models.lifetime.beta_nodes import beta_nodes
from tools.models.lifetime.bg_nbd import BgNbd, _Likelihood
from tools.models.lifetime.counts import Counts, Floats, collapse


@pytest.fixture(scope="module")
def fitted(cdnow: Counts) -> BgNbd:
    return BgNbd().fit(cdnow.x, cdnow.t_x, cdnow.age, cdnow.weights)


@pytest.fixture
def paper(published: dict[str, Any]) -> BgNbd:
    return BgNbd().with_parameters(**published["bg_nbd"]["parameters"])


def test_parameters_equal_the_published_ones(fitted: BgNbd, published: dict[str, Any]) -> None:
    assert fitted.parameters_ == pytest.approx(published["bg_nbd"]["parameters"], abs=6e-4)
    assert fitted.log_likelihood_ == pytest.approx(published["bg_nbd"]["log_likelihood"], abs=0.05)
    assert fitted.converged_
    assert fitted.customers_ == 2357


def test_published_expectations_of_one_customer(paper: BgNbd, published: dict[str, Any]) -> None:
    told = published["expectations"]
    history = ([told["x"]], [told["t_x"]], [told["T"]])
    assert paper.expected_orders(told["horizon"], *history)[0] == pytest.approx(told["expected_orders"], abs=5e-4)
    assert paper.probability_alive(*history)[0] == pytest.approx(told["probability_alive"], abs=5e-5)


def test_the_unit_of_time_changes_alpha_alone(cdnow: Counts, fitted: BgNbd) -> None:
    days = BgNbd().fit(cdnow.x, cdnow.t_x * 7, cdnow.age * 7, cdnow.weights)
    assert days.alpha_ == pytest.approx(fitted.alpha_ * 7, rel=1e-4)
    assert (days.r_, days.a_, days.b_) == pytest.approx((fitted.r_, fitted.a_, fitted.b_), rel=1e-4)


def test_log_likelihood_of_two_histories_by_hand() -> None:
    r, alpha, a, b = 0.5, 2.0, 0.7, 3.0
    model = BgNbd().with_parameters(r, alpha, a, b)
    never = r * log(alpha / (alpha + 10))
    # One repeat purchase at 4 of 10: alive or gone, as in equation 6 of the paper.
    head = gamma(r + 1) / gamma(r) * alpha**r
    alive = exp(betaln(a, b + 1) - betaln(a, b)) * (alpha + 10) ** -(r + 1)
    gone = exp(betaln(a + 1, b) - betaln(a, b)) * (alpha + 4) ** -(r + 1)
    assert model.log_likelihood([0], [0], [10]) == pytest.approx(never)
    assert model.log_likelihood([1], [4], [10]) == pytest.approx(log(head * (alive + gone)))
    assert model.log_likelihood([0, 1], [0, 4], [10, 10], [2, 3]) == pytest.approx(2 * never + 3 * log(head * (alive + gone)))
    assert model.probability_alive([1], [4], [10])[0] == pytest.approx(alive / (alive + gone))


def test_gradient_is_the_slope_of_the_log_likelihood() -> None:
    counts = collapse([0, 1, 3, 3, 40], [0, 2, 8, 3, 19], [10, 10, 12, 12, 20], [5, 1, 2, 1, 1])
    at = np.array([0.6, 3.0, 0.8, 2.5])
    likelihood = _Likelihood(counts)
    slope = approx_fprime(at, lambda p: likelihood(p)[0], 1e-7)
    assert likelihood(at)[1] == pytest.approx(slope, rel=1e-4)


def _closed_form(model: BgNbd, t: float, x: float, t_x: float, age: float) -> float:
    """Equation 10 of the paper."""
    r, alpha, a, b = model.r_, model.alpha_, model.a_, model.b_
    shrink = ((alpha + age) / (alpha + age + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    odds = a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x) if x else 0.0
    return float((a + b + x - 1) / (a - 1) * (1 - shrink) / (1 + odds))


@pytest.mark.parametrize("x", [0, 1, 5, 29])
@pytest.mark.parametrize("horizon", [1, 39, 400])
def test_expected_orders_are_the_closed_form_where_that_is_stable(paper: BgNbd, x: float, horizon: float) -> None:
    t_x = 30.0 if x else 0.0
    found = paper.expected_orders(horizon, [x], [t_x], [38.86])[0]
    assert found == pytest.approx(_closed_form(paper, horizon, x, t_x, 38.86), rel=1e-6)


def test_expected_orders_at_the_pole_of_the_closed_form() -> None:
    below, at, above = (BgNbd().with_parameters(0.3, 4.0, a, 2.0).expected_orders(20, [3], [9], [12])[0] for a in (0.9999, 1.0, 1.0001))
    assert at == pytest.approx((below + above) / 2, rel=1e-6)


def test_frequent_buyers_have_finite_expectations_near_their_rate() -> None:
    model = BgNbd().with_parameters(1.5, 3.0, 0.05, 4.0)
    found = model.expected_orders(52, [5000.0], [103.9], [104.0])[0]
    # Alive, at 5000 orders in 104 weeks, and hardly ever leaving.
    assert found == pytest.approx(2500, rel=0.05)


def test_limits_of_the_alive_probability(paper: BgNbd) -> None:
    alive = paper.probability_alive([0, 5, 5, 5], [0, 38, 20, 1], [38, 38, 38, 38])
    assert alive[0] == 1.0
    assert alive[1] > alive[2] > alive[3]
    assert paper.expected_orders(0, [5], [20], [38])[0] == 0.0


def test_expected_orders_of_a_new_customer(paper: BgNbd) -> None:
    # Equation 9 of the paper.
    r, alpha, a, b, t = paper.r_, paper.alpha_, paper.a_, paper.b_, 52.0
    whole = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
    assert paper.expected_orders_of_new(t)[0] == pytest.approx(whole, rel=1e-6)


def test_parameters_of_simulated_customers_are_found_again() -> None:
    x, t_x, age = _simulate(20_000, 0.6, 5.0, 0.8, 3.0, seed=4)
    model = BgNbd().fit(x, t_x, age)
    assert (model.r_, model.alpha_) == pytest.approx((0.6, 5.0), rel=0.08)
    assert model.a_ / (model.a_ + model.b_) == pytest.approx(0.8 / 3.8, rel=0.08)


def _simulate(customers: int, r: float, alpha: float, a: float, b: float, seed: int) -> tuple[Floats, Floats, Floats]:
    random = np.random.default_rng(seed)
    rate, leave = random.gamma(r, 1 / alpha, customers), random.beta(a, b, customers)
    age = random.uniform(20, 60, customers)
    x, t_x, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    alive = np.ones(customers, bool)
    while alive.any():
        now = now + random.exponential(1 / rate)
        bought = alive & (now <= age)
        x, t_x = x + bought, np.where(bought, now, t_x)
        alive = bought & (random.random(customers) > leave)
    return x, t_x, age


def test_ten_customers_and_one_time_buyers_alone_end_in_finite_parameters() -> None:
    for x, t_x in (([0] * 10, [0] * 10), ([1] * 10, [5] * 10), ([40] * 10, [10] * 10)):
        model = BgNbd(penalty=0.1).fit(x, t_x, [10] * 10)
        assert all(np.isfinite(list(model.parameters_.values())))
        assert np.isfinite(model.expected_orders(52, x, t_x, [10] * 10)).all()


def test_one_date_only_ends_in_finite_parameters() -> None:
    model = BgNbd(penalty=0.1).fit([0, 0, 0], [0, 0, 0], [0, 0, 0])
    assert np.isfinite(model.expected_orders(52, [0], [0], [0])).all()


@settings(max_examples=60, deadline=None)
@given(
    x=st.integers(0, 3000),
    share=st.floats(0, 1),
    age=st.floats(0, 2000),
    horizon=st.floats(0, 2000),
    a=st.floats(0.001, 20),
    b=st.floats(0.01, 50),
    r=st.floats(0.01, 20),
    alpha=st.floats(0.01, 200),
)
def test_never_negative_never_unknown(x: int, share: float, age: float, horizon: float, a: float, b: float, r: float, alpha: float) -> None:
    model = BgNbd().with_parameters(r, alpha, a, b)
    history = ([x], [age * share if x else 0.0], [age])
    expected, alive = model.expected_orders(horizon, *history)[0], model.probability_alive(*history)[0]
    assert 0 <= alive <= 1
    assert 0 <= expected <= (r + x) / (alpha + age) * horizon * (1 + 1e-9) + 1e-12


@pytest.mark.parametrize(("a", "b"), [(0.8, 2.4), (0.5, 0.5), (0.3, 0.7), (2.0, 800.0), (0.05, 5000.0)])
def test_nodes_integrate_against_the_beta_density(a: float, b: float) -> None:
    points, weights = beta_nodes(a, b, 24)
    assert weights.sum() == pytest.approx(1)
    assert weights @ points == pytest.approx(a / (a + b))
    assert weights @ points**2 == pytest.approx(a * (a + 1) / (a + b) / (a + b + 1))


def test_nodes_agree_with_adaptive_quadrature() -> None:
    points, weights = beta_nodes(2.0, 3.0, 24)
    whole = exp(lgamma(5) - lgamma(2) - lgamma(3))
    told = quad(lambda p: whole * p * (1 - p) ** 2 * exp(-3 * p), 0, 1)[0]
    assert weights @ np.exp(-3 * points) == pytest.approx(told, rel=1e-10)


def test_one_node_is_the_mean() -> None:
    points, weights = beta_nodes(1.0, 3.0, 1)
    assert (points.tolist(), weights.tolist()) == ([0.25], [1.0])


def test_the_chance_of_an_order_is_that_of_the_rate_of_who_is_alive() -> None:
    model = BgNbd().with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    found = model.probability_of_order([39.0, 39.0, 0.0], [2, 0, 2], [30.43, 0, 30.43], [38.86, 0, 38.86])
    # Alive as published (0.7266); rates of who is alive are Gamma(r + x, alpha + T).
    rates = stats.gamma(0.243 + 2, scale=1 / (4.414 + 38.86))
    ordering = quad(lambda rate: rates.pdf(rate) * (1 - exp(-39.0 * rate)), 0, 2, epsabs=1e-9)[0]
    assert found == pytest.approx([0.7266 * ordering, 1 - (4.414 / 43.414) ** 0.243, 0.0], abs=2e-4)
