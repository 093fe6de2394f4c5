"""The reasons behind a churn probability, from what is stored to words: which theme moved it, and what the customer did."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tools.contracts import Frozen, Text

LEAST_VISITS = 4
"""Dates with an order from which a customer has a rhythm: three gaps, as in the customer features."""

Words = tuple[str, str]


class Reason(Frozen):
    """One reason: the theme, its effect on the log-odds (positive: more likely to churn), and the words."""

    id: str
    effect: float
    zh: str
    en: str


def read_reasons(stored: str | None, currency: str) -> list[Reason]:
    """The reasons of one customer, strongest first.

    Args:
        stored: As ``scored.sql`` makes them, or of an earlier version, whose words were stored; None where there are none.
        currency: Symbol put before money.
    """
    return [_read(one, currency) for one in json.loads(stored)] if stored else []


def reason_text(stored: str | None, currency: str) -> Text | None:
    """The reasons of one customer as one line; None where there are none."""
    found = read_reasons(stored, currency)
    return Text(zh="；".join(one.zh for one in found), en="; ".join(one.en for one in found)) if found else None


def _read(one: Any, currency: str) -> Reason:
    if isinstance(one, dict):
        return Reason.model_validate(one)
    theme, effect, *facts = one
    zh, en = _WORDS[theme](currency, *facts)
    return Reason(id=theme, effect=effect, zh=zh, en=en)


def _money(currency: str, value: float) -> str:
    return f"{currency}{Decimal(str(value)):,.2f}"


def _days(count: float) -> str:
    text = _number(count)
    return f"{text} day" if text == "1" else f"{text} days"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def silence_words(days: int, gap: float | None, rhythm: bool = True) -> Text:
    """How long ago the last order was, in days, and how that compares with the customer's own gap.

    Args:
        days: Since the last order.
        gap: Usual days between orders; None for customers who ordered on one date only.
        rhythm: Whether there are enough gaps to compare with.
    """
    if not gap:
        return Text(zh=f"最近一次下单是{days}天前，且只在一天下过单", en=f"last order {_days(days)} ago, and ordered on one date only")
    if not rhythm:
        return Text(zh=f"最近一次下单是{days}天前", en=f"last order {_days(days)} ago")
    times = _number(days / gap)
    if times == "1":
        return Text(zh=f"最近一次下单是{days}天前，与其平时间隔相当", en=f"last order {_days(days)} ago, about their usual gap")
    return Text(zh=f"最近一次下单是{days}天前，是其平时间隔的{times}倍", en=f"last order {_days(days)} ago, {times} times their usual gap")


def _silence(_: str, days: int, gap: float | None, visits: int) -> Words:
    words = silence_words(days, gap, visits >= LEAST_VISITS)
    return words.zh, words.en


def _recent(_: str, days_30: int, days_60: int) -> Words:
    return _two_windows(30, days_30, days_60 - days_30)


def _trend(_: str, days_90: int, days_180: int, tenure: int, mean: float) -> Words:
    if tenure < 180:
        usual = _number(mean)
        return f"最近90天有{days_90}天下单（平均客户{usual}天）", f"ordered on {_days(days_90)} in the last 90 (average customer {usual})"
    return _two_windows(90, days_90, days_180 - days_90)


def _two_windows(length: int, now: int, before: int) -> Words:
    if not now and not before:
        return f"最近{2 * length}天没有下单", f"no order in the last {2 * length} days"
    if not now:
        return (
            f"最近{length}天没有下单，之前{length}天有{before}天下单",
            f"no order in the last {length} days, {_days(before)} with orders in the {length} before",
        )
    return (
        f"最近{length}天有{now}天下单，之前{length}天有{before}天",
        f"ordered on {_days(now)} in the last {length}, on {before} in the {length} before",
    )


def _history(_: str, count: int, since: str, mean: float) -> Words:
    usual = _number(mean)
    return (
        f"自{since}以来共{count}天下过单（平均客户{usual}天）",
        f"ordered on {_days(count)} since {since} (average customer {usual})",
    )


def _rhythm(_: str, gap: float | None, longest: int | None, visits: int, mean: float) -> Words:
    if visits < LEAST_VISITS or gap is None or longest is None:
        return f"一共只在{visits}天下过单，看不出购买节奏", f"ordered on {_days(visits)} in all, too few for a rhythm"
    usual = _number(mean)
    most_zh, most_en = (f"，最长间隔{longest}天", f", at most {longest}") if longest > 2 * gap else ("", "")
    return (
        f"平时每{_number(gap)}天下单一次{most_zh}（平均客户每{usual}天一次）",
        f"usually {_days(gap)} between orders{most_en} (average customer {usual})",
    )


def _spend(currency: str, amount: float, mean: float) -> Words:
    spent, usual = _money(currency, amount), _money(currency, mean)
    return f"最近90天消费{spent}（平均客户{usual}）", f"spent {spent} in the last 90 days (average customer {usual})"


def _basket(currency: str, orders: int, amount: float, discount: float) -> Words:
    usual, full = _money(currency, amount / orders), amount + discount
    if discount > 0 and full > 0:
        share = f"{discount / full:.0%}"
        return f"每单平均{usual}，享受折扣{share}", f"average order {usual}, {share} off in discounts"
    return f"每单平均{usual}", f"average order {usual}"


def _activity(_: str, now: int, age: int | None) -> Words:
    if age is None:
        return "没有任何互动记录", "no interaction on record"
    return (
        f"最近30天有{now}次互动，最近一次在{age}天前",
        f"{now} interactions in the last 30 days, the latest {_days(age)} ago",
    )


# Each takes the currency and the facts of its theme, in the order of ``scored.sql``.
_WORDS: dict[str, Callable[..., Words]] = {
    "silence": _silence,
    "recent": _recent,
    "trend": _trend,
    "history": _history,
    "rhythm": _rhythm,
    "spend": _spend,
    "basket": _basket,
    "activity": _activity,
}
