"""One SELECT over one source: the aggregates of a plan that share their rows and groups."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp, parse_one

from tools.contracts import CustomerQuery
from tools.metrics.baskets import FIT, fits
from tools.metrics.catalogue import Dimension, Form, Metric, Source, catalogue
from tools.metrics.conditions import Parameters, chosen_condition, filter_condition
from tools.metrics.filters import Filter
from tools.metrics.plan import Dates, Plan, dates_of
from tools.warehouse.context import ToolContext, features_current

_STORED_FIRSTS = (
    "(SELECT customer_id, CAST(first_order_date AS TIMESTAMP) AS first_at FROM customer_features WHERE first_order_date IS NOT NULL) AS f"
)
"""The source "firsts" without adding up all orders, to the day."""


@dataclass(frozen=True)
class Part:
    """One aggregate of the statement: the column ``name``, by a form of a metric."""

    name: str
    metric: Metric
    form: Form
    by: tuple[int, ...]
    filters: tuple[Filter, ...]


class Builder(Protocol):
    """What a block needs of the statement around it."""

    ctx: ToolContext
    plan: Plan
    parameters: Parameters

    def add_once(self, name: str, query: exp.Query) -> None:
        """A common table that several blocks may read."""
        ...


class Block:
    """Builds the SELECT.

    Args:
        builder: The statement around it.
        parts: Aggregates of one source, one set of rows, one set of groups; at least one.
    """

    def __init__(self, builder: Builder, parts: list[Part]) -> None:
        self.builder = builder
        self.parts = parts
        self.first = parts[0]
        self.source: Source = catalogue().source(self.first.form.source)
        self.dates: Dates = dates_of(builder.ctx, builder.plan.window, self.first.metric)
        self.by: list[Dimension] = [builder.plan.by[index] for index in self.first.by]

    def build(self) -> exp.Query:
        """The SELECT: the keys, their labels, the aggregates."""
        query = self._from(exp.Select())
        for condition in self._conditions():
            query = query.where(condition)
        aggregates = [(part.name, part.form.sql) for part in self.parts]
        inside = self.first.form.per_customer or self.first.form.per_order
        if not inside:
            return self._named(self._select(query, aggregates), [name for name, _ in aggregates])
        # What has no customer is no customer of its own.
        owner = self._parse(self.source.customer if self.first.form.per_customer else self.source.order)
        inner = self._select(query.where(owner.copy().is_(exp.null()).not_()), list(inside.items()), exp.alias_(owner, "owner_id"))
        keys = [key_name(index) for index in self.first.by]
        labels = [label_name(index) for index in self.first.by if self.builder.plan.by[index].label_sql]
        folded = [exp.alias_(exp.Max(this=exp.column(label)), label) for label in labels]
        outer = exp.select(*keys, *folded, *(exp.alias_(self._parse(sql), name) for name, sql in aggregates)).from_(inner.subquery("t"))
        return self._named(outer.group_by(*keys) if keys else outer, [name for name, _ in aggregates])

    def _named(self, query: exp.Select, aggregates: list[str]) -> exp.Query:
        """The same with the periods of calendar groups written as text: naming a few groups is fast, naming every row is not."""
        if not any(self._truncates(one) for one in self.by):
            return query
        labels = [label_name(index) for index in self.first.by if self.builder.plan.by[index].label_sql]
        keys = [self._period_name(index, one) for index, one in zip(self.first.by, self.by, strict=True)]
        return exp.select(*keys, *labels, *aggregates).from_(query.subquery("periods"))

    def _period_name(self, index: int, one: Dimension) -> exp.Expr:
        key = key_name(index)
        if not self._truncates(one):
            return exp.column(key)
        start = exp.column(key)
        written = parse_one(one.sql, read="duckdb").transform(
            lambda node: start.copy() if isinstance(node, exp.Column) and node.name == "moment" else node
        )
        return exp.alias_(written, key)

    def _truncates(self, one: Dimension) -> bool:
        return one.period is not None and self.source.time is not None and "moment" in one.sql

    def _key(self, one: Dimension) -> exp.Expr:
        return self._parse(f"date_trunc('{one.period}', moment)" if self._truncates(one) else one.sql)

    def _select(self, query: exp.Select, aggregates: list[tuple[str, str]], *extra: exp.Expr) -> exp.Select:
        keys: list[exp.Expr] = [exp.alias_(self._key(one), key_name(index)) for index, one in zip(self.first.by, self.by, strict=True)]
        keys += extra
        labels = [
            exp.alias_(exp.Max(this=self._parse(one.label_sql)), label_name(index))
            for index, one in zip(self.first.by, self.by, strict=True)
            if one.label_sql
        ]
        query = query.select(*keys, *labels, *(exp.alias_(self._parse(sql), name) for name, sql in aggregates))
        query = query.group_by(*(exp.Literal.number(n + 1) for n in range(len(keys)))) if keys else query
        return _without_idle_joins(query)

    def _from(self, query: exp.Select) -> exp.Select:
        stored = self._has_stored_firsts()
        read = parse_one(f"SELECT 1 FROM {_STORED_FIRSTS if stored else self.source.sql}", read="duckdb")
        query.set("from_", read.args["from_"])
        for join in read.args.get("joins") or []:
            query = query.join(join.transform(self._replace))
        customer = self.source.customer
        if self._uses("customer") and self.source.id != "customers":
            query = query.join(f"customer_base AS c ON c.customer_id = {customer}", join_type="left", dialect="duckdb")
        if not stored and (self.source.id == "firsts" or self._mentions("first_at")):
            self.builder.add_once("first_orders", self._first_orders())
        if self.source.id != "firsts" and self._mentions("first_at"):
            query = query.join(f"first_orders AS f ON f.customer_id = {customer}", join_type="left", dialect="duckdb")
        if self.source.id == "starts" or self._mentions("s.start_at"):
            self.builder.add_once("starts", self._starts())
            if self.source.id != "starts":
                query = query.join(f"starts AS s ON s.customer_id = {customer}", join_type="left", dialect="duckdb")
        if self._mentions("ordered_in_window"):
            self.builder.add_once("buyers_in_window", self._buyers())
            query = query.join(f"buyers_in_window AS w ON w.customer_id = {customer}", join_type="left", dialect="duckdb")
        return query

    def _uses(self, level: str) -> bool:
        used = (*self.by, *self.builder.plan.known, *(f.dimension for f in self.first.filters))
        return any(one.level == level for one in used)

    def _asks_for(self, dimension: str | None) -> bool:
        return any(one.id == dimension for one in (*self.by, *(f.dimension for f in self.first.filters)))

    def _starts_first(self) -> bool:
        """Whether the first orders in the window are the first of all, so that they need not be found twice."""
        return self.source.id == "starts" and self.dates.window.start is None

    def _mentions(self, name: str) -> bool:
        known = [one for one in self.builder.plan.known if not one.computed or self.source.id == "customers"]
        dimensions = (*self.by, *known, *(f.dimension for f in self.first.filters))
        return any(name in text for text in (*(part.form.sql for part in self.parts), *(one.sql for one in dimensions)))

    def _has_stored_firsts(self) -> bool:
        """Whether the days of first orders, which features have, say all that is asked of them."""
        dimensions = (*self.by, *self.builder.plan.known, *(f.dimension for f in self.first.filters))
        by_day = all(one.level == "customer" or one.period for one in dimensions)
        return self.source.id == "firsts" and by_day and features_current(self.builder.ctx)

    def _first_orders(self) -> exp.Query:
        query = exp.select("customer_id", "min(ordered_at) AS first_at").from_("counted_orders")
        return query.where(exp.column("ordered_at") < self._moment("as_of_end", _next_day(self.builder.ctx.as_of))).group_by("customer_id")

    def _buyers(self) -> exp.Query:
        query = exp.select("customer_id").distinct().from_("counted_orders")
        for condition in self._between(exp.column("ordered_at"), "", self.dates.window.start, self.dates.window.end):
            query = query.where(condition)
        return query

    def _starts(self) -> exp.Query:
        """The first order of each customer in the window, whether the days to come back are over, and the orders within them."""
        firsts = exp.select("customer_id", "min(ordered_at) AS start_at").from_("counted_orders").where("customer_id IS NOT NULL")
        window, days, as_of = self.dates.window, self.builder.plan.within, self.builder.ctx.as_of
        for condition in self._between(exp.column("ordered_at"), "", window.start, window.end):
            firsts = firsts.where(condition)
        until = f"o.ordered_at < date_trunc('day', s.start_at) + INTERVAL {days + 1} DAY"
        ripe = exp.column("start_at", "s") < self._moment("ripe_until", _next_day(as_of) - dt.timedelta(days=days))
        query = exp.select("s.customer_id", "s.start_at", exp.alias_(ripe, "ripe"), "count(*) AS orders_within")
        query = query.from_(firsts.group_by("customer_id").subquery("s"))
        query = query.join("counted_orders AS o ON o.customer_id = s.customer_id AND o.ordered_at >= s.start_at", dialect="duckdb")
        query = query.where(parse_one(until, read="duckdb"))
        for condition in self._between(exp.column("ordered_at", "o"), "", window.start, as_of):
            query = query.where(condition)
        return query.group_by("s.customer_id", "s.start_at")

    def _conditions(self) -> list[exp.Expr]:
        found: list[exp.Expr] = []
        if self.source.time:
            found += self._when(parse_one(self.source.time, read="duckdb"))
            if self.source.time_may_lack and self.builder.plan.window is None:
                moment = parse_one(self.source.time, read="duckdb")
                found = [exp.or_(exp.and_(*found), moment.is_(exp.null()))]
        if self.source.counted and not self._asks_for(self.source.unless):
            found.append(parse_one(self.source.counted, read="duckdb"))
        found += [self._filter(one) for one in self.first.filters]
        # Rows of no group are in the total, not in a group; by a property of customers, figures are about the known part.
        known = {one.id: one for one in (*self.by, *self.builder.plan.known)}
        found += [self._known(one) for one in known.values()]
        if self.builder.plan.customers is not None:
            found.append(self._chosen(self.builder.plan.customers))
        return found

    def _known(self, one: Dimension) -> exp.Expr:
        # Whoever has an order has a first one, so that a total over all needs not look it up.
        of_orders = one.computed and self.source.id != "customers"
        # A period is known where its moment is; writing each row's period down to see so is slow.
        written = "moment" if self._truncates(one) else one.sql
        return self._parse(self.source.customer if of_orders else written).is_(exp.null()).not_()

    def _when(self, moment: exp.Expr) -> list[exp.Expr]:
        rows = self.first.metric.rows
        if rows == "previous":
            assert self.dates.before is not None
            return self._between(moment, "before_", self.dates.before.start, self.dates.before.end)
        start = None if rows == "until" or self.first.metric.window == "ignored" else self.dates.window.start
        return self._between(moment, "", start, self.dates.window.end)

    def _between(self, moment: exp.Expr, prefix: str, start: dt.date | None, end: dt.date | None) -> list[exp.Expr]:
        found: list[exp.Expr] = []
        if start is not None:
            found.append(moment.copy() >= self._moment(f"{prefix}start", start))
        if end is not None:
            found.append(moment.copy() < self._moment(f"{prefix}until", _next_day(end)))
        return found

    def _filter(self, one: Filter) -> exp.Expr:
        return filter_condition(self._parse(one.dimension.sql), one, self.builder.parameters)

    def _chosen(self, customers: CustomerQuery) -> exp.Expr:
        return chosen_condition(parse_one(self.source.customer, read="duckdb"), customers, self.builder.parameters)

    def _moment(self, name: str, day: dt.date) -> exp.Expr:
        return exp.cast(self.builder.parameters.bind(name, day), "timestamp")

    def _parse(self, sql: str | None) -> exp.Expr:
        assert sql is not None
        return parse_one(sql, read="duckdb").transform(self._replace)

    def _replace(self, node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column) or node.table:
            return node
        if node.name == "moment" and self.source.time:
            return parse_one(self.source.time, read="duckdb")
        if node.name == "first_at":
            return exp.column("start_at", "s") if self._starts_first() else exp.column("first_at", "f")
        if node.name == "ordered_in_window":
            return exp.paren(exp.column("customer_id", "w").is_(exp.null()).not_())
        if node.name == "as_of_end":
            return self._moment("as_of_end", _next_day(self.builder.ctx.as_of))
        if node.name == "period_start":
            return self._period_start()
        if node.name == FIT:
            return self._fit()
        return node

    def _fit(self) -> exp.Expr:
        fit = fits(self.builder.plan.basket, lambda value: self.builder.parameters.bind("basket", value))
        return exp.case().when(fit, exp.Literal.string("yes")).else_(exp.Literal.string("no"))

    def _period_start(self) -> exp.Expr:
        period = next((one.period for one in self.by if one.period), None)
        start = self.dates.window.start
        if period is None:
            assert start is not None
            return self._moment("start", start)
        group = parse_one(f"date_trunc('{period}', {self.source.time})", read="duckdb")
        if start is None:
            return group
        return exp.Greatest(this=group, expressions=[self._moment("start", start)])


def _without_idle_joins(query: exp.Select) -> exp.Select:
    """Drop joined lookups that nothing refers to; each matches one row at most, so no row comes or goes."""
    joins: list[exp.Join] = query.args.get("joins") or []
    for join in reversed(joins):
        own = {id(column) for column in join.find_all(exp.Column)}
        used = any(column.table == join.alias_or_name for column in query.find_all(exp.Column) if id(column) not in own)
        if join.side.upper() == "LEFT" and not used:
            join.pop()
    return query


def key_name(index: int) -> str:
    """The column of the index-th group key."""
    return f"k{index + 1}"


def label_name(index: int) -> str:
    """The column of the name shown for the index-th group key."""
    return f"label{index + 1}"


def _next_day(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)
