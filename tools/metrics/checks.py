"""Cross-checks of a measurement: groups against the total, totals against a recount, ratios against their parts, periods apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tools.checks import agree, check, gather
from tools.contracts import Check, Text, Unit
from tools.metrics.catalogue import Metric, catalogue
from tools.metrics.compile import parts_of
from tools.metrics.outcome import Measured
from tools.metrics.recount import by_months, has_room, recount
from tools.metrics.results import Value, run_plan
from tools.warehouse.context import ToolContext, features_current
from tools.windows import DateRange

_MOST_METRICS = 4
"""Metrics of one answer that are checked: the first ones, of which its words speak."""


def measure_checks(ctx: ToolContext, measured: Measured) -> tuple[Check, ...]:
    """What the figures of ``measured`` are compared with; a metric that has no second way has no check."""
    return gather(lambda: _parts(ctx, measured), lambda: _recounts(ctx, measured), lambda: _apart(measured))


def cohort_checks(ctx: ToolContext, sizes: Sequence[int], joined: DateRange, *, everybody: bool) -> tuple[Check, ...]:
    """All cohorts together are the customers whose first order lies in their dates, by what a refresh stored of each customer.

    Args:
        ctx: The warehouse, as of a date.
        sizes: Customers of each cohort.
        joined: Dates of the first orders.
        everybody: Whether the cohorts are of all customers and first orders; others are not stored.
    """

    def members() -> Iterator[Check]:
        """Customers by their first orders as features keep them."""
        if not everybody or not features_current(ctx):
            return
        sql = "SELECT count(*) FROM customer_features WHERE first_order_date BETWEEN CAST($start AS DATE) AND CAST($end AS DATE)"
        expected = ctx.engine.rows(sql, {"start": joined.start or dt.date.min, "end": joined.end or ctx.as_of})[0][0]
        label = Text(
            zh="各同期群客户数之和，与首单在此期间的客户数",
            en="cohorts added up, against the customers whose first order lies in their dates",
        )
        yield check("cohorts", label, sum(sizes), expected, Unit.COUNT)

    return gather(members)


def _parts(ctx: ToolContext, measured: Measured) -> Iterator[Check]:
    """The groups of each additive metric against the total, which has a statement of its own."""
    # Groups that were cut off have no sum to compare.
    if not measured.grouped or measured.kept or measured.per_group is not None or measured.group_count != len(measured.groups):
        return
    for metric in measured.plan.metrics[:_MOST_METRICS]:
        total = measured.total.values.get(metric.id)
        if total is None or not _adds_up(measured, metric):
            continue
        added: Value = sum(group.values.get(metric.id) or 0 for group in measured.groups)
        label, check_id = _parts_label(measured, metric), f"parts.{metric.id}"
        if agree(added, total, metric.unit):
            yield check(check_id, label, added, total, metric.unit)
        elif float(added or 0) < float(total) and not all(has_room(ctx, source) for source in _sources(measured)):
            # The rest are rows of no group, such as lines of an unknown product; to add them up would take another pass.
            yield Check(id=check_id, label=_at_most(label), found=added, expected=total, unit=metric.unit, holds=True)
        else:
            yield check(check_id, label, added, _of_some_group(ctx, measured, metric), metric.unit)


def _sources(measured: Measured) -> set[str]:
    return {form.source for form in measured.plan.forms.values()}


def _adds_up(measured: Measured, metric: Metric) -> bool:
    if not measured.has_share(metric):
        return False
    # A customer whose first two orders bear the same moment, as where only dates are known, may be new in two stores.
    of_people = any("DISTINCT CASE" in form.sql for form in metric.forms)
    return not of_people or all(one.level in ("customer", "time") for one in measured.plan.by)


def _of_some_group(ctx: ToolContext, measured: Measured, metric: Metric) -> Value:
    """The total of the rows that belong to a group at all: lines of an unknown product are in the total, in no category."""
    plan = replace(measured.plan.ungrouped(), metrics=(metric,), known=measured.plan.by)
    return run_plan(ctx, plan).groups[0].values[metric.id]


def _recounts(ctx: ToolContext, measured: Measured) -> Iterator[Check]:
    """The totals against the same taken from one table, without a join; of a ratio, both of its parts."""
    metrics = tuple(one for one in measured.plan.metrics[:_MOST_METRICS] if one.id in measured.total.values)
    if not metrics:
        return
    plan = replace(measured.plan.ungrouped(), metrics=metrics)
    monthly = {part.name for part in parts_of(plan) if by_months([part])}
    for metric_id, again in recount(ctx, plan).items():
        metric, total = catalogue().metric(metric_id), measured.total.values[metric_id]
        label = _recount_label(metric, monthly=metric_id in monthly)
        # Nothing to add up is nothing: no row at all may be told as zero.
        expected = again if again is not None or total else total
        yield check(f"recount.{metric_id}", label, total, expected, metric.unit)


def _apart(measured: Measured) -> Iterator[Check]:
    """The two periods of a comparison have no day in common."""
    now, before = measured.window, measured.before
    if before is None or now.start is None or before.end is None or measured.compare == "usual" or measured.per_before is not None:
        return
    shared = max((before.end - now.start).days + 1, 0) if now.end is None or before.start is None or before.start <= now.end else 0
    label = Text(zh="本期与对比期重叠的天数", en="days that the period and the one it is compared with share")
    yield check("periods_apart", label, shared, 0, Unit.COUNT)


def _parts_label(measured: Measured, metric: Metric) -> Text:
    zh = "、".join(one.name.zh for one in measured.plan.by)
    en = " and ".join(one.name.en for one in measured.plan.by)
    return Text(
        zh=f"按{zh}分组的{metric.name.zh}之和，与单独统计的合计",
        en=f"{metric.name.en} of the groups by {en} added up, against the total counted on its own",
    )


def _at_most(label: Text) -> Text:
    return Text(zh=f"{label.zh}（不超过即可：有些记录不属于任何一组）", en=f"{label.en} (at most that: some rows belong to no group)")


def _recount_label(metric: Metric, *, monthly: bool) -> Text:
    if metric.ratio is not None:
        top, bottom = (catalogue().metric(one).name for one in (metric.ratio.numerator, metric.ratio.denominator))
        return Text(
            zh=f"{metric.name.zh}，与另行统计的{top.zh} ÷ {bottom.zh}",
            en=f"{metric.name.en}, against {top.en} ÷ {bottom.en}, each counted again",
        )
    if monthly:
        return Text(zh=f"{metric.name.zh}，与逐月另行统计之和", en=f"{metric.name.en}, against its months counted again and added up")
    return Text(zh=f"{metric.name.zh}，与另行统计的结果", en=f"{metric.name.en}, against the same counted again in another way")
