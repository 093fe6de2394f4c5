"""From the warehouse to cases: customers as they were at a cut-off, and what they spent after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.segments.schemes import RFM
from tools.segments.scoring import rfm_scores_query
from tools.settings import Settings
from tools.warehouse.engine import Engine
from tools.warehouse.schema import migrate
from tools.warehouse.scratch import scratch_engine
from tools.warehouse.sql_files import sql_text

Floats = NDArray[np.float64]
MOST_SAMPLED = 20_000
"""Customers that weights are learnt from and judged on, where there are more."""
_IDS = "weights_sample"
_COPIES = {
    "counted_orders": f"SELECT * FROM counted_orders WHERE customer_id IN (SELECT customer_id FROM {_IDS})",
    "order_lines": "SELECT l.* FROM order_lines AS l WHERE l.order_id IN (SELECT order_id FROM weights_sample_counted_orders)",
    "events": f"SELECT * FROM events WHERE customer_id IN (SELECT customer_id FROM {_IDS})",
    "campaign_responses": f"SELECT * FROM campaign_responses WHERE customer_id IN (SELECT customer_id FROM {_IDS})",
}


def read_sql(name: str) -> str:
    """The text of one of this package's .sql files."""
    return sql_text("tools.segments.weighing", name)


@dataclass(frozen=True)
class Cases:
    """Customers with an order by a cut-off, sorted by id.

    Args:
        cut_off: Nothing after it is in ``raw`` but ``spent_next``.
        raw: Columns of ``cases.sql``.
    """

    cut_off: dt.date
    raw: pa.Table

    def __len__(self) -> int:
        return int(self.raw.num_rows)

    def numbers(self, column: str) -> Floats:
        """A column as floats."""
        found: Floats = self.raw.column(column).to_numpy(zero_copy_only=False)
        return found

    @property
    def spent_next(self) -> Floats:
        """What each spent in the horizon after the cut-off; never below zero, as a refund is no spend."""
        return np.maximum(self.numbers("spent_next"), 0.0)


@dataclass(frozen=True)
class Reader:
    """Reads cases of a fixed horizon, of everybody or of the sample that was drawn."""

    engine: Engine
    horizon: int
    sampled: bool

    def cases(self, cut_off: dt.date) -> Cases:
        """The customers of a cut-off."""
        return Cases(cut_off, self.engine.query(self._scoped(read_sql("cases")), {"as_of": cut_off, "horizon": self.horizon}))

    def classic(self, cut_off: dt.date) -> tuple[Floats, Floats]:
        """R + F + M of the customers of a cut-off, with the edges of that day, and their RFM groups, the best listed the largest."""
        scores = "SELECT customer_id, recency_score + frequency_score + monetary_score AS total, rfm_group FROM "
        found = self.engine.query(self._scoped(f"{scores}(\n{rfm_scores_query()}\n) AS graded"), {"as_of": cut_off})
        order = {group.id: float(len(RFM.groups) - place) for place, group in enumerate(RFM.groups)}
        groups = np.array([order[name] for name in found.column("rfm_group").to_pylist()], dtype=np.float64)
        return found.column("total").cast(pa.float64()).to_numpy(zero_copy_only=False), groups

    def _scoped(self, query: str) -> str:
        """``query`` over the sample, or as it is, sorted."""
        if not self.sampled:
            return f"SELECT * FROM (\n{query}\n) AS scoped ORDER BY customer_id"
        tables = {name: f"SELECT * FROM weights_sample_{name}" for name in _COPIES}
        scope = ", ".join(f"{name} AS ({content})" for name, content in tables.items())
        return f"WITH {scope}\nSELECT * FROM (\n{query}\n) AS scoped ORDER BY customer_id"


@contextmanager
def sample_engine(engine: Engine, config: Settings) -> Iterator[Engine]:
    """An engine over orders and events of the sample that was drawn last, so that models read a part instead of all."""
    with scratch_engine(config) as small:
        migrate(small)
        for name in ("counted_orders", "events"):
            small.register(f"_{name}", engine.query(f"SELECT * FROM weights_sample_{name}"))
        small.register("_ids", engine.query(f"SELECT customer_id FROM {_IDS}"))
        small.execute("INSERT INTO customers BY NAME SELECT customer_id FROM _ids")
        small.execute("INSERT INTO orders BY NAME SELECT * EXCLUDE (order_date), 'completed' AS status FROM _counted_orders")
        small.execute("INSERT INTO events BY NAME SELECT * FROM _events")
        yield small


def open_reader(engine: Engine, as_of: dt.date, horizon: int, seed: int) -> Reader:
    """A reader of cases; where there are many customers, what belongs to a random part of them is copied out of the way."""
    ids = engine.query(
        "SELECT DISTINCT customer_id FROM counted_orders WHERE customer_id IS NOT NULL AND order_date <= $as_of ORDER BY customer_id",
        {"as_of": as_of},
    )
    if ids.num_rows <= MOST_SAMPLED:
        return Reader(engine, horizon, sampled=False)
    chosen = np.random.default_rng(seed).choice(ids.num_rows, size=MOST_SAMPLED, replace=False)
    # Another sample may have been drawn on this connection before; what is registered under a name is replaced.
    engine.register(_IDS, ids.take(pa.array(np.sort(chosen))))
    for name, query in _COPIES.items():
        engine.register(f"weights_sample_{name}", engine.query(query))
    return Reader(engine, horizon, sampled=True)
