"""What a persona may speak of: numbers of the members beside those of all customers, and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tools.contracts import CustomerQuery, Statement, Text, Unit
from tools.metrics.values import is_filled
from tools.rules import Selection
from tools.segments.compiler import compile_selection
from tools.segments.contrasts import is_credible
from tools.segments.personas.script import Direction
from tools.segments.profile import CategoryLift, Contrast, Number, SegmentProfile
from tools.segments.profile_queries import marked
from tools.warehouse.context import ToolContext
from tools.warehouse.sql_files import sql_text

TYPICAL = ("orders", "amount", "average_order_value", "recency_days", "gap_median_days", "tenure_days", "category_count", "store_count")
"""Told as medians: the typical member's, which a few very large ones do not move."""
_AVERAGED = ("contacts", "responses", "events_90d", "churn_probability")
_LEAST_ORDERS = 10
"""Orders below which a favourite day or hour means nothing."""
MOST_FAVOURITES = 3
_LEAST_LIFT = 1.1
WEEKDAYS = 7
_DISCOUNTS = ("discount", "full_price", "discounted", "discount_known")


@dataclass(frozen=True)
class Fact:
    """One number of the members, and the same of all customers."""

    label: Text
    unit: Unit
    value: Number | None
    base: Number | None


@dataclass(frozen=True)
class Facts:
    """Everything that is known.

    Args:
        profile: The group beside all customers.
        numbers: Facts by name.
        keys: Which entry of the words fits: part of the day, weekday, regularity, attitude to prices.
        names: Names from the data: the favourite category and channel.
        weekdays: Shares of orders on each day of the week from Monday, of the members and of all customers.
        favourites: Categories on which the members credibly spend more, the highest lift first.
        statements: The queries beyond those of the profile.
    """

    profile: SegmentProfile
    numbers: dict[str, Fact]
    keys: dict[str, str]
    names: dict[str, str]
    weekdays: tuple[tuple[float, ...], tuple[float, ...]] | None
    favourites: tuple[CategoryLift, ...]
    statements: tuple[Statement, ...] = field(default=())

    @property
    def is_everyone(self) -> bool:
        """Whether the members are all customers, so that there is nothing to compare with."""
        return self.profile.customers == self.profile.base_customers

    @property
    def tastes_differ(self) -> bool:
        """Whether any category credibly gets more or less of the members' money, or is more or less often their favourite."""
        tested = len(self.profile.categories)
        by_spend = any(abs(one.lift - 1) >= _LEAST_LIFT - 1 and is_credible(one.p_value, tested) for one in self.profile.categories)
        return by_spend or any(one.field == "top_category" for one in self.profile.distinctions)

    def contrast(self, name: str) -> Contrast | None:
        """The credible difference in a number; None where there is none."""
        return next((one for one in self.profile.distinctions if one.field == name and one.value is None), None)

    def direction(self, name: str) -> Direction | None:
        """Whether the members' mean is credibly "higher" or "lower"."""
        found = self.contrast(name)
        return None if found is None else "higher" if found.inside > found.rest else "lower"


_COLUMNS = {"regularity": ("gap_ratio", "gap_spread_days", "gap_median_days")}
"""What a statement reads of each customer, where that is not the id."""


def _read(name: str) -> str:
    return sql_text("tools.segments.personas", name)


def gather(ctx: ToolContext, selection: Selection, found: SegmentProfile) -> Facts:
    """The facts of a selection whose profile is ``found``."""
    query = compile_selection(ctx, selection)
    # Without lines of orders no price is known; where there are none, there is nothing to look for.
    read = ("orders", "prices", "regularity") if is_filled(ctx, "order_lines") else ("orders", "regularity")
    statements = {name: _statement(query, name, ctx) for name in read}
    rows = {name: ctx.engine.query(one.sql, one.parameters).to_pylist() for name, one in statements.items()}
    numbers, keys, names = _from_profile(found), dict[str, str](), dict[str, str]()
    _add_discounts(numbers, rows["orders"])
    if "prices" in rows:
        _add_price(numbers, rows["prices"][0])
    _add_regularity(keys, numbers, rows["regularity"][0], found)
    _add_times(numbers, keys, rows["orders"])
    _add_channel(numbers, names, rows["orders"])
    _add_category(numbers, names, found)
    return Facts(found, numbers, keys, names, _weekdays(rows["orders"]), _favourites(found), tuple(statements.values()))


def _statement(query: CustomerQuery, name: str, ctx: ToolContext) -> Statement:
    columns = ", ".join(f"b.{column}" for column in _COLUMNS.get(name, ("customer_id",)))
    sql = f"WITH marked AS (\n{marked(query, columns)}\n)\n{_read(name)}"
    dated = {"as_of": ctx.as_of} if "$as_of" in sql else {}
    return Statement(sql=sql, parameters=query.parameters | dated)


def _from_profile(found: SegmentProfile) -> dict[str, Fact]:
    numbers = {}
    for name in (*TYPICAL, *_AVERAGED):
        one = found.average(name)
        if one is None or not one.known:
            continue
        typical = name in TYPICAL
        unit = Unit.NUMBER if one.unit is Unit.COUNT else one.unit
        word = Text(zh="中位数", en="median") if typical else Text(zh="平均", en="average")
        values = (one.median, one.base_median) if typical else (one.mean, one.base_mean)
        numbers[name] = Fact(Text(zh=f"{one.label.zh}（{word.zh}）", en=f"{word.en} {one.label.en}"), unit, *values)
        if name == "churn_probability":
            numbers["churn_known"] = Fact(Text(zh="有流失评分的客户数", en="customers with a churn score"), Unit.COUNT, one.known, None)
    gap = found.average("gap_median_days")
    if gap is not None and 2 * gap.known < found.customers:
        # Most have no gap at all, so the median of the few who do is not the typical member's.
        numbers.pop("gap_median_days", None)
    return numbers


