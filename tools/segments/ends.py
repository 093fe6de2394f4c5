"""Where a group begins and ends in the data as they are: days, orders and money, in words."""

from __future__ import annotations

from decimal import Decimal
from math import floor

from tools.contracts import Text, Unit
from tools.rendering import render
from tools.segments.schemes import EIGHT, EIGHT_CELLS, MEMBERSHIP, RFM, RFM_CELLS, VALUE_ACTIVITY, Group, Scheme
from tools.segments.scoring import Edges, latest_edges
from tools.segments.tiers.step import read_edges, stored_limits
from tools.warehouse.context import ToolContext

_SCORES = 5


def ends_of_group(ctx: ToolContext, group: Group, scheme: Scheme) -> Text | None:
    """What the rule of a group comes to today; None where it says so itself, or nothing is scored."""
    if scheme in (RFM, EIGHT):
        edges = latest_edges(ctx.engine)
        told = None if edges is None else _recencies(edges, group.id) if scheme is RFM else _heights(ctx, edges, group.id)
        return told and _today(ctx, told)
    if scheme is MEMBERSHIP:
        told = _limits(ctx)
        return told and _today(ctx, told)
    return None


def ends_of_scheme(ctx: ToolContext, scheme: Scheme) -> Text | None:
    """Where the groups of a scheme end today; None where its definition says so itself, or nothing is scored."""
    edges = latest_edges(ctx.engine) if scheme is RFM else None
    told = _scores(ctx, edges) if edges else _limits(ctx) if scheme is MEMBERSHIP else _values(ctx) if scheme is VALUE_ACTIVITY else None
    return told and _today(ctx, told)


def _today(ctx: ToolContext, told: Text) -> Text:
    return Text(zh=f"按截至 {ctx.as_of} 的数据，{told.zh}。", en=f"In the data up to {ctx.as_of}: {told.en}. ")


def _money(ctx: ToolContext, amount: Decimal | float) -> Text:
    value, currency = Decimal(str(amount)).quantize(Decimal("0.01")), ctx.config.currency or "$"
    return Text(zh=render(value, Unit.MONEY, "zh", currency), en=render(value, Unit.MONEY, "en", currency))


def _days(edges: Edges, score: int) -> Text:
    """The whole days since the last order that have a score of recency."""
    ends, place = edges.values["recency"], _SCORES - score
    low = floor(ends[place - 1]) + 1 if place else 0
    if place == len(ends):
        return Text(zh=f"{low} 天及以上没有下单", en=f"{low} days or more without an order")
    high = floor(ends[place])
    return Text(zh=f"{low}–{high} 天没有下单", en=f"{low}–{high} days without an order")


def _recencies(edges: Edges, group_id: str) -> Text | None:
    scores = [recency for recency, groups in sorted(RFM_CELLS.items()) if group_id in groups]
    if not scores:
        return None
    told = [(score, _days(edges, score)) for score in scores]
    zh, en = "，".join(f"R={score} 是 {one.zh}" for score, one in told), ", ".join(f"R {score} is {one.en}" for score, one in told)
    return Text(zh=zh, en=en)


def _heights(ctx: ToolContext, edges: Edges, group_id: str) -> Text:
    """The days, orders and money of a group that is made of high and low scores."""
    recency, frequency, monetary = next(cell for cell, name in EIGHT_CELLS.items() if name == group_id)
    least = {name: floor(mean) + 1 for name, mean in edges.means.items()}  # the lowest score above the mean
    day = floor(edges.values["recency"][_SCORES - least["recency"]])
    order = floor(edges.values["frequency"][least["frequency"] - 2])
    money = _money(ctx, edges.values["monetary"][least["monetary"] - 2])
    ago, times = (f"不超过 {day} 天" if recency else f"超过 {day} 天"), (f"{order + 1} 单及以上" if frequency else f"不超过 {order} 单")
    zh = f"上次下单距今{ago}、累计{times}、累计消费{'超过' if monetary else '不超过'} {money.zh}"
    en = (
        f"last ordered {'at most' if recency else 'more than'} {day} days ago, "
        f"{f'at least {order + 1}' if frequency else f'at most {order}'} orders, spent {'over' if monetary else 'at most'} {money.en}"
    )
    return Text(zh=zh, en=en)


def _scores(ctx: ToolContext, edges: Edges) -> Text:
    days = [(score, _days(edges, score)) for score in range(_SCORES, 0, -1)]
    orders, money = [floor(one) for one in edges.values["frequency"]], [_money(ctx, one) for one in edges.values["monetary"]]
    zh = (
        "，".join(f"R={score} 是 {one.zh}" for score, one in days)
        + f"；F 的分界是 {'、'.join(map(str, orders))} 单，M 的分界是 {'、'.join(one.zh for one in money)}"
    )
    en = (
        ", ".join(f"R {score} is {one.en}" for score, one in days)
        + f"; F changes above {', '.join(map(str, orders))} orders, M above {', '.join(one.en for one in money)}"
    )
    return Text(zh=zh, en=en)


def _limits(ctx: ToolContext) -> Text | None:
    limits = stored_limits(ctx.engine)
    if limits is None:
        return None
    edges = read_edges(ctx.engine, limits)
    if limits.svip.share is None or limits.vip.share is None or edges.svip_edge is None or edges.vip_edge is None:
        return None
    svip, vip = _money(ctx, edges.svip_edge), _money(ctx, edges.vip_edge)
    zh = f"近365天消费超过 {svip.zh} 为 SVIP，超过 {vip.zh} 为 VIP"
    return Text(zh=zh, en=f"over {svip.en} in the last 365 days makes SVIP, over {vip.en} makes VIP")


def _values(ctx: ToolContext) -> Text | None:
    limits = stored_limits(ctx.engine)
    edges = read_edges(ctx.engine, limits) if limits else None
    if edges is None or edges.value_high is None or edges.value_middle is None:
        return None
    high, middle = _money(ctx, edges.value_high), _money(ctx, edges.value_middle)
    return Text(
        zh=f"近365天消费超过 {high.zh} 为高价值，超过 {middle.zh} 为中价值",
        en=f"over {high.en} in the last 365 days is high value, over {middle.en} middle value",
    )
