"""Shares of a wider whole: the same measured without some of its limits, such as the shoppers of a store that are champions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tools.contracts import Text, Unit
from tools.metrics.catalogue import Metric
from tools.metrics.outcome import Measured, share_of
from tools.metrics.plan import Plan
from tools.metrics.results import Group
from tools.requests import Measure

CUSTOMERS, WINDOW = "customers", "window"
LEAST = 30
"""Of so many the whole of a group has to be, for its share to come among the highest and lowest."""


def whole_plan(plan: Plan, share_of_all: list[str]) -> Plan:
    """The plan without the limits that the share is told of."""
    return replace(
        plan,
        filters=tuple(one for one in plan.filters if one.dimension.id not in share_of_all),
        customers=None if CUSTOMERS in share_of_all else plan.customers,
        window=None if WINDOW in share_of_all else plan.window,
    )


def tells_share(measured: Measured, metric: Metric) -> bool:
    """Whether a metric's share of the whole is told: the first one's, and without groups that of every sum and count."""
    summed = bool(metric.additive) and metric.unit in (Unit.COUNT, Unit.MONEY)
    return metric.id == measured.plan.metrics[0].id or (summed and not measured.grouped)


def with_absent(groups: list[Group], wholes: dict[tuple[str, ...], Group], plan: Plan) -> list[Group]:
    """The groups, and those of the whole of which nothing is within the limits: their share is nothing."""
    present = {group.keys for group in groups}
    nothing: dict[str, int] = {metric.id: 0 for metric in plan.measured}
    return [*groups, *(replace(group, values={**nothing}) for keys, group in wholes.items() if keys not in present)]


def by_share(groups: list[Group], wholes: dict[tuple[str, ...], Group], metric: Metric, *, descending: bool) -> list[Group]:
    """The groups in the order of their share of the whole."""
    sign = -1 if descending else 1

    def place(group: Group) -> tuple[bool, float, tuple[str, ...]]:
        """Groups without a share, and those of a few, come last."""
        whole = wholes.get(group.keys)
        share = share_of(group, whole, metric)
        few = metric.unit is Unit.COUNT and whole is not None and (whole.values.get(metric.id) or 0) < LEAST
        return share is None or few, sign * (share or 0.0), group.keys

    return sorted(groups, key=place)


def with_wholes(measured: Measured, request: Measure, grouped: Callable[[Plan], list[Group]]) -> Measured:
    """The measurement with what each group's share is told of.

    Args:
        measured: The groups within all limits.
        request: What was asked for.
        grouped: Runs a plan.
    """
    if not request.share_of:
        return measured
    plan = whole_plan(measured.plan, request.share_of)
    wholes = {group.keys: group for group in grouped(plan)}
    if not measured.grouped:
        return replace(measured, wholes=wholes)
    wholes[()] = grouped(plan.ungrouped())[0]
    groups = with_absent(measured.groups, {keys: group for keys, group in wholes.items() if keys}, measured.plan)
    if request.sort in ("largest", "smallest"):
        groups = by_share(groups, wholes, measured.plan.metrics[0], descending=request.sort == "largest")
    return replace(measured, wholes=wholes, groups=groups, group_count=max(measured.group_count, len(groups)))


def of_what(share_of_all: list[str], plan: Plan, *, ranked: bool) -> Text:
    """Of what the share is, in words, and which groups come last."""
    zh = [one.dimension.name.zh for one in plan.filters if one.dimension.id in share_of_all]
    en = [one.dimension.name.en for one in plan.filters if one.dimension.id in share_of_all]
    zh += ["客户"] if CUSTOMERS in share_of_all else []
    en += ["customers"] if CUSTOMERS in share_of_all else []
    zh += ["时间"] if WINDOW in share_of_all else []
    en += ["dates"] if WINDOW in share_of_all else []
    last = Text(zh=f"，整体不足 {LEAST} 的组排在最后", en=f", and groups of fewer than {LEAST} come last")
    few = last if ranked and plan.metrics[0].unit is Unit.COUNT else Text(zh="", en="")
    return Text(zh=f"占比的整体：不限{'、'.join(zh)}{few.zh}", en=f"the share is of the same whatever the {' and the '.join(en)}{few.en}")
