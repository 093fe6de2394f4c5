"""What customers are clustered by and described with: one row per customer, read by set-based SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.contracts import Statement
from tools.features.build import feature_query
from tools.models.clustering.preparation import Feature, Singles
from tools.segments.clusters.words import entry
from tools.warehouse.context import read_meta
from tools.warehouse.engine import Engine
from tools.warehouse.sql_files import sql_text

MOST_CATEGORIES, MOST_CHANNELS, MOST_KINDS = 12, 6, 6
LEAST_SHARE = 0.01
"""Categories, channels and kinds of event below this share of all are not clustered by."""
_TYPICAL = "cluster_typical_prices"

PLAIN = (
    "amount", "average_order_value", "orders", "recency_days", "gap_median_days", "tenure_days", "category_count",
    "discount_share", "morning_share", "afternoon_share", "evening_share", "night_share", "weekend_share",
)  # fmt: skip
"""Columns of ``customer_features`` that are used as they are."""
PRICES = ("item_price", "price_level")
HOURS = ("browse_morning_share", "browse_afternoon_share", "browse_evening_share", "browse_late_share")
RULE_NUMBERS = (
    "recency_days", "orders", "amount", "orders_90d", "amount_90d", "amount_365d", "average_order_value", "gap_median_days", "tenure_days",
    "items_per_order", "discount_share", "category_count", "top_category_share", "weekend_share", "morning_share", "afternoon_share",
    "evening_share", "night_share", "channel_count", "store_count", "contacts", "responses", "events_90d", "views_90d", "carts_90d",
    "logins_90d",
)  # fmt: skip
"""Numeric fields of the catalogue that the rule of a cluster may use."""


@dataclass(frozen=True)
class Vocabulary:
    """The values that get a column each, the most frequent first.

    Args:
        categories: Categories of products by money.
        channels: Channels of orders by orders.
        kinds: Kinds of events by number.
        lines: Whether there are lines of orders at all.
        views_name_products: Whether views say which product was seen.
        prices: Average price of a unit by category.
    """

    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    lines: bool = False
    views_name_products: bool = False
    prices: pa.Table | None = field(default=None, repr=False, compare=False)

    def joined(self, names: Sequence[str]) -> Vocabulary:
        """With further columns, such as those of an earlier run: "category:DELI"."""
        more: dict[str, list[str]] = {"category": list(self.categories), "channel": list(self.channels), "event": list(self.kinds)}
        for name in names:
            family, _, value = name.partition(":")
            if family in more and value not in more[family]:
                more[family].append(value)
        return Vocabulary(
            tuple(more["category"]), tuple(more["channel"]), tuple(more["event"]), self.lines, self.views_name_products, self.prices
        )


@dataclass(frozen=True)
class CustomerTable:
    """One row per customer who ordered or did something, in order of id.

    Args:
        columns: Names of the numeric columns, as in traits.yaml.
        table: customer_id, then ``columns``, ``RULE_NUMBERS``, top_category, top_channel and amount as exact money.
        statement: What read it.
    """

    columns: tuple[str, ...]
    table: pa.Table = field(repr=False)
    statement: Statement = field(repr=False)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def customers(self) -> pa.ChunkedArray:
        """Their ids."""
        return self.table.column("customer_id")

    def matrix(self, names: Sequence[str], rows: NDArray[np.int64] | None = None) -> Singles:
        """Columns as numbers, NaN where unknown; shape (rows, names)."""
        table = self.table if rows is None else self.table.take(rows)
        out: Singles = np.empty((table.num_rows, len(names)), dtype=np.float32)
        for number, name in enumerate(names):
            out[:, number] = table.column(name).cast(pa.float32()).to_numpy()
        return out

    def known(self, names: Sequence[str]) -> list[str]:
        """Those of the columns that are known for anybody."""
        return [name for name in names if self.table.column(name).null_count < len(self)]


def clustering_features(columns: Sequence[str], themes: Sequence[str] = ()) -> tuple[Feature, ...]:
    """The columns as the preparation takes them; those outside ``themes`` (all when empty) only count."""
    out = []
    for name in columns:
        found = entry(name) if name != "events" else None
        used = found is not None and not found.describe_only and (not themes or found.theme in themes)
        theme = found.theme if found is not None and used else ""
        counted_by = found.counted_by if found is not None and found.counted_by in columns else None
        out.append(Feature(name, theme, found.kind if found else "amount", counted_by))
    return tuple(out)


def read_vocabulary(engine: Engine, as_of: dt.date) -> Vocabulary:
    """Which categories the data have, and which channels and kinds of events by a date."""
    lines = bool(engine.rows("SELECT 1 FROM order_lines LIMIT 1"))
    prices = engine.query(read_sql("typical")) if lines else None
    money = [(str(row["category"]), float(row["money"])) for row in prices.to_pylist()] if prices is not None else []
    channels = _ranked(engine, read_sql("channel_orders"), as_of)
    kinds = _ranked(engine, read_sql("event_kinds"), as_of)
    named = bool(engine.rows("SELECT 1 FROM events WHERE kind = 'view' AND product_id IS NOT NULL LIMIT 1"))
    chosen = _frequent(channels, MOST_CHANNELS)
    return Vocabulary(
        _frequent(money, MOST_CATEGORIES), chosen if len(chosen) > 1 else (), _frequent(kinds, MOST_KINDS), lines, named and lines, prices
    )


def read_customers(engine: Engine, as_of: dt.date, vocabulary: Vocabulary) -> CustomerTable:
    """Everybody's columns as of a date; from the stored features where they are of that date."""
    stored = read_meta(engine, "features_as_of") == as_of.isoformat()
    columns, selected, joins, parameters = _parts(vocabulary)
    base = "SELECT * FROM customer_features" if stored else feature_query()
    if vocabulary.prices is not None:
        engine.register(_TYPICAL, vocabulary.prices)
    numbers = [name for name in RULE_NUMBERS if name not in columns]
    read = [f"CAST({sql} AS FLOAT) AS {_quoted(name)}" for name, sql in selected.items()]
    listed = ",\n".join([*read, *(f"CAST(b.{name} AS FLOAT) AS {name}" for name in numbers)])
    active = "b.orders > 0" + (" OR hours.events > 0" if vocabulary.kinds else "")
    sql = (
        f"WITH base AS (\n{base}\n)\nSELECT b.customer_id, b.amount AS money, b.top_category, b.top_channel, scores.rfm_group,\n{listed}\n"
        f"FROM base AS b\nLEFT JOIN scores ON scores.customer_id = b.customer_id{joins}\nWHERE {active}\nORDER BY b.customer_id"
    )
    if not stored or vocabulary.channels or vocabulary.kinds or vocabulary.lines:
        parameters["as_of"] = as_of
    return CustomerTable(tuple(columns), engine.query(sql, parameters), Statement(sql=sql, parameters=parameters))


