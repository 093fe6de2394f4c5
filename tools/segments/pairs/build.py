"""Counts which items the same customers bought, and stores the pairs: part of the refresh, inside its transaction."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tools.models.pairs import affinities, count_pairs, lifts
from tools.models.threads import bounded_threads
from tools.settings import Settings
from tools.warehouse.engine import Engine
from tools.warehouse.sql_files import sql_text

Level = Literal["product", "category"]
LEVELS: tuple[Level, ...] = ("product", "category")
MOST_CUSTOMERS = 20_000
"""Buyers whose purchases are counted; more hardly change which pairs are strong."""
MOST_ITEMS = 1_500
LEAST_BUYERS = 30
"""Customers who must have bought an item, so that its pairs are no accident."""
MOST_PARTNERS = 100
"""Items kept beside each, those with the strongest tie."""


def read_sql(name: str) -> str:
    """A statement of this folder."""
    return sql_text("tools.segments.pairs", name)


def store_pairs(engine: Engine, as_of: dt.date, config: Settings) -> int:
    """Fill ``item_pairs`` for products and categories, and leave the empty temporary table ``pairs_scored``; how many pairs.

    Each item also has a row with itself, whose customers are its buyers. Nothing is stored where there are no lines.
    """
    engine.execute("DELETE FROM item_pairs")
    engine.execute("CREATE OR REPLACE TEMP TABLE pairs_scored (customer_id VARCHAR)")
    _draw(engine, as_of, config.seed)
    for level in LEVELS:
        engine.register("_item_pairs", _count(engine, level, as_of, config))
        engine.execute(
            "INSERT INTO item_pairs (level, item, other, customers, lift) SELECT level, item, other, customers, lift FROM _item_pairs"
        )
    return int(engine.rows("SELECT count(*) FROM item_pairs")[0][0])


def find_pairs(engine: Engine, level: Level, as_of: dt.date, config: Settings) -> pa.Table:
    """The pairs of a level, columns as in ``item_pairs``, without storing them."""
    _draw(engine, as_of, config.seed)
    return _count(engine, level, as_of, config)


def _count(engine: Engine, level: Level, as_of: dt.date, config: Settings) -> pa.Table:
    bought = engine.query(read_sql("purchases"), {"level": level, "as_of": as_of})
    names = _frequent(bought)
    position = pc.index_in(bought.column("item"), value_set=names)
    kept = bought.filter(pc.is_valid(position))
    customers = pc.dictionary_encode(kept.column("customer_id").combine_chunks()).indices.to_numpy().astype(np.int64)
    items = pc.drop_null(position).to_numpy().astype(np.int64)
    with bounded_threads(config.thread_count, len(items)):
        counts = count_pairs(customers, items, len(names))
    population = int(engine.rows("SELECT count(*) FROM pair_sample")[0][0])
    return _table(level, names, counts, lifts(counts, max(population, 1)), lifts(counts, max(population, 1), cautious=False))


def _draw(engine: Engine, as_of: dt.date, seed: int) -> None:
    ids = engine.query(
        "SELECT DISTINCT customer_id FROM counted_orders WHERE customer_id IS NOT NULL AND order_date <= $as_of ORDER BY customer_id",
        {"as_of": as_of},
    )
    if ids.num_rows > MOST_CUSTOMERS:
        chosen = np.random.default_rng(seed).choice(ids.num_rows, size=MOST_CUSTOMERS, replace=False)
        ids = ids.take(pa.array(np.sort(chosen)))
    engine.register("_pair_sample", ids)
    engine.execute("CREATE OR REPLACE TEMP TABLE pair_sample AS SELECT customer_id FROM _pair_sample")


def _frequent(bought: pa.Table) -> pa.Array:
    """The items with enough buyers, those with most first; ties by name."""
    counted = bought.group_by("item").aggregate([("customer_id", "count")])
    enough = counted.filter(pc.greater_equal(counted.column("customer_id_count"), LEAST_BUYERS))
    ordered = enough.sort_by([("customer_id_count", "descending"), ("item", "ascending")])
    names: pa.Array = ordered.column("item").slice(0, MOST_ITEMS).combine_chunks()
    return names


def _table(
    level: Level, names: pa.Array, counts: NDArray[np.float64], cautious: NDArray[np.float64], plain: NDArray[np.float64]
) -> pa.Table:
    tie = np.where(plain > 1.0, affinities(counts), 0.0)
    np.fill_diagonal(tie, 1.0)
    if len(names) > MOST_PARTNERS:
        least = np.partition(tie, -MOST_PARTNERS, axis=0)[-MOST_PARTNERS]
        tie = np.where(tie >= least[None, :], tie, 0.0)
    item, other = np.nonzero(tie)
    return pa.table(
        {
            "level": pa.array([level] * len(item), pa.string()),
            "item": names.take(pa.array(item)),
            "other": names.take(pa.array(other)),
            "customers": pa.array(counts[item, other].astype(np.int64)),
            "lift": pa.array(cautious[item, other]),
        }
    )
