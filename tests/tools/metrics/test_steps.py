"""Each period beside the one before it, on the demo data and on hand-made rows."""

from __future__ import annotations

from typing import Any

import pytest

from tools.errors import InputError
from tools.metrics.catalogue import catalogue
from tools.metrics.measure import measure
from tools.metrics.results import Group
from tools.metrics.steps import check_steps, course, predecessors
from tools.requests import Measure
from tools.warehouse.context import ToolContext


def run(ctx: ToolContext, **request: Any) -> list[dict[str, Any]]:
    """The rows of the table by column."""
    table = measure(ctx, Measure.model_validate(request)).tables[0]
    return [dict(zip((column.id for column in table.columns), row, strict=True)) for row in table.rows]


def test_each_period_stands_beside_the_one_before() -> None:
    groups = [
        Group((name,), (None,), {"orders": value}) for name, value in (("2017-03", 9), ("2017-01", 4), ("2017-02", 6), ("2017-04", 1))
    ]
    found = predecessors(groups, {"2017-04"})
    assert {keys[0]: before.keys[0] for keys, before in found.items()} == {"2017-02": "2017-01", "2017-03": "2017-02"}


@pytest.mark.parametrize("by", [(), ("category",), ("weekday",), ("month", "category")])
def test_only_periods_follow_each_other(by: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="exactly one dimension of time"):
        check_steps(tuple(catalogue().dimension(one) for one in by))


def test_the_steepest_fall_comes_first(ctx: ToolContext) -> None:
    found = [row["orders.difference"] for row in run(ctx, metrics=["orders"], by=["day"], compare="step", sort="decline")]
    known = [one for one in found if one is not None]
    assert known == sorted(known)
    assert found[-1] is None


def test_a_course_counts_its_rises_and_falls() -> None:
    values = (("2017-01", 4), ("2017-02", 6), ("2017-03", 6), ("2017-04", 1), ("2017-05", 3))
    groups = [Group((name,), (None,), {"orders": value}) for name, value in values]
    went = course(groups, predecessors(groups, ()), "orders")
    assert went is not None
    assert (went.steps, went.rises, went.falls) == (4, 2, 1)
    assert (went.first.keys[0], went.last.keys[0]) == ("2017-01", "2017-05")


def test_one_change_is_no_course() -> None:
    groups = [Group((name,), (None,), {"orders": 1}) for name in ("2017-01", "2017-02")]
    assert course(groups, predecessors(groups, ()), "orders") is None


def test_the_figures_of_a_course_agree_with_the_rows(ctx: ToolContext) -> None:
    figures = {one.id: one.value for one in measure(ctx, Measure(metrics=["orders"], by=["day"], compare="step")).figures}
    rows = [row for row in run(ctx, metrics=["orders"], by=["day"], compare="step") if row["orders.previous"] is not None]
    changes = [row["orders"] - row["orders.previous"] for row in rows]
    assert figures["steps"] == len(changes)
    assert figures["rises"] == sum(one > 0 for one in changes)
    assert figures["falls"] == sum(one < 0 for one in changes)
