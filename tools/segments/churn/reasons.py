"""The reasons behind a churn probability, in words: which theme moved it, and what the customer did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.contracts import Frozen, Text

MOST_REASONS = 2
LEAST_VISITS = 4
"""Dates with an order from which a customer has a rhythm: three gaps, as in the customer features."""
LEAST_EFFECT = 0.05
"""Log-odds below which a theme is not worth telling."""


class Reason(Frozen):
    """One reason: the theme, its effect on the log-odds (positive: more likely to churn), and the words."""

    id: str
    effect: float
    zh: str
    en: str


@dataclass(frozen=True)
class _Facts:
    """What a sentence may speak of: one customer's raw columns, and the averages of all."""

    row: Mapping[str, Any]
    averages: Mapping[str, float]
    currency: str

    def money(self, value: Decimal | float) -> str:
        return f"{self.currency}{Decimal(value):,.2f}"


Words = tuple[str, str]


def explain(raw: pa.Table, effects: Mapping[str, NDArray[np.float64]], currency: str) -> list[list[Reason]]:
    """One or two reasons per customer, strongest first, the second saying what the first does not.

    Where the themes raise the log-odds on the whole, the reasons are those that raise it most; else those that lower it most.

    Args:
        raw: Columns of ``features.sql``.
        effects: Theme to its contribution to the log-odds, shape (customers,).
        currency: Symbol put before money.
    """
    themes = list(effects)
    matrix = np.column_stack([effects[theme] for theme in themes]) if raw.num_rows else np.zeros((0, len(themes)))
    averages = _averages(raw)
    return [
        _strongest(dict(zip(themes, line, strict=True)), _Facts(row, averages, currency))
        for row, line in zip(raw.to_pylist(), matrix.tolist(), strict=True)
    ]


def _strongest(effects: Mapping[str, float], facts: _Facts) -> list[Reason]:
    spoken: dict[str, float] = {}
    for theme, effect in effects.items():
        name = _spoken(theme, facts.row)
        spoken[name] = spoken.get(name, 0.0) + effect
    sign = 1.0 if sum(spoken.values()) >= 0 else -1.0
    ranked = sorted(spoken, key=lambda name: -sign * spoken[name])
    chosen = ranked[:1]
    for name in ranked[1:]:
        if sign * spoken[name] >= LEAST_EFFECT and len(chosen) < MOST_REASONS and not any({name, told} in _ALIKE for told in chosen):
            chosen.append(name)
    return [_reason(name, spoken[name], facts) for name in chosen]


def _spoken(theme: str, row: Mapping[str, Any]) -> str:
    """The theme whose words say it: several themes say nothing but that somebody has long been silent."""
    once = row["order_days"] < 2
    said_by_silence = {
        "recent": once or not row["days_60"],
        "trend": once or not row["days_90"],
        "spend": not row["days_90"],
        "rhythm": once,
        "history": once,
    }
    return "silence" if said_by_silence.get(theme) else theme


def rhythm_reasons(raw: pa.Table, currency: str) -> list[list[Reason]]:
    """The one reason of the rhythm rule, for every customer."""
    averages = _averages(raw)
    return [[_reason("silence", 0.0, _Facts(row, averages, currency))] for row in raw.to_pylist()]


def _averages(raw: pa.Table) -> dict[str, float]:
    names = ("amount_90", "order_days", "gap_median", "days_90", "days_30")
    if not raw.num_rows:
        return dict.fromkeys(names, 0.0)
    columns = {name: raw.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names}
    return {name: float(np.nanmean(values)) if np.isfinite(values).any() else 0.0 for name, values in columns.items()}


def _reason(theme: str, effect: float, facts: _Facts) -> Reason:
    zh, en = _WORDS[theme](facts)
    return Reason(id=theme, effect=round(effect, 4), zh=zh, en=en)


def _days(count: float) -> str:
    text = f"{count:.1f}".removesuffix(".0")
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


def _silence(facts: _Facts) -> Words:
    row = facts.row
    words = silence_words(row["recency_days"], row["gap_median"], row["order_days"] >= LEAST_VISITS)
    return words.zh, words.en


def _recent(facts: _Facts) -> Words:
    return _two_windows(30, facts.row["days_30"], facts.row["days_60"] - facts.row["days_30"])


def _trend(facts: _Facts) -> Words:
    now, before = facts.row["days_90"], facts.row["days_180"] - facts.row["days_90"]
    if facts.row["tenure_days"] < 180:
        usual = _number(facts.averages["days_90"])
        return f"最近90天有{now}天下单（平均客户{usual}天）", f"ordered on {_days(now)} in the last 90 (average customer {usual})"
    return _two_windows(90, now, before)


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


def _history(facts: _Facts) -> Words:
    count, since = facts.row["order_days"], _date(facts.row["first_order_date"])
    usual = _number(facts.averages["order_days"])
    return (
        f"自{since}以来共{count}天下过单（平均客户{usual}天）",
        f"ordered on {_days(count)} since {since} (average customer {usual})",
    )


def _rhythm(facts: _Facts) -> Words:
    gap, longest, visits = facts.row["gap_median"], facts.row["gap_max"], facts.row["order_days"]
    if visits < LEAST_VISITS:
        return f"一共只在{visits}天下过单，看不出购买节奏", f"ordered on {_days(visits)} in all, too few for a rhythm"
    usual = _number(facts.averages["gap_median"])
    most_zh, most_en = (f"，最长间隔{longest}天", f", at most {longest}") if longest > 2 * gap else ("", "")
    return (
        f"平时每{_number(gap)}天下单一次{most_zh}（平均客户每{usual}天一次）",
        f"usually {_days(gap)} between orders{most_en} (average customer {usual})",
    )


def _spend(facts: _Facts) -> Words:
    amount, usual = facts.money(facts.row["amount_90"]), facts.money(facts.averages["amount_90"])
    return f"最近90天消费{amount}（平均客户{usual}）", f"spent {amount} in the last 90 days (average customer {usual})"


def _basket(facts: _Facts) -> Words:
    orders, amount, discount = facts.row["orders"], facts.row["amount"], facts.row["discount"]
    usual = facts.money(Decimal(amount) / int(orders))
    full = amount + discount
    if discount > 0 and full > 0:
        share = f"{float(discount / full):.0%}"
        return f"每单平均{usual}，享受折扣{share}", f"average order {usual}, {share} off in discounts"
    return f"每单平均{usual}", f"average order {usual}"


def _activity(facts: _Facts) -> Words:
    now, age = facts.row["events_30"], facts.row["event_age"]
    if age is None:
        return "没有任何互动记录", "no interaction on record"
    return (
        f"最近30天有{now}次互动，最近一次在{age}天前",
        f"{now} interactions in the last 30 days, the latest {_days(age)} ago",
    )


def _date(day: dt.date) -> str:
    return day.isoformat()


_ALIKE = ({"silence", "rhythm"}, {"recent", "trend"}, {"history", "trend"}, {"history", "rhythm"})
"""Themes whose words tell nearly the same of one customer."""

_WORDS: dict[str, Callable[[_Facts], Words]] = {
    "silence": _silence,
    "recent": _recent,
    "trend": _trend,
    "history": _history,
    "rhythm": _rhythm,
    "spend": _spend,
    "basket": _basket,
    "activity": _activity,
}
