"""Charts in the page's look: transparent, quiet axes, one accent, legible on light and on dark."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from assistant.ui.theme import ACCENT, FONT_STACK
from assistant.ui.ticks import speak_ticks

COLORS = (ACCENT, "#e0a03c", "#5b7fd6", "#c9646b", "#8d7bd1", "#5fa05a", "#4aa9c4", "#b58863", "#98a2ad")
_LATIN, _ROOM, _LINE_HEIGHT = 0x2E7F, 92, 32
"""Last character of single width; single-width characters that names side by side have room for; pixels of a lying bar."""
_FEW = 4
"""So few bars would be as broad as walls."""
_INK, _GRID = "#7a8594", "rgba(127, 140, 155, 0.22)"


def themed(figure: dict[str, Any], language: str = "en") -> dict[str, str]:
    """A Plotly figure as Gradio's plot takes it, restyled; what the tool set on purpose stays.

    Args:
        figure: Plotly figure with ``data`` and ``layout``.
        language: "zh" or "en", of the ticks.
    """
    copy = deepcopy(figure)
    layout = copy.setdefault("layout", {})
    layout.pop("template", None)
    layout.pop("width", None)
    layout["title"] = None
    layout.update(autosize=True, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", colorway=list(COLORS))
    layout.setdefault("height", 340)
    # Room for long names comes from the axes' automatic margins.
    layout["margin"] = {"l": 12, "r": 16, "t": 18, "b": 12}
    layout["font"] = {"family": FONT_STACK, "size": 12.5, "color": _INK}
    layout["hoverlabel"] = {"font": {"family": FONT_STACK, "size": 12.5}}
    layout.setdefault("bargap", 0.6 if _bars(copy) <= _FEW else 0.34)
    layout.setdefault("legend", {}).update(orientation="h", y=1.02, yanchor="bottom", x=0)
    if _is_crowded(copy):
        _lay_down(copy)
    _no_lines_between_bars(copy)
    speak_ticks(copy, language)
    for name in {"xaxis", "yaxis", *(key for key in layout if key.startswith(("xaxis", "yaxis")))}:
        _quiet_axis(layout.setdefault(name, {}))
    for trace in copy.get("data", []):
        _in_our_colours(trace)
    return {"type": "plotly", "plot": json.dumps(copy, ensure_ascii=False)}


def _bars(figure: dict[str, Any]) -> int:
    """How many names the first trace of bars has."""
    data = figure.get("data", [])
    return len(data[0].get("x") or ()) if data and data[0].get("type") == "bar" else _FEW + 1


def _is_crowded(figure: dict[str, Any]) -> bool:
    """Whether upright bars have names too long to stand side by side."""
    bars = figure.get("data", [])
    names = bars[0].get("x") if bars else None
    if not isinstance(names, list) or not all(trace.get("type") == "bar" and trace.get("orientation") != "h" for trace in bars):
        return False
    if not all(isinstance(name, str) for name in names) or figure["layout"].get("xaxis", {}).get("type") == "date":
        return False
    longest = max((sum(2 if ord(letter) > _LATIN else 1 for letter in name) for name in names), default=0)
    return longest * len(names) > _ROOM


def _lay_down(figure: dict[str, Any]) -> None:
    """Turn upright bars into lying ones, the first on top."""
    for trace in figure["data"]:
        trace.update(x=trace.get("y"), y=trace.get("x"), orientation="h")
        for key in ("hovertemplate", "texttemplate"):
            if isinstance(trace.get(key), str):
                trace[key] = trace[key].replace("%{y", "%{_").replace("%{x", "%{y").replace("%{_", "%{x")
    layout = figure["layout"]
    layout["xaxis"], layout["yaxis"] = layout.get("yaxis", {}), {**layout.get("xaxis", {}), "autorange": "reversed"}
    lines = len(figure["data"][0]["y"]) * (0.65 + 0.35 * len(figure["data"]))
    layout["height"] = max(layout["height"], round(_LINE_HEIGHT * lines) + 90)


def _no_lines_between_bars(figure: dict[str, Any]) -> None:
    bars = [trace for trace in figure.get("data", []) if trace.get("type") == "bar"]
    if bars:
        names = "yaxis" if bars[0].get("orientation") == "h" else "xaxis"
        figure["layout"].setdefault(names, {})["showgrid"] = False


def _quiet_axis(axis: dict[str, Any]) -> None:
    axis.update(gridcolor=_GRID, zerolinecolor=_GRID, linecolor=_GRID, automargin=True, ticklabelstandoff=5)
    axis.setdefault("showline", False)
    if isinstance(axis.get("title"), dict):
        axis["title"] = {**axis["title"], "font": {"size": 12.5}}


def _in_our_colours(trace: dict[str, Any]) -> None:
    """Drop a trace's one colour for the page's own; a list of colours, one for each bar, means something and stays."""
    if trace.get("type") == "bar":
        trace.setdefault("textangle", 0)
    for part in ("marker", "line"):
        if isinstance(trace.get(part), dict) and isinstance(trace[part].get("color"), str):
            trace[part] = {key: value for key, value in trace[part].items() if key != "color"}
