"""What the reader of a measurement must know: partial data, incomplete periods, small or overlapping groups."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tools.contracts import Text, Unit
from tools.metrics.catalogue import Dimension, Metric
from tools.metrics.options import PENDING
from tools.metrics.outcome import Measured, group_name
from tools.metrics.plan import components, main_source
from tools.metrics.results import data_range
from tools.metrics.values import remember
from tools.warehouse.context import ToolContext
from tools.windows import DateRange

_NAMED = 5
_BULK = 100
_BULK_SHARE = 0.2
"""Quantities from _BULK on are told when they make up this part of all items."""
_SIMILAR = 0.9
"""Windows are of one length when the shorter is at least this part of the longer, as February is of January."""
_WITHOUT = {
    False: Text(zh="计入合计，不属于任何一组", en="it is in the total and in no group"),
    True: Text(zh="计入“其他”", en="it is part of the others"),
}
"""Where rows without a group are, by whether the others are shown as one row."""
_BUYERS = frozenset(
    {"active_customers", "buyers", "new_customers", "returning_customers", "repeat_customers", "previously_active_customers"}
)
_COUNTS = ("active_customers", "buyers", "customers", "contacted_customers")


def build_caveats(ctx: ToolContext, measured: Measured) -> list[Text]:
    """All caveats that apply, the gravest first."""
    return [
        *([measured.uncompared] if measured.uncompared else []),
        *_outside(ctx, measured),
        *_lengths(measured),
        *_incomplete(measured),
        *_pending(measured),
        *_partly_known(ctx, measured),
        *_unassigned(ctx, measured),
        *_overlap(measured),
        *_line_grain(measured),
        *_bulk(ctx, measured),
        *_small(ctx, measured),
        *_without_customer(ctx, measured),
        *_controls(ctx, measured),
        *_ignored_window(measured),
        *_cut_off(measured),
    ]


def _outside(ctx: ToolContext, measured: Measured) -> Iterator[Text]:
    data = data_range(ctx, main_source(measured.plan))
    if data.start is None or data.end is None:
        return
    for dates in (measured.window, measured.before):
        if dates is None or dates.start is None:
            continue
        if dates.start < data.start or (dates.end is not None and dates.end > data.end):
            yield Text(
                zh=f"数据只覆盖 {data.start} 至 {data.end}，时间范围 {dates.start} 至 {dates.end} 有一部分没有数据。",
                en=f"The data run from {data.start} to {data.end}; part of the window {dates.start} to {dates.end} lies outside them.",
            )


def _lengths(measured: Measured) -> Iterator[Text]:
    now, before = _days(measured.window), _days(measured.before)
    if measured.compare == "usual" or measured.per_before is not None:
        return  # one time beside the average of many
    if now and before and min(now, before) < _SIMILAR * max(now, before):
        yield Text(
            zh=f"两个时间范围长度不同：本期 {now} 天，上期 {before} 天。",
            en=f"The two windows differ in length: {now} days, and {before} before.",
        )


def _days(dates: DateRange | None) -> int | None:
    if dates is None or dates.start is None or dates.end is None:
        return None
    return (dates.end - dates.start).days + 1


def _incomplete(measured: Measured) -> Iterator[Text]:
    for name, covered in measured.incomplete.items():
        yield Text(
            zh=f"{name} 不完整：只包含 {covered.start} 至 {covered.end}。",
            en=f"{name} is incomplete: it covers only {covered.start} to {covered.end}.",
        )


def _partly_known(ctx: ToolContext, measured: Measured) -> Iterator[Text]:
    used = {one.id: one for one in (*measured.plan.by, *(f.dimension for f in measured.plan.filters)) if one.level == "customer"}
    for dimension in used.values():
        if dimension.computed:
            continue
        known, everyone = _coverage(ctx, dimension)
        if known < everyone:
            yield Text(
                zh=f"只有 {known:,} / {everyone:,} 位客户有“{dimension.name.zh}”信息，相关数字只针对这部分客户。",
                en=f"{_capital(dimension.name.en)} is known for {known:,} of {everyone:,} customers; figures by it are about those.",
            )


def _coverage(ctx: ToolContext, dimension: Dimension) -> tuple[int, int]:
    def read() -> tuple[int, int]:
        """Customers for whom it is known, and all."""
        known, everyone = ctx.engine.rows(f"SELECT count({dimension.sql}), count(*) FROM customer_base AS c")[0]
        return int(known), int(everyone)

    return remember(ctx, f"coverage {dimension.id}", read)


def _unassigned(ctx: ToolContext, measured: Measured) -> Iterator[Text]:
    whole = measured.group_count == len(measured.groups) and not measured.kept  # no group was left out by a condition
    if not whole or any(one.level == "customer" for one in measured.plan.by):
        return
    for metric in measured.plan.metrics:
        if metric.ratio is not None or not measured.has_share(metric) or metric.rows != "window":
            continue
        total = Decimal(str(measured.total.values.get(metric.id) or 0))
        missing = total - sum((Decimal(str(group.values[metric.id] or 0)) for group in measured.groups), Decimal(0))
        if missing and total:
            part = abs(missing / total)
            share = "< 0.1%" if part < Decimal("0.0005") else f"{part:.1%}"
            shown = f"{ctx.config.currency}{missing:,.2f}" if metric.unit is Unit.MONEY else f"{missing:,}"
            zh, en = "、".join(one.name.zh for one in measured.plan.by), " and ".join(one.name.en for one in measured.plan.by)
            where = _WITHOUT[measured.others is not None]
            yield Text(
                zh=f"{metric.name.zh}中有 {shown}（{share}）没有{zh}信息，{where.zh}。",
                en=f"{shown} of {metric.name.en} ({share}) has no {en}: {where.en}.",
            )
            return


def _overlap(measured: Measured) -> Iterator[Text]:
    for metric in measured.plan.metrics:
        counted = metric.unit is Unit.COUNT and metric.ratio is None and measured.grouped
        if not counted or measured.has_share(metric):
            continue
        summed = sum(int(group.values[metric.id] or 0) for group in measured.groups)
        if summed > int(measured.total.values.get(metric.id) or 0):
            yield Text(
                zh=f"同一对象可能同时属于多组，因此各组“{metric.name.zh}”之和大于合计。",
                en=f"Groups overlap for {metric.name.en}: one may count in several, so they add up to more than the total.",
            )
            return


def _line_grain(measured: Measured) -> Iterator[Text]:
    by_product = "product" in measured.plan.levels
    if by_product and any(metric.id == "average_order_value" for metric in measured.plan.metrics):
        yield Text(
            zh="按商品维度的客单价是该商品明细金额 ÷ 含该商品的订单数，不是整单金额。",
            en="Average order value by products is the amount of those products per order that has them, not the whole order's.",
        )


def _bulk(ctx: ToolContext, measured: Measured) -> Iterator[Text]:
    """Goods sold by weight or volume, such as fuel in millilitres, can drown the count of pieces."""
    if not any(part.id == "items" for metric in measured.plan.metrics for part in components(metric)):
        return

    def read() -> tuple[int, float]:
        """Lines of goods by measure, and their share of all items."""
        lines, share = ctx.engine.rows(
            "SELECT count(CASE WHEN quantity >= $bulk THEN 1 END), "
            "CAST(sum(CASE WHEN quantity >= $bulk THEN quantity END) AS DOUBLE) / nullif(sum(quantity), 0) FROM order_lines",
            {"bulk": _BULK},
        )[0]
        return int(lines), float(share or 0)

    lines, share = remember(ctx, "bulk lines", read)
    if share >= _BULK_SHARE:
        yield Text(
            zh=f"有 {lines:,} 条明细的数量不小于 {_BULK}（可能按重量或体积计），占全部件数的 {share:.1%}；件数指标请谨慎使用。",
            en=f"{lines:,} lines have a quantity of {_BULK} or more, probably weights or volumes; "
            f"they make up {share:.1%} of all items, so take counts of items with care.",
        )


def _small(ctx: ToolContext, measured: Measured) -> Iterator[Text]:
    size = next((metric.id for metric in measured.plan.extra if metric.id != PENDING), None)
    if size is None:
        size = next((m.id for m in measured.plan.metrics if m.id in _COUNTS), None)
    if size is None or not any(one.level == "customer" and one.kind != "id" for one in measured.plan.by):
        return
    least = ctx.config.smallest_segment_size
    small = [group_name(measured, group) for group in measured.shown if int(group.values.get(size) or 0) < least]
    if small:
        zh, en = "、".join(name.zh for name in small[:_NAMED]), ", ".join(name.en for name in small[:_NAMED])
        more = "…" if len(small) > _NAMED else ""
        yield Text(
            zh=f"以下分组不足 {least} 位客户，数字波动较大：{zh}{more}。",
            en=f"Groups of fewer than {least} customers, whose figures are unsteady: {en}{more}.",
        )


def _without_customer(ctx: ToolContext, measured: Measured) -> Iterator[Text]:
    if not any(part.id in _BUYERS for metric in measured.plan.metrics for part in components(metric)):
        return

    def read() -> int:
        """Counted orders without a customer."""
        return int(ctx.engine.rows("SELECT count(*) FROM counted_orders WHERE customer_id IS NULL")[0][0])

    number = remember(ctx, "orders without customer", read)
    if number:
        yield Text(
            zh=f"全部数据中有 {number:,} 笔订单没有客户信息，不计入客户数与人均指标。",
            en=f"{number:,} orders in the data have no customer; they are in no count of customers and no figure per customer.",
        )


def _controls(ctx: ToolContext, measured: Measured) -> Iterator[Text]:
    used = {one.id for one in (*measured.plan.by, *(f.dimension for f in measured.plan.filters))}
    if "arm" in used or not any(form.source == "contacts" for form in measured.plan.forms.values()):
        return

    def read() -> int:
        """Rows of control groups."""
        return int(ctx.engine.rows("SELECT count(*) FROM campaign_contacts WHERE arm = 'control'")[0][0])

    number = remember(ctx, "controls", read)
    if number:
        yield Text(
            zh=f"另有 {number:,} 条属于对照组的记录未计入触达；可按“实验组/对照组”拆分查看。",
            en=f"The rows of control groups ({number:,}) are left out, because they were not contacted; split by arm to see them.",
        )


def _ignored_window(measured: Measured) -> Iterator[Text]:
    if measured.plan.window is None:
        return
    for metric in _ignoring(measured):
        yield Text(zh=f"“{metric.name.zh}”与时间范围无关。", en=f"The number of {metric.name.en} does not depend on the window.")


def _ignoring(measured: Measured) -> list[Metric]:
    return [metric for metric in measured.plan.metrics if metric.window == "ignored"]


def _pending(measured: Measured) -> Iterator[Text]:
    number = measured.total.values.get(PENDING)
    if number:
        days = measured.plan.within
        yield Text(
            zh=f"有 {number:,} 位客户首单之后的 {days} 天尚未过完，未计入复购率。",
            en=f"{number:,} customers whose {days} days after the first order are not over yet are left out of the rate.",
        )


def _cut_off(measured: Measured) -> Iterator[Text]:
    if measured.per_group is not None:
        return
    if measured.limit is None and measured.grouped and measured.group_count > len(measured.groups):
        yield Text(
            zh=f"分组过多（{measured.group_count:,} 组），只读取了其中 {len(measured.groups):,} 组。",
            en=f"There are {measured.group_count:,} groups; only {len(measured.groups):,} of them were read.",
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
