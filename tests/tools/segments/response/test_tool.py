"""The tool that tells who will respond."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest

from tools.contracts import Outcome, Unit
from tools.errors import UnknownName, UnsupportedQuestion
from tools.requests import PredictResponse
from tools.rules import Condition
from tools.segments.compiler import compile_selection
from tools.segments.response.tool import predict_response
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


def test_list_and_expected_responses(demo: ToolContext) -> None:
    result = predict_response(demo, PredictResponse(limit=30))
    stored = [row[0] for row in demo.engine.rows("SELECT probability FROM response_scores WHERE campaign_kind = 'Type A' ORDER BY 1 DESC")]
    tenth, fifth = -(-len(stored) // 10), -(-len(stored) // 5)
    assert result.figure("scored").value == len(stored)
    assert (result.figure("tenth").value, result.figure("fifth").value) == (tenth, fifth)
    assert result.figure("expected_tenth").value == round(sum(stored[:tenth]))
    assert result.figure("expected_fifth").value == round(sum(stored[:fifth]))
    assert result.figure("expected").value == round(sum(stored))
    assert [row[1] for row in result.tables[0].rows] == stored[:30]
    assert result.figure("row1.probability").unit is Unit.PROBABILITY
    assert result.receipts[0].model_version is not None
    assert result.details["other_kinds"] == ["Type B", "Type C"]
    assert any("No type of campaign was named" in caveat.en for caveat in result.caveats)


def test_the_selection_is_the_list(demo: ToolContext) -> None:
    result = predict_response(demo, PredictResponse(limit=30))
    assert result.selection is not None
    query = compile_selection(demo, result.selection)
    chosen = [row[0] for row in demo.engine.rows(query.sql, query.parameters)]
    assert chosen == [row[0] for row in result.tables[0].rows]


def test_the_gains_curve_ends_with_everybody(demo: ToolContext) -> None:
    chart = predict_response(demo, PredictResponse()).charts[0]
    model, before, chance = chart.en["data"]
    assert model["x"] == before["x"] == chance["x"] == chance["y"]
    assert model["y"][0] == 0
    assert model["y"][-1] == pytest.approx(1.0)
    assert all(later >= earlier for earlier, later in pairwise(model["y"]))
    assert {trace["name"] for trace in chart.zh["data"]} == {"模型", "以往响应次数", "随机"}


@pytest.mark.parametrize("asked", ["Type B", "type b", "B类活动", "b"])
def test_kinds_are_found_however_they_are_written(demo: ToolContext, asked: str) -> None:
    result = predict_response(demo, PredictResponse(campaign_kind=asked, limit=3))
    assert result.details["campaign_kind"] == "Type B"
    assert result.selection is not None
    # What is stored per customer is about another kind, so these are named one by one.
    assert result.selection.rule == Condition(field="customer_id", op="in", value=[row[0] for row in result.tables[0].rows])


def test_an_unknown_kind_is_refused(demo: ToolContext) -> None:
    with pytest.raises(UnknownName, match="no campaign type named 'Type Z'.*Type A"):
        predict_response(demo, PredictResponse(campaign_kind="Type Z"))


def test_within_a_segment(demo: ToolContext) -> None:
    result = predict_response(demo, PredictResponse(customers="champions", limit=5))
    size = demo.engine.rows("SELECT count(*) FROM scores WHERE rfm_group = 'champions'")[0][0]
    assert result.figure("scored").value == size
    groups = demo.engine.rows(
        "SELECT DISTINCT rfm_group FROM scores WHERE customer_id IN (SELECT unnest($ids))",
        {"ids": [row[0] for row in result.tables[0].rows]},
    )
    assert groups == [("champions",)]


def test_history_says_that_it_is_no_model(demo: ToolContext) -> None:
    result = predict_response(demo, PredictResponse(campaign_kind="Type C"))
    assert result.details["method"] == "history"
    assert not result.charts
    assert any("Low confidence" in caveat.en for caveat in result.caveats)
    assert {figure.id for figure in result.figures} >= {"base_rate", "rate_responded_before"}


def test_another_date_is_computed_for_the_answer(demo_path: Path, tmp_path: Path) -> None:
    with open_context(Warehouse(demo_path, Settings(home=tmp_path, threads=2)), dt.date(2017, 10, 1)) as ctx:
        result = predict_response(ctx, PredictResponse(limit=3))
    assert result.details["test_campaigns"] == ["Campaign 13"]
    # Stored features are of another date, so they are not shown beside these probabilities.
    assert "recency_days" not in [column.id for column in result.tables[0].columns]


def test_without_campaigns(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "none.duckdb", Settings(home=tmp_path))
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO orders (order_id, ordered_at, status, amount) VALUES ('o', TIMESTAMP '2024-01-01', 'completed', 1)")
    with open_context(warehouse) as ctx, pytest.raises(UnsupportedQuestion, match="no campaign contacts"):
        predict_response(ctx, PredictResponse())


def test_nobody_with_a_probability(demo: ToolContext) -> None:
    result = predict_response(demo, PredictResponse(customers=Condition(field="orders", op="<", value=0)))
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
