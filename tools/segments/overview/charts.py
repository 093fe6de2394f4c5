"""The picture of a scheme: bars, a heat map of the value–activity grid, or the funnel of AIPL."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from tools.contracts import Chart, Text, Unit
from tools.segments.overview.rows import COLUMNS, GroupRow
from tools.segments.reporting import COLOURS, bars
from tools.segments.schemes import ACTIVITY_LEVELS, AIPL, VALUE_ACTIVITY, VALUE_LEVELS, Scheme


def overview_chart(scheme: Scheme, rows: list[GroupRow]) -> Chart:
    """The chart of a scheme."""
    if scheme is VALUE_ACTIVITY:
        return _heat_map(scheme, rows)
    if scheme is AIPL:
        return _funnel(scheme, rows)
    shares = [(Text(zh=zh, en=en), [_float(row.numbers[name]) for row in rows]) for name, zh, en, unit in COLUMNS if unit is Unit.SHARE]
    title = Text(zh=f"{scheme.name.zh}：客户与消费额占比", en=f"{scheme.name.en}: shares of customers and of revenue")
    return bars("segments", title, [row.group.name for row in rows], shares, ".0%")


def reached(rows: list[GroupRow]) -> list[int]:
    """How many customers came at least as far as each stage of a funnel; a later stage includes the ones before."""
    return list(accumulate(row.customers for row in reversed(rows)))[::-1]


def _heat_map(scheme: Scheme, rows: list[GroupRow]) -> Chart:
    title = Text(zh=f"{scheme.name.zh}：客户占比", en=f"{scheme.name.en}: share of customers")
    by_cell = {row.group.stored: row for row in rows}

    def figure_in(language: str) -> dict[str, Any]:
        """The Plotly figure with labels in ``language``; the best cell is at the upper right."""
        values, activities = list(reversed(VALUE_LEVELS)), list(reversed(ACTIVITY_LEVELS))
        grid = [[by_cell[f"{value}_{activity}"] for activity in activities] for value in values]
        trace = {
            "type": "heatmap",
            "x": [ACTIVITY_LEVELS[level].say(language) for level in activities],
            "y": [VALUE_LEVELS[level].say(language) for level in values],
            "z": [[_float(row.numbers["share_of_customers"]) for row in line] for line in grid],
            "text": [[_cell(row, language) for row in line] for line in grid],
            "texttemplate": "%{text}",
            "hovertemplate": "%{text}<extra></extra>",
            "colorscale": [[0, "#eef3f7"], [1, COLOURS[0]]],
            "showscale": False,
        }
        return {"data": [trace], "layout": {"title": {"text": title.say(language)}}}

    return Chart(id="segments", title=title, zh=figure_in("zh"), en=figure_in("en"))


def _cell(row: GroupRow, language: str) -> str:
    revenue = f"{_float(row.numbers['share_of_revenue']) or 0.0:.1%}"
    tail = f"{row.customers:,} 人，消费额占 {revenue}" if language == "zh" else f"{row.customers:,}, {revenue} of revenue"
    return f"{row.group.name.say(language)}<br>{tail}"


def _funnel(scheme: Scheme, rows: list[GroupRow]) -> Chart:
    title = Text(zh=f"{scheme.name.zh}：到达各阶段的客户数", en=f"{scheme.name.en}: customers who came this far")

    def figure_in(language: str) -> dict[str, Any]:
        """The Plotly figure with labels in ``language``."""
        trace = {
            "type": "funnel",
            "y": [row.group.name.say(language) for row in rows],
            "x": reached(rows),
            "textinfo": "value+percent initial",
            "marker": {"color": COLOURS[0]},
        }
        return {"data": [trace], "layout": {"title": {"text": title.say(language)}}}

    return Chart(id="segments", title=title, zh=figure_in("zh"), en=figure_in("en"))


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
