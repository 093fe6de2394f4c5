"""Windows joined, and in words that the planner reads back as the same window."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from assistant.planner.texts import text
from tools.windows import Window

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


def joined_windows(windows: list[Window], as_of: dt.date) -> Window | None:
    """One window of several that follow each other without a gap; None where they do not."""
    if len(windows) < 2:
        return windows[0] if windows else None
    dates = sorted((one.resolve(as_of) for one in windows), key=lambda one: str(one.start or ""))
    for first, second in pairwise(dates):
        if first.end is None or second.start is None or second.start - first.end > dt.timedelta(days=1):
            return None
    return Window(start=dates[0].start, end=dates[-1].end)
