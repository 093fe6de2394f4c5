from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from tools.contracts import ToolResult
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.warehouse.context import ToolContext


def chart(ctx: ToolContext, language: str = "en", **request: Any) -> dict[str, Any]:
    result: ToolResult = measure(ctx, Measure.model_validate(request))
    found: dict[str, Any] = getattr(result.charts[0], language)
    json.dumps(found, allow_nan=False)
    go.Figure(found)  # refuses unknown properties
    return found


def test_time_is_a_line_in_order(ctx: ToolContext) -> None:
    found = chart(ctx, metrics=["revenue"], by=["week"])
    (trace,) = found["data"]
    assert trace["type"] == "scatter"
    assert trace["x"] == sorted(trace["x"])
    assert found["layout"]["xaxis"]["categoryarray"] == trace["x"]
    assert not found["layout"]["showlegend"]
    assert found["layout"]["yaxis"]["tickprefix"] == "¥"


def test_groups_are_bars_with_names_in_each_language(ctx: ToolContext) -> None:
    request: dict[str, Any] = {"metrics": ["revenue"], "by": ["rfm_group"]}
    english, chinese = chart(ctx, "en", **request), chart(ctx, "zh", **request)
    assert english["data"][0]["x"] == ["Champions", "Lost"]
    assert chinese["data"][0]["x"] == ["冠军客户", "流失客户"]
    assert chinese["layout"]["title"]["text"] == "按RFM 分群统计的销售额"
    assert english["data"][0]["y"] == [150.0, 70.0]


def test_many_categories_lie_so_that_labels_can_be_read(demo_ctx: ToolContext) -> None:
    found = chart(demo_ctx, metrics=["revenue"], by=["category"])
    (trace,) = found["data"]
    assert trace["orientation"] == "h"
    assert trace["y"][0] == "GROCERY"
    assert len(trace["y"]) == 20
    assert found["layout"]["yaxis"]["autorange"] == "reversed"
    assert "%{y}" in trace["hovertemplate"]


def test_a_pie_shows_the_rest(demo_ctx: ToolContext) -> None:
    found = chart(demo_ctx, metrics=["revenue"], by=["category"], limit=3, chart="pie")
    (trace,) = found["data"]
    assert trace["labels"] == ["GROCERY", "DRUG GM", "FUEL", "the rest"]
    assert sum(trace["values"]) == pytest.approx(4596039.58, abs=0.02)


def test_parts_that_do_not_add_up_are_no_pie(ctx: ToolContext) -> None:
    for metric in ("repeat_rate", "orders"):
        result = measure(ctx, Measure(metrics=[metric], by=["category"], chart="pie"))
        assert result.charts[0].en["data"][0]["type"] == "bar"
        assert "bar chart instead of a pie" in result.caveats[-1].en


def test_a_comparison_has_both_periods(ctx: ToolContext) -> None:
    found = chart(ctx, metrics=["revenue"], by=["channel"], window={"period": "2024-02"}, compare="previous")
    assert [trace["name"] for trace in found["data"]] == ["2024-01-01 to 2024-01-31", "2024-02-01 to 2024-02-29"]
    assert found["layout"]["showlegend"]


def test_two_dimensions_make_series_along_time(ctx: ToolContext) -> None:
    found = chart(ctx, metrics=["orders"], by=["channel", "month"])
    assert {trace["name"]: trace["y"] for trace in found["data"]} == {"store": [1.0, 1.0], "web": [1.0, 1.0]}
    assert found["data"][0]["x"] == ["2024-01", "2024-02"]


def test_a_line_leaves_out_a_period_cut_off_the_table_does_not(demo_ctx: ToolContext) -> None:
    assert chart(demo_ctx, metrics=["revenue"], by=["month"])["data"][0]["x"][-1] == "2017-12"
    assert chart(demo_ctx, metrics=["revenue"], by=["month"], chart="bar")["data"][0]["x"][-1] == "2018-01"
    assert measure(demo_ctx, Measure(metrics=["revenue"], by=["month"])).tables[0].rows[-1][0] == "2018-01"


def test_no_chart_of_one_number_or_when_none_is_wanted(ctx: ToolContext) -> None:
    assert measure(ctx, Measure(metrics=["revenue"])).charts == ()
    assert measure(ctx, Measure(metrics=["revenue"], by=["channel"], chart="none")).charts == ()
    assert measure(ctx, Measure(metrics=["revenue"], by=["channel"], limit=1)).charts == ()
