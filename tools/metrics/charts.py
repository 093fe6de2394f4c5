"""Plotly figures of a measurement, as plain data, one in each language."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from tools.contracts import Chart, Language, Text, Unit
from tools.metrics.catalogue import Metric
from tools.metrics.ordering import is_natural
from tools.metrics.outcome import Measured, group_name, share_of
from tools.metrics.results import Group, Value, value_label
from tools.metrics.sentences import dates_text

Kind = Literal["auto", "bar", "line", "pie", "none"]
COLOURS = ("#3b6fd4", "#e8833a", "#2f9e77", "#b65fc4", "#d64545", "#8a6d3b", "#4ba3c3", "#7a7f87")
MOST_BARS = 20
MOST_POINTS = 400
MOST_SERIES = 8
_ENOUGH_POINTS = 3
_REST_COLOUR = "#c3c9d4"
_LONG_LABELS = 7
"""From this many bars on they lie, so that their labels can be read."""

Trace = dict[str, Any]


def build_chart(measured: Measured, kind: Kind, title: Text, currency: str) -> Chart | None:
    """A chart of the first metric; None when there is nothing to compare or none is wanted."""
    if kind == "none" or not measured.grouped or len(measured.shown) + (measured.others is not None) < 2:
        return None
    metric = measured.plan.metrics[0]
    if all(group.values.get(metric.id) is None for group in measured.shown):
        return None
    chosen = _kind(measured, kind)
    return Chart(
        title=title,
        zh=_figure(measured, chosen, "zh", title, currency),
        en=_figure(measured, chosen, "en", title, currency),
    )


def can_be_pie(measured: Measured) -> bool:
    """Whether the groups are parts of a whole, along one dimension."""
    return len(measured.plan.by) == 1 and measured.has_share(measured.plan.metrics[0])


def _kind(measured: Measured, kind: Kind) -> Kind:
    if kind == "pie" and can_be_pie(measured):
        return "pie"
    if kind in ("bar", "line"):
        return kind
    return "line" if any(one.period for one in measured.plan.by) and len(measured.shown) > 2 else "bar"


def _figure(measured: Measured, kind: Kind, language: Language, title: Text, currency: str) -> dict[str, Any]:
    metric = measured.plan.metrics[0]
    layout = _layout(title.say(language), metric, currency, language)
    if kind == "pie":
        return {"data": [_pie(measured, metric, language, currency)], "layout": layout}
    if len(measured.plan.by) == 2:
        return _two(measured, kind, language, layout, currency)
    return _one(measured, kind, language, layout, currency)


def _one(measured: Measured, kind: Kind, language: Language, layout: dict[str, Any], currency: str) -> dict[str, Any]:
    metric = measured.plan.metrics[0]
    groups = _plotted(measured, kind)[: MOST_POINTS if kind == "line" else MOST_BARS]
    if measured.others is not None:
        groups = [*groups, measured.others.group]
    names = [group_name(measured, group).say(language) for group in groups]
    traces = []
    if measured.before is not None:
        earlier = [measured.before_of(group) for group in groups]
        label = dates_text(measured.before).say(language)
        traces.append(_trace(kind, label, names, [_value(group, metric) for group in earlier], _hover(metric, currency), _REST_COLOUR))
    label = dates_text(measured.window).say(language)
    traces.append(_trace(kind, label, names, [_value(group, metric) for group in groups], _hover(metric, currency), COLOURS[0]))
    lying = kind == "bar" and len(groups) >= _LONG_LABELS and not _natural(measured, 0)
    return {"data": [_laid(trace) for trace in traces] if lying else traces, "layout": _axes(layout, lying, names, len(traces) > 1)}


def _two(measured: Measured, kind: Kind, language: Language, layout: dict[str, Any], currency: str) -> dict[str, Any]:
    metric = measured.plan.metrics[0]
    across, series = _axes_of(measured)
    keys = list(dict.fromkeys(group.keys[across] for group in _plotted(measured, kind)))[: MOST_POINTS if kind == "line" else MOST_BARS]
    cells = {(group.keys[across], group.keys[series]): group for group in measured.shown}
    names = [value_label(measured.names[across], key, None).say(language) for key in keys]
    traces = []
    for number, one in enumerate(_series_keys(measured, series, metric)):
        label = value_label(measured.names[series], one, None).say(language)
        values = [_value(cells.get((key, one)), metric) for key in keys]
        traces.append(_trace(kind, label, names, values, f"{label}<br>{_hover(metric, currency)}", COLOURS[number % len(COLOURS)]))
    return {"data": traces, "layout": _axes(layout, False, names, True)}


def _plotted(measured: Measured, kind: Kind) -> list[Group]:
    """The groups to plot: a line leaves out periods cut off, whose fall would mislead, where enough whole ones remain."""
    whole = [group for group in measured.shown if not measured.incomplete.keys() & set(group.keys)]
    return whole if kind == "line" and len(whole) >= _ENOUGH_POINTS else measured.shown


def _axes_of(measured: Measured) -> tuple[int, int]:
    """Which dimension runs along the axis, time first, and which one makes the series."""
    return (1, 0) if measured.plan.by[1].period and not measured.plan.by[0].period else (0, 1)


def _series_keys(measured: Measured, series: int, metric: Metric) -> list[str]:
    sizes: dict[str, Decimal] = {}
    for group in measured.shown:
        key = group.keys[series]
        sizes[key] = sizes.get(key, Decimal(0)) + Decimal(str(group.values.get(metric.id) or 0))
    largest = set(sorted(sizes, key=lambda key: -sizes[key])[:MOST_SERIES])
    return [key for key in sizes if key in largest]


def _natural(measured: Measured, index: int) -> bool:
    return is_natural(measured.plan.by[index], [group.keys[index] for group in measured.shown])


def _trace(kind: Kind, name: str, names: list[str], values: Sequence[float | None], hover: str, colour: str) -> Trace:
    trace: Trace = {"name": name, "x": names, "y": list(values), "hovertemplate": hover + "<extra></extra>"}
    if kind == "line":
        return {**trace, "type": "scatter", "mode": "lines+markers", "line": {"color": colour, "width": 2.5}, "marker": {"size": 6}}
    return {**trace, "type": "bar", "marker": {"color": colour}}


def _laid(trace: Trace) -> Trace:
    hover = trace["hovertemplate"].replace("%{y", "%{_").replace("%{x", "%{y").replace("%{_", "%{x")
    return {**trace, "x": trace["y"], "y": trace["x"], "orientation": "h", "hovertemplate": hover}


def _pie(measured: Measured, metric: Metric, language: Language, currency: str) -> Trace:
    groups = measured.shown[:MOST_SERIES]
    labels = [group_name(measured, group).say(language) for group in groups]
    values = [_value(group, metric) for group in groups]
    if measured.has_share(metric):
        rest = 1 - sum(share_of(group, measured.total, metric) or 0 for group in groups)
        total = _value(measured.total, metric)
        if total and rest > 1e-9:
            labels.append("其余" if language == "zh" else "the rest")
            values.append(round(total * rest, 2))
    hover = _hover(metric, currency).replace("%{x}", "%{label}").replace("%{y", "%{value") + " (%{percent})<extra></extra>"
    return {
        "type": "pie",
        "labels": labels,
        "values": values,
        "hole": 0.45,
        "sort": False,
        "direction": "clockwise",
        "textinfo": "label+percent",
        "hovertemplate": hover,
        "marker": {"colors": [*COLOURS[: len(groups)], _REST_COLOUR][: len(labels)]},
    }


def _hover(metric: Metric, currency: str) -> str:
    return "%{x}<br>" + {Unit.MONEY: f"{currency}%{{y:,.2f}}", Unit.SHARE: "%{y:.1%}", Unit.COUNT: "%{y:,}"}.get(metric.unit, "%{y:,.2f}")


def _layout(title: str, metric: Metric, currency: str, language: Language) -> dict[str, Any]:
    value_axis: dict[str, Any] = {"title": {"text": metric.name.say(language)}, "rangemode": "tozero", "gridcolor": "rgba(128,128,128,0.2)"}
    if metric.unit is Unit.MONEY:
        value_axis["tickprefix"] = currency
    if metric.unit is Unit.SHARE:
        value_axis["tickformat"] = ".0%"
    return {
        "title": {"text": title, "x": 0.01, "xanchor": "left", "font": {"size": 16}},
        "yaxis": value_axis,
        "xaxis": {"type": "category", "showgrid": False},
        "showlegend": False,
        "margin": {"l": 60, "r": 20, "t": 50, "b": 50},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "bargap": 0.25,
        "height": 420,
    }


def _axes(layout: dict[str, Any], lying: bool, names: list[str], legend: bool) -> dict[str, Any]:
    found = {**layout, "showlegend": legend, "barmode": "group"}
    found["legend"] = {"orientation": "h", "y": -0.2, "x": 0}
    category = {**layout["xaxis"], "categoryorder": "array", "categoryarray": list(dict.fromkeys(names)), "automargin": True}
    if not lying:
        return {**found, "xaxis": category, "yaxis": {**layout["yaxis"], "automargin": True}}
    found["height"] = max(320, 26 * len(names) + 120)
    return {**found, "yaxis": {**category, "autorange": "reversed"}, "xaxis": layout["yaxis"]}


def _value(group: Group | None, metric: Metric) -> float | None:
    value: Value = group.values.get(metric.id) if group else None
    return None if value is None else float(value)
