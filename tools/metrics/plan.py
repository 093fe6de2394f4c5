"""From a request to a plan: metrics and dimensions looked up, filter values in the data's spelling, windows as dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tools.contracts import CustomerQuery
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.baskets import grounded
from tools.metrics.catalogue import Dimension, Form, Level, Metric, catalogue
from tools.metrics.filters import Filter, fit_filter, make_filter, named_fit
from tools.metrics.needs import lacking, missing_need, require, require_dimension
from tools.metrics.options import PENDING, WITHIN, WITHIN_DAYS, asked_metrics, check_options, within_days
from tools.requests import Measure
from tools.rules import OrderCondition
from tools.warehouse.context import ToolContext
from tools.windows import DateRange, Window

ACTIVE_DAYS = 90
"""An order in so many days makes a customer active, as for churn."""
_SIZES = {
    "orders": "active_customers",
    "starts": "repurchase_base",
    "lines": "active_customers",
    "contacts": "contacted_customers",
    "responses": "responders",
    "events": "customers_with_events",
}
"""The metric that says how many customers a group has, by source."""


@dataclass(frozen=True)
class Dates:
    """The dates of one run: those measured, and those of the period before (None when there is none)."""

    window: DateRange
    before: DateRange | None


@dataclass(frozen=True)
class Plan:
    """What is measured, by what, of which rows."""

    metrics: tuple[Metric, ...]
    by: tuple[Dimension, ...]
    filters: tuple[Filter, ...]
    window: Window | None
    customers: CustomerQuery | None
    forms: Mapping[str, Form]
    """The form used for each metric that has forms, parts of ratios included."""
    levels: frozenset[Level]
    known: tuple[Dimension, ...] = ()
    """Rows without a value of these are left out: figures by a property of customers are about those who have it."""
    extra: tuple[Metric, ...] = ()
    """Measured beside, not shown: the size of groups of customers, and those that cannot be judged yet."""
    basket: tuple[OrderCondition, ...] = ()
    """What single orders must fit, or are told apart by."""
    within: int = WITHIN_DAYS
    """The days within which a customer comes back, to count as one who does."""

    @property
    def measured(self) -> tuple[Metric, ...]:
        """All columns of a run: the metrics, then the extra ones."""
        return (*self.metrics, *self.extra)

    def ungrouped(self) -> Plan:
        """The same without groups: the total. The same rows are summed, so parts add up to it."""
        return replace(self, by=(), extra=tuple(metric for metric in self.extra if metric.id == PENDING))


def make_plan(ctx: ToolContext, request: Measure, customers: CustomerQuery | None) -> Plan:
    """Look up everything that the request names.

    Raises:
        UnknownName: A metric, dimension or value does not exist.
        InputError: The combination makes no sense.
        UnsupportedQuestion: The data lack what it needs, or the metric cannot be split that way.
    """
    metrics = asked_metrics(request)
    check_options(request, metrics)
    # By id, so that a thing named twice is there once.
    by = tuple({dimension.id: dimension for dimension in map(catalogue().dimension, request.by)}.values())
    for dimension in by:
        require_dimension(ctx, dimension)
    basket = grounded(ctx, request.basket)
    by = tuple(named_fit(dimension, basket) if dimension.of_request else dimension for dimension in by)
    filters = [make_filter(ctx, name, values, excluded=False) for name, values in request.where.items()]
    filters += [make_filter(ctx, name, values, excluded=True) for name, values in request.where_not.items()]
    filters += [fit_filter(basket)] if basket and not any(dimension.of_request for dimension in by) else []
    used = [*by, *(one.dimension for one in filters)]
    levels = frozenset(dimension.level for dimension in used)
    forms: dict[str, Form] = {}
    for metric in metrics:
        _check(metric, by, used, request)
        forms.update(_forms(ctx, metric, used))
    plan = Plan(metrics, by, tuple(filters), request.window, customers, forms, levels, basket=basket, within=within_days(request))
    plan = replace(plan, known=tuple(dimension for dimension in by if dimension.level == "customer"))
    return _with_pending(ctx, _with_sizes(ctx, plan, used), used)


def _with_pending(ctx: ToolContext, plan: Plan, used: Sequence[Dimension]) -> Plan:
    if all(metric.id != WITHIN for metric in plan.metrics):
        return plan
    pending = catalogue().metric(PENDING)
    return replace(plan, forms={**plan.forms, **_forms(ctx, pending, used)}, extra=(*plan.extra, pending))


def _with_sizes(ctx: ToolContext, plan: Plan, used: Sequence[Dimension]) -> Plan:
    sources = {form.source for form in plan.forms.values()}
    size = next((catalogue().metric(_SIZES[source]) for source in sources if source in _SIZES), None)
    shown = {metric.id for metric in plan.metrics}
    if size is None or size.id in shown or not any(one.level == "customer" and one.kind != "id" for one in plan.by):
        return plan
    return replace(plan, forms={**plan.forms, **_forms(ctx, size, used)}, extra=(size,))


def with_default_window(request: Measure) -> Measure:
    """The request with the window that "active" means when none is given: beside other metrics or by periods there is none.

    Raises:
        UnknownName: A metric or dimension does not exist.
    """
    active = all(catalogue().metric(name).window == "active" for name in request.metrics)
    if request.window is not None or not active or any(catalogue().dimension(name).period for name in request.by):
        return request
    return request.model_copy(update={"window": Window(last_days=ACTIVE_DAYS)})


def components(metric: Metric) -> tuple[Metric, ...]:
    """The metrics with forms that it is made of; itself, when it has forms."""
    if metric.ratio is None:
        return (metric,)
    return catalogue().metric(metric.ratio.numerator), catalogue().metric(metric.ratio.denominator)


def main_source(plan: Plan) -> str:
    """The id of the first source that has a time; "orders" when none has."""
    return next((form.source for form in plan.forms.values() if catalogue().source(form.source).time), "orders")


def is_applicable(metric: Metric, dimension: Dimension) -> bool:
    """Whether the metric can be split or filtered by the dimension, data aside."""
    free = metric.ratio.without if metric.ratio else ()
    parts = components(metric)
    if dimension.by_start and not _has_start(metric):
        return False
    if metric.rows != "window" or any(part.rows != "window" for part in parts):
        return dimension.level == "customer" or dimension.period is not None
    checked = parts if dimension.level not in free else parts[:1]
    return all(any(dimension.level in catalogue().source(form.source).levels for form in part.forms) for part in checked)


def _check(metric: Metric, by: Sequence[Dimension], used: Sequence[Dimension], request: Measure) -> None:
    levels = {dimension.level for dimension in used}
    if metric.requires and not levels & set(metric.requires):
        examples = [one for one in catalogue().dimensions if one.level in metric.requires][:4]
        raise InputError(
            f"{metric.name.en} needs {' or '.join(one.id for one in examples)} to group or filter by.",
            f"“{metric.name.zh}”需要按{'、'.join(one.name.zh for one in examples)}分组或筛选。",
        )
    in_periods = any(dimension.period for dimension in by)
    for dimension in used:
        _check_start(metric, dimension, has_start=request.window is not None or in_periods)
    if metric.window == "needed" and request.window is None and not in_periods:
        raise InputError(
            f"{metric.name.en} compares with the time before, so it needs a window or a period to group by, such as month.",
            f"“{metric.name.zh}”需要与之前的时间比较，请给出时间范围，或按月等周期分组。",
        )


def _has_start(metric: Metric) -> bool:
    """Whether the metric is about a time that begins somewhere."""
    return all(part.rows == "window" and part.window != "ignored" for part in (metric, *components(metric)))


def _check_start(metric: Metric, dimension: Dimension, *, has_start: bool) -> None:
    if not dimension.by_start:
        return
    if not _has_start(metric):
        raise _not_by(metric, dimension)
    if not has_start:
        raise InputError(
            f"{dimension.name.en} depends on when the time asked for begins, so it needs a window or a period to group by, such as month.",
            f"“{dimension.name.zh}”取决于时间范围从何时开始，请给出时间范围，或按月等周期分组。",
        )


def _forms(ctx: ToolContext, metric: Metric, used: Sequence[Dimension]) -> dict[str, Form]:
    require(ctx, metric, metric.needs)
    free = metric.ratio.without if metric.ratio else ()
    parts = components(metric)
    found = {}
    for position, part in enumerate(parts):
        kept = [one for one in used if not (position and one.level in free)]
        key = part.id if not (position and free) else denominator_key(metric)
        found[key] = _form(ctx, metric, part, kept)
    return found


def denominator_key(metric: Metric) -> str:
    """The column of a denominator that leaves out dimensions; others have their metric's id."""
    return f"{metric.id}_base"


