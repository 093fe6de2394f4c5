"""What a campaign changed: against counts made beside the product, and where the data do not tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.tools.segments.response.conftest import CONTACT, Trial, insert, one_order
from tools.contracts import ToolResult, Unit
from tools.errors import InputError, UnknownName, UnsupportedQuestion
from tools.requests import MeasureUplift
from tools.segments.response.uplift import measure_uplift
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.warehouse import Warehouse

Fill = Callable[..., Warehouse]


def _value(result: ToolResult, name: str) -> Any:
    return result.figure(name).value


@pytest.fixture(scope="module")
def orders(trial: Trial) -> ToolResult:
    """The effect of the trial on orders."""
    with open_context(Warehouse(trial.path, Settings(threads=2))) as ctx:
        return measure_uplift(ctx, MeasureUplift(campaign="july mail"))


def test_rates_and_interval_are_those_of_the_trial(trial: Trial, orders: ToolResult) -> None:
    result = orders
    treated, bought = trial.treated, trial.bought
    first, second = bought[treated].mean(), bought[~treated].mean()
    assert _value(result, "treatment_customers") == treated.sum()
    assert _value(result, "control_customers") == (~treated).sum()
    assert _value(result, "treatment_rate") == pytest.approx(first)
    assert _value(result, "control_rate") == pytest.approx(second)
    assert _value(result, "uplift") == pytest.approx(first - second)
    assert result.figure("uplift").unit is Unit.POINTS
    assert _value(result, "relative_uplift") == pytest.approx(first / second - 1)
    # With thousands of customers the score interval is all but the plain one.
    error = 1.96 * np.sqrt(first * (1 - first) / treated.sum() + second * (1 - second) / (~treated).sum())
    assert _value(result, "uplift_low") == pytest.approx(first - second - error, abs=5e-4)
    assert _value(result, "uplift_high") == pytest.approx(first - second + error, abs=5e-4)
    assert result.details["credible"]
    assert result.details["direction"] == "positive"


def test_revenue_cost_and_return(trial: Trial, trial_ctx: ToolContext) -> None:
    result = measure_uplift(trial_ctx, MeasureUplift(outcome="revenue"))
    amounts, treated = trial.amounts, trial.treated
    gained = (amounts[treated].mean() - amounts[~treated].mean()) * treated.sum()
    assert float(_value(result, "incremental_revenue")) == pytest.approx(gained, abs=0.01)
    assert _value(result, "cost") == Decimal("2000.00")
    assert _value(result, "roi") == pytest.approx((gained - 2000) / 2000)
    assert float(_value(result, "treatment_mean")) == pytest.approx(amounts[treated].mean(), abs=0.005)
    spread = np.sqrt(amounts[treated].var(ddof=1) / treated.sum() + amounts[~treated].var(ddof=1) / (~treated).sum())
    assert float(_value(result, "uplift_high")) == pytest.approx(gained / treated.sum() + 1.9607 * spread, abs=0.02)
    assert not result.details["types"]


def test_the_types_are_those_that_were_planted(trial: Trial, orders: ToolResult) -> None:
    result = orders
    sizes = {name: _value(result, f"type.{name}.customers") for name in ("persuadable", "sure_thing", "lost_cause", "sleeping_dog")}
    assert sum(sizes.values()) == 4000
    assert _value(result, "type.persuadable.uplift") > 0.1
    assert _value(result, "type.sleeping_dog.uplift") < 0.03
    assert result.selection is not None
    chosen = {int(name[1:]) for name in result.selection.rule.value}  # type: ignore[union-attr]
    assert len(chosen) == sizes["persuadable"]
    assert np.mean([trial.persuadable[number] for number in chosen]) > 1.5 * trial.persuadable.mean()
    assert [table.id for table in result.tables] == ["effects", "types"]
    by_estimate = [_value(result, f"qini.{kind}") for kind in ("two_model", "transformed", "blend")]
    assert _value(result, "qini") == max(by_estimate) > 0
    assert [chart.id for chart in result.charts] == ["rates", "qini"]


def test_an_unfinished_horizon_is_said(trial: Trial, tmp_path: Any) -> None:
    with open_context(Warehouse(trial.path), dt.date(2024, 7, 10)) as ctx:
        result = measure_uplift(ctx, MeasureUplift(outcome="revenue"))
    assert any("not complete" in caveat.en for caveat in result.caveats)


def _two_campaigns(engine: DuckDBEngine) -> None:
    """``a``: 200 contacted, 100 control, 20 against 10 % respond; ``b`` has no control group."""
    one_order(engine, "z", "c0", dt.datetime(2024, 3, 1))
    insert(engine, "campaigns", campaign_id=["a", "b"], name=["A", "B"], kind=["x", "x"], start_date=[dt.date(2024, 1, 2)] * 2)
    ids = [f"c{number}" for number in range(300)]
    arms = ["treatment"] * 200 + ["control"] * 100
    insert(engine, "campaign_contacts", campaign_id=["a"] * 300, customer_id=ids, arm=arms)
    insert(engine, "campaign_contacts", campaign_id=["b"] * 300, customer_id=ids, arm=["treatment"] * 300)
    responded = [*ids[:40], *ids[200:210]]
    insert(engine, "campaign_responses", campaign_id=["a"] * 50, customer_id=responded, kind=["click"] * 50)


def test_an_interval_with_zero_is_no_credible_effect(fill: Fill) -> None:
    def more(engine: DuckDBEngine) -> None:
        _two_campaigns(engine)
        engine.execute("DELETE FROM campaign_responses WHERE customer_id IN ('c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9')")

    with open_context(fill(300, more)) as ctx:
        result = measure_uplift(ctx, MeasureUplift(campaign="A", outcome="response"))
    # 30 of 200 against 10 of 100: Newcombe's interval from the Wilson bounds 0.1072-0.2061 and 0.0552-0.1744.
    assert _value(result, "uplift") == pytest.approx(0.05)
    assert _value(result, "uplift_low") == pytest.approx(0.05 - np.hypot(0.15 - 0.1072, 0.1744 - 0.10), abs=2e-4)
    assert _value(result, "uplift_high") == pytest.approx(0.05 + np.hypot(0.2061 - 0.15, 0.10 - 0.0552), abs=2e-4)
    assert not result.details["credible"]
    assert result.details["verdict"] == {"zh": "没有可信的效果", "en": "no credible effect"}
    assert any("Types of customers need" in caveat.en for caveat in result.caveats)


def test_a_campaign_without_control_is_told_apart(fill: Fill) -> None:
    with open_context(fill(300, _two_campaigns)) as ctx:
        with pytest.raises(InputError, match="B has no control group.*with one: A"):
            measure_uplift(ctx, MeasureUplift(campaign="B"))
        with pytest.raises(UnknownName, match="no campaign named 'C'"):
            measure_uplift(ctx, MeasureUplift(campaign="C"))


def test_several_campaigns_are_put_together(fill: Fill) -> None:
    def more(engine: DuckDBEngine) -> None:
        _two_campaigns(engine)
        engine.execute("UPDATE campaign_contacts SET arm = 'control' WHERE campaign_id = 'b' AND customer_id < 'c2'")

    with open_context(fill(300, more)) as ctx:
        result = measure_uplift(ctx, MeasureUplift(outcome="response"))
    # Nobody responded to b: the difference of a (0.1) is weighted 200 x 100 / 300 against b's treated x control / 300.
    control = sum(1 for number in range(300) if f"c{number}" < "c2")
    weights = 200 * 100 / 300, (300 - control) * control / 300
    assert _value(result, "uplift") == pytest.approx(0.1 * weights[0] / sum(weights))
    assert _value(result, "g1.uplift") == pytest.approx(0.1)
    assert [one["name"] for one in result.details["campaigns"]] == ["A", "B"]


def test_customers_of_both_arms_are_left_out(fill: Fill) -> None:
    def more(engine: DuckDBEngine) -> None:
        _two_campaigns(engine)
        insert(engine, "campaign_contacts", campaign_id=["a"], customer_id=["c0"], arm=["control"])

    with open_context(fill(300, more)) as ctx:
        result = measure_uplift(ctx, MeasureUplift(campaign="A", outcome="response"))
    assert (_value(result, "treatment_customers"), _value(result, "control_customers")) == (199, 100)


def test_the_demo_has_no_control_group(demo: ToolContext) -> None:
    with pytest.raises(UnsupportedQuestion, match="cannot be told apart from what would have happened anyway") as raised:
        measure_uplift(demo, MeasureUplift())
    assert "对照组" in raised.value.zh


def test_without_campaigns(fill: Fill) -> None:
    with open_context(fill(3, lambda engine: None)) as ctx, pytest.raises(UnsupportedQuestion, match="no campaign contacts"):
        measure_uplift(ctx, MeasureUplift())


def test_without_responses(fill: Fill) -> None:
    def more(engine: DuckDBEngine) -> None:
        insert(engine, "campaigns", campaign_id=["a"])
        insert(
            engine, "campaign_contacts", campaign_id=["a"] * 2, customer_id=["c0", "c1"], contacted_at=[CONTACT] * 2, arm=["t", "control"]
        )

    with open_context(fill(3, more)) as ctx:
        with pytest.raises(UnsupportedQuestion, match="no responses to campaigns"):
            measure_uplift(ctx, MeasureUplift(outcome="response"))
        # The contact lies after the last date of the data.
        with pytest.raises(UnsupportedQuestion, match="reached both arms"):
            measure_uplift(ctx, MeasureUplift())
