"""Rules found in the demo: their rates recomputed from the source files, their members by pandas, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from tools.contracts import Outcome, ToolResult
from tools.errors import InputError, NotEnoughData, UnsupportedQuestion
from tools.models.rates import wilson
from tools.requests import FindRules
from tools.rules import AllOf, Condition, Selection
from tools.segments.compiler import compile_selection
from tools.segments.trees.cases import case_statement
from tools.segments.trees.columns import steady_names
from tools.segments.trees.sample import Sample, draw
from tools.segments.trees.targets import TARGETS
from tools.segments.trees.tool import find_rules
from tools.warehouse.context import ToolContext

Evaluate = Callable[[pd.DataFrame, dict[str, Any]], pd.Series]
AS_OF = pd.Timestamp("2018-01-01")


def features_at(orders: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The features that shallow trees of the demo ask about, as of a date, by household."""
    past = orders[orders.day <= day]
    age = (day - past.day).dt.days
    by = past.household_id
    found = pd.DataFrame({"recency_days": age.groupby(by).min(), "orders": past.groupby(by).size()})
    for days in (30, 90):
        recent = past[age < days].groupby("household_id")
        found[f"orders_{days}d"], found[f"amount_{days}d"] = recent.size(), recent.paid.sum()
    found = found.fillna(0)
    visits = past.drop_duplicates(["household_id", "day"]).sort_values(["household_id", "day"])
    gap = visits.groupby("household_id").day.diff().dt.days
    known = gap.groupby(visits.household_id)
    found["gap_ratio"] = (found.recency_days / known.median()).where(known.count() >= 3)
    return found


def rules_of(result: ToolResult) -> list[dict[str, Any]]:
    return [one["rule"] for one in result.details["selections"]]


@pytest.fixture(scope="module")
def churn(demo: ToolContext) -> ToolResult:
    return find_rules(demo, FindRules(depth=2))


def test_churn_rates_are_those_of_the_later_period(churn: ToolResult, orders: pd.DataFrame, evaluate: Evaluate) -> None:
    cut_off = AS_OF - pd.Timedelta(days=30)
    cases = features_at(orders, cut_off)
    cases = cases[(cases.recency_days < 90) | (cases.gap_ratio <= 3)]
    later = orders[(orders.day > cut_off) & (orders.day <= AS_OF)].household_id
    churned = ~cases.index.isin(later)
    assert churn.figure("held_cut_off").value == cut_off.date()
    assert churn.figure("held_out").value == len(cases)
    assert churn.figure("base_rate").value == pytest.approx(churned.mean())
    for number, rule in enumerate(rules_of(churn), 1):
        inside = evaluate(cases, rule).to_numpy()
        hits, size = int(churned[inside].sum()), int(inside.sum())
        assert churn.figure(f"rule{number}.cases").value == size
        assert churn.figure(f"rule{number}.rate").value == pytest.approx(hits / size)
        assert churn.figure(f"rule{number}.lift").value == pytest.approx(hits / size / churned.mean())
        interval = churn.figure(f"rule{number}.low").value, churn.figure(f"rule{number}.high").value
        assert interval == pytest.approx(wilson(hits, size))


def test_churn_rules_part_the_customers_well(churn: ToolResult) -> None:
    """Fidelity on the later period: the first rule has several times the churn of the last."""
    first, last = churn.figure("rule1.rate").value, churn.figure(f"rule{len(rules_of(churn))}.rate").value
    assert isinstance(first, float)
    assert isinstance(last, float)
    assert first > 10 * last


@pytest.mark.parametrize(
    "request_",
    [
        FindRules(depth=2),
        FindRules(target="high_value", depth=4),
        FindRules(target="response"),
        FindRules(target="segment", customers="loyal"),
    ],
    ids=lambda one: one.target,
)
def test_rules_select_every_customer_once(request_: FindRules, demo: ToolContext, base: pd.DataFrame, evaluate: Evaluate) -> None:
    result = find_rules(demo, request_)
    scopes = {"churn": (base.recency_days < 90) | (base.gap_ratio <= 3), "high_value": base.orders >= 1}
    scope = set(base.customer_id[scopes.get(request_.target, base.orders >= 0).fillna(False)])
    seen: list[str] = []
    for number, rule in enumerate(rules_of(result), 1):
        query = compile_selection(demo, Selection.model_validate({"rule": rule}))
        members = set(demo.engine.query(query.sql, query.parameters).column("customer_id").to_pylist())
        assert not members ^ set(base.customer_id[evaluate(base, rule)])
        assert result.figure(f"rule{number}.customers").value == len(members)
        seen += members
    assert len(seen) == len(set(seen))
    assert not set(seen) ^ scope


