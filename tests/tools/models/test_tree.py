"""Readable trees: known rules are found again, noise is left alone, and every case belongs to exactly one rule."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.models.leaves import Clause
from tools.models.splits import best_split, chance, deviance, least_difference
from tools.models.tree import Feature, RuleTree


def holds(clauses: Sequence[Clause], case: dict[str, float | str | None]) -> bool:
    """Whether a case fulfils all clauses, by their meaning alone."""

    def one(clause: Clause) -> bool:
        value = case[clause.feature]
        if value is None:
            return clause.or_unknown or clause.op == "is unknown"
        if clause.op in ("is known", "is unknown"):
            return clause.op == "is known"
        if isinstance(clause.value, tuple):
            return (value in clause.value) == (clause.op == "in")
        assert isinstance(clause.value, float)
        assert not isinstance(value, str)
        return value >= clause.value if clause.op == ">=" else value < clause.value

    return all(one(clause) for clause in clauses)


def as_cases(features: Sequence[Feature]) -> list[dict[str, float | str | None]]:
    """The columns as one dictionary per case, unknown values as None and categories by name."""

    def value(feature: Feature, number: float) -> float | str | None:
        if np.isnan(number):
            return None
        return feature.categories[int(number)] if feature.categories else float(number)

    return [{feature.name: value(feature, feature.values[place]) for feature in features} for place in range(len(features[0].values))]


def drawn(labels_of: object, seed: int = 1, cases: int = 4000) -> tuple[list[Feature], np.ndarray]:
    """Days, money, a category and a number that is often unknown, with labels drawn by a rule's rates."""
    random = np.random.default_rng(seed)
    days, money = random.integers(0, 120, cases).astype(float), random.gamma(2, 100, cases).round(2)
    kind, rare = random.integers(0, 4, cases).astype(float), random.normal(size=cases)
    rare[: cases // 8] = np.nan
    features = [
        Feature("days", days, landmarks=(7.0, 30.0, 90.0)),
        Feature("money", money),
        Feature("kind", kind, categories=("w", "x", "y", "z")),
        Feature("rare", rare),
    ]
    rates = labels_of(days, money, kind, rare)  # type: ignore[operator]
    return features, (random.random(cases) < rates).astype(np.int64)


def test_known_thresholds_are_found_and_round() -> None:
    features, labels = drawn(lambda d, m, k, _: np.where(d >= 30, np.where(m < 200, 0.8, 0.5), np.where(k == 2, 0.4, 0.1)))
    tree = RuleTree(3).fit(features, labels)
    assert [leaf.clauses for leaf in tree.leaves_] == [
        (Clause("days", ">=", 30.0), Clause("money", "<", 200.0)),
        (Clause("days", ">=", 30.0), Clause("money", ">=", 200.0)),
        (Clause("days", "<", 30.0), Clause("kind", "in", ("y",))),
        (Clause("days", "<", 30.0), Clause("kind", "not in", ("y",))),
    ]


def test_crossed_effects_are_found_though_neither_feature_says_anything_alone() -> None:
    features, labels = drawn(lambda d, m, *_: np.where((d >= 60) ^ (m >= 150), 0.8, 0.2))
    tree = RuleTree(3).fit(features, labels)
    rates = {frozenset((c.feature, c.op) for c in leaf.clauses): leaf.positives / leaf.cases for leaf in tree.leaves_}
    assert rates == {
        frozenset({("days", ">="), ("money", "<")}): pytest.approx(0.8, abs=0.05),
        frozenset({("days", "<"), ("money", ">=")}): pytest.approx(0.8, abs=0.05),
        frozenset({("days", ">="), ("money", ">=")}): pytest.approx(0.2, abs=0.05),
        frozenset({("days", "<"), ("money", "<")}): pytest.approx(0.2, abs=0.05),
    }
    assert {c.value for leaf in tree.leaves_ for c in leaf.clauses if c.feature == "days"} == {60.0}


def test_being_unknown_can_be_the_rule() -> None:
    features, labels = drawn(lambda *columns: np.where(np.isnan(columns[3]), 0.8, 0.2))
    assert [leaf.clauses for leaf in RuleTree(2).fit(features, labels).leaves_] == [
        (Clause("rare", "is unknown"),),
        (Clause("rare", "is known"),),
    ]


def test_unknown_values_go_where_their_rate_belongs_and_are_named() -> None:
    features, labels = drawn(lambda *columns: np.where(np.isnan(columns[3]) | (columns[3] < 0), 0.7, 0.2))
    assert [leaf.clauses for leaf in RuleTree(1).fit(features, labels).leaves_] == [
        (Clause("rare", "<", 0.0, or_unknown=True),),
        (Clause("rare", ">=", 0.0),),
    ]


def test_what_may_be_unknown_later_is_named_even_if_nothing_is_now() -> None:
    features, labels = drawn(lambda d, *_: np.where(d >= 30, 0.8, 0.2))
    features[0] = Feature("days", features[0].values, landmarks=(30.0,), may_lack=True)
    clauses = [clause for leaf in RuleTree(1).fit(features, labels).leaves_ for clause in leaf.clauses]
    assert clauses == [Clause("days", ">=", 30.0, or_unknown=True), Clause("days", "<", 30.0)]


def test_noise_gives_no_rules() -> None:
    splits = sum(len(RuleTree(3).fit(*drawn(lambda d, *_: np.full(len(d), 0.3), seed=seed, cases=600)).leaves_) > 1 for seed in range(100))
    assert splits <= 10


def test_sister_leaves_that_hardly_differ_are_one() -> None:
    random = np.random.default_rng(3)
    days = random.integers(0, 100, 200_000).astype(float)
    close = (random.random(len(days)) < np.where(days >= 50, 0.50, 0.47)).astype(np.int64)
    apart = (random.random(len(days)) < np.where(days >= 50, 0.50, 0.40)).astype(np.int64)
    assert len(RuleTree(1).fit([Feature("days", days)], close).leaves_) == 1
    assert len(RuleTree(1).fit([Feature("days", days)], apart).leaves_) == 2


def test_customers_who_are_cases_several_times_are_no_further_evidence() -> None:
    random = np.random.default_rng(5)
    days = random.integers(0, 100, 150).astype(float)
    labels = (random.random(150) < np.where(days >= 50, 0.55, 0.4)).astype(np.int64)
    many, same = np.tile(days, 8), np.tile(labels, 8)
    assert len(RuleTree(1, 20).fit([Feature("days", many)], same).leaves_) == 2
    assert len(RuleTree(1, 20, repeats=8.0).fit([Feature("days", many)], same).leaves_) == 1


def test_depth_and_smallest_leaf_are_kept() -> None:
    features, labels = drawn(lambda d, m, k, _: np.clip(d / 120 * 0.5 + m / 800 * 0.3 + (k == 1) * 0.2, 0.02, 0.98), cases=20_000)
    tree = RuleTree(4, 700).fit(features, labels)
    assert len(tree.leaves_) <= 16
    assert min(leaf.cases for leaf in tree.leaves_) >= 700
    assert sum(leaf.cases for leaf in tree.leaves_) == 20_000
    assert sum(leaf.positives for leaf in tree.leaves_) == labels.sum()
    assert len({clause.feature for leaf in tree.leaves_ for clause in leaf.clauses}) >= 2


def test_round_thresholds_cost_little() -> None:
    """Against the best thresholds anywhere: the round tree keeps at least nine tenths of their log-likelihood."""
    features, labels = drawn(lambda d, m, *_: np.clip(0.05 + d / 150 + (m > 137) * 0.15, 0, 0.95), cases=20_000)
    tree = RuleTree(1).fit(features[:1], labels)
    days = features[0].values
    best = max(_gain(labels, days < cut) for cut in range(1, 120))
    cut = next(clause.value for leaf in tree.leaves_ for clause in leaf.clauses)
    assert isinstance(cut, float)
    assert _gain(labels, days < cut) >= 0.9 * best


def _gain(labels: np.ndarray, left: np.ndarray) -> float:
    """G of the 2 x 2 table, as the sum of 2 O ln(O / E)."""
    total = 0.0
    for side in (left, ~left):
        for label in (0, 1):
            observed = float(((labels == label) & side).sum())
            expected = float((labels == label).sum()) * float(side.sum()) / len(labels)
            total += 2 * observed * math.log(observed / expected) if observed else 0.0
    return total


def test_the_gain_of_a_split_is_the_g_statistic() -> None:
    labels = np.array([1] * 30 + [0] * 20 + [1] * 10 + [0] * 40)
    left = np.arange(100) < 50
    expected = 2 * (30 * math.log(30 / 20) + 20 * math.log(20 / 30) + 10 * math.log(10 / 20) + 40 * math.log(40 / 30))
    assert _gain(labels, left) == pytest.approx(expected)
    assert float(deviance(100.0, 40.0) - deviance(50.0, 30.0) - deviance(50.0, 10.0)) == pytest.approx(expected)
    found = best_split([np.where(left, 0, 1).astype(np.int32)], [np.array([50.0])], [Feature("a", np.empty(0))], labels, 5, 0.5)
    assert found is not None
    assert (found.gain, found.threshold) == (pytest.approx(expected), 50.0)


def test_the_chance_of_a_gain_allows_for_the_thresholds_tried() -> None:
    """By simulation: how often the best threshold of pure noise reaches a G, beside what the formula says."""
    random = np.random.default_rng(11)
    best = []
    for _ in range(400):
        labels = (random.random(400) < 0.5).astype(np.int64)
        cumulated = np.cumsum(labels)[19:380].astype(float)
        cases = np.arange(20, 381).astype(float)
        whole, positives = 400.0, float(labels.sum())
        gains = deviance(whole, positives) - deviance(cases, cumulated) - deviance(whole - cases, positives - cumulated)
        best.append(float(gains.max()))
    for gain in (7.0, 9.0, 12.0):
        assert float(np.mean(np.array(best) >= gain)) == pytest.approx(chance(gain), abs=0.05)
    assert chance(0.5) == 1.0


def test_the_difference_of_two_leaves_is_their_log_odds_ratio() -> None:
    assert least_difference(60, 100, 40, 100) == pytest.approx(2 * math.log(60.5 / 40.5))
    assert math.isfinite(least_difference(0, 10, 10, 10))


def test_the_same_cases_give_the_same_tree() -> None:
    features, labels = drawn(lambda d, m, k, _: np.clip(d / 200 + (k == 1) * 0.3, 0, 1))
    first, second = RuleTree(4).fit(features, labels), RuleTree(4).fit(features, labels)
    assert first.leaves_ == second.leaves_


def test_unlearnable_cases_give_one_leaf() -> None:
    features = [Feature("a", np.full(100, np.nan)), Feature("b", np.ones(100))]
    tree = RuleTree(3).fit(features, np.arange(100) % 2)
    assert [leaf.clauses for leaf in tree.leaves_] == [()]
    assert RuleTree(2).fit(features, np.ones(100, dtype=np.int64)).base_rate_ == 1.0


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="depth must be 1 to 4, got 5"):
        RuleTree(5)
    with pytest.raises(ValueError, match="a tree needs cases"):
        RuleTree().fit([], np.empty(0, dtype=np.int64))
    with pytest.raises(ValueError, match="as many values of every feature as labels"):
        RuleTree().fit([Feature("a", np.ones(3))], np.array([0, 1]))


