"""What to offer to whom, from which items the same customers buy; the most bought items where nothing is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tools.contracts import Statement
from tools.models.pairs import Ranked, rank_items
from tools.segments.pairs.build import Level, find_pairs, read_sql
from tools.warehouse.context import ToolContext, read_meta

MOST_MEMBERS = 5_000
"""Customers of a group that offers are made for; of more, a random part."""
BLOCK = 1_000
LAPSE_DAYS: dict[Level, int] = {"product": 365, "category": 90}
"""Days without buying an item after which it may be offered again."""


@dataclass(frozen=True)
class Offers:
    """Offers to the customers of a group.

    Args:
        rows: customer_id, place, item, score, because, lift, buyers, age (days since it was bought last), in order of customer and place.
        statement: How purchases were read.
        population: Customers that the pairs were counted over.
        members: Customers that got offers.
        asked: Customers of the group; more than ``members`` where a random part stands for it.
    """

    rows: pa.Table
    statement: Statement
    population: int
    members: int
    asked: int


@dataclass(frozen=True)
class _Items:
    """The items that pairs are known of: names, buyers, ties and lifts between them, shape (items, items)."""

    names: pa.Array
    buyers: NDArray[np.float64]
    ties: NDArray[np.float64]
    lift: NDArray[np.float64]


def make_offers(ctx: ToolContext, members: Statement, level: Level, limit: int) -> Offers:
    """The first ``limit`` items to offer to each customer of ``members``; leaves them readable as ``offers_now``.

    Args:
        ctx: Nothing after its date is read.
        members: A SELECT of ``customer_id``.
        level: Products or categories.
        limit: Offers per customer.
    """
    asked, chosen = _choose(ctx, members)
    items = _items(_pairs(ctx, level))
    ctx.engine.register("members_now", chosen)
    statement = Statement(sql=read_sql("bought"), parameters={"level": level, "as_of": ctx.as_of})
    bought = ctx.engine.query(statement.sql, statement.parameters)
    rows = _rank(bought, chosen.column("customer_id").combine_chunks(), items, LAPSE_DAYS[level], limit)
    ctx.engine.register("offers_now", rows)
    counted = "SELECT count(DISTINCT customer_id) FROM counted_orders WHERE order_date <= $day"
    return Offers(rows, statement, int(ctx.engine.rows(counted, {"day": ctx.as_of})[0][0]), chosen.num_rows, asked)


def _choose(ctx: ToolContext, members: Statement) -> tuple[int, pa.Table]:
    ids = ctx.engine.query(f"SELECT DISTINCT customer_id FROM (\n{members.sql}\n) AS g ORDER BY customer_id", members.parameters)
    if ids.num_rows <= MOST_MEMBERS:
        return ids.num_rows, ids
    chosen = np.random.default_rng(ctx.config.seed).choice(ids.num_rows, size=MOST_MEMBERS, replace=False)
    return ids.num_rows, ids.take(pa.array(np.sort(chosen)))


def _pairs(ctx: ToolContext, level: Level) -> pa.Table:
    computed_for = (read_meta(ctx.engine, "features_as_of"), read_meta(ctx.engine, "refreshed_data_version"))
    if computed_for != (ctx.as_of.isoformat(), ctx.data_version):
        return find_pairs(ctx.engine, level, ctx.as_of, ctx.config)
    return ctx.engine.query("SELECT item, other, customers, lift FROM item_pairs WHERE level = $level", {"level": level})


def _items(pairs: pa.Table) -> _Items:
    own = pairs.filter(pc.equal(pairs.column("item"), pairs.column("other"))).sort_by([("customers", "descending"), ("item", "ascending")])
    names = own.column("item").combine_chunks()
    buyers = own.column("customers").to_numpy().astype(np.float64)
    at = [pc.index_in(pairs.column(name), value_set=names).to_numpy() for name in ("item", "other")]
    both, lift = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    both[at[0], at[1]] = pairs.column("customers").to_numpy()
    lift[at[0], at[1]] = pairs.column("lift").to_numpy()
    return _Items(names, buyers, both**2 / np.maximum(np.outer(buyers, buyers), 1.0), lift)


def _rank(bought: pa.Table, customers: pa.Array, items: _Items, lapse_days: int, limit: int) -> pa.Table:
    at_item = pc.index_in(bought.column("item"), value_set=items.names)
    bought = bought.filter(pc.is_valid(at_item))
    item = pc.drop_null(at_item).to_numpy()
    customer = pc.index_in(bought.column("customer_id"), value_set=customers).to_numpy()
    age = bought.column("age").to_numpy()
    order = np.argsort(customer, kind="stable")
    customer, item, age = customer[order], item[order], age[order]
    parts = []
    for start in range(0, len(customers), BLOCK):
        low, high = np.searchsorted(customer, [start, start + BLOCK])
        size = min(BLOCK, len(customers) - start)
        ages = np.full((size, len(items.names)), np.inf)
        ages[customer[low:high] - start, item[low:high]] = age[low:high]
        ranked = rank_items(np.isfinite(ages), ages < lapse_days, items.ties, items.lift, items.buyers, limit)
        parts.append(_rows(ranked, customers.slice(start, size), items, ages))
    return pa.concat_tables(parts) if parts else _rows(_NONE, customers, items, np.zeros((0, 0)))


_EMPTY = np.zeros(0, dtype=np.int64)
_NONE = Ranked(_EMPTY, _EMPTY, _EMPTY, np.zeros(0), _EMPTY)


def _rows(ranked: Ranked, customers: pa.Array, items: _Items, ages: NDArray[np.float64]) -> pa.Table:
    known = ranked.because >= 0
    because = pa.array(ranked.because, mask=~known)
    age = ages[ranked.customer, ranked.item]
    return pa.table(
        {
            "customer_id": customers.take(pa.array(ranked.customer)),
            "place": pa.array(ranked.place),
            "item": items.names.take(pa.array(ranked.item)),
            "score": pa.array(ranked.score),
            "because": items.names.take(because),
            "lift": pa.array(items.lift[ranked.because, ranked.item] if len(items.names) else np.zeros(0), mask=~known),
            "buyers": pa.array(items.buyers[ranked.item].astype(np.int64)),
            "age": pa.array(age, mask=~np.isfinite(age)),
        }
    )