def _form(ctx: ToolContext, metric: Metric, part: Metric, used: Sequence[Dimension]) -> Form:
    levels = {dimension.level for dimension in used}
    if part.rows != "window":
        bad = next((one for one in used if one.level != "customer" and one.period is None), None)
        if bad is not None:
            raise _not_by(metric, bad)
    fitting = [form for form in part.forms if levels <= set(catalogue().source(form.source).levels)]
    if not fitting:
        raise _not_by(metric, next((one for one in used if not is_applicable(metric, one)), used[-1]))
    require(ctx, metric, part.needs)
    lacks = None
    for form in fitting:
        lacks = missing_need(ctx, (*catalogue().source(form.source).needs, *form.needs))
        if lacks is None:
            return form
    assert lacks is not None
    raise lacking(metric, lacks)


def _not_by(metric: Metric, dimension: Dimension) -> UnsupportedQuestion:
    possible = [one for one in catalogue().dimensions if is_applicable(metric, one)]
    others = [one for one in catalogue().metrics if not one.hidden and is_applicable(one, dimension)]
    return UnsupportedQuestion(
        f"{metric.name.en} cannot be split or filtered by {dimension.name.en}; it can by {_some(possible, 'en')}; "
        f"by {dimension.name.en} there are {_some(others, 'en')}.",
        f"“{metric.name.zh}”不能按“{dimension.name.zh}”拆分或筛选；它可以按{_some(possible, 'zh')}；"
        f"按“{dimension.name.zh}”可以看{_some(others, 'zh')}。",
    )


