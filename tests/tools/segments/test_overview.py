"""The overview of both schemes against independent SQL over the source files."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tools.contracts import ToolResult
from tools.errors import UnsupportedQuestion, WarehouseError
from tools.requests import SegmentOverview
from tools.segments.overview import segment_overview
from tools.segments.overview.warnings import merge_target
from tools.segments.refresh import refresh
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def rfm(demo: ToolContext) -> ToolResult:
    return segment_overview(demo, SegmentOverview())


def test_groups_of_the_demo(rfm: ToolResult, source: Ask) -> None:
    rows = source("SELECT rfm_group, count(*), sum(m), avg(r), avg(f), CAST(sum(m) AS DOUBLE) / sum(f) FROM rfm GROUP BY rfm_group")
    total = sum(row[2] for row in rows)
    assert {row[0] for row in rows} == set(rfm.details["groups"])
    for group, customers, revenue, recency, orders, basket in rows:
        assert rfm.figure(f"{group}.customers").value == customers
        assert rfm.figure(f"{group}.revenue").value == revenue
        assert rfm.figure(f"{group}.share_of_customers").value == pytest.approx(customers / 2469)
        assert rfm.figure(f"{group}.share_of_revenue").value == pytest.approx(float(revenue / total))
        assert rfm.figure(f"{group}.average_recency").value == pytest.approx(recency)
        assert rfm.figure(f"{group}.average_orders").value == pytest.approx(orders)
        assert float(rfm.figure(f"{group}.average_order_value").value) == pytest.approx(basket, abs=0.005)  # type: ignore[arg-type]


def test_eight_groups_of_the_demo(demo: ToolContext, source: Ask) -> None:
    found = segment_overview(demo, SegmentOverview(scheme="rfm_eight"))
    conditions = {
        "key_value": "r_high AND f_high AND m_high",
        "key_keep": "NOT r_high AND f_high AND m_high",
        "general_retain": "NOT (r_high OR f_high OR m_high)",
    }
    for group, where in conditions.items():
        [(customers, revenue)] = source(f"SELECT count(*), sum(m) FROM eight WHERE {where}")
        assert (found.figure(f"{group}.customers").value, found.figure(f"{group}.revenue").value) == (customers, revenue)


def test_groups_add_up(rfm: ToolResult) -> None:
    rows = rfm.tables[0].rows
    assert sum(row[1] for row in rows) == rfm.figure("customers").value == 2469  # type: ignore[misc]
    assert sum(row[3] for row in rows) == rfm.figure("revenue").value  # type: ignore[misc]
    assert sum(row[2] for row in rows) == pytest.approx(1.0)  # type: ignore[misc]


def test_table_names_groups_in_both_languages(rfm: ToolResult) -> None:
    column = rfm.tables[0].columns[0]
    assert column.names["champions"].zh == "冠军客户"
    assert rfm.tables[0].rows[0][0] == "champions"
    assert rfm.charts[0].zh["data"][0]["x"][0] == "冠军客户"
    assert rfm.charts[0].en["data"][1]["name"] == "share of revenue"


def test_small_groups_are_flagged_with_what_to_merge(rfm: ToolResult) -> None:
    assert rfm.details["too_small"] == {"new": "potential_loyal", "promising": "potential_loyal"}
    text = rfm.caveats[0]
    assert text.en == (
        "Too small to act on alone (below 1% of customers, or 30): New customers (treat with Potential loyalists), "
        "Promising (treat with Potential loyalists)."
    )
    assert (
        text.zh == "以下分群太小（不足客户的 1% 或 30 人），不宜单独运营：新客户（可并入潜力忠诚客户）、有希望客户（可并入潜力忠诚客户）。"
    )


def test_too_few_customers_are_one_sentence_without_circles(make_warehouse: Callable[..., Warehouse]) -> None:
    # 40 customers: the later the last order, the more orders; no group can reach 30 of them.
    orders = [(f"c{number:02}", f"2024-06-{1 + day % 30:02}", "5.00") for number in range(40) for day in range(number // 4, number)]
    warehouse = make_warehouse([*orders, ("c00", "2024-01-01", "1.00")])
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        found = segment_overview(ctx, SegmentOverview())
    small = [caveat for caveat in found.caveats if "too few customers" in caveat.en]
    assert len(small) == 1
    assert small[0].en.startswith("There are too few customers for so many groups: 40 customers are in ")
    assert not any("Too small to act on alone" in caveat.en for caveat in found.caveats)
    assert set(found.details["too_small"].values()) == {None}


def test_merging_goes_on_to_a_group_that_is_large_enough() -> None:
    assert merge_target("new", {"new"}) == "potential_loyal"
    assert merge_target("new", {"new", "potential_loyal"}) == "loyal"
    assert merge_target("at_risk", {"at_risk", "cannot_lose"}) is None, "nothing large enough is near"


def test_collapsed_edges_and_prospects_are_told(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([(name, "2024-06-30", "5.00") for name in "abc"], ["d"])
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        classic, eight = segment_overview(ctx, SegmentOverview()), segment_overview(ctx, SegmentOverview(scheme="rfm_eight"))
    assert classic.figure("prospects.customers").value == 1
    assert any("fewer than four distinct edges" in caveat.en for caveat in classic.caveats)
    assert any(caveat.en == "Customers without a counted order (1) are in none of the groups." for caveat in eight.caveats)
    assert classic.figure("champions.revenue").value == Decimal("0.00")


def test_nobody_ordered(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([], ["a"])
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO events (customer_id, occurred_at, kind) VALUES ('a', TIMESTAMP '2024-06-30', 'view')")
    refresh(warehouse)
    with open_context(warehouse) as ctx, pytest.raises(UnsupportedQuestion, match="no orders, and an RFM segmentation needs them"):
        segment_overview(ctx, SegmentOverview())


def test_groups_that_do_not_add_up_are_an_error(demo_copy: Path) -> None:
    warehouse = Warehouse(demo_copy)
    with warehouse.writing() as engine:
        engine.execute("UPDATE scores SET rfm_group = 'strangers' WHERE rfm_group = 'new'")
    with open_context(warehouse) as ctx, pytest.raises(WarehouseError, match="do not add up to all customers"):
        segment_overview(ctx, SegmentOverview())
