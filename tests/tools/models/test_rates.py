"""Wilson's interval against published figures (Newcombe 1998, Statistics in Medicine 17, table I), and the design effect by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.rates import design_effect, rate_of, wilson


@pytest.mark.parametrize(
    ("positives", "cases", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(positives: int, cases: int, low: float, high: float) -> None:
    assert wilson(positives, cases) == pytest.approx((low, high), abs=0.00005)


def test_wilson_is_symmetric_and_stays_within_zero_and_one() -> None:
    low, high = wilson(20, 20)
    assert (low, high) == (pytest.approx(1 - 0.1611, abs=0.00005), 1.0)
    assert wilson(0, 0) == (0.0, 1.0)


def test_more_positives_than_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and cases, got 3 of 2"):
        wilson(3, 2)


def test_a_rate_has_its_lift_over_the_base() -> None:
    found = rate_of(30, 40, 0.25)
    assert (found.rate, found.lift, found.cases, found.positives) == (0.75, 3.0, 40, 30)
    assert (rate_of(0, 0, 0.5).rate, rate_of(0, 0, 0.5).lift, rate_of(1, 2, 0.0).lift) == (None, None, None)


def test_cases_that_repeat_their_customer_count_once() -> None:
    pairs = np.array([0, 0, 1, 1, 2, 2])
    assert design_effect(pairs, np.array([1, 1, 0, 0, 1, 1])) == 2.0


def test_cases_of_one_customer_that_are_unlike_count_each() -> None:
    assert design_effect(np.array([0, 0, 1, 1]), np.array([1, 0, 1, 0])) == 1.0
    assert design_effect(np.arange(4), np.array([1, 0, 1, 0])) == 1.0


def test_the_design_effect_lies_between_by_the_analysis_of_variance() -> None:
    # Three pairs: (1,1), (0,0), (1,0). Between: 2 * ((1-.5)^2 + (0-.5)^2 + 0) / 2 = 0.5; within: 0.5 / 3 = 1/6.
    # Correlation = (1/2 - 1/6) / (1/2 + 1/6) = 1/2, so two cases of a customer are worth 1 + 1/2.
    found = design_effect(np.array([0, 0, 1, 1, 2, 2]), np.array([1, 1, 0, 0, 1, 0]))
    assert found == pytest.approx(1.5)
