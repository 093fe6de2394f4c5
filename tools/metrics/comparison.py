"""The period that a window is compared with, whether the data reach it, and which of its periods stands beside which."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace
from typing import Literal

from tools.contracts import Text
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.averages import whole_periods
from tools.metrics.plan import Plan, clip, main_source
from tools.metrics.results import data_range, period_of
from tools.metrics.steps import STEP
from tools.requests import Measure
from tools.warehouse.context import ToolContext
from tools.windows import DateRange, Window

Compared = Literal["previous", "last_year", "step", "than", "usual"]
"""What is compared with; than: a window that is named; usual: all the time that the data cover."""
_LEAST_COVERED = 0.5
"""A period of which the data hold less than this part is nothing to compare with."""
_WEEK = dt.timedelta(days=7)
_WEEKS_OF_A_YEAR = 52


def earlier_plan(ctx: ToolContext, plan: Plan, request: Measure) -> Plan | None:
    """The same plan for the period that the request compares with; None when it compares with nothing."""
    if request.compare in (None, STEP) or plan.window is None:
        return None
    if isinstance(request.compare, Window):
        return replace(plan, window=request.compare)
    if request.compare == "usual":
        return replace(plan, window=whole_periods(ctx, request.per) or _all_time(ctx, plan))
    return replace(plan, window=earlier_window(plan.window, "last_year" if request.compare == "last_year" else "previous", ctx.as_of))


def _all_time(ctx: ToolContext, plan: Plan) -> Window:
    """The dates that the data cover."""
    data = data_range(ctx, main_source(plan))
    return Window(start=data.start, end=min(data.end or ctx.as_of, ctx.as_of))


def kind_of(request: Measure) -> Compared | None:
    """What a request compares with."""
    return "than" if isinstance(request.compare, Window) else request.compare


def earlier_window(window: Window, compare: Literal["previous", "last_year"], as_of: dt.date) -> Window:
    """The window just before, or the same calendar dates a year before; weeks stay weeks, and months whole months.

    Raises:
        InputError: The window is open at its start.
    """
    if compare == "previous":
        return _as_far(window, as_of)
    dates = clip(window.resolve(as_of), as_of)
    if dates.start is not None and dates.end is not None and dates.start > dates.end:
        dates = window.resolve(as_of)  # a time to come
    if dates.start is None or dates.end is None:
        raise InputError(
            "A window that is open at its start has no year before it; give both dates.",
            "没有起始日期的时间范围无法与去年同期比较；请给出起止日期。",
        )
    if _is_week(window):
        back = _WEEKS_OF_A_YEAR * _WEEK
        return Window(start=dates.start - back, end=dates.end - back)
    for unit in ("month", "quarter", "year"):
        if period_of(unit, dates.start)[1].resolve(as_of) == dates:
            return period_of(unit, _year_back(dates.start))[1]
    end = _year_back(dates.end)
    if dates.start.day == 1 and _is_month_end(dates.end):
        end = end.replace(day=calendar.monthrange(end.year, end.month)[1])
    return Window(start=_year_back(dates.start), end=end)


def _as_far(window: Window, as_of: dt.date) -> Window:
    """The window before; of a week, month, quarter or year that goes on, only as many of its days as have passed."""
    before = window.previous()
    if window.period is None or not window.period.startswith("this_") or window.shift:
        return before
    now, whole = window.resolve(as_of), before.resolve(as_of)
    if now.start is None or now.end is None or whole.start is None or whole.end is None or _ends(window.period, now):
        return before
    return Window(start=whole.start, end=min(whole.end, whole.start + (now.end - now.start)))


def _ends(period: str, dates: DateRange) -> bool:
    """Whether a period that is told from now is over on its last date."""
    assert dates.end is not None
    after = Window(period=period).resolve(dates.end + dt.timedelta(days=1))
    return after.start != dates.start


def _is_week(window: Window) -> bool:
    return window.period is not None and ("week" in window.period or "W" in window.period.upper())


def _is_month_end(day: dt.date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _year_back(day: dt.date) -> dt.date:
    if day.year == dt.MINYEAR:
        raise InputError("There is no year before the year 1.", "公元 1 年之前没有可比较的年份。")
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def is_covered(ctx: ToolContext, plan: Plan, dates: DateRange) -> bool:
    """Whether the data hold enough of ``dates``: what was never recorded is not a fall to nothing."""
    data = data_range(ctx, main_source(plan))
    if dates.start is None or dates.end is None or data.start is None:
        return True
    covered = (dates.end - max(dates.start, data.start)).days + 1
    return covered >= _LEAST_COVERED * ((dates.end - dates.start).days + 1)


def not_reached(ctx: ToolContext, plan: Plan, dates: DateRange) -> Text:
    """Why there is no comparison with ``dates``."""
    first = data_range(ctx, main_source(plan)).start
    return Text(
        zh=f"数据从 {first} 才开始，没有对比期 {dates.start} 至 {dates.end} 的（足够）数据，因此不做比较。",
        en=f"The data begin on {first}, so there is nothing (or too little) from {dates.start} to {dates.end} to compare with.",
    )


def refuse_growth(ctx: ToolContext, plan: Plan, dates: DateRange) -> UnsupportedQuestion:
    """The sentence for a ranking by growth without a period to compare with."""
    why = not_reached(ctx, plan, dates)
    return UnsupportedQuestion(
        f"{why.en} Choose a later window, or compare with the period just before.",
        f"{why.zh}请选择更晚的时间范围，或与上一期比较。",
    )


def counterparts(unit: str, now: DateRange, before: DateRange) -> dict[str, str]:
    """Each calendar period of ``before`` and the one of ``now`` in the same place, by their names among groups."""
    return dict(zip(_names(unit, before), _names(unit, now), strict=False))


def _names(unit: str, dates: DateRange) -> list[str]:
    if dates.start is None or dates.end is None:
        return []
    found, day = [], dates.start
    while day <= dates.end:
        name, whole = period_of(unit, day)
        found.append(name)
        end = whole.resolve(dt.date.max).end
        assert end is not None
        day = end + dt.timedelta(days=1)
    return found
