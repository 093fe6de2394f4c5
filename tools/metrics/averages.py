"""Averages per day, week or month: a sum divided by the calendar periods that the window and the data have in common; means over groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from tools.contracts import Statement, Text, Unit
from tools.errors import UnsupportedQuestion
from tools.metrics.catalogue import Metric, catalogue
from tools.metrics.entries import Dimension
from tools.metrics.plan import Plan, main_source
from tools.metrics.results import Group, Value, data_range, period_of, run_plan
from tools.warehouse.context import ToolContext
from tools.windows import DateRange, Window

Period = Literal["day", "week", "month", "quarter", "year"]
_CENT = Decimal("0.01")
_DAYS_OF_WEEK = 7
DAY_TYPES = {"weekend": frozenset({"Saturday", "Sunday"}), "workday": frozenset({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"})}
"""The days of the week by the kinds of day that the catalogue knows."""
_OF_WEEK: dict[str, dict[str, frozenset[str]]] = {"weekday": {}, "day_type": DAY_TYPES}
"""Dimensions of days of the week, and the days of values that stand for several."""
NAMES = {
    "day": Text(zh="日均", en="average per day"),
    "week": Text(zh="周均", en="average per week"),
    "month": Text(zh="月均", en="average per month"),
    "quarter": Text(zh="季均", en="average per quarter"),
    "year": Text(zh="年均", en="average per year"),
}
UNITS = {
    "day": Text(zh="天", en="days"),
    "week": Text(zh="周", en="weeks"),
    "month": Text(zh="个月", en="months"),
    "quarter": Text(zh="个季度", en="quarters"),
    "year": Text(zh="年", en="years"),
}


@dataclass(frozen=True)
class PerTime:
    """Averages over periods of one length.

    Args:
        unit: The length of a period.
        dates: The dates that the window and the data have in common.
        weekdays: Only these days of the week count, where the plan keeps only their rows.
        places: Which of the dimensions are periods or days of the week, with their unit.
        apart: Sums over the periods of metrics that do not add up over time, by the keys of the group; without keys for the total.
    """

    unit: Period
    dates: DateRange
    weekdays: frozenset[str]
    places: tuple[tuple[int, str], ...]
    apart: dict[tuple[str, ...], dict[str, Value]]

    def number(self, keys: tuple[str, ...] = ()) -> float:
        """How many periods lie in the dates, of the group of these keys where it is one of a time."""
        dates, weekdays = self.dates, self.weekdays
        for index, unit in self.places if keys else ():
            if unit in _OF_WEEK:
                weekdays = _OF_WEEK[unit].get(keys[index], frozenset({keys[index]}))
            else:
                dates = _common(dates, _dates_of_key(unit, keys[index]))
        return periods_in(self.unit, dates, weekdays)

    def average(self, metric: Metric, group: Group) -> Value:
        """The mean of a metric over the periods; None where it is not one."""
        summed = group.values if "time" in metric.additive or is_per_customer(metric) else self.apart.get(group.keys, {})
        value = summed.get(metric.id)
        number = self.number(group.keys)
        if value is None or not number:
            return None
        mean = Decimal(str(value)) / Decimal(str(number))
        return mean.quantize(Decimal("0.01")) if metric.unit is Unit.MONEY else float(mean)

    @property
    def figure(self) -> str:
        """The end of a figure's id."""
        return f"per_{self.unit}"


def periods_in(unit: str, dates: DateRange, weekdays: frozenset[str] = frozenset()) -> float:
    """The calendar periods in the dates; one of which only some days lie there counts as that part of it."""
    if dates.start is None or dates.end is None or dates.start > dates.end:
        return 0.0
    days = (dates.end - dates.start).days + 1
    if weekdays:
        days = sum(1 for number in range(days) if (dates.start + dt.timedelta(days=number)).strftime("%A") in weekdays)
    if unit == "day":
        return float(days)
    if unit == "week":
        return ((dates.end - dates.start).days + 1) / _DAYS_OF_WEEK
    found, day = 0.0, dates.start
    while day <= dates.end:
        whole = period_of(unit, day)[1].resolve(day)
        assert whole.start is not None
        assert whole.end is not None
        part = _common(dates, whole)
        assert part.start is not None
        assert part.end is not None
        found += ((part.end - part.start).days + 1) / ((whole.end - whole.start).days + 1)
        day = whole.end + dt.timedelta(days=1)
    return found


def _common(first: DateRange, second: DateRange) -> DateRange:
    starts = [one for one in (first.start, second.start) if one is not None]
    ends = [one for one in (first.end, second.end) if one is not None]
    return DateRange(max(starts, default=None), min(ends, default=None))


