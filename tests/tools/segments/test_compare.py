"""Two segments side by side, against independent SQL over the source files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tools.contracts import Outcome, ToolResult
from tools.errors import UnknownName
from tools.requests import CompareSegments
from tools.segments.compare import compare_segments
from tools.warehouse.context import ToolContext

Ask = Callable[[str], list[tuple[Any, ...]]]


def _compare(ctx: ToolContext, first: Any, second: Any) -> ToolResult:
    return compare_segments(ctx, CompareSegments.model_validate({"first": first, "second": second}))


def test_two_groups(demo: ToolContext, source: Ask) -> None:
    found = _compare(demo, "champions", "at-risk customers")
    for side, group in (("first", "champions"), ("second", "at_risk")):
        [(customers, revenue, recency, orders)] = source(f"SELECT count(*), sum(m), avg(r), avg(f) FROM rfm WHERE rfm_group = '{group}'")
        assert found.figure(f"{side}.customers").value == customers
        assert found.figure(f"{side}.revenue").value == revenue
        assert found.figure(f"{side}.recency_days").value == pytest.approx(recency)
        assert found.figure(f"{side}.orders").value == pytest.approx(orders)
    assert found.figure("ratio.customers").value == pytest.approx(741 / 268)
    assert found.figure("overlap").value == 0
    assert found.details["first"] == {"zh": "冠军客户", "en": "Champions"}
    assert [row[0] for row in found.tables[0].rows] == ["first", "second", "all"]
    assert found.tables[0].columns[0].names["second"].en == "At risk"
    assert found.tables[0].rows[2][1] == 2469


def test_overlapping_rules(demo: ToolContext, source: Ask) -> None:
    found = _compare(demo, {"field": "orders", "op": ">=", "value": 50}, {"field": "amount", "op": ">", "value": 2000})
    assert [(found.figure("overlap").value,)] == source("SELECT count(*) FROM rfm WHERE f >= 50 AND m > 2000")
    assert found.details["first"]["en"] == "customers whose orders are at least 50"
    assert found.figure("first.customers").label.en == "customers whose orders are at least 50: customers"


def test_an_empty_side(demo: ToolContext) -> None:
    found = _compare(demo, "champions", "prospects")
    assert found.outcome is Outcome.EMPTY
    assert found.message is not None
    assert found.message.en == "There is nobody in Prospects, so there is nothing to compare."


def test_unknown_segment(demo: ToolContext) -> None:
    with pytest.raises(UnknownName, match="no segment named 'champs of old'"):
        _compare(demo, "champs of old", "lost")
