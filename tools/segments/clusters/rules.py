"""A cluster's members as a rule over fields of the catalogue, and how well it finds them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from tools.contracts import Unit
from tools.models.clustering.choice import Labels
from tools.models.clustering.explanation import UNKNOWN, Bound, Branch, ShallowRule
from tools.models.clustering.preparation import Singles, sample_rows
from tools.rules import AllOf, AnyOf, Condition, SegmentRule
from tools.segments.clusters.features import RULE_NUMBERS, CustomerTable
from tools.segments.fields import field

MEASURED_ROWS = 100_000
"""Customers that rules are fitted and measured on, at most."""
MOST_VALUES = 10
LEAST_VALUE_SHARE = 0.02
_NAMED = ("top_category", "top_channel")
_WHOLE = (Unit.COUNT, Unit.DAYS)
_HALVES = {"gap_median_days"}
"""Fields counted in days that may still be half numbers, being medians."""


@dataclass(frozen=True)
class Explanation:
    """A rule that says who is in a cluster.

    Args:
        rule: Over fields of the catalogue alone; None where no rule finds anybody.
        precision: Share of members among those whom it finds.
        recall: Share of the members whom it finds.
        fidelity: Harmonic mean of both (F1), on at most ``MEASURED_ROWS`` customers.
    """

    rule: SegmentRule | None
    precision: float
    recall: float
    fidelity: float


@dataclass(frozen=True)
class _Column:
    field: str
    value: str | None = None
    """For one value of a named field, such as a category."""


def explain(table: CustomerTable, labels: Labels, seed: int) -> list[Explanation]:
    """One rule per cluster: a decision tree of depth 4 at most, with its most telling branches."""
    rows = sample_rows(len(table), MEASURED_ROWS, seed)
    columns, matrix = _matrix(table, rows)
    out = []
    for cluster in range(int(labels.max()) + 1):
        members = labels[rows] == cluster
        if not columns or not 0 < members.sum() < len(members):
            out.append(Explanation(None, 0.0, 0.0, 0.0))
            continue
        found = ShallowRule(seed).fit(matrix, members)
        rule = _rule(found.branches_, columns) if found.branches_ else None
        out.append(Explanation(rule, found.precision_, found.recall_, found.f1_))
    return out


def _matrix(table: CustomerTable, rows: NDArray[np.int64]) -> tuple[list[_Column], Singles]:
    numbers = table.known(RULE_NUMBERS)
    columns, parts = [_Column(name) for name in numbers], [table.matrix(numbers, rows)]
    for name in _NAMED:
        values = np.array(table.table.column(name).take(rows).to_pylist(), dtype=object)
        for value in _frequent(values):
            columns.append(_Column(name, value))
            parts.append(np.where(values == None, np.nan, values == value).astype(np.float32)[:, None])  # noqa: E711
    return columns, np.concatenate(parts, axis=1)


def _frequent(values: NDArray[np.object_]) -> list[str]:
    counted = Counter(value for value in values.tolist() if value is not None)
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_VALUES]
    return [value for value, count in ranked if count >= LEAST_VALUE_SHARE * len(values)] if len(counted) > 1 else []


def _rule(branches: Sequence[Branch], columns: Sequence[_Column]) -> SegmentRule:
    parts = [_branch(branch, columns) for branch in branches]
    return parts[0] if len(parts) == 1 else AnyOf(any=tuple(parts))


def _branch(branch: Branch, columns: Sequence[_Column]) -> SegmentRule:
    by_field: dict[str, list[Bound]] = {}
    for bound in branch:
        by_field.setdefault(columns[bound.column].field, []).append(bound)
    parts = [part for name, bounds in by_field.items() for part in _conditions(name, bounds, columns)]
    return parts[0] if len(parts) == 1 else AllOf(all=tuple(parts))


def _conditions(name: str, bounds: Sequence[Bound], columns: Sequence[_Column]) -> Iterator[SegmentRule]:
    if name in _NAMED:
        yield from _named(name, bounds, columns)
        return
    known = [bound for bound in bounds if bound.value > UNKNOWN / 4]
    for bound in bounds:
        # A bound below every value parts the known from the unknown; a further bound says that already.
        if bound not in known and not (bound.above and known):
            yield Condition(field=name, op="is known" if bound.above else "is unknown")
    whole = field(name).unit in _WHOLE and name not in _HALVES
    if whole and len(known) == 2:
        lower, upper = sorted(known, key=lambda bound: not bound.above)
        yield Condition(field=name, op="between", value=[math.floor(lower.value) + 1, math.floor(upper.value)])
        return
    for bound in known:
        yield _or_unknown(_compared(name, bound, whole), bound)


def _compared(name: str, bound: Bound, whole: bool) -> Condition:
    if whole:
        value = math.floor(bound.value)
        return Condition(field=name, op=">=", value=value + 1) if bound.above else Condition(field=name, op="<=", value=value)
    return Condition(field=name, op=">" if bound.above else "<=", value=_exact(bound.value))


def _exact(value: float) -> Decimal | int:
    number = Decimal(f"{value:.6g}")
    return int(number) if number == number.to_integral_value() else number


def _named(name: str, bounds: Sequence[Bound], columns: Sequence[_Column]) -> Iterator[SegmentRule]:
    values = [(bound, columns[bound.column].value or "") for bound in bounds]
    inside = [value for bound, value in values if bound.above and bound.value > UNKNOWN / 4]
    outside = [(bound, value) for bound, value in values if not bound.above]
    if inside:
        yield Condition(field=name, op="=", value=inside[0])
        return
    if not outside:
        yield Condition(field=name, op="is known")
        return
    others = [value for _, value in outside]
    condition = (
        Condition(field=name, op="!=", value=others[0]) if len(others) == 1 else Condition(field=name, op="not in", value=list(others))
    )
    yield _or_unknown(condition, outside[0][0])


def _or_unknown(condition: Condition, bound: Bound) -> SegmentRule:
    return AnyOf(any=(condition, Condition(field=condition.field, op="is unknown"))) if bound.unknown else condition
