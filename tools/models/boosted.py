"""Boosted trees of at most eight leaves, evaluated for many cases and many "what if not" questions at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

Floats = NDArray[np.float64]
Bits = NDArray[np.uint8]

MOST_LEAVES = 8


@dataclass(frozen=True)
class _Tree:
    """One tree: its splits, the leaves that each rules out, and the value by which leaves are ruled out.

    Args:
        features, thresholds: of each split; a case goes right where its feature is above the threshold
        cleared: bits of the leaves to the left of each split, ruled out for those who go right
        values: shape (256,), the value of the first leaf (from the left) that is not ruled out
    """

    features: tuple[int, ...]
    thresholds: tuple[float, ...]
    cleared: tuple[int, ...]
    values: Floats

    def ruled_out(self, split: int, columns: Floats) -> Bits:
        """Bits of the leaves that a split rules out, shape (n,)."""
        right = columns[:, self.features[split]] > self.thresholds[split]
        return right.view(np.uint8) * np.uint8(self.cleared[split])


class SmallTrees:
    """The trees of a fitted classifier, ready to answer quickly.

    A leaf is found by ruling out the others, one bit each, so a split is one comparison of a whole column and is shared by
    all questions about the same cases.

    Args:
        model: binary, fitted on numeric features without missing values, with at most ``MOST_LEAVES`` leaves a tree

    Note:
        Lucchese et al. (2015), QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
        trees, SIGIR.
    """

    def __init__(self, model: HistGradientBoostingClassifier) -> None:
        # The library shows its trees under private names only; a test holds the sums to its own.
        self._base = float(model._baseline_prediction[0, 0])
        self._trees = [_read_tree(stage[0].nodes) for stage in model._predictors]

    def log_odds(self, features: Floats) -> Floats:
        """Sum over the trees, shape (n,)."""
        columns = np.asfortranarray(features)
        total = np.full(len(features), self._base)
        for tree in self._trees:
            total += tree.values[_union([tree.ruled_out(split, columns) for split in range(len(tree.features))], len(columns))]
        return total

    def log_odds_without(self, features: Floats, base: Floats, groups: Mapping[str, Sequence[int]]) -> tuple[Floats, dict[str, Floats]]:
        """The log-odds as they are, and by group with the group's features set to those of ``base``; each of shape (n,).

        Args:
            features: shape (n, k)
            base: shape (k,)
            groups: name to column numbers
        """
        columns, fixed = np.asfortranarray(features), base[None, :]
        whole = np.full(len(features), self._base)
        moved = {name: np.zeros(len(features)) for name in groups}
        for tree in self._trees:
            splits = range(len(tree.features))
            bits = [tree.ruled_out(split, columns) for split in splits]
            value = tree.values[_union(bits, len(columns))]
            whole += value
            for name, taken in groups.items():
                if any(tree.features[split] in taken for split in splits):
                    mixed = [tree.ruled_out(split, fixed) if tree.features[split] in taken else bits[split] for split in splits]
                    moved[name] += tree.values[_union(mixed, len(columns))] - value
        return whole, {name: whole + change for name, change in moved.items()}


def _union(bits: Sequence[Bits], count: int) -> Bits:
    found = np.zeros(count, dtype=np.uint8)
    for some in bits:
        found |= some
    return found


def _read_tree(nodes: NDArray[Any]) -> _Tree:
    leaves: list[float] = []
    splits: list[tuple[int, float, int]] = []

    def walk(place: int) -> None:
        """Number the leaves from left to right; note each split with the leaves to its left."""
        node = nodes[place]
        if node["is_leaf"]:
            leaves.append(float(node["value"]))
            return
        first = len(leaves)
        walk(int(node["left"]))
        left = ((1 << len(leaves)) - 1) & ~((1 << first) - 1)
        splits.append((int(node["feature_idx"]), float(node["num_threshold"]), left))
        walk(int(node["right"]))

    walk(0)
    if len(leaves) > MOST_LEAVES:
        raise ValueError(f"a tree has {len(leaves)} leaves; at most {MOST_LEAVES} fit")
    # The last leaf is never to the left of a split, so one always remains.
    values = np.array([leaves[min(_first_zero(ruled_out), len(leaves) - 1)] for ruled_out in range(256)])
    return _Tree(tuple(s[0] for s in splits), tuple(s[1] for s in splits), tuple(s[2] for s in splits), values)


def _first_zero(bits: int) -> int:
    return (~bits & (bits + 1)).bit_length() - 1
