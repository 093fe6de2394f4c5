"""Windows of time in words."""

from __future__ import annotations

import datetime as dt

from tools.contracts import Text
from tools.windows import DateRange, Window

_NAMED = {
    "this_week": ("本周", "this week"),
    "last_week": ("上周", "last week"),
    "this_month": ("本月", "this month"),
    "last_month": ("上个月", "last month"),
    "this_quarter": ("本季度", "this quarter"),
    "last_quarter": ("上季度", "last quarter"),
    "this_year": ("今年", "this year"),
    "last_year": ("去年", "last year"),
}
_ANY_DAY = dt.date(2000, 1, 1)


def window_words(window: Window | None, as_of: dt.date | None) -> Text:
    """When, in words; relative windows get their dates where the as-of date is known. Empty for all time."""
    if window is None or window.period == "all":
        return Text(zh="", en="")
    relative = window.last_days is not None or window.period in _NAMED
    if not relative:
        return dates_words(window.resolve(_ANY_DAY))
    if as_of is None:
        return _relative(window)
    if window.shift:
        return dates_words(window.resolve(as_of))
    words, dates = _relative(window), window.resolve(as_of)
    return Text(zh=f"{words.zh}（{dates.start} 至 {dates.end}）", en=f"{words.en} ({dates.start} to {dates.end})")


def dates_words(dates: DateRange) -> Text:
    """Dates in words; an open side says since or until."""
    start, end = dates
    if start and end:
        same = start == end
        return Text(zh=f"{start} 当天" if same else f"{start} 至 {end} 期间", en=f"on {start}" if same else f"between {start} and {end}")
    if start:
        return Text(zh=f"自 {start} 起", en=f"since {start}")
    return Text(zh=f"截至 {end}", en=f"until {end}") if end else Text(zh="", en="")


def _relative(window: Window) -> Text:
    if window.last_days is not None:
        zh, en = f"最近{window.last_days}天", f"in the last {window.last_days} days"
    else:
        zh, en = _NAMED[str(window.period)]
    if window.shift == 1:
        return Text(zh=f"{zh}的上一期", en=f"{en}, one period earlier")
    return Text(zh=f"{zh}往前第{window.shift}期", en=f"{en}, {window.shift} periods earlier") if window.shift else Text(zh=zh, en=en)
