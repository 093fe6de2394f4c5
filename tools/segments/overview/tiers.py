"""What an overview of tiers says beyond the numbers of its groups: where the limits lie, rates between stages, rules.

Figures by scheme:

- value_activity: ``value_high_edge`` and ``value_middle_edge`` (money); ``value_<level>.customers``, ``.share_of_customers``,
  ``.share_of_revenue`` and the same for ``activity_<level>``.
- membership: ``svip_amount``, ``svip_orders``, ``vip_amount``, ``vip_orders``, those that hold.
- lifecycle: ``period_days``, ``this_from``, ``this_to``, ``last_from``, ``last_to``, ``active_now``, ``active_before``,
  ``retention_rate``, ``lapse_rate``, ``new_share``.
- aipl: ``<group>.reached`` and, from the second stage on, ``<group>.conversion`` (of those who came to the stage before).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tools.contracts import Figure, Text, Unit
from tools.metrics.values import is_filled
from tools.requests import TierLimit
from tools.rules import AllOf, Behaviour, Condition, NotRule, SegmentRule
from tools.segments.freshness import require_features
from tools.segments.overview.charts import reached
from tools.segments.overview.rows import GroupRow
from tools.segments.overview.source import Source
from tools.segments.reporting import as_money, figure, share
from tools.segments.schemes import ACTIVITY_LEVELS, AIPL, LIFECYCLE, MEMBERSHIP, VALUE_ACTIVITY, VALUE_LEVELS, Scheme
from tools.segments.tiers.limits import Limits
from tools.segments.tiers.step import Edges, read_edges
from tools.warehouse.context import ToolContext
from tools.windows import Window

_NOT_STORED = Text(
    zh="这些分组是为本次回答按所给条件即时计算的；已保存的分层仍按设置中的界限。",
    en="These groups were worked out for this answer by the limits given; the stored ones keep the limits of the settings.",
)
_NO_EVENTS = Text(
    zh="没有行为数据，活跃度只按近30天订单数计算。",
    en="There are no events in the data, so activity is the orders of the last 30 days alone.",
)


@dataclass(frozen=True)
class Extra:
    """Further figures, the limits in words, caveats, and rules of groups that no stored field holds."""

    figures: tuple[Figure, ...] = ()
    sentence: Text | None = None
    caveats: tuple[Text, ...] = ()
    rules: Mapping[str, SegmentRule] = field(default_factory=dict)


def extra(ctx: ToolContext, scheme: Scheme, source: Source, rows: list[GroupRow]) -> Extra:
    """What there is to say about the groups of ``scheme``; nothing for RFM."""
    if source.limits is None:
        return Extra()
    caveats = (_NOT_STORED,) if source.computed else ()
    if scheme is VALUE_ACTIVITY:
        without = () if is_filled(ctx, "events") else (_NO_EVENTS,)
        return _grid(source.limits, read_edges(ctx.engine, source.limits), rows, (*without, *caveats))
    if scheme is MEMBERSHIP:
        return _membership(source.limits, read_edges(ctx.engine, source.limits), caveats)
    if scheme is LIFECYCLE:
        return _lifecycle(source.limits.period_days, require_features(ctx), rows, caveats)
    return Extra(tuple(_stages(rows)), None, caveats) if scheme is AIPL else Extra()


def _grid(limits: Limits, edges: Edges, rows: list[GroupRow], caveats: tuple[Text, ...]) -> Extra:
    high, middle = as_money(edges.value_high), as_money(edges.value_middle)
    figures = [
        figure("value_high_edge", "高价值的年消费额下限（高于）", "yearly spend above which value is high", high, Unit.MONEY),
        figure("value_middle_edge", "中价值的年消费额下限（高于）", "yearly spend above which value is middle", middle, Unit.MONEY),
    ]
    for prefix, place, levels in (("value", 0, VALUE_LEVELS), ("activity", 1, ACTIVITY_LEVELS)):
        for level, name in levels.items():
            members = [row for row in rows if row.group.stored.split("_")[place] == level]
            figures += _level(f"{prefix}_{level}", name, members, rows)
    sentence = Text(
        zh=f"本次界限：近365天净消费额高于 {high} 为高、高于 {middle} 为中（{limits.value_high:.0%} 与 {limits.value_middle:.0%} 分位数，"
        f"期间下单客户 {edges.buyers:,} 位）；活跃度 {limits.activity_high} 次起为高、{limits.activity_middle} 次起为中。",
        en=f"Here value is high above {high} and middle above {middle} (the {limits.value_high:.0%} and {limits.value_middle:.0%} "
        f"quantiles of the {edges.buyers:,} who ordered in those days); activity is high from {limits.activity_high}, middle from "
        f"{limits.activity_middle}.",
    )
    return Extra(tuple(one for one in figures if one.value is not None), sentence, caveats)


def _level(prefix: str, name: Text, members: list[GroupRow], rows: list[GroupRow]) -> list[Figure]:
    customers, revenue = sum(row.customers for row in members), sum((row.revenue for row in members), Decimal("0.00"))
    everyone, whole = sum(row.customers for row in rows), sum((row.revenue for row in rows), Decimal("0.00"))
    return [
        figure(f"{prefix}.customers", f"{name.zh}：客户数", f"{name.en}: customers", customers, Unit.COUNT),
        figure(
            f"{prefix}.share_of_customers", f"{name.zh}：客户占比", f"{name.en}: share of customers", share(customers, everyone), Unit.SHARE
        ),
        figure(f"{prefix}.share_of_revenue", f"{name.zh}：消费额占比", f"{name.en}: share of revenue", share(revenue, whole), Unit.SHARE),
    ]


def _membership(limits: Limits, edges: Edges, caveats: tuple[Text, ...]) -> Extra:
    figures: list[Figure] = []
    rules: dict[str, SegmentRule] = {}
    words: list[Text] = []
    for name, limit, edge in (("svip", limits.svip, edges.svip_edge), ("vip", limits.vip, edges.vip_edge)):
        amount = limit.amount if limit.share is None else as_money(edge)
        label = name.upper()
        if amount is not None:
            figures.append(figure(f"{name}_amount", f"{label} 年消费额门槛", f"yearly spend for {label}", amount, Unit.MONEY))
        if limit.orders is not None:
            figures.append(figure(f"{name}_orders", f"{label} 年订单数门槛", f"orders a year for {label}", limit.orders, Unit.COUNT))
        words.append(_tier_words(label, limit, amount))
        rules[f"tier_{name}"] = _tier_rule(limit, edge)
    rules["tier_vip"] = AllOf(all=(rules["tier_vip"], _negated(rules["tier_svip"])))
    rules["tier_regular"] = AllOf(all=(_negated(rules["tier_svip"]), _negated(rules["tier_vip"])))
    zh, en = "；".join(word.zh for word in words), "; ".join(word.en for word in words)
    sentence = Text(zh=f"本次标准（近365天）：{zh}。", en=f"Here, over the last 365 days: {en}.")
    return Extra(tuple(figures), sentence, caveats, rules if caveats else {})


def _tier_words(label: str, limit: TierLimit, amount: Decimal | None) -> Text:
    if limit.share is not None:
        edge = Text(zh=f"，即高于 {amount:,}", en=f", above {amount:,}") if amount is not None else Text(zh="", en="")
        top = f"{float(limit.share) * 100:g}%"
        rest = Text(zh="（SVIP 除外）", en=", but for SVIP") if label == "VIP" else Text(zh="", en="")
        return Text(zh=f"{label} 为消费最高的 {top}{rest.zh}{edge.zh}", en=f"{label} is the top {top} by spend{rest.en}{edge.en}")
    parts = []
    if amount is not None:
        parts.append(Text(zh=f"消费满 {amount:,}", en=f"spend of at least {amount:,}"))
    if limit.orders is not None:
        parts.append(Text(zh=f"满 {limit.orders} 单", en=f"at least {limit.orders} orders"))
    return Text(zh=f"{label} 需{'且'.join(part.zh for part in parts)}", en=f"{label} takes {' and '.join(part.en for part in parts)}")


def _tier_rule(limit: TierLimit, edge: float | None) -> SegmentRule:
    parts: list[SegmentRule] = [Condition(field="orders_365d", op=">", value=0)]
    if limit.share is not None:
        parts.append(Condition(field="amount_365d", op=">", value=Decimal(str(edge or 0.0))))
    if limit.amount is not None:
        parts.append(Condition(field="amount_365d", op=">=", value=limit.amount))
    if limit.orders is not None:
        parts.append(Condition(field="orders_365d", op=">=", value=limit.orders))
    return AllOf(all=tuple(parts))


def _negated(rule: SegmentRule) -> SegmentRule:
    return NotRule.model_validate({"not": rule})


def _lifecycle(days: int, as_of: dt.date, rows: list[GroupRow], caveats: tuple[Text, ...]) -> Extra:
    this_from, last_to = as_of - dt.timedelta(days=days - 1), as_of - dt.timedelta(days=days)
    last_from = last_to - dt.timedelta(days=days - 1)
    new, retained, returned, lapsed = (row.customers for row in rows)
    now, before = new + retained + returned, retained + lapsed
    figures = [
        figure("period_days", "每期天数", "days of a period", days, Unit.DAYS),
        *(
            figure(name, zh, en, day, Unit.DATE)
            for name, zh, en, day in (
                ("this_from", "本期开始", "this period begins", this_from),
                ("this_to", "本期结束", "this period ends", as_of),
                ("last_from", "上期开始", "the last period begins", last_from),
                ("last_to", "上期结束", "the last period ends", last_to),
            )
        ),
        figure("active_now", "本期下单客户数", "customers of this period", now, Unit.COUNT),
        figure("active_before", "上期下单客户数", "customers of the last period", before, Unit.COUNT),
        figure("retention_rate", "留存率", "retention rate", share(retained, before), Unit.SHARE),
        figure("lapse_rate", "流失率（较上期）", "lapse rate", share(lapsed, before), Unit.SHARE),
        figure("new_share", "本期客户中新增占比", "share of this period's customers who are new", share(new, now), Unit.SHARE),
    ]
    sentence = Text(
        zh=f"本期为 {this_from} 至 {as_of}，上期为 {last_from} 至 {last_to}（各 {days} 天）。",
        en=f"This period is {this_from} to {as_of}, the last one {last_from} to {last_to} ({days} days each).",
    )
    rules = _lifecycle_rules(days) if caveats else {}
    return Extra(tuple(one for one in figures if one.value is not None), sentence, caveats, rules)


def _lifecycle_rules(days: int) -> dict[str, SegmentRule]:
    now, before = (Behaviour(behaviour="orders", op=">=", value=1, window=Window(last_days=days, shift=shift)) for shift in (0, 1))
    new = Condition(field="tenure_days", op="<", value=days)
    return {
        "lifecycle_new": AllOf(all=(now, new)),
        "lifecycle_retained": AllOf(all=(now, before)),
        "lifecycle_returned": AllOf(all=(now, _negated(before), _negated(new))),
        "lifecycle_lapsed": AllOf(all=(before, _negated(now))),
    }


def _stages(rows: list[GroupRow]) -> list[Figure]:
    found: list[Figure] = []
    came = reached(rows)
    for number, (row, count) in enumerate(zip(rows, came, strict=True)):
        name = row.group.name
        found.append(figure(f"{row.group.id}.reached", f"到达{name.zh}", f"came to: {name.en}", count, Unit.COUNT))
        rate = share(count, came[number - 1]) if number else None
        if rate is not None:
            found.append(
                figure(f"{row.group.id}.conversion", f"{name.zh}：从上一阶段转化", f"{name.en}: from the stage before", rate, Unit.SHARE)
            )
    return found
