from __future__ import annotations

import json

from assistant.ui.charts import COLORS, themed


def test_a_chart_is_restyled_and_the_given_one_left_alone() -> None:
    given = {
        "data": [{"type": "bar", "x": ["熟食"], "y": [3]}],
        "layout": {"title": {"text": "twice"}, "template": {"layout": {}}, "width": 900, "xaxis": {"type": "category"}, "height": 280},
    }
    before = json.dumps(given)
    shown = themed(given)
    assert json.dumps(given) == before
    figure = json.loads(shown["plot"])
    assert shown["type"] == "plotly"
    assert figure["data"] == [{**given["data"][0], "textangle": 0}]
    layout = figure["layout"]
    assert layout["title"] is None, "the title stands above the chart"
    assert "template" not in layout
    assert "width" not in layout
    assert layout["height"] == 280
    assert layout["xaxis"]["type"] == "category"
    assert layout["colorway"] == list(COLORS)
    assert layout["paper_bgcolor"] == "rgba(0,0,0,0)"


def bars(names: list[str], traces: int = 1) -> dict[str, object]:
    trace = {"type": "bar", "x": names, "y": list(range(len(names))), "hovertemplate": "%{x}: %{y:,}"}
    return {"data": [dict(trace) for _ in range(traces)], "layout": {"xaxis": {"title": {"text": "segment"}}, "yaxis": {"tickformat": ","}}}


def test_names_too_long_to_stand_side_by_side_lie_one_above_the_other() -> None:
    names = [f"average spend in the last {days} days" for days in (30, 60, 90, 120, 180)]
    figure = json.loads(themed(bars(names))["plot"])
    (trace,) = figure["data"]
    assert (trace["y"], trace["x"], trace["orientation"]) == (names, [0, 1, 2, 3, 4], "h")
    assert trace["hovertemplate"] == "%{y}: %{x:,}"
    assert figure["layout"]["yaxis"]["autorange"] == "reversed", "the first stays on top"
    assert figure["layout"]["yaxis"]["title"]["text"] == "segment"
    assert figure["layout"]["xaxis"]["tickformat"] == ","


def test_short_names_stay_upright_and_chinese_counts_double() -> None:
    assert "orientation" not in json.loads(themed(bars(["冠军", "忠诚", "新客"]))["plot"])["data"][0]
    chinese = json.loads(themed(bars(["即将沉睡客户"] * 9))["plot"])
    assert chinese["data"][0]["orientation"] == "h"
