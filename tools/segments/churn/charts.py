"""The charts of the churn tool: bands of the model, or the three definitions side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.contracts import Chart, Text

BANDS = {
    "high": Text(zh="高", en="high"),
    "middle": Text(zh="中", en="middle"),
    "low": Text(zh="低", en="low"),
}
_COLOURS = {"high": "#d1495b", "middle": "#edae49", "low": "#66a182"}


def band_chart(overview: Mapping[str, Any], horizon: int, currency: str) -> Chart:
    """Customers by band, with the money of each; ``overview`` is the row of ``overview.sql``."""
    heading = Text(zh=f"未来{horizon}天的流失风险分布", en=f"Churn risk over the next {horizon} days")
    return _bars(
        heading,
        list(BANDS.values()),
        [overview[f"customers_{band}"] for band in BANDS],
        list(_COLOURS.values()),
        [f"{currency}{overview[f'value_{band}']:,.0f}" for band in BANDS],
    )


def definition_chart(overview: Mapping[str, Any], horizon: int) -> Chart:
    """Customers by each of the three definitions, and by all."""
    keys = ("model_list", "rhythm_list", "window_list", "all_three")
    names = [
        Text(zh="模型（高风险）", en="model (high band)"),
        Text(zh="节奏（2倍间隔）", en="rhythm (2 gaps late)"),
        Text(zh=f"{horizon}天未下单", en=f"no order for {horizon} days"),
        Text(zh="三者都符合", en="all three"),
    ]
    heading = Text(zh="三种流失定义的人数", en="Customers by the three definitions of churn")
    return _bars(heading, names, [overview[key] for key in keys], ["#d1495b", "#edae49", "#66a182", "#2e4057"], None)


def _bars(title: Text, names: list[Text], counts: list[int], colours: list[str], texts: list[str] | None) -> Chart:
    def figure(language: str) -> dict[str, Any]:
        """The chart in one language."""
        bars: dict[str, Any] = {"type": "bar", "x": [name.say(language) for name in names], "y": counts, "marker": {"color": colours}}
        if texts:
            bars |= {"text": texts, "textposition": "auto"}
        axis = {"title": {"text": "客户数" if language == "zh" else "customers"}}
        return {"data": [bars], "layout": {"title": {"text": title.say(language)}, "yaxis": axis, "showlegend": False}}

    return Chart(title=title, zh=figure("zh"), en=figure("en"))
