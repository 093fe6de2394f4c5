"""Windows in words that the planner reads back as the same window."""

from __future__ import annotations

from typing import Any

from assistant.planner.texts import text

_UNITS = {"Q": "quarter", "H": "half", "W": "week"}


def window_words(window: dict[str, Any], language: str) -> str:
    """A window as it would be asked for: "in the last 90 days", "2017年第4季度"."""
    if window.get("last_days"):
        return text("window_last", language).format(n=window["last_days"])
    period = window.get("period")
    if period:
        return _period(str(period), language)
    return text("window_dates", language).format(start=window.get("start") or "", end=window.get("end") or "")


def _period(period: str, language: str) -> str:
    if not period[0].isdigit():
        return text(f"window_{period}", language)
    year, _, part = period.partition("-")
    if not part:
        return text("window_year", language).format(year=year)
    unit, number = (_UNITS[part[0]], part[1:]) if part[0] in _UNITS else ("month", part)
    return text(f"window_{unit}", language).format(year=year, n=number)
