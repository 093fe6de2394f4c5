"""The tool `measure`: metrics by dimensions, with filters, windows and the period before."""

from __future__ import annotations

from typing import Any

from tools.contracts import CustomerQuery, Outcome, Receipt, Statement, Table, Text, ToolResult
from tools.errors import InputError
from tools.metrics.averages import whole_periods
from tools.metrics.catalogue import catalogue
from tools.metrics.caveats import build_caveats
from tools.metrics.charts import build_chart, can_be_pie
from tools.metrics.checks import measure_checks
from tools.metrics.figures import TABLE_ROWS, build_figures, build_table, extremes, whole_table
from tools.metrics.outcome import Measured, group_name
from tools.metrics.plan import Plan, main_source, make_plan, with_default_window
from tools.metrics.results import data_range, value_label
from tools.metrics.running import Runs
from tools.metrics.sentences import dates_text, definition_text, filter_text, interpretation, title_text
from tools.requests import Measure
from tools.rules import Condition, Selection
from tools.warehouse.context import ToolContext
from tools.warehouse.tables import tables_of
from tools.warehouse.whole_table import write_whole
from tools.windows import DateRange, Window

TOOL = "measure"
NAMED_GROUPS = 20
_MOST_LISTED = 2000
"""Customers of a ranking that are kept one by one."""
_NO_PIE = Text(
    zh="各组相加不等于整体，因此用柱状图代替饼图。",
    en="The groups are not parts of one whole, so this is a bar chart instead of a pie.",
)


def measure(ctx: ToolContext, request: Measure, customers: CustomerQuery | None = None) -> ToolResult:
    """Measure metrics by dimensions, with filters, windows and the period before.

    Args:
        ctx: The warehouse, as of a date.
        request: What to measure.
        customers: Only these customers: ``request.customers``, compiled.

    Raises:
        UnknownName: A metric, dimension or value does not exist.
        InputError: The arguments contradict each other.
        UnsupportedQuestion: The data lack what it needs, or a metric cannot be split that way.
    """
    asked, request = request, with_default_window(request)
    if request.per and request.window is None:
        request = request.model_copy(update={"window": whole_periods(ctx, request.per)})
    if request.whole_periods:
        request = request.model_copy(update={"window": _whole(ctx, request)})
    _check(request, customers)
    plan = make_plan(ctx, request, customers)
    runs = Runs(ctx, plan, request)
    measured = runs.measured()
    title = title_text(plan)
    table = _with_file(ctx, build_table(measured, title), measured)
    chart = build_chart(measured, request.chart, title, ctx.config.currency)
    result = ToolResult(
        tool=TOOL,
        figures=tuple(build_figures(measured)),
        tables=(table,) if table else (),
        charts=(chart,) if chart else (),
        receipts=(_receipt(ctx, request, plan, runs.statements),),
        caveats=(*build_caveats(ctx, measured), *([_NO_PIE] if request.chart == "pie" and chart and not can_be_pie(measured) else [])),
        checks=measure_checks(ctx, measured),
        interpretation=interpretation(
            measured, request, defaulted=asked.window != request.window and not (request.per or request.whole_periods)
        ),
        selection=_listed(measured),
        details=_details(measured),
    )
    if runs.is_empty(measured):
        return result.model_copy(update={"outcome": Outcome.EMPTY, "message": _nothing(ctx, measured), "charts": (), "tables": ()})
    return result


def _with_file(ctx: ToolContext, table: Table | None, measured: Measured) -> Table | None:
    """The table; when it is longer than its preview, with the path of the whole."""
    if table is None or len(measured.shown) <= TABLE_ROWS:
        return table
    path = write_whole(ctx.config.exports_dir, TOOL, whole_table(measured))
    return table.model_copy(update={"path": str(path)})


def _listed(measured: Measured) -> Selection | None:
    """The customers of a ranking that is longer than its table, so that what follows may be about them all."""
    named = [dimension.id for dimension in measured.plan.by] == ["customer"]
    if not named or not TABLE_ROWS < len(measured.shown) <= _MOST_LISTED or measured.others is not None:
        return None
    return Selection(rule=Condition(field="customer_id", op="in", value=[group.keys[0] for group in measured.shown]))


