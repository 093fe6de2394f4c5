"""A shallow tree that says who is in a cluster, as bounds of columns, and how well it says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from tools.models.clustering.preparation import Singles, sample_rows

Members = NDArray[np.bool_]
DEEPEST = 4
MOST_BRANCHES = 3
NEGLIGIBLE = 0.005
"""Loss of agreement for which a bound is left out of the rule."""
FITTED_ROWS = 50_000
UNKNOWN = -1e9
"""Stands for unknown values, below every bound."""


@dataclass(frozen=True)
class Bound:
    """One side of a split.

    Args:
        column: Number of the column.
        above: Whether values must be above ``value``, or at most it.
        value: The bound.
        unknown: Whether unknown values pass; only those at most a bound can.
    """

    column: int
    above: bool
    value: float
    unknown: bool = False


Branch = tuple[Bound, ...]


class ShallowRule:
    """Branches of a decision tree of depth 4 at most, all leading to one group; a member is in any of them.

    Args:
        seed: of the sample that the tree sees

    Attributes:
        branches_: at most three, most members first; each has at most one bound per column and side
        precision_: share of members among the customers that the rule finds
        recall_: share of the members that it finds
        f1_: harmonic mean of both: the fidelity
    """

    def __init__(self, seed: int = 7) -> None:
        self.seed = seed

    def fit(self, matrix: Singles, members: Members) -> Self:
        """Learn from customers inside and outside the group.

        Args:
            matrix: shape (n, columns), NaN where unknown
            members: shape (n,), True inside; some must be inside and some outside
        """
        unknown = np.isnan(matrix).any(axis=0)
        filled = np.where(np.isnan(matrix), np.float32(UNKNOWN), matrix)
        rows = sample_rows(len(matrix), FITTED_ROWS, self.seed)
        least = max(5, int(members[rows].sum() * 0.05))
        tree = DecisionTreeClassifier(max_depth=DEEPEST, min_samples_leaf=least, class_weight="balanced", random_state=self.seed)
        tree.fit(filled[rows], members[rows])
        branches = [_simplified(path, filled, unknown) for path in _paths(tree.tree_)]
        chosen = self._chosen(filled, members, [one for one in branches if one])
        self.branches_: tuple[Branch, ...] = _shortened(chosen, filled, members)
        inside = found_by(self.branches_, filled)
        self.precision_, self.recall_, self.f1_ = agreement(inside, members)
        return self

    def _chosen(self, filled: Singles, members: Members, branches: list[Branch]) -> tuple[Branch, ...]:
        """The branches that together agree best with the group, added one at a time."""
        held = {branch: found_by((branch,), filled) for branch in branches}
        chosen: list[Branch] = []
        inside: Members = np.zeros(len(members), dtype=bool)
        score = 0.0
        while len(chosen) < MOST_BRANCHES and held:
            branch, after = max(((one, agreement(inside | rows, members)[2]) for one, rows in held.items()), key=lambda pair: pair[1])
            # A further branch makes the sentence longer, so it has to say something.
            if after <= score + (0.02 if chosen else 0.0):
                break
            chosen.append(branch)
            inside, score = inside | held.pop(branch), after
        return tuple(chosen)


def _shortened(branches: tuple[Branch, ...], filled: Singles, members: Members) -> tuple[Branch, ...]:
    """The branches without bounds, and without branches, that hardly change how well they agree with the group."""
    score = agreement(found_by(branches, filled), members)[2]
    open_branches = [list(branch) for branch in branches]
    for bounds in open_branches:
        for bound in list(bounds):
            if len(bounds) > 1:
                place = bounds.index(bound)
                bounds.remove(bound)
                if agreement(found_by(tuple(map(tuple, open_branches)), filled), members)[2] < score - NEGLIGIBLE:
                    bounds.insert(place, bound)
    left = list(dict.fromkeys(map(tuple, open_branches)))
    # A branch that says nearly what another says is left out too.
    for branch in list(left):
        others = tuple(one for one in left if one is not branch)
        if others and agreement(found_by(others, filled), members)[2] >= score - 2 * NEGLIGIBLE:
            left.remove(branch)
    return tuple(left)


def found_by(branches: tuple[Branch, ...], filled: Singles) -> Members:
    """Who satisfies all bounds of any branch; shape (n,). Unknown values are ``UNKNOWN``."""
    found: Members = np.zeros(len(filled), dtype=bool)
    for branch in branches:
        passes: Members = np.ones(len(filled), dtype=bool)
        for bound in branch:
            values = filled[:, bound.column]
            known = values > UNKNOWN / 2
            passes &= (values > bound.value) if bound.above else (values <= bound.value) & (known | bound.unknown)
        found |= passes
    return found


def agreement(found: Members, members: Members) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean; 0 where nobody is found."""
    both = int((found & members).sum())
    if not both:
        return 0.0, 0.0, 0.0
    precision, recall = both / int(found.sum()), both / int(members.sum())
    return precision, recall, 2 * precision * recall / (precision + recall)


def _paths(tree: Any) -> list[list[tuple[int, bool, float]]]:
    """The way to every leaf: column, whether above, threshold."""
    paths: list[list[tuple[int, bool, float]]] = []
    open_nodes: list[tuple[int, list[tuple[int, bool, float]]]] = [(0, [])]
    while open_nodes:
        node, path = open_nodes.pop()
        if tree.children_left[node] < 0:
            paths.append(path)
            continue
        column, value = int(tree.feature[node]), float(tree.threshold[node])
        open_nodes.append((int(tree.children_left[node]), [*path, (column, False, value)]))
        open_nodes.append((int(tree.children_right[node]), [*path, (column, True, value)]))
    return paths


def _simplified(path: list[tuple[int, bool, float]], filled: Singles, unknown: Any) -> Branch:
    """One bound per column and side, rounded; a bound below every known value only asks whether it is known."""
    tightest: dict[tuple[int, bool], float] = {}
    for column, above, value in path:
        held = tightest.get((column, above))
        tightest[column, above] = value if held is None else max(held, value) if above else min(held, value)
    bounds = []
    for (column, above), value in tightest.items():
        values = filled[:, column]
        rounded = value if value < UNKNOWN / 4 else rounded_bound(value, values[values > UNKNOWN / 2])
        passes = bool(unknown[column]) and not above and (column, True) not in tightest
        bounds.append(Bound(column, above, rounded, passes))
    return tuple(bounds)


def rounded_bound(value: float, values: Singles) -> float:
    """``value`` with as few significant digits as leave all but 0.5 % of ``values`` on their side of it."""
    if value == 0 or not len(values):
        return value
    side = values > value
    for digits in range(1, 6):
        rounded = round(value, digits - 1 - math.floor(math.log10(abs(value))))
        if np.mean((values > rounded) != side) <= 0.005:
            return rounded
    return value