def _dates_of_key(unit: str, key: str) -> DateRange:
    """The dates of a period among groups."""
    if unit in ("day", "week"):
        start = dt.date.fromisoformat(key)
        return DateRange(start, start + dt.timedelta(days=6 if unit == "week" else 0))
    return Window(period=key).resolve(dt.date.max)


def per_time(ctx: ToolContext, plan: Plan, unit: Period | None, window: DateRange) -> tuple[PerTime | None, list[Statement]]:
    """The averages of a plan over periods of that length, and the statements that they took.

    Raises:
        UnsupportedQuestion: None of the metrics can be averaged over time.
    """
    if unit is None:
        return None, []
    if not any(_is_counted(metric) for metric in plan.metrics):
        raise UnsupportedQuestion(
            f"{plan.metrics[0].name.en} is no sum or count over time, so it has no average per {unit}; ask for it by {unit}.",
            f"“{plan.metrics[0].name.zh}”不是可以按时间累加的数，没有{NAMES[unit].zh}；可以按时间列出来看。",
        )
    data = data_range(ctx, main_source(plan))
    named = [
        (_OF_WEEK[one.dimension.id], value)
        for one in plan.filters
        if one.dimension.id in _OF_WEEK
        for value in one.values
        if not one.excluded
    ]
    weekdays = frozenset(day for days, value in named for day in days.get(value, (value,)))
    places = tuple((index, one.period or one.id) for index, one in enumerate(plan.by) if one.period or one.id in _OF_WEEK)
    apart: dict[tuple[str, ...], dict[str, Value]] = {}
    statements: list[Statement] = []
    others = tuple(
        metric for metric in plan.metrics if _is_counted(metric) and "time" not in metric.additive and not is_per_customer(metric)
    )
    for by in _groupings(plan) if others else ():
        split = replace(plan.ungrouped(), by=(*by, catalogue().dimension(unit)), metrics=others, extra=())
        run = run_plan(ctx, split)
        apart |= _added(run.groups, others)
        statements += run.statements
    return PerTime(unit, _common(window, data), weekdays, places, apart), statements


def whole_periods(ctx: ToolContext, unit: str | None, window: Window | None = None) -> Window | None:
    """The whole weeks, months or years that the data hold in the window; None where there is none, or days are meant."""
    data = data_range(ctx, "orders")
    if unit in (None, "day") or data.start is None or data.end is None:
        return None
    dates = _common(window.resolve(ctx.as_of), data) if window is not None else data
    if dates.start is None or dates.end is None or dates.start > dates.end:
        return None
    last = min(dates.end, ctx.as_of)
    first, final = (period_of(str(unit), day)[1].resolve(day) for day in (dates.start, last))
    assert first.start is not None
    assert first.end is not None
    assert final.start is not None
    start = first.start if first.start >= dates.start else first.end + dt.timedelta(days=1)
    end = last if final.end == last else final.start - dt.timedelta(days=1)
    return Window(start=start, end=end) if start < end else None


def _groupings(plan: Plan) -> list[tuple[Dimension, ...]]:
    """No groups for the total, and those of the plan."""
    return [(), plan.by] if plan.by else [()]


def _added(groups: list[Group], metrics: tuple[Metric, ...]) -> dict[tuple[str, ...], dict[str, Value]]:
    """The sums of the metrics over the periods, which are the last key of each group, by the keys before it."""
    found: dict[tuple[str, ...], dict[str, Value]] = {}
    for group in groups:
        sums = found.setdefault(tuple(group.keys[:-1]), {})
        for metric in metrics:
            value = group.values.get(metric.id)
            if value is not None:
                sums[metric.id] = sums.get(metric.id, 0) + value  # type: ignore[operator]
    return found


def _is_counted(metric: Metric) -> bool:
    """Whether a metric adds up over time, or counts who came in each period."""
    adds_up = "time" in metric.additive or is_per_customer(metric)
    return adds_up or (metric.ratio is None and metric.unit is Unit.COUNT and metric.window in ("rows", "active"))


def is_per_customer(metric: Metric) -> bool:
    """Whether a metric divides a sum over time by the customers of the whole time, so that a part of the time has its part of it."""
    if metric.ratio is None or metric.ratio.denominator != "active_customers":
        return False
    return "time" in catalogue().metric(metric.ratio.numerator).additive


def mean_of_groups(groups: Sequence[Group], metrics: Sequence[Metric]) -> dict[str, Decimal | float]:
    """The mean of each sum or count over the groups; money to the cent."""
    found: dict[str, Decimal | float] = {}
    for metric in metrics:
        values = [Decimal(str(group.values.get(metric.id) or 0)) for group in groups]
        if metric.counts_nothing and values:
            mean = sum(values, Decimal(0)) / len(values)
            found[metric.id] = mean.quantize(_CENT, ROUND_HALF_UP) if metric.unit is Unit.MONEY else float(mean)
    return found
