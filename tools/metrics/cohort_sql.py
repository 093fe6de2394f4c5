"""The statement of a cohort table: one row per cohort and period after it.

Whether customers order again takes one pass: each customer's periods with an order are the bits of one number, so that no
customer is counted twice without sorting them out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp, parse_one

from tools.contracts import CustomerQuery, Statement
from tools.metrics.catalogue import Source, catalogue
from tools.metrics.conditions import Parameters, chosen_condition, filter_condition
from tools.metrics.filters import Filter
from tools.windows import DateRange

Unit = Literal["month", "quarter", "week"]
MOST_BITS = 62
"""Periods that one number can hold."""


@dataclass(frozen=True)
class CohortPlan:
    """What the table is about.

    Args:
        unit: The length of a period.
        measure: What is counted in each period.
        base: First day of the first cohort's period.
        joined: Dates of the first orders.
        until: The last day that counts.
        periods: Periods after the first that are shown.
        filters: What the first orders were.
        customers: Only these.
    """

    unit: Unit
    measure: Literal["customers", "orders", "revenue"]
    base: dt.date
    joined: DateRange
    until: dt.date
    periods: int
    filters: tuple[Filter, ...]
    customers: CustomerQuery | None


def cohort_statement(plan: CohortPlan) -> Statement:
    """SELECT cohort (a number from 0), size, and n0, n1, ... for the periods from the first on."""
    parameters = Parameters()
    query = _by_bits(plan, parameters) if plan.measure == "customers" else _by_join(plan, parameters)
    mentioned = {node.name for node in query.find_all(exp.Placeholder)}
    values = {name: value for name, value in parameters.values.items() if name in mentioned}
    return Statement(sql=query.sql(dialect="duckdb", pretty=True), parameters=values)


def period_number(unit: Unit, day: dt.date) -> int:
    """Periods from the year 0 (weeks: from the first Monday) to the one that holds ``day``."""
    if unit == "week":
        return (day - dt.date(1, 1, 1)).days // 7
    return day.year * 12 + day.month - 1 if unit == "month" else day.year * 4 + (day.month - 1) // 3


def _number(plan: CohortPlan, moment: str, parameters: Parameters) -> exp.Expr:
    """The number of a moment's period, counted from the first cohort's."""
    if plan.unit == "week":
        monday = parameters.bind("base", plan.base).sql(dialect="duckdb")
        return parse_one(f"CAST(floor(date_diff('day', CAST({monday} AS DATE), CAST({moment} AS DATE)) / 7) AS INTEGER)", read="duckdb")
    length, part = (12, f"month({moment})") if plan.unit == "month" else (4, f"quarter({moment})")
    return parse_one(f"year({moment}) * {length} + {part} - {period_number(plan.unit, plan.base) + 1}", read="duckdb")


def _by_bits(plan: CohortPlan, parameters: Parameters) -> exp.Select:
    numbered = _orders(plan, parameters, exp.alias_(_number(plan, "o.ordered_at", parameters), "number"))
    bit = f"CASE WHEN number BETWEEN 0 AND {MOST_BITS} THEN CAST(1 AS BIGINT) << number END"
    firsts = exp.select("customer_id", "min(ordered_at) AS first_at")
    firsts = firsts.select(exp.alias_(exp.func("bit_or", parse_one(bit, read="duckdb"), dialect="duckdb"), "bits"))
    firsts = firsts.from_(numbered.subquery("o")).group_by("customer_id")
    cohort = exp.alias_(_number(plan, "f.first_at", parameters), "cohort")
    members = exp.select("f.bits", cohort).from_("firsts AS f").where(*_joined(plan, parameters))
    query = exp.select("cohort", "count(*) AS size", "count(*) AS n0").from_("members")
    for place in range(1, plan.periods + 1):
        query = query.select(f"count(CASE WHEN (bits >> (cohort + {place})) & 1 = 1 THEN 1 END) AS n{place}", dialect="duckdb")
    return query.group_by("cohort").order_by("cohort").with_("firsts", as_=firsts).with_("members", as_=members)


def _by_join(plan: CohortPlan, parameters: Parameters) -> exp.Select:
    firsts = exp.select("customer_id", "min(ordered_at) AS first_at")
    firsts = firsts.from_(_orders(plan, parameters).subquery("o")).group_by("customer_id")
    cohort = exp.alias_(_number(plan, "f.first_at", parameters), "cohort")
    members = exp.select("f.customer_id", cohort).from_("firsts AS f").where(*_joined(plan, parameters))
    sizes = exp.select("cohort", "count(*) AS size").from_("members").group_by("cohort")
    value = "count(*)" if plan.measure == "orders" else "sum(o.amount)"
    place = exp.alias_(exp.Sub(this=_number(plan, "o.ordered_at", parameters), expression=exp.column("cohort", "m")), "place")
    cells = exp.select("m.cohort", place, f"{value} AS value").from_("members AS m")
    cells = cells.join("counted_orders AS o ON o.customer_id = m.customer_id", dialect="duckdb")
    cells = cells.where(exp.column("ordered_at", "o") < _moment(parameters, "as_of_end", plan.until)).group_by("m.cohort", "place")
    query = exp.select("z.cohort", "z.size").from_("sizes AS z").join("cells AS c ON c.cohort = z.cohort", dialect="duckdb")
    for number in range(plan.periods + 1):
        query = query.select(f"max(CASE WHEN c.place = {number} THEN c.value END) AS n{number}")
    query = query.group_by("z.cohort", "z.size").order_by("z.cohort")
    for name, common in (("firsts", firsts), ("members", members), ("sizes", sizes), ("cells", cells)):
        query = query.with_(name, as_=common)
    return query


def _orders(plan: CohortPlan, parameters: Parameters, *columns: exp.Expr) -> exp.Select:
    query = exp.select("o.customer_id", "o.ordered_at", *columns).from_("counted_orders AS o")
    query = query.where("o.customer_id IS NOT NULL", exp.column("ordered_at", "o") < _moment(parameters, "as_of_end", plan.until))
    if plan.customers is not None:
        query = query.where(chosen_condition(exp.column("customer_id", "o"), plan.customers, parameters))
    return query


def _joined(plan: CohortPlan, parameters: Parameters) -> list[exp.Expr]:
    """Conditions on the members: when they first ordered, and what."""
    first = exp.column("first_at", "f")
    assert plan.joined.start is not None
    assert plan.joined.end is not None
    found: list[exp.Expr] = [first >= exp.cast(parameters.bind("start", plan.joined.start), "timestamp")]
    found.append(first.copy() < _moment(parameters, "until", plan.joined.end))
    if plan.filters:
        found.append(exp.column("customer_id", "f").isin(query=_with_first_order(plan, parameters)))
    return found


def _with_first_order(plan: CohortPlan, parameters: Parameters) -> exp.Select:
    """Customers whose first order meets the filters."""
    query = parse_one(f"SELECT o.customer_id FROM {_source(plan.filters).sql}", read="duckdb")
    assert isinstance(query, exp.Select)
    query = query.join("firsts AS i ON i.customer_id = o.customer_id AND i.first_at = o.ordered_at", dialect="duckdb")
    if any(one.dimension.level == "customer" for one in plan.filters):
        query = query.join("customer_base AS c ON c.customer_id = o.customer_id", join_type="left", dialect="duckdb")
    for one in plan.filters:
        value = parse_one(one.dimension.sql, read="duckdb").transform(_own_moment)
        query = query.where(filter_condition(value, one, parameters))
    return query


def _source(filters: tuple[Filter, ...]) -> Source:
    return catalogue().source("lines" if any(one.dimension.level == "product" for one in filters) else "orders")


def _own_moment(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Column) and not node.table:
        return exp.column("first_at", "i") if node.name == "first_at" else exp.column("ordered_at", "o") if node.name == "moment" else node
    return node


def _moment(parameters: Parameters, name: str, last: dt.date) -> exp.Expr:
    return exp.cast(parameters.bind(name, last + dt.timedelta(days=1)), "timestamp")
