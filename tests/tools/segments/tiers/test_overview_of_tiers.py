"""The overview of tiers: sizes against pandas, limits given for one answer, charts, rates and what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tools.actions.strategies import suggest_strategy
from tools.actions.summarize import summarize_segment
from tools.contracts import Outcome, ToolResult
from tools.errors import InputError, UnsupportedQuestion
from tools.requests import CompareSegments, FindCustomers, SegmentOverview, SuggestStrategy, SummarizeSegment, TierLimit
from tools.rules import Condition, InSegment, Selection
from tools.segments.compare import compare_segments
from tools.segments.compiler import compile_selection
from tools.segments.find import find_customers
from tools.segments.overview import segment_overview
from tools.segments.refresh import refresh
from tools.segments.schemes import AIPL, LIFECYCLE, MEMBERSHIP, VALUE_ACTIVITY
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

AS_OF = pd.Timestamp("2018-01-01")


def _value(result: ToolResult, figure_id: str) -> float:
    return float(result.figure(figure_id).value)  # type: ignore[arg-type]


def test_grid_of_the_demo(demo: ToolContext, baskets: pd.DataFrame) -> None:
    found = segment_overview(demo, SegmentOverview(scheme="value_activity"))
    year = baskets[(AS_OF - baskets["day"]).dt.days < 365].groupby("household_id")["cents"].sum() / 100
    assert _value(found, "value_high_edge") == pytest.approx(np.quantile(year, 0.8), abs=0.005)
    assert _value(found, "value_high.customers") == (year > np.quantile(year, 0.8)).sum()
    assert sum(row[1] for row in found.tables[0].rows) == 2469  # type: ignore[misc]
    assert sum(_value(found, f"activity_{level}.customers") for level in ("high", "middle", "low")) == 2469
    assert sum(row[4] for row in found.tables[0].rows) == pytest.approx(1.0)  # type: ignore[misc]
    heat = found.charts[0].zh["data"][0]
    assert (heat["type"], heat["x"], heat["y"][-1]) == ("heatmap", ["低活跃", "中活跃", "高活跃"], "高价值")
    assert heat["z"][-1][-1] == pytest.approx(_value(found, "va_high_high.share_of_customers"))
    assert heat["text"][-1][-1].startswith("明星客户<br>")
    assert any("There are no events" in caveat.en for caveat in found.caveats)
    assert not found.details["computed"]


def test_membership_by_amount_and_orders(demo: ToolContext, baskets: pd.DataFrame) -> None:
    tiers = {"svip": TierLimit(amount=Decimal(5000), orders=200), "vip": TierLimit(amount=Decimal(2000))}
    found = segment_overview(demo, SegmentOverview(scheme="membership", tiers=tiers))  # type: ignore[arg-type]
    year = baskets[(AS_OF - baskets["day"]).dt.days < 365].groupby("household_id")["cents"].agg(["sum", "size"])
    top = (year["sum"] >= 500_000) & (year["size"] >= 200)
    assert _value(found, "tier_svip.customers") == top.sum()
    assert _value(found, "tier_vip.customers") == ((year["sum"] >= 200_000) & ~top).sum()
    assert _value(found, "tier_regular.customers") == (year["sum"] < 200_000).sum()
    assert found.details["computed"]
    assert found.interpretation is not None
    assert "SVIP takes spend of at least 5,000 and at least 200 orders; VIP takes spend of at least 2,000" in found.interpretation.en
    assert "SVIP 需消费满 5,000且满 200 单" in found.interpretation.zh
    assert any("worked out for this answer" in caveat.en for caveat in found.caveats)


@pytest.mark.parametrize(
    "request_",
    [
        SegmentOverview(scheme="membership", tiers={"svip": TierLimit(share=Decimal("0.1"))}),
        SegmentOverview(scheme="membership", tiers={"svip": TierLimit(orders=250), "vip": TierLimit(orders=100)}),
        SegmentOverview(scheme="lifecycle", period_days=45),
    ],
    ids=["shares", "orders", "lifecycle"],
)
def test_rules_of_groups_made_for_one_answer_find_the_same_customers(demo: ToolContext, request_: SegmentOverview) -> None:
    found = segment_overview(demo, request_)
    assert set(found.details["made"]) == set(found.details["groups"])
    sizes = [_value(found, f"{group}.customers") for group in found.details["made"]]
    assert sizes == sorted(sizes, reverse=True), "as an answer tells them, so that the second is the second"
    for group, selection in zip(found.details["made"], found.details["selections"], strict=True):
        query = compile_selection(demo, Selection.model_validate(json.loads(json.dumps(selection))))
        assert demo.engine.rows(f"SELECT count(*) FROM ({query.sql}) AS g", query.parameters)[0][0] == _value(found, f"{group}.customers")


def test_lifecycle_rates(demo: ToolContext, baskets: pd.DataFrame) -> None:
    found = segment_overview(demo, SegmentOverview(scheme="lifecycle"))
    age = (AS_OF - baskets["day"]).dt.days
    now = set(baskets.loc[age < 90, "household_id"])
    before = set(baskets.loc[(age >= 90) & (age < 180), "household_id"])
    assert _value(found, "retention_rate") == pytest.approx(len(now & before) / len(before))
    assert _value(found, "active_now") == len(now)
    assert str(found.figure("last_from").value) == "2017-07-06"
    assert str(found.figure("this_from").value) == "2017-10-04"
    outside = 2469 - len(now | before)
    assert any(f"in either period ({outside})" in caveat.en for caveat in found.caveats)


def test_aipl_says_what_is_missing(demo: ToolContext) -> None:
    for ask in (
        lambda: segment_overview(demo, SegmentOverview(scheme="aipl")),
        lambda: find_customers(demo, FindCustomers(rule=InSegment(segment="aipl_interest"))),
        lambda: find_customers(demo, FindCustomers(rule=Condition(field="aipl_stage", op="=", value="aware"))),
    ):
        with pytest.raises(UnsupportedQuestion, match="no events .* and the AIPL stages need them"):
            ask()


def test_aipl_funnel(shop: Callable[..., Warehouse]) -> None:
    orders = [("l", "2024-12-31", "5"), ("l", "2024-12-30", "5"), ("p", "2024-12-31", "5")]
    events = [("i", "2024-12-31", "cart"), ("a", "2024-12-31", "view"), ("b", "2024-12-31", "login")]
    warehouse = shop(orders, events, ["none"])
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        found = segment_overview(ctx, SegmentOverview(scheme="aipl"))
    assert [found.figure(f"aipl_{stage}.reached").value for stage in ("aware", "interest", "purchase", "loyal")] == [5, 3, 2, 1]
    assert _value(found, "aipl_purchase.conversion") == pytest.approx(2 / 3)
    assert found.charts[0].en["data"][0]["type"] == "funnel"
    assert found.charts[0].en["data"][0]["x"] == [5, 3, 2, 1]
    assert any(caveat.zh == "没有订单、行为和触达记录的客户（1 位）不在这些分群中。" for caveat in found.caveats)


@pytest.mark.parametrize(
    ("request_", "match"),
    [
        (SegmentOverview(scheme="rfm", tiers={"vip": TierLimit(orders=2)}), "belong to the scheme membership, not to rfm"),
        (SegmentOverview(scheme="membership", period_days=30), "belongs to the scheme lifecycle, not to membership"),
        (SegmentOverview(scheme="membership", tiers={"vip": TierLimit()}), "VIP needs either a share"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(demo: ToolContext, request_: SegmentOverview, match: str) -> None:
    with pytest.raises(InputError, match=match):
        segment_overview(demo, request_)


GROUPS = [group.id for scheme in (VALUE_ACTIVITY, MEMBERSHIP, LIFECYCLE) for group in scheme.groups]


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_can_be_summarised_and_acted_on(demo: ToolContext, group: str) -> None:
    size = _value(segment_overview(demo, SegmentOverview(scheme=_scheme_of(group))), f"{group}.customers")  # type: ignore[arg-type]
    summary = summarize_segment(demo, SummarizeSegment(customers=group))
    assert summary.outcome is Outcome.ANSWERED
    assert _value(summary, "customers") == size
    advice = suggest_strategy(demo, SuggestStrategy(customers=group))
    assert advice.details["strategy"]["group"] == group


def _scheme_of(group: str) -> str:
    return {"va": "value_activity", "tier": "membership", "lifecycle": "lifecycle"}[group.split("_")[0]]


def test_tiers_can_be_compared_and_named(demo: ToolContext) -> None:
    found = compare_segments(demo, CompareSegments(first="SVIP", second="普通会员"))
    assert found.outcome is Outcome.ANSWERED
    assert found.details
    listed = find_customers(demo, FindCustomers(rule=Condition(field="value_level", op="=", value="high")))
    assert listed.interpretation is not None
    assert "高价值" in listed.interpretation.zh
    assert "AIPL" in AIPL.name.zh
