"""Running a plan: groups with their values, the total, and the same for the period before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlglot import exp, parse_one

from tools.contracts import Statement, Text, Unit
from tools.errors import InputError
from tools.metrics.catalogue import Metric, catalogue
from tools.metrics.compile import compile_plan
from tools.metrics.cuts import TOP_TOTAL, Order, before_name
from tools.metrics.plan import Plan, clip, components
from tools.metrics.values import remember
from tools.warehouse.context import ToolContext
from tools.windows import DateRange, Window

Value = int | Decimal | float | None
_LARGEST = Order()
MOST_PERIODS = 130
"""Periods that are measured one by one at most."""


@dataclass(frozen=True)
class Group:
    """One group: its stored keys, the names shown for them, and its values by metric id."""

    keys: tuple[str, ...]
    labels: tuple[str | None, ...]
    values: dict[str, Value]


@dataclass(frozen=True)
class Run:
    """The groups of one run; ``group_count`` is how many there are in all, were more than can be read.

    ``previous`` are the same groups in the period compared with, by their keys.
    """

    groups: list[Group]
    group_count: int
    statements: tuple[Statement, ...] = field(default=())
    previous: dict[tuple[str, ...], Group] = field(default_factory=dict)
    top_total: Value = None
    """What the part of the groups that was asked for has of the first metric together."""

    @property
    def by_keys(self) -> dict[tuple[str, ...], Group]:
        """Groups by their keys."""
        return {group.keys: group for group in self.groups}


def run_plan(ctx: ToolContext, plan: Plan, order: Order = _LARGEST, earlier: Plan | None = None) -> Run:
    """Measure the plan: one group per combination of its dimensions, or a single one without keys.

    Args:
        ctx: The warehouse, as of a date.
        plan: What is measured.
        order: Which groups, in what order.
        earlier: The plan for the period compared with; only for plans that :func:`is_one_statement`.
    """
    if not is_one_statement(plan):
        return _run_apart(ctx, plan)
    statement = compile_plan(ctx, plan, order, earlier)
    rows = ctx.engine.query(statement.sql, statement.parameters).to_pylist()
    groups = [_group(plan, row) for row in rows]
    count = int(rows[0]["group_count"]) if plan.by and groups else len(groups)
    previous = {group.keys: group for group in (_group(plan, row, before=True) for row in rows)} if earlier else {}
    top = value_of(plan.metrics[0], rows[0][TOP_TOTAL]) if groups and order.share is not None else None
    return Run(groups, count, (statement,), previous, top)


def is_one_statement(plan: Plan) -> bool:
    """Whether all groups come from one statement; what compares each period with the one before it takes one for each."""
    by_period = any(dimension.period for dimension in plan.by)
    return not (by_period and any(part.rows != "window" for metric in plan.metrics for part in components(metric)))


def _group(plan: Plan, row: dict[str, object], *, before: bool = False) -> Group:
    keys = tuple(str(row[f"k{index + 1}"]) for index in range(len(plan.by)))
    labels = tuple(_text(row.get(f"label{index + 1}")) for index in range(len(plan.by)))
    values = {metric.id: value_of(metric, row[before_name(metric) if before else metric.id]) for metric in plan.measured}
    return Group(keys, labels, values)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def value_of(metric: Metric, value: object) -> Value:
    """A value as it came from the engine, or None, as a number of the metric."""
    if value is None:
        # Nothing to add up is nothing; nothing to divide by is unknown.
        if not metric.counts_nothing:
            return None
        return Decimal("0.00") if metric.unit is Unit.MONEY else 0
    if isinstance(value, Decimal) and metric.unit is not Unit.MONEY:
        return int(value) if value == value.to_integral_value() else float(value)
    assert isinstance(value, int | float | Decimal)
    return value


def _run_apart(ctx: ToolContext, plan: Plan) -> Run:
    """Metrics that compare each period with the one before it, one period after the other; all others in one statement."""
    period = next(index for index, dimension in enumerate(plan.by) if dimension.period)
    plain = tuple(metric for metric in plan.metrics if all(part.rows == "window" for part in components(metric)))
    special = tuple(metric for metric in plan.metrics if metric not in plain)
    runs = [_run_periods(ctx, replace(plan, metrics=special, extra=() if plain else plan.extra), period)]
    if plain:
        runs.append(run_plan(ctx, replace(plan, metrics=plain)))
    values: dict[tuple[str, ...], Group] = {}
    for group in (group for run in runs for group in run.groups):
        known = values.get(group.keys, replace(group, values={metric.id: value_of(metric, None) for metric in plan.measured}))
        values[group.keys] = replace(known, values={**known.values, **group.values})
    return Run(list(values.values()), len(values), tuple(one for run in runs for one in run.statements))


def _run_periods(ctx: ToolContext, plan: Plan, period: int) -> Run:
    dimension = plan.by[period]
    assert dimension.period is not None
    rest = tuple(one for index, one in enumerate(plan.by) if index != period)
    groups: list[Group] = []
    statements: list[Statement] = []
    for name, window in _periods(ctx, plan.window, dimension.period):
        run = run_plan(ctx, replace(plan, by=rest, window=window))
        statements += run.statements
        for group in run.groups:
            keys = (*group.keys[:period], name, *group.keys[period:])
            labels = (*group.labels[:period], None, *group.labels[period:])
            groups.append(replace(group, keys=keys, labels=labels))
    return Run(groups, len(groups), tuple(statements))


def _periods(ctx: ToolContext, window: Window | None, unit: str) -> Iterator[tuple[str, Window]]:
    asked = clip(window.resolve(ctx.as_of), ctx.as_of) if window else DateRange(None, ctx.as_of)
    data = data_range(ctx, "orders")
    day = max(asked.start or dt.date.min, data.start or ctx.as_of)
    end = min(asked.end or ctx.as_of, data.end or ctx.as_of)
    number = 0
    while day <= end:
        number += 1
        if number > MOST_PERIODS:
            raise InputError(
                f"That is more than {MOST_PERIODS} {unit}s; give a shorter window or group by a longer period.",
                f"超过了 {MOST_PERIODS} 个周期；请缩短时间范围，或按更长的周期分组。",
            )
        name, whole = period_of(unit, day)
        yield name, whole
        last = whole.resolve(ctx.as_of).end
        assert last is not None
        day = last + dt.timedelta(days=1)


def period_of(unit: str, day: dt.date) -> tuple[str, Window]:
    """The period of that unit which holds ``day``: its name among groups, and its window."""
    if unit == "day":
        return day.isoformat(), Window(start=day, end=day)
    if unit == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return monday.isoformat(), Window(start=monday, end=monday + dt.timedelta(days=6))
    quarter = f"{day.year}-Q{(day.month - 1) // 3 + 1}"
    name = {"month": f"{day.year:04d}-{day.month:02d}", "quarter": quarter, "year": f"{day.year:04d}"}[unit]
    return name, Window(period=name)


def incomplete_periods(ctx: ToolContext, unit: str, source_id: str, window: DateRange) -> dict[str, DateRange]:
    """The first and last period that the window or the data cut off: the name among groups, and the dates covered."""
    data = data_range(ctx, source_id)
    if data.start is None or data.end is None:
        return {}
    first, last = max(window.start or data.start, data.start), min(window.end or data.end, data.end)
    found = {}
    for day in (first, last):
        name, period = period_of(unit, day)
        whole = period.resolve(dt.date.max)
        assert whole.start is not None
        assert whole.end is not None
        if whole.start < first or whole.end > last:
            found[name] = DateRange(max(whole.start, first), min(whole.end, last))
    return found


def data_range(ctx: ToolContext, source_id: str) -> DateRange:
    """The first and last date of a source's rows up to the as-of date; open ends when it has no dated rows."""
    source = catalogue().source(catalogue().source(source_id).dated_by or source_id)
    if source.time is None:
        return DateRange(None, None)
    moment = source.time
    tables = _tables_of(source.sql, moment)

    def read() -> DateRange:
        """Read from the table, once per as-of date."""
        start, end = ctx.engine.rows(
            f"SELECT CAST(min({moment}) AS DATE), CAST(max({moment}) AS DATE) FROM {tables} WHERE {moment} < CAST($until AS TIMESTAMP)",
            {"until": ctx.as_of + dt.timedelta(days=1)},
        )[0]
        return DateRange(start, end)

    return remember(ctx, f"range {source_id} {ctx.as_of}", read)


def _tables_of(sources: str, moment: str) -> str:
    """The first table of a FROM clause, and those joined to it that ``moment`` reads."""
    query = parse_one(f"SELECT {moment} FROM {sources}", read="duckdb")
    wanted = {column.table for column in query.expressions[0].find_all(exp.Column)}
    joins = [join for join in query.args.get("joins") or [] if join.alias_or_name in wanted]
    return " ".join(part.sql(dialect="duckdb") for part in (query.args["from_"].this, *joins))


def value_label(names: dict[str, Text], key: str, label: str | None) -> Text:
    """How a group's key is shown."""
    if key in names:
        return names[key]
    shown = label if label else key
    return Text(zh=shown, en=shown)
