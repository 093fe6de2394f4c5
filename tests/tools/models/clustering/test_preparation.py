"""Features made comparable: numbers computed by hand, and properties that hold for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tools.models.clustering.preparation import Feature, Preparation, sample_rows, shrunk


def _one(name: str = "x", **more: object) -> Feature:
    return Feature(name, "theme", **more)  # type: ignore[arg-type]


def test_few_observations_are_drawn_to_the_average() -> None:
    # (share × n + average × 2) / (n + 2): one order at night is (1 + 0.2 × 2) / 3, ten are (10 + 0.4) / 12.
    found = shrunk(np.array([1.0, 1.0, np.nan, 0.0]), np.array([1.0, 10.0, 5.0, 0.0]), 0.2)
    np.testing.assert_allclose(found, [1.4 / 3, 10.4 / 12, 0.2, 0.2])


def test_shares_without_counts_stay_as_they_are() -> None:
    np.testing.assert_allclose(shrunk(np.array([0.3, np.nan]), None, 0.1), [0.3, 0.1])


def test_symmetric_numbers_are_only_scaled_by_the_interquartile_range() -> None:
    values = np.arange(1.0, 102.0)[:, None]  # quartiles 26, 51, 76: spread 50 / 1.349
    made = Preparation([_one()]).fit(values)
    assert made.scalings_[0].shape == "none"
    found = made.transform(values)[:, 0]
    expected = (values[:, 0] - 51.0) / (50 / 1.349)
    np.testing.assert_allclose(found, expected / expected.std(), rtol=1e-5)


def test_skewed_numbers_lose_their_skew() -> None:
    values = np.exp(np.random.default_rng(0).normal(0, 1.5, 4000))[:, None]
    found = Preparation([_one()]).fit(values).transform(values)[:, 0]
    assert abs(np.mean(((found - found.mean()) / found.std()) ** 3)) < 0.5
    assert np.corrcoef(np.argsort(np.argsort(values[:, 0])), np.argsort(np.argsort(found)))[0, 1] > 0.999


def test_a_theme_of_many_columns_does_not_dominate() -> None:
    random = np.random.default_rng(1)
    matrix = random.normal(0, [1, 5, 100, 0.1, 3, 7], (500, 6))
    features = [Feature("a", "one"), *(Feature(f"b{number}", "many") for number in range(5))]
    found = Preparation(features).fit(matrix).transform(matrix)
    assert found[:, 0].var() == pytest.approx(1.0, rel=1e-3)
    assert found[:, 1:].var(axis=0).sum() == pytest.approx(1.0, rel=1e-3)


def test_a_rare_category_weighs_less_than_the_main_one() -> None:
    random = np.random.default_rng(2)
    main = random.uniform(0.2, 0.9, 800)
    rare = random.uniform(0, 0.02, 800)
    matrix = np.stack([main, rare], axis=1)
    found = Preparation([_one("main", kind="share"), _one("rare", kind="share")]).fit(matrix).transform(matrix)
    assert found[:, 0].var() > 5 * found[:, 1].var()


def test_unknown_values_get_the_median() -> None:
    values = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [np.nan]])
    found = Preparation([_one()]).fit(values).transform(values)[:, 0]
    assert found[5] == found[2] == 0.0


def test_columns_without_variation_and_columns_that_only_count_are_left_out() -> None:
    matrix = np.stack([np.ones(50), np.arange(50.0), np.full(50, np.nan), np.arange(50.0)], axis=1)
    made = Preparation([_one("same"), _one("used"), _one("unknown"), Feature("count", "")]).fit(matrix)
    assert made.used == ["used"]


def test_one_huge_value_stays_within_bounds() -> None:
    values = np.append(np.random.default_rng(3).normal(0, 1, 999), 1e9)[:, None]
    found = Preparation([_one()]).fit(values).transform(values)[:, 0]
    assert found[-1] == found.max() < 8


def test_what_was_learned_can_be_restored() -> None:
    random = np.random.default_rng(4)
    matrix = np.stack([random.lognormal(0, 1, 300), random.uniform(0, 1, 300), random.integers(1, 9, 300)], axis=1)
    features = [_one("money"), _one("share", kind="share", counted_by="orders"), Feature("orders", "other")]
    made = Preparation(features).fit(matrix)
    again = Preparation.restored([features[2], features[0], features[1]], made.parameters())
    np.testing.assert_array_equal(again.transform(matrix[:, [2, 0, 1]]), made.transform(matrix))
    with pytest.raises(ValueError, match=r"columns \['orders'\] are missing"):
        Preparation.restored(features[:2], made.parameters())
    with pytest.raises(ValueError, match="another version"):
        Preparation.restored(features, [{"name": "money"}])


def test_a_sample_is_the_same_for_the_same_seed_and_in_order() -> None:
    found = sample_rows(1000, 100, 7)
    assert len(set(found.tolist())) == 100
    assert (np.diff(found) > 0).all()
    assert (found == sample_rows(1000, 100, 7)).all()
    assert sample_rows(5, 10, 7).tolist() == [0, 1, 2, 3, 4]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(arrays(np.float64, (12, 2), elements=st.floats(-1e6, 1e6) | st.just(float("nan"))))
def test_prepared_values_are_finite_whatever_comes_in(matrix: np.ndarray) -> None:
    features = [_one("number"), Feature("share", "other", "share", "number")]
    assert np.isfinite(Preparation(features).fit(matrix).transform(matrix)).all()
