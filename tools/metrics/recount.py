"""The totals of a plan by another path than its compiler's: nothing is joined, so no join can count a row twice.

Rows come from one table; conditions on other tables are sets of ids that a row must be in. Sums over time are taken month by
month and added up here. What a metric needs beyond that (first orders, the period before, medians) is not recounted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.checks import MOST_ROWS
from tools.metrics.block import Part
from tools.metrics.catalogue import Dimension, Level, Metric
from tools.metrics.compile import parts_of
from tools.metrics.filters import Filter
from tools.metrics.plan import Dates, Plan, dates_of, denominator_key
from tools.metrics.results import Value
from tools.warehouse.context import ToolContext

_BEYOND = re.compile(
    r"\b(?:first_at|start_at|ordered_in_window|period_start|as_of_end|order_fit)\b|quantile|median|\bOVER\b", re.IGNORECASE
)
_ALIASES = re.compile(r"\b([a-z])\.")
_MOMENT = re.compile(r"\bmoment\b")


@dataclass(frozen=True)
class _Set:
    """Rows of another table: ``ours`` must be one of its ``theirs``."""

    ours: str
    table: str
    theirs: str


_ORDERS = _Set("l.order_id", "counted_orders AS o", "o.order_id")
_PRODUCTS = _Set("{alias}.product_id", "products AS p", "p.product_id")
_CUSTOMERS = _Set("{alias}.customer_id", "{table} AS c", "c.customer_id")
_OF_CUSTOMERS = ("customers", "customer_features", "scores")
"""Tables with a row per customer, of which ``customer_base`` is made; a condition is looked up in the one that has its column."""


@dataclass(frozen=True)
class _Base:
    """The one table that is read, the alias its columns have in the catalogue, and its time."""

    table: str
    alias: str
    time: str | None
    counted: str
    """The table whose rows tell its size."""
    most_rows: int = MOST_ROWS


_BASES = {
    "orders": _Base("counted_orders AS o", "o", "o.ordered_at", "orders"),
    "all_orders": _Base("orders AS o", "o", "o.ordered_at", "orders"),
    # A line must be looked up among the orders, which takes ten times as long as to read it.
    "lines": _Base("order_lines AS l", "l", None, "order_lines", MOST_ROWS // 10),
    "events": _Base("events AS e", "e", "e.occurred_at", "events"),
    "customers": _Base("customer_base AS c", "c", None, "customers"),
}


@dataclass
class _Statement:
    """One SELECT over one base, as it grows."""

    ctx: ToolContext
    plan: Plan
    base: _Base
    dates: Dates
    filters: tuple[Filter, ...]
    values: dict[str, Any] = field(default_factory=dict)

    def sql(self, parts: Sequence[Part]) -> str:
        """The same numbers in plain SQL over the base table."""
        columns = ", ".join(f"{part.form.sql} AS {part.name}" for part in parts)
        where = " AND ".join(self._conditions()) or "TRUE"
        if parts[0].form.per_customer:
            inner = ", ".join(f"{sql} AS {name}" for name, sql in parts[0].form.per_customer.items())
            rows = f"SELECT {inner} FROM {self.base.table} WHERE {where} AND {self.base.alias}.customer_id IS NOT NULL"
            return f"SELECT {columns} FROM ({rows} GROUP BY {self.base.alias}.customer_id) AS t"
        months = f" GROUP BY date_trunc('month', {self.base.time})" if by_months(parts) else ""
        return f"SELECT {columns} FROM {self.base.table} WHERE {where}{months}"

    def _conditions(self) -> list[str]:
        of_order = self._of_order()
        if self.base.alias == "l":
            chosen = " AND ".join(of_order) or "TRUE"
            own = [f"{_ORDERS.ours} IN (SELECT {_ORDERS.theirs} FROM {_ORDERS.table} WHERE {chosen})"]
            return own + self._set("product", _PRODUCTS, "l")
        return of_order + (self._set("product", _PRODUCTS, self.base.alias) if self.base.alias == "e" else [])

    def _of_order(self) -> list[str]:
        """Conditions on rows with a time and a customer: the orders, the events, or the customers themselves."""
        alias = "o" if self.base.alias == "l" else self.base.alias
        moment = "o.ordered_at" if alias == "o" else self.base.time
        found = self._between(moment) if moment else []
        found += self._own(("order", "time", "event") if alias != "c" else ("customer",), moment or "")
        found += self._set("customer", _CUSTOMERS, alias) if alias != "c" else []
        if self.plan.customers is not None:
            self.values.update(self.plan.customers.parameters)
            found.append(f"{alias}.customer_id IN (SELECT customer_id FROM ({self.plan.customers.sql}) AS chosen)")
        return found

    def _between(self, moment: str) -> list[str]:
        start, end = self.dates.window.start, self.dates.window.end
        found = [f"{moment} >= {self._bind(dt.datetime.combine(start, dt.time()))}"] if start else []
        return [*found, f"{moment} < {self._bind(dt.datetime.combine(end + dt.timedelta(days=1), dt.time()))}"] if end else found

    def _own(self, levels: Iterable[Level], moment: str) -> list[str]:
        found = []
        for one in self.filters:
            if one.dimension.level in levels:
                inside = self._inside(one, moment)
                found.append(f"NOT coalesce({inside}, FALSE)" if one.excluded else inside)
        return found + [f"{_sql(one, moment)} IS NOT NULL" for one in self.plan.known if one.level in levels]

    def _set(self, level: Level, rows: _Set, alias: str) -> list[str]:
        found, ours = [], rows.ours.format(alias=alias)
        for one in self.filters:
            if one.dimension.level == level:
                inside = f"{ours} IN (SELECT {rows.theirs} FROM {_table(rows, one.dimension)} WHERE {self._inside(one, '')})"
                found.append(f"NOT coalesce({inside}, FALSE)" if one.excluded else inside)
        known = [one for one in self.plan.known if one.level == level]
        return found + [f"{ours} IN (SELECT {rows.theirs} FROM {_table(rows, one)} WHERE {_sql(one, '')} IS NOT NULL)" for one in known]

    def _inside(self, one: Filter, moment: str) -> str:
        return f"{_sql(one.dimension, moment)} IN ({', '.join(self._bind(value) for value in one.values)})"

    def _bind(self, value: Any) -> str:
        name = f"n_{len(self.values)}"
        self.values[name] = value
        return f"${name}"


def recount(ctx: ToolContext, plan: Plan) -> dict[str, Value]:
    """The total of each metric that can be recounted, by its id; tables that are too large are not read again.

    Args:
        ctx: The warehouse, as of a date.
        plan: Without groups; the conditions, the window and the customers are those of the answer.
    """
    parts = [part for part in parts_of(plan) if _can_be_recounted(plan, part)]
    found: dict[str, Value] = {}
    for (source, _, _, _), together in _together(ctx, plan, parts).items():
        if has_room(ctx, source):
            found |= _run(ctx, plan, _BASES[source], together)
    return {metric.id: _valued(metric, found) for metric in plan.metrics if _parts_needed(metric) <= found.keys()}


def by_months(parts: Sequence[Part]) -> bool:
    """Whether the aggregates are taken month by month: all of them add up over time, of a table that has one."""
    base = _BASES.get(parts[0].form.source)
    return (
        base is not None
        and base.time is not None
        and all("time" in part.metric.additive and "DISTINCT" not in part.form.sql.upper() for part in parts)
    )


def _run(ctx: ToolContext, plan: Plan, base: _Base, parts: list[Part]) -> dict[str, Value]:
    statement = _Statement(ctx, plan, base, dates_of(ctx, plan.window, parts[0].metric), parts[0].filters)
    sql = statement.sql(parts)
    rows = ctx.engine.rows(sql, {name: value for name, value in statement.values.items() if f"${name}" in sql})
    return {part.name: _sum(row[index] for row in rows) for index, part in enumerate(parts)}


def _together(ctx: ToolContext, plan: Plan, parts: Iterable[Part]) -> dict[tuple[Any, ...], list[Part]]:
    """The parts of one statement each: the same table, dates and conditions, and both or neither by months."""
    found: dict[tuple[Any, ...], list[Part]] = {}
    for part in parts:
        own = part.name if part.form.per_customer else by_months([part])
        conditions = tuple((one.dimension.id, one.values, one.excluded) for one in part.filters)
        key = (part.form.source, dates_of(ctx, plan.window, part.metric), conditions, own)
        found.setdefault(key, []).append(part)
    return found


def _can_be_recounted(plan: Plan, part: Part) -> bool:
    base = _BASES.get(part.form.source)
    if base is None or part.metric.rows != "window" or part.form.per_order:
        return False
    inner = part.form.per_customer.values()
    if inner and base.alias == "l":  # lines do not say whose they are
        return False
    read = set(_ALIASES.findall(" ".join((part.form.sql, *inner))))
    used = [*plan.known, *(one.dimension for one in part.filters)]
    reached = {"l": "cop", "e": "cep"}.get(base.alias, f"c{base.alias}")
    plain = not any(_BEYOND.search(sql) for sql in (part.form.sql, *inner, *(one.sql for one in used)))
    return plain and read <= {base.alias} and all(set(_ALIASES.findall(one.sql)) <= set(reached) for one in used)


def _parts_needed(metric: Metric) -> set[str]:
    if metric.ratio is None:
        return {metric.id}
    return {metric.ratio.numerator, denominator_key(metric) if metric.ratio.without else metric.ratio.denominator}


def _valued(metric: Metric, found: Mapping[str, Value]) -> Value:
    if metric.ratio is None:
        return found[metric.id]
    bottom = found[denominator_key(metric) if metric.ratio.without else metric.ratio.denominator]
    top = found[metric.ratio.numerator]
    return None if top is None or not bottom else float(top) / float(bottom)


def _sum(values: Iterable[Any]) -> Value:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def has_room(ctx: ToolContext, source: str) -> bool:
    """Whether the table behind a source is small enough to be read a second time; those that are not recounted are."""
    base = _BASES.get(source)
    return base is None or int(ctx.engine.rows(f"SELECT count(*) FROM {base.counted}")[0][0]) <= base.most_rows


def _table(rows: _Set, dimension: Dimension) -> str:
    needed = (need.partition(".")[0] for need in dimension.needs)
    return rows.table.format(table=next((name for name in needed if name in _OF_CUSTOMERS), "customer_base"))


def _sql(dimension: Dimension, moment: str) -> str:
    return _MOMENT.sub(moment, dimension.sql) if moment else dimension.sql
