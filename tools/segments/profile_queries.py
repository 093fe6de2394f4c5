"""The statements behind a profile: every customer once, marked as inside the group or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from tools.contracts import CustomerQuery, Statement
from tools.segments.fields import FieldInfo, field
from tools.segments.stored import attribute_names
from tools.warehouse.engine import Engine

AVERAGED = (
    "recency_days",
    "orders",
    "amount",
    "average_order_value",
    "orders_90d",
    "amount_90d",
    "amount_365d",
    "gap_median_days",
    "tenure_days",
    "items_per_order",
    "discount_share",
    "category_count",
    "store_count",
    "channel_count",
    "weekend_share",
    "morning_share",
    "afternoon_share",
    "evening_share",
    "night_share",
    "contacts",
    "responses",
    "events_90d",
    "age",
    "income",
    "churn_probability",
)
_DESCRIBED = ("gender", "age_band", "income_band", "city", "region", "marketing_consent", "top_category", "top_channel")
_OF_CUSTOMERS = ("gender", "age", "age_band", "income", "income_band", "city", "region", "marketing_consent")
_OF_SCORES = ("churn_probability",)
_TABLES = {
    "customers": _OF_CUSTOMERS,
    "scores": _OF_SCORES,
    "customer_features": tuple(name for name in (*AVERAGED, *_DESCRIBED) if name not in (*_OF_CUSTOMERS, *_OF_SCORES)),
}
"""The columns of customer_base by their tables, so that looking whether they are filled joins nothing."""
_MOST_ATTRIBUTES = 15
_MOST_VALUES = 12
"""Values of one attribute that are compared, the most frequent ones; names and ids have too many to tell anything."""


def marked(query: CustomerQuery, columns: str) -> str:
    """Every customer once, with ``columns`` of ``customer_base AS b`` and whether the query has them."""
    if query.condition is not None:
        return f"SELECT {columns}, coalesce({query.condition}, FALSE) AS inside FROM customer_base AS b{query.joins}"
    return (
        f"SELECT {columns}, g.customer_id IS NOT NULL AS inside FROM customer_base AS b\n"
        f"LEFT JOIN (\n{query.sql}\n) AS g ON g.customer_id = b.customer_id"
    )


def filled_columns(engine: Engine) -> frozenset[str]:
    """The averaged and the described columns that any customer has a value in."""
    filled: set[str] = set()
    for table, names in _TABLES.items():
        counts = engine.rows(f"SELECT {', '.join(f'count({name})' for name in names)} FROM {table}")[0]
        filled |= {name for name, count in zip(names, counts, strict=True) if count}
    return frozenset(filled)


def numbers_query(query: CustomerQuery, medians: Collection[str] = (), filled: Collection[str] = AVERAGED) -> Statement:
    """Rows "inside", "rest" and "base": customers, revenue, orders, and per field known, mean, average, variance.

    ``mean`` is what is shown, ``average`` the plain mean that tests are made on; they differ for the average order value.
    The fields of ``medians`` have a ``median`` too, which takes longer than all the rest of them. Those that are not
    ``filled`` are known of nobody, and not looked at.
    """
    columns = []
    for name in AVERAGED:
        if name not in filled:
            columns.append(f"0 AS {name}_known" + "".join(f", NULL AS {name}_{one}" for one in ("mean", "average", "variance")))
            columns[-1] += f", NULL AS {name}_median" if name in medians else ""
            continue
        value = f"CAST({name} AS DOUBLE)"
        mean = "CAST(sum(amount) AS DOUBLE) / nullif(sum(orders), 0)" if name == "average_order_value" else f"avg({value})"
        columns.append(
            f"count({name}) AS {name}_known, {mean} AS {name}_mean, avg({value}) AS {name}_average, var_samp({value}) AS {name}_variance"
            + (f", median({value}) AS {name}_median" if name in medians else "")
        )
    sql = (
        f"WITH marked AS (\n{marked(query, 'b.*')}\n)\n"
        "SELECT CASE WHEN grouping(inside) = 1 THEN 'base' WHEN inside THEN 'inside' ELSE 'rest' END AS part, count(*) AS customers, "
        "sum(amount) AS revenue, sum(orders) AS all_orders,\n" + ",\n".join(columns) + "\nFROM marked GROUP BY GROUPING SETS ((inside), ())"
    )
    return Statement(sql=sql, parameters=query.parameters)


def described_fields(engine: Engine, filled: Collection[str]) -> list[FieldInfo]:
    """The demographic and other fields whose values a profile compares; those that nobody has are left out."""
    names = [name for name in _DESCRIBED if name in filled]
    return [field(name) for name in [*names, *(f"attribute.{name}" for name in attribute_names(engine)[:_MOST_ATTRIBUTES])]]


def shares_query(query: CustomerQuery, infos: list[FieldInfo]) -> Statement:
    """Rows of field, value, customers inside and in all with it, customers inside and in all for whom the field is known."""
    listed = ", ".join(f"CAST({info.sql} AS VARCHAR) AS v{number}" for number, info in enumerate(infos))
    parts = "\nUNION ALL\n".join(
        f"SELECT {number} AS number, v{number} AS value, inside FROM marked WHERE v{number} IS NOT NULL" for number in range(len(infos))
    )
    names = ", ".join(f"({number}, $f_{number})" for number in range(len(infos)))
    sql = (
        f"WITH marked AS (\n{marked(query, listed)}\n),\nlong AS (\n{parts}\n),\n"
        "counted AS (SELECT number, value, count(*) FILTER (WHERE inside) AS inside, count(*) AS base FROM long GROUP BY number, value),\n"
        "ranked AS (SELECT *, sum(inside) OVER (PARTITION BY number) AS inside_known, sum(base) OVER (PARTITION BY number) AS base_known, "
        "row_number() OVER (PARTITION BY number ORDER BY base DESC, value) AS place FROM counted)\n"
        "SELECT n.name, value, inside, base, CAST(inside_known AS BIGINT), CAST(base_known AS BIGINT) FROM ranked\n"
        f"INNER JOIN (VALUES {names}) AS n(number, name) ON n.number = ranked.number\n"
        f"WHERE place <= {_MOST_VALUES} ORDER BY ranked.number, inside DESC, value"
    )
    return Statement(sql=sql, parameters=query.parameters | {f"f_{number}": info.id for number, info in enumerate(infos)})


def category_query(query: CustomerQuery, as_of: dt.date) -> Statement:
    """Rows of categories: buyers and amount inside and in all, with the totals over known categories and the customers.

    ``spenders`` have spent something on any category; ``shares`` and ``squares`` sum up their shares of spend, 0 for those
    who did not buy this one, so that means and variances over customers follow.
    """
    sql = (
        f"WITH marked AS (\n{marked(query, 'b.customer_id')}\n),\n"
        "people AS (SELECT count(*) FILTER (WHERE inside) AS customers, count(*) AS base_customers FROM marked),\n"
        "spent AS (SELECT o.customer_id, p.category, sum(l.amount) AS amount, "
        "CAST(sum(l.amount) AS DOUBLE) / nullif(CAST(sum(sum(l.amount)) OVER (PARTITION BY o.customer_id) AS DOUBLE), 0) AS share "
        "FROM counted_orders AS o "
        "INNER JOIN order_lines AS l ON l.order_id = o.order_id INNER JOIN products AS p ON p.product_id = l.product_id "
        "WHERE p.category IS NOT NULL AND o.ordered_at < CAST($as_of AS DATE) + INTERVAL 1 DAY GROUP BY o.customer_id, p.category),\n"
        "spenders AS (SELECT count(DISTINCT s.customer_id) FILTER (WHERE m.inside) AS spenders, "
        "count(DISTINCT s.customer_id) AS base_spenders FROM spent AS s INNER JOIN marked AS m ON m.customer_id = s.customer_id "
        "WHERE s.share IS NOT NULL),\n"
        "grouped AS (SELECT s.category, count(*) FILTER (WHERE m.inside) AS buyers, count(*) AS base_buyers, "
        "sum(s.amount) FILTER (WHERE m.inside) AS amount, sum(s.amount) AS base_amount, "
        "coalesce(sum(s.share) FILTER (WHERE m.inside), 0) AS shares, coalesce(sum(s.share), 0) AS base_shares, "
        "coalesce(sum(s.share * s.share) FILTER (WHERE m.inside), 0) AS squares, coalesce(sum(s.share * s.share), 0) AS base_squares "
        "FROM spent AS s INNER JOIN marked AS m ON m.customer_id = s.customer_id GROUP BY s.category)\n"
        "SELECT g.*, sum(amount) OVER () AS total, sum(base_amount) OVER () AS base_total, p.customers, p.base_customers, "
        "n.spenders, n.base_spenders FROM grouped AS g CROSS JOIN people AS p CROSS JOIN spenders AS n"
    )
    return Statement(sql=sql, parameters=query.parameters | {"as_of": as_of})