def _whole(ctx: ToolContext, request: Measure) -> Window:
    """The window without the periods at its edges of which days are missing.

    Raises:
        InputError: Nothing is grouped by weeks, months, quarters or years, or none of them is whole.
    """
    known = {one.id: one.period for one in catalogue().dimensions}
    unit = next((known[one] for one in request.by if known.get(one) not in (None, "day")), None)
    found = whole_periods(ctx, unit, request.window)
    if found is None:
        raise InputError(
            "There are no whole periods to show; group by week, month, quarter or year.", "没有完整的周期可看；请按周、月、季度或年分组。"
        )
    return found


def _check(request: Measure, customers: CustomerQuery | None) -> None:
    if request.customers is not None and customers is None:
        raise InputError("The customers of the request were not resolved.", "尚未解析请求中的客户范围。")


def _receipt(ctx: ToolContext, request: Measure, plan: Plan, statements: list[Statement]) -> Receipt:
    arguments = request.model_dump(mode="json", exclude_defaults=True)
    receipt = ctx.receipt(TOOL, arguments, definition_text(plan), *statements)
    tables = sorted({table for statement in statements for table in tables_of(statement.sql)})
    return receipt.model_copy(update={"source_tables": tuple(tables)})


def _details(measured: Measured) -> dict[str, Any]:
    """Names for prose; the n-th group's figures start with g<n>."""
    return {
        "metrics": [metric.id for metric in measured.plan.metrics],
        "names": {metric.id: metric.name.model_dump() for metric in measured.plan.metrics},
        "whose": measured.plan.customers.sentence.model_dump() if measured.plan.customers is not None else None,
        "orders": next((one.names[0].model_dump() for one in measured.plan.filters if one.dimension.of_request), None),
        "by": [dimension.id for dimension in measured.plan.by],
        "compared": measured.before is not None,
        "compare": measured.compare,
        "uncompared": measured.uncompared.model_dump() if measured.uncompared else None,
        "by_change": measured.by_change,
        "way": measured.way,
        "per_group": measured.per_group,
        "of_whole": measured.wholes is not None,
        "per": measured.per.figure if measured.per else None,
        "kept": [one.text.model_dump() for one in measured.kept],
        "tops": _tops(measured),
        "groups": [group_name(measured, group).model_dump() for group in measured.shown[:NAMED_GROUPS]] if measured.grouped else [],
        "extremes": {word: group_name(measured, group).model_dump() for word, group in extremes(measured).items()}
        if measured.grouped
        else {},
        "course": _course_names(measured),
        "period": next((dimension.period for dimension in measured.plan.by if dimension.period), None),
    }


def _course_names(measured: Measured) -> dict[str, Any]:
    """The first and the last of periods that follow each other."""
    went = measured.course
    if went is None:
        return {}
    return {word: group_name(measured, group).model_dump() for word, group in (("first", went.first), ("last", went.last))}


def _tops(measured: Measured) -> list[dict[str, Any]]:
    """Where the best of each first dimension are shown: each first value's name, and the places of its groups."""
    if measured.per_group is None:
        return []
    places: dict[str, list[int]] = {}
    for place, group in enumerate(measured.shown):
        places.setdefault(group.keys[0], []).append(place)
    first, second = measured.names
    return [
        {
            "name": value_label(first, key, None).model_dump(),
            "places": found,
            "names": [value_label(second, measured.shown[place].keys[1], None).model_dump() for place in found],
        }
        for key, found in places.items()
        if found[-1] < NAMED_GROUPS
    ]


def _nothing(ctx: ToolContext, measured: Measured) -> Text:
    source = catalogue().source(main_source(measured.plan))
    data = data_range(ctx, source.id)
    conditions = [filter_text(one) for one in measured.plan.filters]
    if measured.plan.customers is not None:
        conditions.append(measured.plan.customers.sentence)
    dates = dates_text(measured.window)
    zh = "，且".join(one.zh for one in conditions)
    en = " and ".join(one.en for one in conditions)
    range_ = DateRange(data.start, data.end)
    return Text(
        zh=f"{dates.zh}没有符合条件的{source.name.zh}{f'（{zh}）' if zh else ''}；数据覆盖 {range_.start} 至 {range_.end}。",
        en=f"There are no {source.name.en} {dates.en}{f' where {en}' if en else ''}; the data run from {range_.start} to {range_.end}.",
    )
