"""The tool `cohort_retention`: customers by the period of their first order, and what they do in the periods after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.contracts import CustomerQuery, Outcome, Text, ToolResult
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.catalogue import Level, catalogue
from tools.metrics.checks import cohort_checks
from tools.metrics.cohort_report import UNITS, Cohort, CohortTable, report
from tools.metrics.cohort_sql import CohortPlan, Unit, cohort_statement, period_number
from tools.metrics.filters import Filter, make_filter
from tools.metrics.needs import require
from tools.metrics.plan import clip
from tools.metrics.results import data_range, period_of
from tools.metrics.sentences import dates_text
from tools.requests import CohortRetention
from tools.warehouse.context import ToolContext
from tools.warehouse.tables import tables_of
from tools.windows import DateRange

TOOL = "cohort_retention"
MOST_COHORTS = 36
"""Cohorts shown at most, the latest ones: with the periods after them they fit one number's bits, and one page."""
_PERIODS = {"month": 12, "week": 12, "quarter": 8}
_LEVELS: tuple[Level, ...] = ("customer", "time", "order", "product")


def cohort_retention(ctx: ToolContext, request: CohortRetention, customers: CustomerQuery | None = None) -> ToolResult:
    """Cohorts of customers by their first order in the data, and the part of each that orders again in each period after.

    An answer should speak of ``retention.1``, ``retention.3`` and ``retention.6`` (all cohorts together, those that had so many
    whole periods), and of the best and the worst cohort after one period; of a single cohort, of ``g1.retention.<n>``.

    Args:
        ctx: The warehouse, as of a date.
        request: What to show.
        customers: Only these customers: ``request.customers``, compiled.

    Raises:
        UnknownName: A dimension or value of ``where`` does not exist.
        InputError: The customers were not resolved, or a dimension is no property of an order.
        UnsupportedQuestion: There are no orders, or no period after the first is over.
    """
    if request.customers is not None and customers is None:
        raise InputError("The customers of the request were not resolved.", "尚未解析请求中的客户范围。")
    require(ctx, catalogue().metric("orders"), ("orders",))
    plan, cut = _plan(ctx, request, customers)
    statement = cohort_statement(plan)
    rows = ctx.engine.query(statement.sql, statement.parameters).to_pylist()
    found = _table(ctx, plan, rows)
    result = report(ctx, found, cut=cut)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json", exclude_defaults=True), result.definition, statement)
    receipt = receipt.model_copy(update={"source_tables": tuple(sorted(tables_of(statement.sql)))})
    if not found.cohorts:
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, message=_nobody(found), receipts=(receipt,), interpretation=result.understood)
    return ToolResult(
        tool=TOOL,
        figures=result.figures,
        tables=result.tables,
        charts=result.charts,
        receipts=(receipt,),
        caveats=result.caveats,
        checks=cohort_checks(ctx, [one.size for one in found.cohorts], plan.joined, everybody=not plan.filters and plan.customers is None),
        interpretation=result.understood,
        details=result.details,
    )


@dataclass(frozen=True)
class _Periods:
    """The calendar periods from one day to another, by name, with their dates."""

    names: list[str]
    dates: list[DateRange]


def _periods(unit: str, first: dt.date, last: dt.date) -> _Periods:
    names, dates, day = [], [], first
    while day <= last:
        name, window = period_of(unit, day)
        whole = window.resolve(last)
        assert whole.end is not None
        names.append(name)
        dates.append(whole)
        day = whole.end + dt.timedelta(days=1)
    return _Periods(names, dates)


def _plan(ctx: ToolContext, request: CohortRetention, customers: CustomerQuery | None) -> tuple[CohortPlan, bool]:
    """The plan, and whether early cohorts are left out of it."""
    data = data_range(ctx, "orders")
    asked = clip(request.window.resolve(ctx.as_of), ctx.as_of) if request.window else DateRange(None, ctx.as_of)
    start = max(asked.start or data.start or ctx.as_of, data.start or ctx.as_of)
    end = min(asked.end or ctx.as_of, ctx.as_of)
    dates = _periods(request.cohort, start, end).dates
    cut = len(dates) > MOST_COHORTS
    if cut:
        kept = dates[-MOST_COHORTS].start
        assert kept is not None
        start = kept
    base = period_of(request.cohort, min(start, end))[1].resolve(ctx.as_of).start
    assert base is not None
    shown = min(request.periods or _PERIODS[request.cohort], _last_whole(request.cohort, ctx.as_of) - period_number(request.cohort, base))
    if shown < 1:
        raise UnsupportedQuestion(
            f"No whole {request.cohort} has passed since the first orders asked for (up to {ctx.as_of}); choose an earlier window.",
            f"所选首单之后还没有完整的一{UNITS[request.cohort].zh}（数据截至 {ctx.as_of}）；请选择更早的时间范围。",
        )
    filters = tuple(_filter(ctx, name, values) for name, values in request.where.items())
    plan = CohortPlan(request.cohort, request.measure, base, DateRange(start, end), ctx.as_of, shown, filters, customers)
    return plan, cut


def _last_whole(unit: Unit, as_of: dt.date) -> int:
    """The number of the last period that is over."""
    end = period_of(unit, as_of)[1].resolve(dt.date.max).end
    return period_number(unit, as_of) - (end != as_of)


def _filter(ctx: ToolContext, name: str, values: list[str]) -> Filter:
    found = make_filter(ctx, name, values)
    if found.dimension.level not in _LEVELS or found.dimension.by_start:
        raise InputError(
            f"Cohorts are of first orders, which have no {found.dimension.name.en}; use a property of orders, products or customers.",
            f"同期群按首单划分，首单没有“{found.dimension.name.zh}”；请改用订单、商品或客户的属性。",
        )
    return found


def _table(ctx: ToolContext, plan: CohortPlan, rows: list[dict[str, Any]]) -> CohortTable:
    assert plan.joined.start is not None
    assert plan.joined.end is not None
    calendar = _periods(plan.unit, plan.base, max(plan.joined.end, plan.base))
    first, last_whole = period_number(plan.unit, plan.base), _last_whole(plan.unit, ctx.as_of)
    found = []
    for row in rows:
        at = int(row["cohort"])
        # Periods that are not over stay blank: a low number there would mean nothing.
        values = [_value(plan, row[f"n{place}"]) if first + at + place <= last_whole else None for place in range(plan.periods + 1)]
        whole = calendar.dates[at]
        assert whole.start is not None
        assert whole.end is not None
        partial = whole.start < plan.joined.start or whole.end > plan.joined.end
        found.append(Cohort(calendar.names[at], int(row["size"]), (_value(plan, row["n0"]), *values[1:]), partial))
    data = data_range(ctx, "orders").start
    return CohortTable(plan, tuple(found), period_of(plan.unit, data)[0] if data else None, period_of(plan.unit, ctx.as_of)[0], ctx.as_of)


def _value(plan: CohortPlan, value: int | Decimal | None) -> int | Decimal:
    if plan.measure == "revenue":
        return Decimal("0.00") if value is None else Decimal(value)
    return int(value or 0)


def _nobody(found: CohortTable) -> Text:
    dates = dates_text(found.plan.joined)
    return Text(
        zh=f"{dates.zh}没有符合条件的首单，因此没有同期群。",
        en=f"There are no such first orders {dates.en}, so there are no cohorts.",
    )
