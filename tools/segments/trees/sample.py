"""A sample of customers with all their rows, where there are more than a readable tree can make use of."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from tools.segments.trees.columns import OF_CUSTOMERS
from tools.warehouse.engine import Engine

MOST_CUSTOMERS = 40_000
"""More cases move a round threshold no further."""
IDS = "tree_sample"
_CHOSEN = "tree_sample_chosen"
_WHO = {
    "buyers": "SELECT DISTINCT customer_id FROM counted_orders WHERE customer_id IS NOT NULL AND order_date <= $as_of",
    "contacted": "SELECT DISTINCT customer_id FROM campaign_contacts WHERE contacted_at IS NULL OR CAST(contacted_at AS DATE) <= $as_of",
    "customers": "SELECT DISTINCT customer_id FROM customers WHERE CAST($as_of AS DATE) IS NOT NULL",
}
_KEPT = f"customer_id IN (SELECT customer_id FROM {IDS})"
_COPIES = {
    "counted_orders": f"SELECT * FROM counted_orders WHERE {_KEPT}",
    "order_lines": f"SELECT * FROM order_lines WHERE order_id IN (SELECT order_id FROM counted_orders WHERE {_KEPT})",
    "events": f"SELECT * FROM events WHERE {_KEPT}",
    "campaign_contacts": f"SELECT * FROM campaign_contacts WHERE {_KEPT}",
    "campaign_responses": f"SELECT * FROM campaign_responses WHERE {_KEPT}",
    "customers": f"SELECT customer_id, {', '.join(OF_CUSTOMERS)}, attributes FROM customers WHERE {_KEPT}",
}
_TABLES = re.compile(rf"\b(FROM|JOIN) ({'|'.join(_COPIES)})\b")


@dataclass(frozen=True)
class Sample:
    """Whether a sample stands in for all customers, and under which name its ids are."""

    drawn: bool
    ids: str = IDS

    def scoped(self, query: str) -> str:
        """``query``, written by us, over the sample's rows, or as it is.

        The tables are named anew: common table expressions under their names, used several times over, stall DuckDB 2.0.
        """
        return _TABLES.sub(rf"\1 {IDS}_\2", query) if self.drawn else query


def draw(engine: Engine, who: Literal["buyers", "contacted", "customers"], as_of: dt.date, seed: int, size: int = MOST_CUSTOMERS) -> Sample:
    """Copy the rows of ``size`` customers out of the way, where there are more; the same seed draws the same ones."""
    ids = engine.query(f"{_WHO[who]} ORDER BY customer_id", {"as_of": as_of})
    if ids.num_rows <= size:
        return Sample(False)
    chosen = np.random.default_rng(seed).choice(ids.num_rows, size=size, replace=False)
    engine.register(_CHOSEN, ids.take(pa.array(np.sort(chosen))))
    # Temporary tables, because every cut-off reads them many times over.
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {IDS} AS SELECT customer_id FROM {_CHOSEN}")
    for name, query in _COPIES.items() if who != "customers" else ():
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {IDS}_{name} AS {query}")
    return Sample(True)
