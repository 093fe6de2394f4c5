"""The charts of clusters: customers on a plane, and how large and valuable each cluster is."""

from __future__ import annotations

from typing import Any

from tools.contracts import Chart, Text
from tools.segments.clusters.overview import Overview
from tools.segments.reporting import bars, share

PALETTE = ("#2f6690", "#e07a5f", "#81b29a", "#d4a017", "#7b5ea7", "#4aa3a2", "#b5566b", "#6b8e23", "#8c6d46", "#4b5d8a")
NOISE = "#c8c8c8"
_AXES = Text(zh="聚类中心差异最大的方向", en="direction in which centres differ most")


def charts(overview: Overview) -> tuple[Chart, ...]:
    """The picture and the sizes."""
    return (_scatter(overview), _sizes(overview))


def _scatter(overview: Overview) -> Chart:
    title = Text(
        zh=f"聚类分布图（{overview.points.num_rows:,} 位客户的样本）", en=f"Clusters on a plane (a sample of {overview.points.num_rows:,})"
    )
    return Chart(id="plane", title=title, zh=_plane(overview, title, "zh"), en=_plane(overview, title, "en"))


def _plane(overview: Overview, title: Text, language: str) -> dict[str, Any]:
    spots: dict[str | None, tuple[list[float], list[float]]] = {}
    for row in overview.points.to_pylist():
        xs, ys = spots.setdefault(row["cluster"], ([], []))
        xs.append(round(row["x"], 3))
        ys.append(round(row["y"], 3))
    traces = [
        _trace(f"{one.number} {one.name.say(language)}", spots.get(one.id, ([], [])), PALETTE[place % len(PALETTE)])
        for place, one in enumerate(overview.clusters)
    ]
    if None in spots:
        traces.append(_trace("噪声" if language == "zh" else "noise", spots[None], NOISE))
    layout: dict[str, Any] = {
        "title": {"text": title.say(language)},
        "legend": {"orientation": "h"},
        "xaxis": {"title": {"text": f"{_AXES.say(language)} (1)"}, "zeroline": False},
        "yaxis": {"title": {"text": f"{_AXES.say(language)} (2)"}, "zeroline": False},
    }
    return {"data": traces, "layout": layout}


def _trace(name: str, spots: tuple[list[float], list[float]], colour: str) -> dict[str, Any]:
    marker = {"color": colour, "size": 5, "opacity": 0.7}
    return {"type": "scatter", "mode": "markers", "name": name, "x": spots[0], "y": spots[1], "marker": marker, "hoverinfo": "name"}


def _sizes(overview: Overview) -> Chart:
    title = Text(zh="各聚类的客户与消费额占比", en="Clusters: shares of customers and of revenue")
    customers = [share(one.customers, overview.customers) for one in overview.clusters]
    revenue = [share(one.revenue, overview.revenue) for one in overview.clusters]
    series = [(Text(zh="客户占比", en="share of customers"), customers), (Text(zh="消费额占比", en="share of revenue"), revenue)]
    return bars("sizes", title, [one.name for one in overview.clusters], series, ".0%")
