"""The churn tool on the demo: lists held against the source files, words in both languages, other horizons."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tools.contracts import Outcome, ToolResult
from tools.errors import InputError
from tools.requests import ChurnRisk
from tools.rules import Behaviour, Condition, InSegment, Selection
from tools.segments.churn.tool import churn_risk
from tools.segments.compiler import compile_selection
from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

AS_OF = dt.date(2018, 1, 1)
Facts = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def ctx(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolContext]:
    with open_context(Warehouse(demo_path, Settings(home=tmp_path_factory.mktemp("churn"), threads=2))) as context:
        yield context


def value(result: ToolResult, figure_id: str) -> object:
    return result.figure(figure_id).value


def members(ctx: ToolContext, result: ToolResult) -> list[str]:
    assert result.selection is not None
    query = compile_selection(ctx, result.selection)
    return [row[0] for row in ctx.engine.rows(query.sql, query.parameters)]


def spent(customers: list[str]) -> Decimal:
    """Net spend of the 365 days to 2018-01-01, from the source file."""
    rows = duckdb.execute(
        "SELECT sum(CAST(sales_value AS DECIMAL(18, 2))) FROM read_parquet($path) WHERE CAST(household_id AS VARCHAR) IN "
        "(SELECT unnest($who)) AND basket_id IN (SELECT basket_id FROM read_parquet($path) GROUP BY basket_id "
        "HAVING CAST(min(transaction_timestamp) AS DATE) > DATE '2017-01-01')",
        {"path": str(demo_files()["transactions"]), "who": customers},
    ).fetchall()
    return Decimal(rows[0][0])


def test_the_three_definitions_stand_side_by_side(ctx: ToolContext, churn_facts: Facts) -> None:
    result = churn_risk(ctx, ChurnRisk())
    facts = churn_facts(AS_OF)
    rhythm, window = set(facts.query("ratio >= 2")["customer"]), set(facts.query("recency >= 30")["customer"])
    model = set(members(ctx, result))
    sizes = {
        "model_list": len(model),
        "rhythm_list": len(rhythm),
        "window_list": len(window),
        "model_and_rhythm": len(model & rhythm),
        "model_and_window": len(model & window),
        "rhythm_and_window": len(rhythm & window),
        "all_three": len(model & rhythm & window),
        "any_definition": len(model | rhythm | window),
        "scored": int(facts["eligible"].sum()),
    }
    assert {name: value(result, name) for name in sizes} == sizes
    assert sum(value(result, f"customers_{band}") for band in ("high", "middle", "low")) == sizes["scored"]  # type: ignore[misc]


def test_the_list_is_the_high_band_with_reasons_and_value(ctx: ToolContext) -> None:
    result = churn_risk(ctx, ChurnRisk())
    table = result.tables[0]
    ids = [str(row[0]) for row in table.rows]
    probabilities = [row[1] for row in table.rows]
    assert result.outcome is Outcome.ANSWERED
    assert [column.id for column in table.columns[:4]] == ["customer_id", "churn_probability", "churn_band", "reasons"]
    assert table.row_count == len(ids) == value(result, "customers") == value(result, "customers_high")
    assert all(float(p) >= 0.6 for p in probabilities)  # type: ignore[arg-type]
    assert probabilities == sorted(probabilities, reverse=True)  # type: ignore[type-var]
    assert value(result, "value_at_stake") == spent(ids) == value(result, "value_high")
    assert members(ctx, result) == ids
    names = table.columns[3].names
    assert all("天" in names[str(row[3])].zh for row in table.rows)
    assert result.charts[0].zh["data"][0]["y"] == [value(result, f"customers_{band}") for band in ("high", "middle", "low")]


def test_a_limit_of_its_own_cuts_the_ranking_whatever_the_band(ctx: ToolContext) -> None:
    top, high = churn_risk(ctx, ChurnRisk(limit=5)), churn_risk(ctx, ChurnRisk())
    assert [row[0] for row in top.tables[0].rows] == [row[0] for row in high.tables[0].rows[:5]]
    assert top.tables[0].row_count == 5
    assert members(ctx, top) == [row[0] for row in top.tables[0].rows]
    assert value(top, "row1.churn_probability") == top.tables[0].rows[0][1]
    assert "天" in str(value(top, "row1.reasons_zh"))
    assert "day" in str(value(top, "row1.reasons_en"))


def test_a_long_list_comes_whole_in_a_file(ctx: ToolContext) -> None:
    result = churn_risk(ctx, ChurnRisk(band="middle"))
    table = result.tables[0]
    assert len(table.rows) == 50
    assert table.path is not None
    with Path(table.path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == table.row_count == value(result, "customers_middle")
    assert [row["customer_id"] for row in rows] == members(ctx, result)
    assert all(row["reasons_zh"] and row["reasons_en"] for row in rows)


@pytest.mark.parametrize(("definition", "condition"), [("rhythm", "ratio >= 2"), ("window", "recency >= 30")])
def test_other_definitions_list_the_latest_first(ctx: ToolContext, churn_facts: Facts, definition: str, condition: str) -> None:
    result = churn_risk(ctx, ChurnRisk(definition=definition))  # type: ignore[arg-type]
    expected = churn_facts(AS_OF).query(condition)
    assert set(members(ctx, result)) == set(expected["customer"])
    lateness = [float(row[8 if definition == "rhythm" else 6]) for row in result.tables[0].rows]  # type: ignore[arg-type]
    assert lateness == sorted(lateness, reverse=True)
    assert value(result, "value_at_stake") == spent(expected["customer"].tolist())
    told = {figure.id for figure in result.figures}
    assert not {"customers_high", "value_middle", "auc", "lift"} & told, "the list is not the model's"
    assert result.receipts[0].model_version is None
    silent = int((~expected["eligible"]).sum())
    assert any(f"{silent} customers of the list have long been inactive" in caveat.en for caveat in result.caveats)


def test_the_rhythm_list_says_whom_it_cannot_judge(ctx: ToolContext, churn_facts: Facts) -> None:
    result = churn_risk(ctx, ChurnRisk(definition="rhythm"))
    few = int((churn_facts(AS_OF)["visits"] < 4).sum())
    assert value(result, "unjudged") == few
    assert f"{few} customers ordered on fewer than 4 dates, too few to judge by rhythm." in [caveat.en for caveat in result.caveats]
    assert f"有{few}位客户下单不足4天" in result.caveats[0].zh
    assert "median gap is at least 2" in result.receipts[0].definition.en


def test_by_value_the_high_and_middle_band_come_by_spend(ctx: ToolContext) -> None:
    result, plain = churn_risk(ctx, ChurnRisk(sort_by="value")), churn_risk(ctx, ChurnRisk())
    ids = members(ctx, result)
    high, middle = (set(members(ctx, churn_risk(ctx, ChurnRisk(band=band)))) for band in ("high", "middle"))  # type: ignore[arg-type]
    assert set(ids) == high | middle
    assert value(result, "value_at_stake") == spent(ids)
    assert value(plain, "value_middle") == spent(sorted(middle))
    shown = [row[4] for row in result.tables[0].rows]
    assert shown == sorted(shown, reverse=True)  # type: ignore[type-var]
    assert [row[0] for row in churn_risk(ctx, ChurnRisk(sort_by="value", limit=5)).tables[0].rows] == ids[:5]
    assert value(churn_risk(ctx, ChurnRisk(sort_by="value", band="high")), "customers") == len(high)


def test_the_model_states_its_quality(ctx: ToolContext) -> None:
    result = churn_risk(ctx, ChurnRisk())
    for name in ("auc", "recency_auc", "base_rate", "calibration_error", "lift", "test_customers", "training_cases", "test_cut_off"):
        assert result.figure(name).label.zh
    assert value(result, "horizon_days") == 30
    assert value(result, "test_cut_off") == dt.date(2017, 12, 2)
    receipt = result.receipts[0]
    assert (receipt.as_of, receipt.seed) == (AS_OF, 7)
    assert receipt.model_version is not None
    assert "no counted order in the 30 days" in receipt.definition.en
    assert "30天内没有有效订单" in receipt.definition.zh


def test_another_horizon_is_computed_now_and_not_stored(ctx: ToolContext) -> None:
    result = churn_risk(ctx, ChurnRisk(horizon_days=60))
    assert value(result, "horizon_days") == 60
    assert value(result, "test_cut_off") == dt.date(2017, 11, 2)
    assert any("not stored" in caveat.en and "未保存" in caveat.zh for caveat in result.caveats)
    assert set(members(ctx, result)) == {str(row[0]) for row in result.tables[0].rows}
    assert ctx.engine.rows("SELECT count(*) FROM model_runs WHERE model = 'churn'") == [(1,)]


def test_a_horizon_without_history_falls_back_with_low_confidence(ctx: ToolContext, churn_facts: Facts) -> None:
    result = churn_risk(ctx, ChurnRisk(horizon_days=180))
    assert result.caveats[0].en.startswith("Low confidence")
    assert result.caveats[0].zh.startswith("可信度低")
    late = churn_facts(AS_OF).query("eligible and ratio >= 2")
    assert value(result, "customers_high") == len(late)
    assert all(row[1] is None for row in result.tables[0].rows)
    with pytest.raises(KeyError, match="auc"):
        result.figure("auc")


def test_another_date_uses_nothing_later(demo_path: Path, tmp_path: Path, churn_facts: Facts) -> None:
    day = dt.date(2017, 9, 1)
    with open_context(Warehouse(demo_path, Settings(home=tmp_path, threads=2)), day) as ctx:
        result = churn_risk(ctx, ChurnRisk(definition="window"))
    assert value(result, "window_list") == len(churn_facts(day).query("recency >= 30"))
    assert value(result, "scored") == int(churn_facts(day)["eligible"].sum())


def test_a_date_before_the_data_is_empty(demo_path: Path, tmp_path: Path) -> None:
    with open_context(Warehouse(demo_path, Settings(home=tmp_path)), dt.date(2016, 1, 1)) as ctx:
        result = churn_risk(ctx, ChurnRisk())
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert result.selection is None


def test_bands_belong_to_the_model(ctx: ToolContext) -> None:
    with pytest.raises(InputError, match="leave the band out"):
        churn_risk(ctx, ChurnRisk(definition="rhythm", band="high"))


def test_scores_of_older_data_are_not_used(demo_copy: Path, tmp_path: Path) -> None:
    warehouse = Warehouse(demo_copy, Settings(home=tmp_path, threads=2))
    with warehouse.writing() as engine:
        engine.execute("UPDATE meta SET value = 'newer' WHERE key = 'data_version'")
    with open_context(warehouse) as ctx:
        result = churn_risk(ctx, ChurnRisk(limit=3))
    assert any("computed for this answer" in caveat.en for caveat in result.caveats)
    assert result.selection is not None
    assert isinstance(result.selection.rule, Condition)
    assert result.selection.rule.field == "customer_id"


def test_of_some_customers_everything_is_about_these_alone(ctx: ToolContext, churn_facts: Facts) -> None:
    shoppers = {
        str(row[0])
        for row in duckdb.execute(
            "SELECT DISTINCT household_id FROM read_parquet($path) WHERE store_id = 367", {"path": str(demo_files()["transactions"])}
        ).fetchall()
    }
    rule = Behaviour(behaviour="orders", op=">=", value=Decimal(1), where={"store": ["367"]})
    facts = churn_facts(AS_OF)
    facts = facts[facts["customer"].isin(shoppers)]
    some, everybody = (churn_risk(ctx, ChurnRisk(customers=customers, limit=1000)) for customers in (rule, None))
    expected = [row[0] for row in churn_risk(ctx, ChurnRisk(band="high")).tables[0].rows if row[0] in shoppers]
    assert value(some, "scored") == int(facts["eligible"].sum()) < int(value(everybody, "scored"))  # type: ignore[call-overload]
    assert value(some, "rhythm_list") == len(facts.query("ratio >= 2"))
    assert value(some, "window_list") == len(facts.query("recency >= 30"))
    assert value(some, "customers_high") == len(expected)
    assert members(ctx, some)[: len(expected)] == expected
    assert set(members(ctx, some)) == set(facts.query("eligible")["customer"])
    assert all(check.holds for check in some.checks)
    assert "门店 367" in some.interpretation.zh  # type: ignore[union-attr]
    late = churn_risk(ctx, ChurnRisk(customers=rule, definition="rhythm"))
    assert set(members(ctx, late)) == set(facts.query("ratio >= 2")["customer"])


def test_of_a_cut_list_the_customers_at_risk_are_of_that_list(ctx: ToolContext) -> None:
    best = Selection(rule=InSegment(segment="hibernating"), sort_by="amount", limit=40)
    result = churn_risk(ctx, ChurnRisk(customers=best, limit=10))
    query = compile_selection(ctx, best)
    asked = [row[0] for row in ctx.engine.rows(query.sql, query.parameters)]
    assert len(asked) == 40
    assert {row[0] for row in result.tables[0].rows} == set(members(ctx, result)) < set(asked)


def test_a_group_without_anybody_at_high_risk_shows_its_riskiest(ctx: ToolContext) -> None:
    result = churn_risk(ctx, ChurnRisk(customers="champions"))
    assert value(result, "customers_high") == 0
    assert len(result.tables[0].rows) == 20
    assert any(caveat.en.startswith("No customer of them reaches the high band") for caveat in result.caveats)


def test_nobody_of_a_group_is_still_active(ctx: ToolContext) -> None:
    result = churn_risk(ctx, ChurnRisk(customers=Condition(field="recency_days", op=">", value=Decimal(300))))
    assert result.outcome is Outcome.EMPTY
    assert "None of these customers is still active" in result.message.en  # type: ignore[union-attr]