def test_high_value_is_the_top_fifth_of_the_later_period(demo: ToolContext, orders: pd.DataFrame, evaluate: Evaluate) -> None:
    result = find_rules(demo, FindRules(target="high_value", depth=1, horizon_days=60))
    cut_off = AS_OF - pd.Timedelta(days=60)
    cases = features_at(orders, cut_off)
    later = orders[(orders.day > cut_off) & (orders.day <= AS_OF)].groupby("household_id").paid.sum()
    spent = later.reindex(cases.index).fillna(0)
    high = spent >= spent.quantile(0.8)
    assert result.figure("held_out").value == len(cases)
    assert result.figure("base_rate").value == pytest.approx(high.mean())
    inside = evaluate(cases, rules_of(result)[0])
    assert result.figure("rule1.rate").value == pytest.approx(high[inside].mean())
    assert result.figure("rule1.lift").value > 2  # type: ignore[operator]


def test_a_planted_segment_is_explained_by_its_rule(demo: ToolContext, base: pd.DataFrame) -> None:
    """Members given by id alone: the tree finds the two thresholds that chose them, and says so without an error."""
    chosen = base[(base.recency_days >= 30) & (base.average_order_value < 40)].customer_id.tolist()
    members = Selection(rule=Condition(field="customer_id", op="in", value=chosen))
    result = find_rules(demo, FindRules(target="segment", customers=members, depth=2))
    best = rules_of(result)[0]
    found = {part["field"]: (part["op"], float(part["value"])) for part in best["all"]}
    assert found == {"recency_days": (">=", 30.0), "average_order_value": ("<", pytest.approx(40.0, abs=1.5))}
    assert result.figure("rule1.rate").value > 0.93  # type: ignore[operator]
    assert "held out at random" in result.details["judged_on"]["en"]


def test_the_fields_of_the_segments_own_rule_are_left_out(demo: ToolContext) -> None:
    rule = AllOf(all=(Condition(field="recency_days", op="<", value=20),))
    result = find_rules(demo, FindRules(target="segment", customers=rule))
    assert "recency_days" not in str(rules_of(result))
    assert "were not used: days since the last order" in " ".join(caveat.en for caveat in result.caveats)
    assert "没有使用该分群自身规则中的字段：距上次下单天数" in " ".join(caveat.zh for caveat in result.caveats)


def test_the_answer_shows_every_rule(churn: ToolResult) -> None:
    table, chart = churn.tables[0], churn.charts[0]
    assert table.row_count == len(rules_of(churn)) == churn.figure("rules").value
    assert [row[0] for row in table.rows] == list(range(1, table.row_count + 1))
    assert churn.selection == Selection.model_validate(churn.details["selections"][0])
    for row, leaf in zip(table.rows, churn.details["leaves"], strict=True):
        assert table.columns[1].name_of(row[1], "zh") == leaf["text"]["zh"]
        assert leaf["text"]["en"] in leaf["sentence"]["en"]
        assert "95 % interval" in leaf["sentence"]["en"]
        assert "95% 区间" in leaf["sentence"]["zh"]
    bars = chart.en["data"][0]
    assert bars["y"] == [row[4] for row in table.rows]
    assert bars["error_y"]["arrayminus"][0] == pytest.approx(table.rows[0][4] - table.rows[0][5])  # type: ignore[operator]
    receipt = churn.receipts[0]
    assert (receipt.model_version, receipt.seed) == ("rules-1", 7)
    assert receipt.statements[0].parameters == {"as_of": dt.date(2017, 12, 2), "until": dt.date(2018, 1, 1)}
    assert "a later period" in receipt.definition.en


def test_the_same_question_has_the_same_answer(demo: ToolContext, churn: ToolResult) -> None:
    assert find_rules(demo, FindRules(depth=2)) == churn


def test_nothing_after_the_as_of_date_is_read(demo: ToolContext) -> None:
    earlier = replace(demo, as_of=dt.date(2017, 10, 2))
    result = find_rules(earlier, FindRules(depth=1))
    assert result.figure("held_cut_off").value == dt.date(2017, 9, 2)
    assert result.receipts[0].statements[0].parameters["until"] == dt.date(2017, 10, 2)
    assert any("not 2017-10-02" in caveat.en for caveat in result.caveats)


