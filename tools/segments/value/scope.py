"""A sample of the customers, for everything that is read once per cut-off."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tools.warehouse.engine import Engine

_IDS, _ORDERS, _EVENTS = "value_sample", "value_sample_orders", "value_sample_events"


def draw_sample(engine: Engine, customers: pa.ChunkedArray, size: int, seed: int) -> bool:
    """Copy the orders and events of ``size`` random customers out of the way, where there are more; whether it did."""
    if len(customers) <= size:
        return False
    chosen = np.random.default_rng(seed).choice(len(customers), size=size, replace=False)
    engine.register(_IDS, pa.table({"customer_id": customers.take(pa.array(np.sort(chosen)))}))
    for name, table in ((_ORDERS, "counted_orders"), (_EVENTS, "events")):
        engine.register(name, engine.query(f"SELECT * FROM {table} WHERE customer_id IN (SELECT customer_id FROM {_IDS})"))
    return True


def scoped(query: str, sampled: bool) -> str:
    """``query`` over the sample, or as it is."""
    if not sampled:
        return query
    return f"WITH counted_orders AS (SELECT * FROM {_ORDERS}), events AS (SELECT * FROM {_EVENTS})\nSELECT * FROM (\n{query}\n) AS scoped"
