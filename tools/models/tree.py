"""A decision tree that people can read: few levels, round thresholds, every leaf a rule over named features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tools.models.leaves import NOTHING_KNOWN, Bounds, Clause, clauses_of
from tools.models.readable import thresholds
from tools.models.splits import Floats, Labels, Split, best_split, crossed_split, least_difference

DEEPEST = 4
LEVEL = 0.05
"""Chance that a tree on noise alone has any split."""
LEAST_LOG_ODDS = 0.25
"""Sister leaves whose log-odds differ by less are one leaf: a rule that changes the odds by under 28 % is not worth reading."""

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Feature:
    """One column of the cases.

    Args:
        name: Of the clauses.
        values: Shape (n,), NaN where unknown; the number of the category where there are categories.
        categories: Names of the categories, where the values are numbers of them.
        landmarks: Thresholds that are plain by themselves, such as 30 days.
        may_lack: Whether a value may be unknown where the tree is used, even if none is here.
    """

    name: str
    values: Floats
    categories: tuple[str, ...] = ()
    landmarks: tuple[float, ...] = ()
    may_lack: bool = False


@dataclass(frozen=True)
class Leaf:
    """One rule: every case fulfils the clauses of exactly one leaf.

    Args:
        clauses: What holds in it, all of them.
        cases: Cases of the fit in it.
        positives: Those with the outcome.
    """

    clauses: tuple[Clause, ...]
    cases: int
    positives: int


@dataclass
class _Node:
    rows: NDArray[np.intp]
    positives: int
    split: Split | None = None
    left: _Node | None = None
    right: _Node | None = None


class RuleTree:
    """A shallow classification tree whose leaves are rules.

    Splits maximise the log-likelihood ratio G; among thresholds nearly as good as the best the roundest is taken. A split
    must be credible after allowing for all thresholds (Miller and Siegmund 1982) and features (Bonferroni) that were
    tried; where none is, pairs of features are tried together, so that crossed effects are found. Sister leaves that do
    not differ are merged. Unknown values go to a side of their own choosing and are named in the clauses. There is
    nothing random: the same cases give the same tree.

    Args:
        depth: levels of splits, 1 to 4
        least_leaf: cases in a leaf at least
        repeats: cases per independent one: where the same customers are cases of several periods, evidence counts once

    Attributes:
        leaves_: the rules, those with the highest rate in the fit first
        base_rate_: rate of the outcome in the fit

    Raises:
        ValueError: ``depth`` is not 1 to 4.
    """

    def __init__(self, depth: int = 3, least_leaf: int = 50, repeats: float = 1.0) -> None:
        if not 1 <= depth <= DEEPEST:
            raise ValueError(f"depth must be 1 to {DEEPEST}, got {depth}")
        self.depth = depth
        self.least_leaf = least_leaf
        self.repeats = repeats

    def fit(self, features: Sequence[Feature], labels: Labels) -> Self:
        """Learn from cases.

        Args:
            features: columns of the same n cases
            labels: shape (n,), 0 or 1

        Raises:
            ValueError: There are no cases, or a column has another length.
        """
        if not len(labels) or any(len(one.values) != len(labels) for one in features):
            raise ValueError("a tree needs cases, and as many values of every feature as labels")
        self.features_ = list(features)
        self._cuts = [np.empty(0) if one.categories else thresholds(one.values, one.landmarks) for one in features]
        self._codes = [_codes(one, cuts) for one, cuts in zip(features, self._cuts, strict=True)]
        self._labels = labels
        root = self._grow(np.arange(len(labels)), self.depth)
        self.base_rate_ = float(labels.mean())
        self._root = root
        found = list(_leaves(root, {}, self.features_))
        order = sorted(range(len(found)), key=lambda number: -found[number][1].positives / max(found[number][1].cases, 1))
        self.leaves_ = [found[number][1] for number in order]
        self._numbers = {id(found[number][0]): position for position, number in enumerate(order)}
        del self._codes, self._labels
        return self

    def apply(self, features: Sequence[Feature]) -> NDArray[np.intp]:
        """The leaf of each case, as a place in ``leaves_``, shape (n,).

        Args:
            features: columns of any cases, in the order of the fit; categories may be others than those of the fit
        """
        found = np.zeros(len(features[0].values) if features else 0, dtype=np.intp)
        self._send(self._root, np.arange(len(found)), features, found)
        return found

    def _send(self, node: _Node, rows: NDArray[np.intp], features: Sequence[Feature], found: NDArray[np.intp]) -> None:
        if node.split is None or node.left is None or node.right is None:
            found[rows] = self._numbers[id(node)]
            return
        left = _goes_left(node.split, self.features_[node.split.feature], features[node.split.feature], rows)
        self._send(node.left, rows[left], features, found)
        self._send(node.right, rows[~left], features, found)

    def _grow(self, rows: NDArray[np.intp], levels: int) -> _Node:
        node = _Node(rows, int(self._labels[rows].sum()))
        split = self._split(rows, levels) if levels else None
        if split is None:
            return node
        left = _goes_left(split, self.features_[split.feature], self.features_[split.feature], rows)
        node.split, node.left, node.right = split, self._grow(rows[left], levels - 1), self._grow(rows[~left], levels - 1)
        if _alike(node.left, node.right):
            return _Node(rows, node.positives)
        return node

    def _split(self, rows: NDArray[np.intp], levels: int) -> Split | None:
        labels = self._labels[rows]
        if len(rows) < 2 * self.least_leaf or labels.min() == labels.max():
            return None
        codes = [codes[rows] for codes in self._codes]
        found = best_split(codes, self._cuts, self.features_, labels, self.least_leaf, LEVEL, self.repeats)
        if found is None and levels > 1:
            found = crossed_split(codes, self._cuts, labels, self.least_leaf, LEVEL, self.repeats)
        return found


def _codes(feature: Feature, cuts: Floats) -> Codes:
    """The bin of each value: how many thresholds it reaches, or its category; the last bin is for unknown ones."""
    unknown = np.isnan(feature.values)
    last = len(feature.categories) if feature.categories else len(cuts) + 1
    found = np.nan_to_num(feature.values) if feature.categories else np.searchsorted(cuts, feature.values, side="right")
    return np.where(unknown, last, found).astype(np.int32)


def _goes_left(split: Split, fitted: Feature, feature: Feature, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    values = feature.values[rows]
    unknown = np.isnan(values)
    if fitted.categories:
        wanted = {fitted.categories[number] for number in split.categories}
        inside = np.array([name in wanted for name in feature.categories] or [False])
        known = inside[np.nan_to_num(values).astype(np.intp)] if split.categories else np.ones(len(values), dtype=bool)
    else:
        known = values < split.threshold if split.threshold is not None else np.ones(len(values), dtype=bool)
    return np.where(unknown, split.unknown_left, known)


def _alike(left: _Node, right: _Node) -> bool:
    if left.split or right.split:
        return False
    return least_difference(left.positives, len(left.rows), right.positives, len(right.rows)) < LEAST_LOG_ODDS


def _leaves(node: _Node, path: dict[str, Bounds], features: Sequence[Feature]) -> list[tuple[_Node, Leaf]]:
    if node.split is None or node.left is None or node.right is None:
        return [(node, Leaf(clauses_of(path), len(node.rows), node.positives))]
    feature = features[node.split.feature]
    before = path.get(feature.name, NOTHING_KNOWN)
    lacking = feature.may_lack or bool(np.isnan(feature.values).any())
    left, right = before.parted(node.split, feature.categories, lacking)
    return [
        *_leaves(node.left, path | {feature.name: left}, features),
        *_leaves(node.right, path | {feature.name: right}, features),
    ]