def _add_discounts(numbers: dict[str, Fact], rows: list[dict[str, Any]]) -> None:
    inside, base = ({key: sum(row[key] for row in part) for key in _DISCOUNTS} for part in ([row for row in rows if row["inside"]], rows))
    if not base["discount"] or not inside["full_price"]:
        return  # Without a discount anywhere there is nothing to tell.
    for name, part, whole, label in (
        ("discount_share", "discount", "full_price", Text(zh="优惠占原价的比例", en="share of the full price taken off")),
        ("discounted_orders", "discounted", "discount_known", Text(zh="有优惠的订单占比", en="share of orders with a discount")),
    ):
        numbers[name] = Fact(label, Unit.SHARE, *(_ratio(side[part], side[whole]) for side in (inside, base)))


def _add_price(numbers: dict[str, Fact], prices: Mapping[str, Any]) -> None:
    if prices["price"] is not None:
        label = Text(zh="商品单价（明细行中位数）", en="price of an item (median of lines)")
        numbers["item_price"] = Fact(label, Unit.MONEY, *(_money(prices[name]) for name in ("price", "base_price")))


def _ratio(part: Any, whole: Any) -> float | None:
    return float(part) / float(whole) if part is not None and whole else None


def _money(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def _add_regularity(keys: dict[str, str], numbers: dict[str, Fact], row: Mapping[str, Any], found: SegmentProfile) -> None:
    if row["spread"] is None or 2 * row["known"] < found.customers:
        keys["regularity"] = "unknown"  # Those with three gaps or more are the few: of the others nobody knows.
        return
    keys["regularity"] = "steady" if row["spread"] <= 0.6 else "loose" if row["spread"] <= 1.2 else "erratic"
    label = Text(zh="间隔波动（离散度÷典型间隔）", en="spread of the gaps ÷ typical gap")
    numbers["gap_spread"] = Fact(label, Unit.NUMBER, row["spread"], row["base_spread"])


def _counts(rows: list[dict[str, Any]], what: str) -> tuple[dict[str, int], dict[str, int]]:
    """Orders by weekday, part of the day or channel, where it is known: of the members, and of all customers."""
    inside: dict[str, int] = {}
    base: dict[str, int] = {}
    for row in rows:
        if row[what] is not None:
            value = str(row[what])
            base[value] = base.get(value, 0) + row["orders"]
            if row["inside"]:
                inside[value] = inside.get(value, 0) + row["orders"]
    return inside, base


def _most(counts: tuple[dict[str, int], dict[str, int]]) -> tuple[str, float, float] | None:
    """The value with most of the members' orders, its share of them, and of all customers' orders."""
    inside, base = counts
    total = sum(inside.values())
    if total < _LEAST_ORDERS:
        return None
    value = min(inside, key=lambda one: (-inside[one], one))
    return value, inside[value] / total, base[value] / sum(base.values())


def _add_times(numbers: dict[str, Fact], keys: dict[str, str], rows: list[dict[str, Any]]) -> None:
    for what, label in (
        ("part", Text(zh="最常下单时段的订单占比", en="share of orders in the favourite part of the day")),
        ("weekday", Text(zh="最常下单的一天的订单占比", en="share of orders on the favourite weekday")),
    ):
        found = _most(_counts(rows, what))
        if found:
            keys[what] = found[0]
            numbers[f"{what}_share"] = Fact(label, Unit.SHARE, found[1], found[2])


def _weekdays(rows: list[dict[str, Any]]) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    inside, base = _counts(rows, "weekday")
    if sum(inside.values()) < _LEAST_ORDERS:
        return None
    shares = [tuple(counts.get(str(day), 0) / sum(counts.values()) for day in range(WEEKDAYS)) for counts in (inside, base)]
    return shares[0], shares[1]


def _add_channel(numbers: dict[str, Fact], names: dict[str, str], rows: list[dict[str, Any]]) -> None:
    counts = _counts(rows, "channel")
    found = _most(counts)
    if found and len(counts[1]) > 1:  # With one channel alone there is nothing to tell.
        names["channel"] = found[0]
        label = Text(zh="主要渠道的订单占比", en="share of orders through the main channel")
        numbers["channel_share"] = Fact(label, Unit.SHARE, found[1], found[2])


def _add_category(numbers: dict[str, Fact], names: dict[str, str], found: SegmentProfile) -> None:
    if found.categories:
        top = min(found.categories, key=lambda one: (-one.spend_share, one.category))
        names["category"] = top.category
        label = Text(zh=f"{top.category} 占消费的比例", en=f"share of spend on {top.category}")
        numbers["category_share"] = Fact(label, Unit.SHARE, top.spend_share, top.base_spend_share)


def _favourites(found: SegmentProfile) -> tuple[CategoryLift, ...]:
    tested = len(found.categories)
    return tuple(one for one in found.categories if one.lift >= _LEAST_LIFT and is_credible(one.p_value, tested))[:MOST_FAVOURITES]
