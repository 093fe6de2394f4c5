"""The statements that one request takes: its groups, their total, and both for the period compared with."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

from tools.contracts import Statement, Text
from tools.errors import UnsupportedQuestion
from tools.metrics.averages import PerTime, mean_of_groups, per_time
from tools.metrics.catalogue import catalogue
from tools.metrics.changes import Totals, toward
from tools.metrics.comparison import counterparts, earlier_plan, is_covered, kind_of, not_reached, refuse_growth
from tools.metrics.cuts import Order
from tools.metrics.entries import Metric
from tools.metrics.keeping import Kept, kept_by
from tools.metrics.options import CHANGES, PENDING, WITHIN
from tools.metrics.ordering import Ranking, arranged
from tools.metrics.outcome import Measured, Others, names_by_label, share_of
from tools.metrics.plan import Dates, Plan, components, dates_of, main_source, shown_dates
from tools.metrics.results import Group, Run, Value, incomplete_periods, is_one_statement, run_plan, value_of
from tools.metrics.steps import STEP, check_steps, predecessors
from tools.metrics.values import value_names
from tools.metrics.wholes import with_wholes
from tools.requests import Measure
from tools.warehouse.context import ToolContext
from tools.windows import DateRange

_DECIMALS = 4
"""Of an average that groups are compared with."""
_PROBES = {
    "orders": "orders",
    "firsts": "orders",
    "starts": "repurchase_base",
    "lines": "orders_with_lines",
    "contacts": "contacts",
    "responses": "responses",
    "events": "events",
    "feedback": "feedback_count",
}
"""The metric that counts the rows of a source, which tells nothing from zero."""


class Runs:
    """Runs them and keeps the statements for the receipt."""

    def __init__(self, ctx: ToolContext, plan: Plan, request: Measure) -> None:
        self.ctx = ctx
        self.plan = plan
        self.request = request
        self.statements: list[Statement] = []
        self.toward: str | None = request.sort
        """The order that “contribution” comes to."""

    def measured(self) -> Measured:
        """Run them all."""
        plan, request = self.plan, self.request
        earlier, uncompared = self._earlier()
        kept = kept_by(request, plan.metrics, self._average, self._whole)
        total = previous_total = None
        if earlier and self._needs_totals():
            total, previous_total = self._total(plan), self._total(earlier)
        totals = Totals(total.values if total else None, previous_total.values if previous_total else None)
        self.toward = toward(plan.metrics[0], totals) if request.sort == "contribution" else request.sort
        run = _kept(self._stepped(self._grouped(earlier, kept)), kept, totals)
        step = request.compare == STEP
        total = total or self._total(plan, run)
        _refuse_unripe(plan, total)
        previous_total = previous_total or (self._total(earlier) if earlier else None)
        groups, window = run.groups, self._dates(plan).window
        if plan.by:
            cut_off = frozenset(self._incomplete(plan, groups, window)) if self.toward == "smallest" else frozenset()
            ranking = Ranking(plan.metrics[0], self.toward, request.change_by, totals, cut_off)
            groups = arranged(run, plan.by, ranking, request.limit, request.limit_per_group)
        firsts = self._firsts(plan)
        if firsts is not None and request.sort in ("largest", "smallest"):
            groups = _by_share(groups, firsts, plan, descending=request.sort == "largest")
        limit = None if request.limit_per_group else request.limit
        if request.limit_share:
            limit = math.ceil(round(run.group_count * request.limit_share, 6))
        measured = Measured(
            plan=plan,
            window=window,
            before=self._dates(earlier).window if earlier else None,
            groups=groups,
            limit=limit,
            group_count=max(run.group_count, len(groups)),
            total=total,
            previous=run.previous if plan.by else {},
            previous_total=previous_total,
            names=names_by_label(groups, plan.by, [value_names(self.ctx, one) for one in plan.by]),
            incomplete=self._incomplete(plan, groups, window),
            per_group=request.limit_per_group if plan.by else None,
            by_change=request.change_by if (earlier or step) and request.sort in CHANGES else None,
            way=self.toward,
            compare=kind_of(request) if earlier or step else None,
            uncompared=uncompared,
            kept=kept,
            together=self._together(run, groups, limit),
            per=self._per(plan, window),
            per_before=self._per(earlier, self._dates(earlier).window) if earlier else None,
            firsts=firsts,
            means=mean_of_groups(run.groups, plan.metrics) if request.mean else {},
        )
        measured = with_wholes(measured, request, lambda whole: self._run(whole).groups)
        return replace(measured, others=_others(measured)) if request.rest and plan.by else measured

    def _needs_totals(self) -> bool:
        """Whether groups are chosen or ordered by what they are of the whole."""
        request = self.request
        shared = request.sort in CHANGES and request.change_by == "share"
        return shared or request.sort == "contribution" or any(one.of == "share" for one in request.having)

    def _earlier(self) -> tuple[Plan | None, Text | None]:
        """The plan for the period compared with, or why there is none."""
        earlier = earlier_plan(self.ctx, self.plan, self.request)
        if earlier is None:
            return None, None
        dates = self._dates(earlier).window
        if is_covered(self.ctx, self.plan, dates):
            return earlier, None
        if self.plan.by and (self.request.sort in CHANGES or any(one.of not in ("now", "total") for one in self.request.having)):
            raise refuse_growth(self.ctx, self.plan, dates)
        return None, not_reached(self.ctx, self.plan, dates)

    def _together(self, run: Run, groups: list[Group], limit: int | None) -> Value:
        """What the groups shown have of the first metric together, where they are its largest or smallest and it adds up."""
        metric, by = self.plan.metrics[0], self.plan.by
        if limit is None or run.group_count <= limit or not all(one.level in metric.additive for one in by):
            return None
        if self.request.limit_share:
            return run.top_total
        return sum(value for group in groups[:limit] if (value := group.values.get(metric.id)) is not None)

    def _average(self, metric: Metric) -> Decimal | None:
        """The average of all groups: their mean where the metric adds up over them, else the metric of them all."""
        adds_up = all(one.level in metric.additive for one in self.plan.by)
        found = self._run(self.plan).groups if adds_up else [self._total(self.plan)]
        values = [Decimal(str(value)) for group in found if (value := group.values.get(metric.id)) is not None]
        return round(sum(values, Decimal(0)) / len(values), _DECIMALS) if values else None

    def _whole(self, metric: Metric) -> Decimal | None:
        """The metric over all groups."""
        value = self._total(self.plan).values.get(metric.id)
        return None if value is None else Decimal(str(value))

    def _per(self, plan: Plan, window: DateRange) -> PerTime | None:
        found, statements = per_time(self.ctx, plan, self.request.per, window)
        self.statements += statements
        return found

    def _firsts(self, plan: Plan) -> dict[str, Group] | None:
        """The groups of the first dimension alone, of which those within are shares."""
        if not self.request.share_within:
            return None
        # A value's share of each group: the whole is that of all its values.
        whole = replace(plan, by=plan.by[:1], filters=tuple(one for one in plan.filters if one.dimension != plan.by[1]))
        return {group.keys[0]: group for group in self._run(whole).groups}

    def _grouped(self, earlier: Plan | None, kept: tuple[Kept, ...]) -> Run:
        plan, sort = self.plan, self.toward
        if not plan.by:
            return self._run(plan)
        order = Order(
            sort not in ("smallest", "decline"),
            self.request.change_by if sort in CHANGES and earlier is not None else None,
            sort == "movement",
            self.request.limit_per_group,
            having=kept,
            share=self.request.limit_share,
        )
        period = next((index for index, one in enumerate(plan.by) if one.period), None)
        if earlier is None or (period is None and is_one_statement(plan)):
            return self._run(plan, order, earlier)
        # Periods are compared by their place in the window, which no join of equal groups can do.
        return self._matched(self._run(plan), self._run(earlier), earlier, period)

    def _stepped(self, run: Run) -> Run:
        """The run with the period before each period, where their change is asked for."""
        if self.request.compare != STEP:
            return run
        check_steps(self.plan.by)
        cut_off = self._incomplete(self.plan, run.groups, self._dates(self.plan).window)
        return replace(run, previous=predecessors(run.groups, cut_off))

    def _matched(self, run: Run, old: Run, earlier: Plan, period: int | None) -> Run:
        places: dict[str, str] = {}
        if period is not None:
            unit = self.plan.by[period].period
            assert unit is not None
            places = counterparts(unit, self._dates(self.plan).window, self._dates(earlier).window)
        previous = {}
        for group in old.groups:
            keys = tuple(places.get(key) if index == period else key for index, key in enumerate(group.keys))
            if None not in keys:
                previous[tuple(str(key) for key in keys)] = group
        present = run.by_keys
        gone = [replace(group, keys=keys, values=self._nothing()) for keys, group in previous.items() if keys not in present]
        for keys in present.keys() - previous.keys():
            previous[keys] = replace(present[keys], values=self._nothing())
        return replace(run, groups=run.groups + gone, previous=previous)

    def _nothing(self) -> dict[str, int | Decimal | float | None]:
        return {metric.id: value_of(metric, None) for metric in self.plan.measured}

    def _incomplete(self, plan: Plan, groups: list[Group], window: DateRange) -> dict[str, DateRange]:
        index, unit = next(((i, one.period) for i, one in enumerate(plan.by) if one.period not in (None, "day")), (0, None))
        if unit is None:
            return {}
        present = {group.keys[index] for group in groups}
        found = incomplete_periods(self.ctx, unit, main_source(plan), window)
        return {name: covered for name, covered in found.items() if name in present}

    def is_empty(self, measured: Measured) -> bool:
        """Whether there is nothing to measure in the window, which is not the same as a measured zero."""
        runs = [
            *measured.groups,
            *(measured.wholes or {}).values(),
            measured.total,
            *([measured.previous_total] if measured.previous_total else []),
        ]
        if any(group.values.get(metric.id) for group in runs for metric in self.plan.metrics):
            return False
        probe = _PROBES.get(main_source(measured.plan))
        if probe is None or any(part.rows != "window" for metric in self.plan.metrics for part in components(metric)):
            return False
        metric = catalogue().metric(probe)
        form = next((form for form in metric.forms if form.source == main_source(measured.plan)), metric.forms[0])
        counted = self._run(replace(self.plan, by=(), metrics=(metric,), extra=(), forms={metric.id: form}))
        return not counted.groups[0].values[metric.id]

    def _run(self, plan: Plan, order: Order | None = None, earlier: Plan | None = None) -> Run:
        run = run_plan(self.ctx, plan, order or Order(), earlier)
        self.statements += run.statements
        return run

    def _total(self, plan: Plan, run: Run | None = None) -> Group:
        if run is not None and not plan.by:
            return run.groups[0]
        # A metric of each period by itself has no total over the periods.
        by_period = any(dimension.period for dimension in plan.by)
        of_each = by_period and any(one.dimension.by_start for one in plan.filters)  # new in its own month
        metrics = tuple(metric for metric in plan.metrics if not (of_each or (by_period and metric.window in ("needed", "churn"))))
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


def _kept(run: Run, kept: tuple[Kept, ...], totals: Totals) -> Run:
    """The run with those of its groups that fit, where its statement did not choose them."""
    before = {keys: group.values for keys, group in run.previous.items()}
    groups = [group for group in run.groups if all(one.holds(group.values, before.get(group.keys), totals) for one in kept)]
    return run if len(groups) == len(run.groups) else replace(run, groups=groups, group_count=len(groups))


def _by_share(groups: list[Group], firsts: dict[str, Group], plan: Plan, *, descending: bool) -> list[Group]:
    """The groups in the order of their share within the first dimension; those without one last."""
    metric = plan.metrics[0]
    shares = {group.keys: share_of(group, firsts.get(group.keys[0]), metric) for group in groups}
    sign = -1 if descending else 1
    return sorted(groups, key=lambda group: (shares[group.keys] is None, sign * (shares[group.keys] or 0.0), group.keys))


def _refuse_unripe(plan: Plan, total: Group) -> None:
    """Refuse a rate within days of which none are over.

    Raises:
        UnsupportedQuestion: It is not known of any customer whether they came back in time.
    """
    if total.values.get(PENDING) and total.values.get(WITHIN) is None:
        raise UnsupportedQuestion(
            f"The {plan.within} days after the first order are not over for any of these customers, so nobody knows yet who came back; "
            "choose an earlier window or fewer days.",
            f"这些客户首单之后的 {plan.within} 天都还没有过完，尚无法知道谁复购了；请选择更早的时间范围或更短的天数。",
        )


def _others(measured: Measured) -> Others | None:
    """What the groups shown leave of the total, rows of no group included, so that all shares add up to one."""
    count = measured.group_count - len(measured.shown)
    left = _left(measured, measured.shown, measured.total)
    if not count and not any(left.values.values()):
        return None
    before = None
    if measured.previous_total is not None:
        before = _left(measured, [measured.previous[group.keys] for group in measured.shown], measured.previous_total)
    return Others(count, left, before)


def _left(measured: Measured, shown: list[Group], total: Group) -> Group:
    def rest(name: str) -> int | Decimal | float:
        """The total of a metric less the groups that are shown."""
        whole, parts = total.values[name], [group.values[name] or 0 for group in shown]
        if isinstance(whole, float) or any(isinstance(part, float) for part in parts):
            return float(whole or 0) - float(sum(parts))
        return (whole or 0) - sum(part for part in parts if not isinstance(part, float))

    return Group((), (), {metric.id: rest(metric.id) for metric in measured.plan.metrics})