def _parts(vocabulary: Vocabulary) -> tuple[list[str], dict[str, str], str, dict[str, Any]]:
    """Names of the columns, their expressions, the joins that yield them, and the bound values."""
    selected = {name: f"b.{name}" for name in PLAIN}
    joins, parameters = "", {}
    if vocabulary.lines:
        typical = f"WITH typical AS (SELECT * FROM {_TYPICAL})"
        joins += _join("prices", f"{typical}\n{read_sql('prices')}")
        selected |= {name: f"prices.{name}" for name in PRICES}
    for number, value in enumerate(vocabulary.categories):
        parameters[f"c_{number}"] = "/" + value.replace("~", "~0").replace("/", "~1")
        extracted = f"json_extract_string(b.category_shares, $c_{number})"
        selected[f"category:{value}"] = f"CASE WHEN b.category_shares IS NOT NULL THEN coalesce(CAST({extracted} AS FLOAT), 0) END"
    if vocabulary.channels:
        joins += _join("channels", _counts("counted_orders", "channel", vocabulary.channels, "h", parameters))
        known = " + ".join(f"channels.n_{number}" for number in range(len(vocabulary.channels)))
        for number, value in enumerate(vocabulary.channels):
            selected[f"channel:{value}"] = f"CAST(channels.n_{number} AS FLOAT) / nullif({known}, 0)"
    if vocabulary.kinds:
        _add_events(vocabulary, selected)
        joins += _join("hours", read_sql("hours")) + _join("kinds", _counts("events", "kind", vocabulary.kinds, "k", parameters))
        joins += (
            _join("decisions", read_sql("decisions" if vocabulary.views_name_products else "decisions_any"))
            if "view" in vocabulary.kinds
            else ""
        )
    return list(selected), selected, joins, parameters


def _add_events(vocabulary: Vocabulary, selected: dict[str, str]) -> None:
    selected["events"] = "coalesce(hours.events, 0)"
    selected |= {name: f"hours.{name}" for name in HOURS}
    for number, value in enumerate(vocabulary.kinds):
        selected[f"event:{value}"] = f"coalesce(kinds.n_{number}, 0)"
    if "view" in vocabulary.kinds:
        views = f"coalesce(kinds.n_{vocabulary.kinds.index('view')}, 0)"
        selected["views_per_order"] = f"CAST({views} AS FLOAT) / greatest(b.orders, 1)"
        selected["decision_days"] = "decisions.decision_days"


def _join(name: str, query: str) -> str:
    return f"\nLEFT JOIN (\n{query}\n) AS {name} ON {name}.customer_id = b.customer_id"


def _counts(table: str, column: str, values: Sequence[str], prefix: str, parameters: dict[str, Any]) -> str:
    """How often each customer has each value, in columns n_0, n_1 and so on."""
    parameters |= {f"{prefix}_{number}": value for number, value in enumerate(values)}
    listed = ", ".join(f"count(*) FILTER (WHERE {column} = ${prefix}_{number}) AS n_{number}" for number in range(len(values)))
    moment = "ordered_at" if table == "counted_orders" else "occurred_at"
    return (
        f"SELECT customer_id, {listed} FROM {table} WHERE customer_id IS NOT NULL AND {moment} < CAST($as_of AS DATE) + INTERVAL 1 DAY "
        "GROUP BY customer_id"
    )


def _ranked(engine: Engine, sql: str, as_of: dt.date) -> list[tuple[str, float]]:
    return [(str(row[0]), float(row[1])) for row in engine.rows(sql, {"as_of": as_of})]


def _frequent(ranked: list[tuple[str, float]], most: int) -> tuple[str, ...]:
    whole = sum(max(size, 0.0) for _, size in ranked)
    return tuple(name for name, size in ranked[:most] if size >= LEAST_SHARE * whole and size > 0)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read_sql(name: str) -> str:
    """A statement of this folder by file name without ending."""
    return sql_text("tools.segments.clusters", name)
