from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

from tools.contracts import Chart, Text


def test_a_chart_is_json_whatever_it_was_drawn_from() -> None:
    figure = {"data": [{"x": [dt.date(2018, 1, 1), dt.datetime(2018, 1, 1, 9, 30)], "y": (Decimal("12.50"), None, 3, 0.5, True)}]}
    chart = Chart(title=Text(zh="图", en="chart"), zh=figure, en=figure)
    assert json.loads(json.dumps(chart.zh)) == {"data": [{"x": ["2018-01-01", "2018-01-01T09:30:00"], "y": [12.5, None, 3, 0.5, True]}]}