def test_customers_that_a_target_is_not_about_are_not_ignored_silently(demo: ToolContext) -> None:
    result = find_rules(demo, FindRules(target="high_value", depth=1, customers="champions"))
    assert any("not only the customers named" in caveat.en for caveat in result.caveats)


def test_too_long_a_horizon_is_refused_in_one_sentence(demo: ToolContext) -> None:
    with pytest.raises(NotEnoughData, match=r"Rules for churn over 180 days need at least 500 customers with orders and 540 days"):
        find_rules(demo, FindRules(horizon_days=180))


def test_membership_needs_a_segment(demo: ToolContext) -> None:
    with pytest.raises(InputError, match="need a segment"):
        find_rules(demo, FindRules(target="segment"))


def test_a_tiny_segment_is_refused(demo: ToolContext) -> None:
    few = Selection(sort_by="amount", limit=20)
    with pytest.raises(NotEnoughData, match=r"at least 100 customers with the outcome and 100 without it; the data have 20 with"):
        find_rules(demo, FindRules(target="segment", customers=few))


def test_a_warehouse_without_orders_is_refused(make_warehouse: Any) -> None:
    from tools.segments.refresh import refresh
    from tools.warehouse.context import open_context

    warehouse = make_warehouse([("c1", "2024-01-05", "10.00"), ("c2", "2024-03-01", "12.00")], name="two")
    refresh(warehouse)
    with open_context(warehouse) as ctx, pytest.raises(NotEnoughData, match="the data have 2 customers with orders and 57 days"):
        find_rules(ctx, FindRules())


def test_unrefreshed_features_are_refused(make_warehouse: Any) -> None:
    from tools.warehouse.context import open_context

    warehouse = make_warehouse([("c1", "2024-01-05", "10.00")], name="raw")
    with open_context(warehouse) as ctx, pytest.raises(UnsupportedQuestion, match="fenqun refresh"):
        find_rules(ctx, FindRules())


def test_response_needs_campaigns(make_warehouse: Any) -> None:
    from tools.segments.refresh import refresh
    from tools.warehouse.context import open_context

    warehouse = make_warehouse([("c1", "2024-01-05", "10.00")], name="plain")
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        with pytest.raises(UnsupportedQuestion, match="need campaigns with contacts and responses"):
            find_rules(ctx, FindRules(target="response"))
        with pytest.raises(NotEnoughData, match="0 customers with orders and 0 days"):
            find_rules(replace(ctx, as_of=dt.date(2023, 1, 1)), FindRules(target="high_value"))


def test_nothing_to_find_is_said(demo: ToolContext, base: pd.DataFrame) -> None:
    """Members chosen by a digest of their id: no feature tells them apart."""
    chosen = [name for name in base.customer_id if int(name) * 2654435761 % 97 < 40]
    result = find_rules(demo, FindRules(target="segment", customers=Condition(field="customer_id", op="in", value=chosen)))
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert "No rule credibly tells apart" in result.message.en


def test_totals_are_left_out_where_the_history_is_short() -> None:
    names = ["orders", "orders_30d", "orders_365d", "recency_days", "gender"]
    assert steady_names(names, 100, 300) == ["orders_30d", "recency_days", "gender"]
    assert steady_names(names, 250, 300) == names
    assert steady_names(names, 400, 1000) == ["orders_30d", "orders_365d", "recency_days", "gender"]


def test_a_sample_has_the_same_features_as_all(demo: ToolContext) -> None:
    cut_off, names = dt.date(2017, 12, 2), ["orders_90d", "gender"]
    sample = draw(demo.engine, "buyers", demo.as_of, seed=3, size=300)
    rows = []
    for one in (Sample(False), sample):
        statement = case_statement(TARGETS["churn"], cut_off, 30, one, names)
        rows.append(demo.engine.query(statement.sql, statement.parameters).to_pylist())
    known = {row["customer_id"]: row for row in rows[0]}
    assert sample.drawn
    assert 250 < len(rows[1]) <= 300
    assert all(known[row["customer_id"]] == pytest.approx(row, nan_ok=True) for row in rows[1])
    assert draw(demo.engine, "customers", demo.as_of, seed=3) == Sample(False)
