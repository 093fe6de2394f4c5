"""Rules over fields of the catalogue: how bounds become conditions, and what they find."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from tools.contracts import Statement
from tools.models.clustering.explanation import UNKNOWN, Bound
from tools.rules import AllOf, AnyOf, Condition, SegmentRule
from tools.segments.clusters.features import RULE_NUMBERS, CustomerTable
from tools.segments.clusters.rules import _branch, _Column, _rule, explain

COLUMNS = [
    _Column("recency_days"),
    _Column("discount_share"),
    _Column("gap_median_days"),
    _Column("top_category", "DELI"),
    _Column("top_category", "MEAT"),
]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ([Bound(0, True, 30.5)], Condition(field="recency_days", op=">=", value=31)),
        ([Bound(0, False, 30.0)], Condition(field="recency_days", op="<=", value=30)),
        ([Bound(0, False, 90.0), Bound(0, True, 30.0)], Condition(field="recency_days", op="between", value=[31, 90])),
        ([Bound(1, True, 0.25)], Condition(field="discount_share", op=">", value=Decimal("0.25"))),
        ([Bound(2, False, 6.5)], Condition(field="gap_median_days", op="<=", value=Decimal("6.5"))),
        (
            [Bound(1, False, 0.25, unknown=True)],
            AnyOf(
                any=(Condition(field="discount_share", op="<=", value=Decimal("0.25")), Condition(field="discount_share", op="is unknown"))
            ),
        ),
        ([Bound(2, True, UNKNOWN / 2)], Condition(field="gap_median_days", op="is known")),
        ([Bound(2, False, UNKNOWN / 2, unknown=True)], Condition(field="gap_median_days", op="is unknown")),
        ([Bound(2, True, UNKNOWN / 2), Bound(2, False, 9.0)], Condition(field="gap_median_days", op="<=", value=9)),
        ([Bound(3, True, 0.5)], Condition(field="top_category", op="=", value="DELI")),
        ([Bound(3, False, 0.5)], Condition(field="top_category", op="!=", value="DELI")),
        ([Bound(3, False, 0.5), Bound(4, False, 0.5)], Condition(field="top_category", op="not in", value=["DELI", "MEAT"])),
        (
            [Bound(3, True, 0.5), Bound(0, True, 9.0)],
            AllOf(all=(Condition(field="top_category", op="=", value="DELI"), Condition(field="recency_days", op=">=", value=10))),
        ),
    ],
)
def test_bounds_become_conditions(bounds: Sequence[Bound], expected: SegmentRule) -> None:
    assert _branch(tuple(bounds), COLUMNS) == expected


def test_several_branches_are_alternatives() -> None:
    found = _rule([(Bound(0, True, 9.0),), (Bound(3, True, 0.5),)], COLUMNS)
    assert isinstance(found, AnyOf)
    assert len(found.any) == 2


def _table(top_category: list[str | None], orders: np.ndarray) -> CustomerTable:
    count = len(orders)
    columns: dict[str, pa.Array] = {name: pa.nulls(count, pa.float32()) for name in RULE_NUMBERS}
    columns |= {
        "customer_id": pa.array([f"c{number:04d}" for number in range(count)]),
        "orders": pa.array(orders, pa.float32()),
        "top_category": pa.array(top_category, pa.string()),
        "top_channel": pa.nulls(count, pa.string()),
    }
    return CustomerTable(("orders",), pa.table(columns), Statement(sql=""))


def test_a_cluster_of_one_category_is_explained_by_it() -> None:
    random = np.random.default_rng(0)
    tops = ["DELI" if number % 3 == 0 else "MEAT" if number % 3 == 1 else None for number in range(900)]
    labels = np.array([0 if top == "DELI" else 1 for top in tops])
    deli, rest = explain(_table(tops, random.integers(1, 50, 900).astype(np.float32)), labels, 7)
    assert deli.rule == Condition(field="top_category", op="=", value="DELI")
    assert (deli.precision, deli.recall, deli.fidelity) == (1.0, 1.0, 1.0)
    assert rest.fidelity == 1.0  # with those whose favourite category is unknown


def test_where_nothing_of_the_catalogue_tells_a_cluster_apart_the_fidelity_says_so() -> None:
    random = np.random.default_rng(1)
    labels = random.integers(0, 4, 800)
    found = explain(_table([None] * 800, random.integers(1, 50, 800).astype(np.float32)), labels, 7)
    assert max(one.fidelity for one in found) < 0.5
