"""Customers whose first days are not over yet: what they will have done in them cannot be told."""

from __future__ import annotations

import datetime as dt

from tools.contracts import Text
from tools.rules import AllOf, AnyOf, Behaviour, NotRule, SegmentRule
from tools.warehouse.context import ToolContext

_SQL = "SELECT count(*) FROM customer_base AS b WHERE b.first_order_date > $until"


def unfinished(ctx: ToolContext, rule: SegmentRule) -> tuple[Text, ...]:
    """How many customers ordered first so lately that the days which the rule is about are not over; nothing where none did."""
    days = _first_days(rule)
    if not days:
        return ()
    count = int(ctx.engine.rows(_SQL, {"until": ctx.as_of - dt.timedelta(days=max(days))})[0][0])
    if not count:
        return ()
    customers = "1 customer" if count == 1 else f"{count:,} customers"
    return (
        Text(
            zh=f"有 {count:,} 位客户首单之后的 {max(days)} 天尚未过完，其中还未再下单的人之后仍可能复购。",
            en=f"For {customers} the {max(days)} days after the first order are not over yet; who has not come back may still do so.",
        ),
    )


def _first_days(rule: SegmentRule) -> list[int]:
    match rule:
        case Behaviour():
            return [rule.first_days] if rule.first_days else []
        case NotRule():
            return _first_days(rule.not_)
        case AllOf():
            return [days for part in rule.all for days in _first_days(part)]
        case AnyOf():
            return [days for part in rule.any for days in _first_days(part)]
    return []