def test_categories_that_the_fit_never_saw_are_not_in_its_sets() -> None:
    features, labels = drawn(lambda d, m, k, _: np.where(k == 2, 0.8, 0.2))
    tree = RuleTree(1).fit(features, labels)
    later = [*features[:2], Feature("kind", np.array([0.0, 1.0, np.nan]), categories=("new", "y")), features[3]]
    later = [Feature(one.name, one.values[:3], one.categories) for one in later]
    assert [tree.leaves_[place].clauses[0].op for place in tree.apply(later)] == ["not in", "in", "not in"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_every_case_belongs_to_exactly_one_leaf(seed: int, depth: int) -> None:
    random = np.random.default_rng(seed)
    cases = 300
    columns = [
        np.where(random.random(cases) < 0.2, np.nan, random.integers(0, 9, cases).astype(float)),
        np.where(random.random(cases) < 0.1, np.nan, random.normal(size=cases).round(3)),
        np.where(random.random(cases) < 0.2, np.nan, random.integers(0, 5, cases).astype(float)),
    ]
    features = [
        Feature("count", columns[0]),
        Feature("number", columns[1], may_lack=True),
        Feature("kind", columns[2], categories=("a", "b", "c", "d", "e")),
    ]
    signal = np.nan_to_num(columns[0], nan=8) + np.where(columns[2] == seed % 5, 6, 0) + np.nan_to_num(columns[1], nan=-2)
    labels = (random.random(cases) < 1 / (1 + np.exp(4 - signal))).astype(np.int64)
    tree = RuleTree(depth, 10).fit(features, labels)
    places = tree.apply(features)
    for place, case in enumerate(as_cases(features)):
        assert [number for number, leaf in enumerate(tree.leaves_) if holds(leaf.clauses, case)] == [places[place]]
    for number, leaf in enumerate(tree.leaves_):
        assert (leaf.cases, leaf.positives) == (int((places == number).sum()), int(labels[places == number].sum()))
