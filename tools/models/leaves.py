"""What a leaf of a tree says of each feature, gathered along its path into as few clauses as possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from tools.models.splits import Split

Op = Literal["<", ">=", "in", "not in", "is known", "is unknown"]


class Clause(NamedTuple):
    """One comparison of a feature.

    Args:
        feature: Its name.
        op: Comparison.
        value: A number for "<" and ">=", names for "in" and "not in", else None.
        or_unknown: Whether the clause also holds where the value is unknown.
    """

    feature: str
    op: Op
    value: float | tuple[str, ...] | None = None
    or_unknown: bool = False


@dataclass(frozen=True)
class Bounds:
    """Which values of one feature a leaf takes.

    Args:
        low: Known values below it are out; None is no bound.
        high: Known values from it on are out.
        inside: Only these categories; None is any.
        outside: None of these categories.
        known: Whether known values are in at all.
        unknown: Whether unknown values are in.
        lacking: Whether there are unknown values, so that they must be spoken of.
    """

    low: float | None = None
    high: float | None = None
    inside: frozenset[str] | None = None
    outside: frozenset[str] = frozenset()
    known: bool = True
    unknown: bool = True
    lacking: bool = False

    def parted(self, split: Split, categories: tuple[str, ...], lacking: bool) -> tuple[Bounds, Bounds]:
        """The bounds of the left and of the right side of a split of the feature.

        Args:
            split: Of this feature.
            categories: Their names, where it has any.
            lacking: Whether unknown values exist.
        """
        whole = replace(self, lacking=lacking)
        left = replace(whole, unknown=self.unknown and split.unknown_left)
        right = replace(whole, unknown=self.unknown and not split.unknown_left)
        if split.threshold is not None:
            return left.within(None, split.threshold), right.within(split.threshold, None)
        if split.categories:
            names = frozenset(categories[number] for number in split.categories)
            inside = names if self.inside is None else self.inside & names
            return replace(left, inside=inside - self.outside), replace(right, outside=self.outside | names)
        return left, replace(right, known=False)

    def within(self, low: float | None, high: float | None) -> Bounds:
        """The bounds narrowed to known values from ``low`` to below ``high``; without known values where nothing is left."""
        lows, highs = [one for one in (self.low, low) if one is not None], [one for one in (self.high, high) if one is not None]
        narrowed = replace(self, low=max(lows, default=None), high=min(highs, default=None))
        empty = narrowed.low is not None and narrowed.high is not None and narrowed.low >= narrowed.high
        return replace(narrowed, known=narrowed.known and not empty)

    def clauses(self, feature: str) -> tuple[Clause, ...]:
        """The clauses that say it; none where every value is in."""
        if not self.known:
            return (Clause(feature, "is unknown"),)
        also = self.lacking and self.unknown
        if self.inside is not None:
            return (Clause(feature, "in", tuple(sorted(self.inside - self.outside)), also),)
        found: list[Clause] = []
        if self.outside:
            found.append(Clause(feature, "not in", tuple(sorted(self.outside)), also))
        if self.low is not None:
            found.append(Clause(feature, ">=", self.low, also))
        if self.high is not None:
            found.append(Clause(feature, "<", self.high, also))
        return tuple(found) if found or not self.lacking or self.unknown else (Clause(feature, "is known"),)


NOTHING_KNOWN = Bounds()
"""No bound yet."""


def clauses_of(path: Mapping[str, Bounds]) -> tuple[Clause, ...]:
    """All clauses of a leaf, in the order in which its features were split."""
    return tuple(clause for name, bounds in path.items() for clause in bounds.clauses(name))
