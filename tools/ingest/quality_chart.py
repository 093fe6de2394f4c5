"""Completeness of fields as a table, and as bars: Plotly figures in plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tools.contracts import Chart, Column, Table, Text, Unit
from tools.ingest.completeness import Known

MOST_ROWS = 50
_COLOUR = "#3b6fd4"


def completeness_chart(title: Text, known: Sequence[Known], customers: int) -> Chart | None:
    """One lying bar for each field: the share of customers it is known for; None with fewer than two."""
    if len(known) < 2 or not customers:
        return None
    return Chart(title=title, zh=_figure(title, known, customers, "zh"), en=_figure(title, known, customers, "en"))


def coverage_tables(title: Text, known: Sequence[Known], customers: int, table_id: str = "table") -> tuple[Table, ...]:
    """A table with one row for each field: how many customers it is known for; none without fields."""
    rows = tuple((one.id, one.customers, one.customers / customers if customers else None) for one in known[:MOST_ROWS])
    table = Table(
        id=table_id,
        title=title,
        columns=(
            Column(id="field", label=Text(zh="字段", en="field"), unit=Unit.TEXT, names={one.id: one.label for one in known}),
            Column(id="known", label=Text(zh="已知客户数", en="customers known"), unit=Unit.COUNT),
            Column(id="share", label=Text(zh="占比", en="share"), unit=Unit.SHARE),
        ),
        rows=rows,
        row_count=len(known),
    )
    return (table,) if rows else ()


def _figure(title: Text, known: Sequence[Known], customers: int, language: str) -> dict[str, Any]:
    labels = [one.label.say(language) for one in known]
    shares = [one.customers / customers for one in known]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": shares,
                "y": labels,
                "text": [f"{share:.0%}" for share in shares],
                "textposition": "auto",
                "hovertemplate": "%{y}: %{x:.1%}<extra></extra>",
                "marker": {"color": _COLOUR},
            }
        ],
        "layout": {
            "title": {"text": title.say(language), "x": 0.01, "xanchor": "left", "font": {"size": 16}},
            "xaxis": {"range": [0, 1], "tickformat": ".0%", "gridcolor": "rgba(128,128,128,0.2)"},
            "yaxis": {"autorange": "reversed", "automargin": True, "type": "category"},
            "showlegend": False,
            "margin": {"l": 60, "r": 20, "t": 50, "b": 40},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "height": max(240, 28 * len(labels) + 110),
        },
    }
