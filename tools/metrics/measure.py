"""The tool `measure`: metrics by dimensions, with filters, windows and the period before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tools.contracts import CustomerQuery, Outcome, Receipt, Statement, Table, Text, ToolResult
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.catalogue import catalogue
from tools.metrics.caveats import build_caveats
from tools.metrics.charts import build_chart, can_be_pie
from tools.metrics.figures import TABLE_ROWS, build_figures, build_table, extremes, whole_table
from tools.metrics.ordering import arranged
from tools.metrics.outcome import Measured, group_name, names_by_label
from tools.metrics.plan import Dates, Plan, components, dates_of, main_source, make_plan, shown_dates, with_default_window
from tools.metrics.results import Group, Run, data_range, incomplete_periods, run_plan
from tools.metrics.sentences import dates_text, definition_text, filter_text, interpretation, title_text
from tools.metrics.values import value_names
from tools.requests import Measure
from tools.warehouse.context import ToolContext
from tools.warehouse.tables import tables_of
from tools.warehouse.whole_table import write_whole
from tools.windows import DateRange

TOOL = "measure"
NAMED_GROUPS = 20
_NO_PIE = Text(
    zh="各组相加不等于整体，因此用柱状图代替饼图。",
    en="The groups are not parts of one whole, so this is a bar chart instead of a pie.",
)
_PROBES = {
    "orders": "orders",
    "lines": "orders_with_lines",
    "contacts": "contacts",
    "responses": "responses",
    "events": "events",
    "feedback": "feedback_count",
}
"""The metric that counts the rows of a source, which tells nothing from zero."""


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
    _check(request, customers)
    plan = make_plan(ctx, request, customers)
    runs = _Runs(ctx, plan, request)
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
        interpretation=interpretation(measured, request, defaulted=asked.window != request.window),
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


def _check(request: Measure, customers: CustomerQuery | None) -> None:
    if request.customers is not None and customers is None:
        raise InputError("The customers of the request were not resolved.", "尚未解析请求中的客户范围。")
    if request.compare and request.window is None:
        raise InputError(
            "A comparison with the period before needs a window, such as the last 90 days.",
            "与上期比较需要给出时间范围，例如最近90天。",
        )
    unbuilt = next((name for name in ("limit_per_group", "rest", "percentiles", "within_days") if getattr(request, name)), None)
    if unbuilt or request.compare == "last_year" or request.sort in ("growth", "decline"):
        name = unbuilt or f"{request.compare or request.sort}"
        raise UnsupportedQuestion(f"“{name}” cannot be measured yet.", f"暂不支持“{name}”。")


class _Runs:
    """The statements that one request takes: groups, the total, and both for the period before."""

    def __init__(self, ctx: ToolContext, plan: Plan, request: Measure) -> None:
        self.ctx = ctx
        self.plan = plan
        self.request = request
        self.statements: list[Statement] = []

    def measured(self) -> Measured:
        """Run them all."""
        plan, request = self.plan, self.request
        run = self._run(plan)
        total = self._total(plan, run)
        groups = run.groups
        previous, previous_total, before = {}, None, None
        if request.compare and plan.window is not None:
            earlier = replace(plan, window=plan.window.previous())
            before = self._dates(earlier).window
            old = self._run(earlier)
            previous, previous_total = old.by_keys, self._total(earlier, old)
            groups = groups + _gone(run, previous)
        if plan.by:
            run = replace(run, groups=groups, group_count=max(run.group_count, len(groups)))
            groups = arranged(run, plan.by, plan.metrics[0].id, request.sort, request.limit)
        names = names_by_label(groups, plan.by, [value_names(self.ctx, one) for one in plan.by])
        window = self._dates(plan).window
        incomplete = self._incomplete(plan, groups, window)
        return Measured(plan, window, before, groups, request.limit, run.group_count, total, previous, previous_total, names, incomplete)

    def _incomplete(self, plan: Plan, groups: list[Group], window: DateRange) -> dict[str, DateRange]:
        index, unit = next(((i, one.period) for i, one in enumerate(plan.by) if one.period not in (None, "day")), (0, None))
        if unit is None:
            return {}
        present = {group.keys[index] for group in groups}
        found = incomplete_periods(self.ctx, unit, main_source(plan), window)
        return {name: covered for name, covered in found.items() if name in present}

    def is_empty(self, measured: Measured) -> bool:
        """Whether there is nothing to measure in the window, which is not the same as a measured zero."""
        runs = [*measured.groups, measured.total, *([measured.previous_total] if measured.previous_total else [])]
        if any(group.values.get(metric.id) for group in runs for metric in self.plan.metrics):
            return False
        probe = _PROBES.get(main_source(measured.plan))
        if probe is None or any(part.rows != "window" for metric in self.plan.metrics for part in components(metric)):
            return False
        metric = catalogue().metric(probe)
        form = next(form for form in metric.forms if form.source == main_source(measured.plan))
        counted = self._run(replace(self.plan, by=(), metrics=(metric,), extra=(), forms={metric.id: form}))
        return not counted.groups[0].values[metric.id]

    def _run(self, plan: Plan) -> Run:
        run = run_plan(self.ctx, plan, descending=self.request.sort != "smallest")
        self.statements += run.statements
        return run

    def _total(self, plan: Plan, run: Run) -> Group:
        if not plan.by:
            return run.groups[0]
        # A metric of each period by itself has no total over the periods.
        by_period = any(dimension.period for dimension in plan.by)
        metrics = tuple(metric for metric in plan.metrics if not (by_period and metric.window in ("needed", "churn")))
        if not metrics:
            return Group((), (), {})
        return self._run(replace(plan.ungrouped(), metrics=metrics)).groups[0]

    def _dates(self, plan: Plan) -> Dates:
        if plan.window is not None:
            return Dates(shown_dates(plan.window, self.ctx.as_of), None)
        if any(dimension.period for dimension in plan.by):
            return Dates(DateRange(None, self.ctx.as_of), None)
        parts = [part for metric in plan.metrics for part in components(metric)]
        found = [dates_of(self.ctx, None, part) for part in parts]
        # A churn metric without a window has its horizon; beside metrics of all time that is the window to show.
        return next((dates for dates in found if dates.window.start is not None), found[0])


def _gone(run: Run, previous: dict[tuple[str, ...], Group]) -> list[Group]:
    """Groups that only the period before had; their values now are nothing."""
    present = run.by_keys
    missing = [group for keys, group in previous.items() if keys not in present]
    return [replace(group, values={name: _nil(value) for name, value in group.values.items()}) for group in missing]


def _nil(value: Any) -> Any:
    return None if isinstance(value, float) or value is None else type(value)(0)


def _receipt(ctx: ToolContext, request: Measure, plan: Plan, statements: list[Statement]) -> Receipt:
    arguments = request.model_dump(mode="json", exclude_defaults=True)
    receipt = ctx.receipt(TOOL, arguments, definition_text(plan), *statements)
    tables = sorted({table for statement in statements for table in tables_of(statement.sql)})
    return receipt.model_copy(update={"source_tables": tuple(tables)})


def _details(measured: Measured) -> dict[str, Any]:
    """Names for prose; the n-th group's figures start with g<n>."""
    return {
        "metrics": [metric.id for metric in measured.plan.metrics],
        "by": [dimension.id for dimension in measured.plan.by],
        "compared": measured.before is not None,
        "groups": [group_name(measured, group).model_dump() for group in measured.shown[:NAMED_GROUPS]] if measured.grouped else [],
        "extremes": {word: group_name(measured, group).model_dump() for word, group in extremes(measured).items()}
        if measured.grouped
        else {},
        "period": next((dimension.period for dimension in measured.plan.by if dimension.period), None),
    }


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
