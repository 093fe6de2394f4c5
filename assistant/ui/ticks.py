"""Ticks of a value axis in the reader's language: 2万 in Chinese, 20K in English."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

_SCALES = {"zh": ((1e8, "亿"), (1e4, "万")), "en": ((1e9, "B"), (1e6, "M"), (1e3, "K"))}
_STEPS = (1, 2, 2.5, 5, 10)
_MOST = 6
"""Ticks on one axis."""


def speak_ticks(figure: dict[str, Any], language: str) -> None:
    """Give the value axis of a Plotly figure its ticks, where its values are large enough for units.

    Args:
        figure: Changed in place; a figure with a second axis, with shares or without numbers stays as it is.
        language: "zh" or "en".
    """
    traces, layout = figure.get("data", []), figure["layout"]
    lying = any(trace.get("orientation") == "h" for trace in traces)
    axis = layout.setdefault("xaxis" if lying else "yaxis", {})
    if (
        not traces
        or "tickvals" in axis
        or "%" in str(axis.get("tickformat", ""))
        or any(key in trace for trace in traces for key in _SECOND)
    ):
        return
    low, high = _range(traces, "x" if lying else "y", stacked=layout.get("barmode") in ("stack", "relative"))
    if max(abs(low), abs(high)) < 1000:
        return
    from_zero = any(trace.get("type") == "bar" for trace in traces) or axis.get("rangemode") == "tozero"
    values = list(nice_ticks(min(low, 0) if from_zero else low, max(high, 0) if from_zero else high))
    prefix = str(axis.pop("tickprefix", ""))
    axis.pop("tickformat", None)
    axis.update(tickmode="array", tickvals=values, ticktext=[spoken(value, language, prefix) for value in values])


_SECOND = ("xaxis", "yaxis")


def nice_ticks(low: float, high: float) -> Iterator[float]:
    """Round values from ``low`` to a little above ``high``, at most seven."""
    if high <= low:
        return
    rough = (high - low) / (_MOST - 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in _STEPS if factor * power >= rough * 0.999)
    first = math.floor(low / step) if low < 0 else math.ceil(low / step)
    yield from (number * step for number in range(first, math.ceil(high / step) + 1))


def spoken(value: float, language: str, prefix: str = "") -> str:
    """``value`` with the largest unit of the language that fits, money's symbol before it."""
    size = abs(value)
    unit, word = next(((unit, word) for unit, word in _SCALES["zh" if language == "zh" else "en"] if size >= unit), (1, ""))
    number = f"{size / unit:,.2f}".rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{prefix}{number}{word}"


def _range(traces: list[dict[str, Any]], side: str, *, stacked: bool) -> tuple[float, float]:
    columns = [list(_numbers(trace.get(side))) for trace in traces]
    if stacked and len({len(column) for column in columns}) == 1:
        columns = [[sum(stack) for stack in zip(*columns, strict=True)]]
    values = [value for column in columns for value in column]
    return (min(values), max(values)) if values else (0.0, 0.0)


def _numbers(values: Any) -> Iterator[float]:
    found: Iterable[Any] = values if isinstance(values, list) else ()
    for value in found:
        if isinstance(value, int | float) and math.isfinite(value):
            yield float(value)
