"""Charts in the page's look: transparent, quiet axes, one accent, legible on light and on dark."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from assistant.ui.theme import ACCENT, FONT_STACK

COLORS = (ACCENT, "#e0a03c", "#5b7fd6", "#c9646b", "#8d7bd1", "#5fa05a", "#4aa9c4", "#b58863", "#98a2ad")
_INK, _GRID = "#7a8594", "rgba(127, 140, 155, 0.22)"


def themed(figure: dict[str, Any]) -> dict[str, str]:
    """A Plotly figure as Gradio's plot takes it, restyled; what the tool set on purpose stays.

    Args:
        figure: Plotly figure with ``data`` and ``layout``.
    """
    copy = deepcopy(figure)
    layout = copy.setdefault("layout", {})
    layout.pop("template", None)
    layout.pop("width", None)
    layout["title"] = None
    layout.update(autosize=True, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", colorway=list(COLORS))
    layout.setdefault("height", 340)
    layout["margin"] = {"l": 12, "r": 16, "t": 18, "b": 12}
    layout["font"] = {"family": FONT_STACK, "size": 12.5, "color": _INK}
    layout["hoverlabel"] = {"font": {"family": FONT_STACK, "size": 12.5}}
    layout.setdefault("bargap", 0.34)
    layout.setdefault("legend", {}).update(orientation="h", y=1.02, yanchor="bottom", x=0)
    _no_lines_between_bars(copy)
    for name in {"xaxis", "yaxis", *(key for key in layout if key.startswith(("xaxis", "yaxis")))}:
        _quiet_axis(layout.setdefault(name, {}))
    for trace in copy.get("data", []):
        _in_our_colours(trace)
    return {"type": "plotly", "plot": json.dumps(copy, ensure_ascii=False)}


def _no_lines_between_bars(figure: dict[str, Any]) -> None:
    bars = [trace for trace in figure.get("data", []) if trace.get("type") == "bar"]
    if bars:
        names = "yaxis" if bars[0].get("orientation") == "h" else "xaxis"
        figure["layout"].setdefault(names, {})["showgrid"] = False


def _quiet_axis(axis: dict[str, Any]) -> None:
    axis.update(gridcolor=_GRID, zerolinecolor=_GRID, linecolor=_GRID, automargin=True)
    axis.setdefault("showline", False)


def _in_our_colours(trace: dict[str, Any]) -> None:
    """Drop a trace's one colour for the page's own; a list of colours, one for each bar, means something and stays."""
    for part in ("marker", "line"):
        if isinstance(trace.get(part), dict) and isinstance(trace[part].get("color"), str):
            trace[part] = {key: value for key, value in trace[part].items() if key != "color"}