def _some(entries: Sequence[Metric | Dimension], language: str) -> str:
    joint = "、" if language == "zh" else ", "
    return joint.join(entry.name.say(language) for entry in entries[:7]) + (" …" if len(entries) > 7 else "")


def dates_of(ctx: ToolContext, window: Window | None, metric: Metric) -> Dates:
    """The dates a metric is measured in: never after the as-of date; the churn horizon where that is the default.

    Raises:
        InputError: The window is no period, or a metric that compares with the period before has an open one.
    """
    if metric.window == "churn" and window is None:
        window = Window(last_days=ctx.config.churn_horizon_days)
    if window is None:
        return Dates(DateRange(None, ctx.as_of), None)
    before = window.previous().resolve(ctx.as_of) if metric.rows == "previous" else None
    return Dates(clip(window.resolve(ctx.as_of), ctx.as_of), before)


def shown_dates(window: Window, as_of: dt.date) -> DateRange:
    """The dates of a window as they are told: cut at the as-of date, unless it lies wholly after it."""
    dates = window.resolve(as_of)
    return dates if dates.start is not None and dates.start > as_of else clip(dates, as_of)


def clip(dates: DateRange, as_of: dt.date) -> DateRange:
    """``dates`` that end with the as-of date at the latest."""
    return DateRange(dates.start, min(dates.end, as_of) if dates.end else as_of)
