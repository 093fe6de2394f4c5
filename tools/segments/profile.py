"""What a group of customers is like, beside all customers, and what distinguishes it from the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.contracts import CustomerQuery, Statement, Text, Unit
from tools.metrics.values import is_filled, remember
from tools.rules import Selection
from tools.segments.compiler import compile_selection
from tools.segments.contrasts import LEAST_EFFECT, LEAST_POINTS, Moments, effect_size, is_credible, means_p_value, shares_p_value
from tools.segments.fields import FieldInfo, field
from tools.segments.freshness import freshness_caveats, require_features
from tools.segments.profile_queries import AVERAGED, category_query, described_fields, filled_columns, numbers_query, shares_query
from tools.segments.stored import fields_of, group_rules, stored_rules
from tools.warehouse.context import ToolContext

Number = int | float | Decimal
_RFM_SOURCES = {"recency_days", "orders", "amount", "orders_30d", "orders_90d", "orders_365d", "amount_30d", "amount_90d", "amount_365d"}
_SMALLEST_CATEGORY_SHARE = 0.01
_FEWEST_BUYERS = 10


@dataclass(frozen=True)
class Average:
    """A number of the group beside that of all customers.

    ``mean`` and ``median`` are over the customers for whom the number is known; the mean of the average order value is
    amount ÷ orders of the group. None where nobody is known to have it, and the medians where they were not asked for.
    """

    field: str
    label: Text
    unit: Unit
    known: int
    mean: Number | None
    median: Number | None
    base_mean: Number | None
    base_median: Number | None


@dataclass(frozen=True)
class Contrast:
    """One credible difference from the rest.

    Args:
        field: What differs.
        label: Its name.
        unit: What ``inside`` and ``rest`` measure; share for a value of a category.
        value: The value whose share differs; None for a number's mean.
        inside: The group's mean or share.
        rest: That of all other customers.
        ratio: inside ÷ rest; None where the rest has zero.
        p_value: Of the hypothesis that both are equal.
        defining: Whether the group's own rule is about this field, so that the difference is no finding.
    """

    field: str
    label: Text
    unit: Unit
    value: Text | None
    inside: Number
    rest: Number
    ratio: float | None
    p_value: float
    defining: bool
    strength: float
    base: Number | None = None
    """The mean or share of all customers, the group included."""

    @property
    def times_base(self) -> float | None:
        """Inside ÷ base; None where the base has zero."""
        return float(self.inside) / float(self.base) if self.base else None


@dataclass(frozen=True)
class Demographic:
    """The share of one value of an attribute, among the customers for whom it is known."""

    field: str
    label: Text
    value: str
    customers: int
    share: float
    base_share: float
    known: int
    """Customers of the group for whom the attribute is known."""


@dataclass(frozen=True)
class CategoryLift:
    """How much of the group's spending goes to a category, beside that of all customers.

    ``lift`` = spend_share ÷ base_spend_share; ``buyers_share`` of the group bought it at least once.
    """

    category: str
    buyers: int
    buyers_share: float
    base_buyers_share: float
    amount: Decimal
    spend_share: float
    base_spend_share: float
    lift: float
    p_value: float | None = None
    """Of the hypothesis that members and others spend the same share of their money on it, each customer counting once."""


@dataclass(frozen=True)
class SegmentProfile:
    """A group beside the base of all customers. Revenue is net, over all time up to the as-of date."""

    sentence: Text
    as_of: dt.date
    customers: int
    base_customers: int
    revenue: Decimal
    base_revenue: Decimal
    orders: int
    base_orders: int
    averages: tuple[Average, ...]
    distinctions: tuple[Contrast, ...]
    demographics: tuple[Demographic, ...]
    categories: tuple[CategoryLift, ...]
    caveats: tuple[Text, ...]
    statements: tuple[Statement, ...]

    @property
    def share(self) -> float:
        """Share of all customers."""
        return self.customers / self.base_customers if self.base_customers else 0.0

    @property
    def share_of_revenue(self) -> float | None:
        """Share of the revenue of all customers; None when there is none."""
        return float(self.revenue / self.base_revenue) if self.base_revenue else None

    def average(self, field_id: str) -> Average | None:
        """The number of that field; None when it is not part of the profile."""
        return next((average for average in self.averages if average.field == field_id), None)


def profile(ctx: ToolContext, selection: Selection, *, detail: bool = True, medians: Collection[str] = ()) -> SegmentProfile:
    """The profile of a selection.

    Args:
        ctx: Reads the warehouse.
        selection: Who.
        detail: Whether demographics and categories are looked at too, which takes longer.
        medians: Fields whose median is wanted beside the mean.

    Raises:
        UnsupportedQuestion: Features were never computed.
        UnknownName: The rule names something that does not exist.
    """
    require_features(ctx)
    query = compile_selection(ctx, selection)
    filled = remember(ctx, "columns of profiles", lambda: filled_columns(ctx.engine))
    numbers = numbers_query(query, medians, filled)
    rows = {row["part"]: row for row in ctx.engine.query(numbers.sql, numbers.parameters).to_pylist()}
    inside, base = rows.get("inside", {}), rows["base"]
    defining = _defining(ctx, selection)
    contrasts = _number_contrasts(rows, defining)
    demographics, shares = _demographics(ctx, query, defining, filled) if inside and detail else ((), [])
    found = sorted([*contrasts, *shares], key=lambda one: (one.defining, -one.strength))
    return SegmentProfile(
        sentence=query.sentence,
        as_of=ctx.as_of,
        customers=inside.get("customers", 0),
        base_customers=base["customers"],
        revenue=inside.get("revenue") or Decimal(0),
        base_revenue=base["revenue"] or Decimal(0),
        orders=int(inside.get("all_orders") or 0),
        base_orders=int(base["all_orders"] or 0),
        averages=tuple(_average(field(name), inside, base) for name in AVERAGED if base[f"{name}_known"]),
        distinctions=tuple(found),
        demographics=demographics,
        categories=_categories(ctx, query) if inside and detail and is_filled(ctx, "order_lines") else (),
        caveats=freshness_caveats(ctx),
        statements=(Statement(sql=numbers.sql, parameters=numbers.parameters),),
    )


def _average(info: FieldInfo, inside: dict[str, object], base: dict[str, object]) -> Average:
    values = [_rounded(part.get(f"{info.id}_{kind}"), info.unit) for part in (inside, base) for kind in ("mean", "median")]
    known = inside.get(f"{info.id}_known") or 0
    assert isinstance(known, int)
    return Average(info.id, info.label, info.unit, known, *values)


def _rounded(value: object, unit: Unit) -> Number | None:
    if value is None:
        return None
    assert isinstance(value, int | float | Decimal)
    return Decimal(str(round(value, 2))).quantize(Decimal("0.01")) if unit is Unit.MONEY else float(value)


def _defining(ctx: ToolContext, selection: Selection) -> set[str]:
    known = {**group_rules(), **stored_rules(ctx.engine)}
    names = set(fields_of(selection.rule, known))
    return names | _RFM_SOURCES if names & {"rfm_group", "rfm_eight"} else names


def _number_contrasts(rows: dict[str, dict[str, object]], defining: set[str]) -> list[Contrast]:
    if "inside" not in rows or "rest" not in rows:
        return []
    found = []
    for name in AVERAGED:
        inside, rest = (_moments(rows[part], name) for part in ("inside", "rest"))
        p_value, effect = means_p_value(inside, rest), effect_size(inside, rest)
        if p_value is not None and is_credible(p_value, len(AVERAGED)) and abs(effect) >= LEAST_EFFECT:
            info = field(name)
            base = (inside.mean * inside.known + rest.mean * rest.known) / (inside.known + rest.known)
            mean, other, whole = (_rounded(value, info.unit) for value in (inside.mean, rest.mean, base))
            assert mean is not None
            assert other is not None
            ratio = inside.mean / rest.mean if rest.mean else None
            found.append(Contrast(name, info.label, info.unit, None, mean, other, ratio, p_value, name in defining, abs(effect), whole))
    return found


def _moments(row: dict[str, object], name: str) -> Moments:
    known, mean, variance = (row[f"{name}_{kind}"] or 0 for kind in ("known", "average", "variance"))
    assert isinstance(known, int)
    assert isinstance(mean, int | float)
    assert isinstance(variance, int | float)
    return Moments(known, float(mean), float(variance))


def _demographics(
    ctx: ToolContext, query: CustomerQuery, defining: set[str], filled: Collection[str]
) -> tuple[tuple[Demographic, ...], list[Contrast]]:
    demographics: list[Demographic] = []
    contrasts: list[Contrast] = []
    infos = described_fields(ctx.engine, filled)
    if not infos:
        return (), []
    statement = shares_query(query, infos)
    rows = ctx.engine.rows(statement.sql, statement.parameters)
    by_id = {info.id: info for info in infos}
    for name, value, inside, base, inside_known, base_known in rows:
        info = by_id[name]
        if not inside_known:
            continue
        demographics.append(Demographic(name, info.label, value, inside, inside / inside_known, base / base_known, inside_known))
        rest, rest_known = base - inside, base_known - inside_known
        p_value = shares_p_value(inside, inside_known, rest, rest_known)
        if p_value is None or not is_credible(p_value, len(rows)):
            continue
        share, other = inside / inside_known, rest / rest_known
        if abs(share - other) >= LEAST_POINTS:
            shown = info.names.get(value, Text(zh=value, en=value))
            ratio = share / other if other else None
            strength, whole = abs(share - other) * 3, base / base_known
            contrasts.append(Contrast(name, info.label, Unit.SHARE, shown, share, other, ratio, p_value, name in defining, strength, whole))
    return tuple(demographics), contrasts


def _categories(ctx: ToolContext, query: CustomerQuery) -> tuple[CategoryLift, ...]:
    statement = category_query(query, ctx.as_of)
    found = []
    for row in ctx.engine.query(statement.sql, statement.parameters).to_pylist():
        if row["buyers"] < _FEWEST_BUYERS or not row["amount"] or not row["base_total"] or not row["total"]:
            continue
        share, base_share = float(row["amount"] / row["total"]), float(row["base_amount"] / row["base_total"])
        if share < _SMALLEST_CATEGORY_SHARE or not base_share:
            continue
        found.append(
            CategoryLift(
                row["category"],
                row["buyers"],
                row["buyers"] / row["customers"],
                row["base_buyers"] / row["base_customers"],
                row["amount"],
                share,
                base_share,
                share / base_share,
                _category_p_value(row),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.lift, one.category)))


def _category_p_value(row: dict[str, Any]) -> float | None:
    """p-value of equal mean shares of spend, from the sums of the members' and of everybody's shares and their squares."""
    inside = _share_moments(row["spenders"], row["shares"], row["squares"])
    others = row["base_spenders"] - row["spenders"], row["base_shares"] - row["shares"], row["base_squares"] - row["squares"]
    return means_p_value(inside, _share_moments(*others))


def _share_moments(spenders: int, shares: float, squares: float) -> Moments:
    if spenders < 2:
        return Moments(spenders, 0.0, 0.0)
    mean = shares / spenders
    return Moments(spenders, mean, max(0.0, (squares - spenders * mean * mean) / (spenders - 1)))
