"""Which groups a statement yields, and in what order: the largest, those that grew most, the top of each first dimension."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp, parse_one

from tools.contracts import Unit
from tools.metrics.block import key_name, label_name
from tools.metrics.entries import Metric
from tools.metrics.keeping import Kept, keep
from tools.metrics.plan import Plan

MOST_GROUPS = 5000
"""Groups read at most; a request for more is cut, and the answer says so."""


TOP_TOTAL = "top_total"
"""The column of what the part of the groups that is asked for has of the first metric together."""


@dataclass(frozen=True)
class Order:
    """How groups come back: by the first metric or its change, descending or not; at most ``per_group`` of each first key."""

    descending: bool = True
    change: str | None = None
    """By its change: "amount", "percent" or "share"."""
    either: bool = False
    """Whether a fall counts as much as a rise."""
    per_group: int | None = None
    limit: int = MOST_GROUPS
    having: tuple[Kept, ...] = ()
    """Only the groups that fit."""
    share: float | None = None
    """Only this part of the groups; what they have together is the column ``top_total``."""


def before_name(metric: Metric) -> str:
    """The column of a metric's value in the earlier period."""
    return f"{metric.id}__before"


def beside_earlier(now: exp.Query, before: exp.Query, plan: Plan) -> exp.Select:
    """The groups of both periods side by side; those of either period stay."""
    names = [key_name(index) for index in range(len(plan.by))]
    labels = [label_name(index) for index, one in enumerate(plan.by) if one.label_sql]
    both = [exp.alias_(exp.func("coalesce", exp.column(name, "later"), exp.column(name, "earlier")), name) for name in (*names, *labels)]
    query = exp.select(*both, *(exp.column(metric.id, "later") for metric in plan.measured))
    query = query.select(*(exp.alias_(exp.column(metric.id, "earlier"), before_name(metric)) for metric in plan.measured))
    on = exp.and_(*(exp.column(name, "later").eq(exp.column(name, "earlier")) for name in names))
    return query.from_(now.subquery("later")).join(before.subquery("earlier"), on=on, join_type="full")


def cut(query: exp.Select, plan: Plan, order: Order, *, compared: bool) -> exp.Select:
    """The groups in order, at most so many, with the number of all as ``group_count``."""
    if order.having:
        query = keep(query, order.having, lambda one: _held(one, compared=compared))
    elif compared or order.per_group or order.share:
        query = exp.select("*").from_(query.subquery("b"))
    query = query.select(parse_one("count(*) OVER () AS group_count", read="duckdb"))
    ranked = _rank(plan.metrics[0], order, compared=compared)
    keys = [_ordered(exp.column(key_name(index)), descending=False) for index in range(len(plan.by))]
    if order.share is not None:
        return _top_share(query, plan, order, [_ordered(ranked, descending=order.descending), *keys])
    if order.per_group is None:
        return query.order_by(_ordered(ranked, descending=order.descending), *keys).limit(order.limit)
    return _top_of_each(query, plan, order, ranked)


def _held(kept: Kept, *, compared: bool) -> exp.Expr:
    """What a condition compares: the value of a group, that of the earlier time, or its change."""
    if not compared:
        return exp.column(kept.metric.id)
    now, before = _both(kept.metric)
    return {"now": now, "before": before}.get(kept.of) or _change(kept.metric, now, before, kept.of)


def _both(metric: Metric) -> tuple[exp.Expr, exp.Expr]:
    """A group's value in both times; nothing to add up is nothing."""
    now, before = exp.column(metric.id), exp.column(before_name(metric))
    if not metric.counts_nothing:
        return now, before
    zero = exp.Literal.number(0)
    return exp.func("coalesce", now, zero), exp.func("coalesce", before, zero)


def _rank(metric: Metric, order: Order, *, compared: bool) -> exp.Expr:
    if not compared:
        return exp.column(metric.id)
    now, before = _both(metric)
    if order.change is None:
        return now
    return _absolute(_change(metric, now, before, order.change), either=order.either)


def _change(metric: Metric, now: exp.Expr, before: exp.Expr, kind: str) -> exp.Expr:
    """The change by which groups are ordered; of the share, that of all groups together."""
    if kind == "share":
        parts = [exp.Div(this=_real(one), expression=_some(exp.Window(this=exp.Sum(this=one.copy())))) for one in (now, before)]
        return exp.paren(exp.Sub(this=parts[0], expression=parts[1]))
    difference = exp.paren(exp.Sub(this=now.copy(), expression=before.copy()))
    if kind == "percent" and metric.unit is not Unit.SHARE:
        return exp.Div(this=_real(difference), expression=_some(exp.Abs(this=before.copy())))
    return difference


def _absolute(value: exp.Expr, *, either: bool) -> exp.Expr:
    return exp.Abs(this=value) if either else value


def _real(value: exp.Expr) -> exp.Expr:
    return exp.cast(value.copy(), "DOUBLE")


def _some(value: exp.Expr) -> exp.Expr:
    """Nothing to divide by is unknown."""
    return exp.func("nullif", value, exp.Literal.number(0))


def _top_of_each(query: exp.Select, plan: Plan, order: Order, ranked: exp.Expr) -> exp.Select:
    first, second = exp.column(key_name(0)), exp.column(key_name(1))
    inside = exp.Order(expressions=[_ordered(ranked, descending=order.descending), _ordered(second, descending=False)])
    place = exp.Window(this=exp.RowNumber(), partition_by=[first.copy()], order=inside)
    # Sums of means mean nothing: there the best of each stands for it.
    whole = exp.Sum if plan.metrics[0].additive else exp.Max
    size = exp.Window(this=whole(this=ranked.copy()), partition_by=[first.copy()])
    query = query.select(exp.alias_(place, "place"), exp.alias_(size, "size"))
    outer = exp.select("*").from_(query.subquery("p")).where(exp.column("place") <= order.per_group)
    by = [_ordered(exp.column("size"), descending=order.descending), _ordered(first.copy(), descending=False)]
    return outer.order_by(*by, _ordered(exp.column("place"), descending=False)).limit(order.limit)


def _top_share(query: exp.Select, plan: Plan, order: Order, ranked: list[exp.Ordered]) -> exp.Select:
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=ranked))
    query = exp.select("*", exp.alias_(place, "place")).from_(query.subquery("n"))
    inside = f"place <= ceil(group_count * {order.share!r})"
    together = parse_one(f"sum(CASE WHEN {inside} THEN {plan.metrics[0].id} END) OVER ()", read="duckdb")
    summed = exp.select("*", exp.alias_(together, TOP_TOTAL)).from_(query.subquery("p"))
    return exp.select("*").from_(summed.subquery("s")).where(inside, dialect="duckdb").order_by("place").limit(order.limit)


def _ordered(column: exp.Expr, *, descending: bool) -> exp.Ordered:
    return exp.Ordered(this=column.copy(), desc=descending, nulls_first=False)
