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
    assert figure["data"] == given["data"]
    layout = figure["layout"]
    assert layout["title"] is None, "the title stands above the chart"
    assert "template" not in layout
    assert "width" not in layout
    assert layout["height"] == 280
    assert layout["xaxis"]["type"] == "category"
    assert layout["colorway"] == list(COLORS)
    assert layout["paper_bgcolor"] == "rgba(0,0,0,0)"
