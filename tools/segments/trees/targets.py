"""What a tree can lead to: whom it is about, what the outcome is, and how both are said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tools.contracts import Text
from tools.rules import EVERYONE, AnyOf, Condition, SegmentRule

TargetId = Literal["churn", "high_value", "response", "segment"]
TOP_SHARE = 0.2
"""High value: the top fifth by what they spend in the period."""

ACTIVE = AnyOf(any=(Condition(field="recency_days", op="<", value=90), Condition(field="gap_ratio", op="<=", value=3)))
"""Customers who can churn: a counted order in the last 90 days, or within three of their own typical gaps."""
BUYERS = Condition(field="orders", op=">=", value=1)


@dataclass(frozen=True)
class Target:
    """One outcome.

    Args:
        id: As requests name it.
        days: The horizon where none is given; 0 where the target has none.
        who: Whom it is asked of, as a rule over today's customers.
        among: The same in words.
        outcome: What happens to them, in words, with {days} and {name} filled in.
        name: The target's own name.
    """

    id: TargetId
    days: int
    who: SegmentRule
    among: Text
    outcome: Text
    name: Text


TARGETS: dict[str, Target] = {
    one.id: one
    for one in (
        Target(
            "churn",
            0,
            ACTIVE,
            Text(zh="仍活跃的客户", en="customers who are still active"),
            Text(zh="在随后 {days} 天内没有下单", en="did not order in the {days} days that followed"),
            Text(zh="流失", en="churn"),
        ),
        Target(
            "high_value",
            90,
            BUYERS,
            Text(zh="下过单的客户", en="customers with an order"),
            Text(zh="在随后 {days} 天的消费额位居前五分之一", en="were in the top fifth by spend in the {days} days that followed"),
            Text(zh="高价值", en="high value"),
        ),
        Target(
            "response",
            90,
            EVERYONE,
            Text(zh="被营销活动触达的客户", en="customers who were contacted by a campaign"),
            Text(zh="响应了随后 {days} 天内触达他们的活动", en="responded to a campaign of the {days} days that followed"),
            Text(zh="营销响应", en="response to campaigns"),
        ),
        Target(
            "segment",
            0,
            EVERYONE,
            Text(zh="全部客户", en="all customers"),
            Text(zh="属于“{name}”", en="belong to {name}"),
            Text(zh="分群成员", en="membership"),
        ),
    )
}


def outcome_words(target: Target, days: int, name: Text | None) -> Text:
    """The outcome in words, such as "did not order in the 30 days that followed"."""
    return Text(
        zh=target.outcome.zh.format(days=days, name=name.zh if name else ""),
        en=target.outcome.en.format(days=days, name=name.en if name else ""),
    )
