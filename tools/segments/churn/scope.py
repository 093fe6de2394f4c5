"""What the churn model's queries may see: everything, a sample of the customers, or only the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from tools.errors import WarehouseError
from tools.warehouse.engine import Engine

_ORDERS, _EVENTS, _IDS = "churn_sample_orders", "churn_sample_events", "churn_sample"


def draw_sample(engine: Engine, as_of: dt.date, size: int, seed: int) -> bool:
    """Copy the orders and events of ``size`` random buyers out of the way, where there are more; whether it did.

    Every cut-off reads them again, and reading a copy of a part is cheaper than reading the whole.
    """
    # By a digest of the id, so that most of the sample stays the same when customers come.
    chosen = engine.query(
        "SELECT customer_id FROM counted_orders WHERE customer_id IS NOT NULL AND order_date <= $as_of GROUP BY customer_id "
        "ORDER BY md5(concat(customer_id, ':', CAST($seed AS VARCHAR))), customer_id LIMIT $size",
        {"as_of": as_of, "seed": seed, "size": size + 1},
    )
    if chosen.num_rows <= size:
        return False
    chosen = chosen.slice(0, size)
    engine.register(_IDS, chosen)
    for name, table in ((_ORDERS, "counted_orders"), (_EVENTS, "events")):
        engine.register(name, engine.query(f"SELECT * FROM {table} WHERE customer_id IN (SELECT customer_id FROM {_IDS})"))
    return True


def scoped(query: str, sampled: bool) -> str:
    """``query`` over the sample, or as it is."""
    return _over(query, {"counted_orders": f"SELECT * FROM {_ORDERS}", "events": f"SELECT * FROM {_EVENTS}"}) if sampled else query


def check_no_future(engine: Engine, cut_off: dt.date, query: str, sampled: bool = False) -> None:
    """Prove that a feature query gives the same rows when the rows after the cut-off do not exist.

    Args:
        engine: Reads the warehouse.
        cut_off: Bound as ``$as_of``.
        query: A SELECT with a customer_id.
        sampled: Compare over the sample that was drawn.

    Raises:
        WarehouseError: A column, or the set of customers, changes: it was made with rows after the cut-off.
    """
    sources = {name: f"SELECT * FROM main.{name}" for name in _PAST} | ({"counted_orders": f"SELECT * FROM {_ORDERS}"} if sampled else {})
    sources |= {"events": f"SELECT * FROM {_EVENTS}"} if sampled else {}
    whole = engine.query(f"SELECT * FROM ({scoped(query, sampled)}) AS whole ORDER BY customer_id", {"as_of": cut_off})
    past = engine.query(
        _over(query, {name: f"{sources[name]} WHERE {kept}" for name, kept in _PAST.items()}) + " ORDER BY customer_id", {"as_of": cut_off}
    )
    leaks = _differences(whole, past)
    if leaks:
        names = ", ".join(leaks)
        raise WarehouseError(
            f"Churn features leak the future: {names} changes when rows after {cut_off} are taken away; the model was not evaluated.",
            f"流失特征泄露了未来信息：去掉 {cut_off} 之后的数据后，{names} 发生变化；模型未作评估。",
        )


def _over(query: str, tables: Mapping[str, str]) -> str:
    """``query`` with other contents under the names of tables."""
    # Read twice, one of them cut by a LIMIT, a materialised table of that name would wait for itself for ever.
    scope = ", ".join(f"{name} AS NOT MATERIALIZED ({content})" for name, content in tables.items())
    return f"WITH {scope}\nSELECT * FROM ({query}) AS scoped"


def _until(moment: str) -> str:
    return f"CAST({moment} AS DATE) <= CAST($as_of AS DATE)"


# What each table held on the cut-off; what was derived later did not exist.
_PAST = {
    "orders": _until("ordered_at"),
    "counted_orders": _until("ordered_at"),
    "order_lines": f"order_id IN (SELECT order_id FROM main.orders WHERE {_until('ordered_at')})",
    "refunds": _until("refunded_at"),
    "events": _until("occurred_at"),
    "campaigns": _until("start_date"),
    "campaign_contacts": _until("contacted_at"),
    "campaign_responses": _until("responded_at"),
    "feedback": _until("submitted_at"),
    **dict.fromkeys(
        (
            "customer_features",
            "scores",
            "customer_base",
            "segment_members",
            "segment_changes",
            "kept_predictions",
            "model_outcomes",
            "clusters",
            "cluster_points",
            "response_scores",
            "item_pairs",
        ),
        "FALSE",
    ),
}


def _differences(whole: pa.Table, past: pa.Table) -> list[str]:
    if not whole.column("customer_id").equals(past.column("customer_id")):
        return ["customer_id"]
    return [name for name in whole.column_names if not _same(whole.column(name), past.column(name))]


def _same(left: pa.ChunkedArray, right: pa.ChunkedArray) -> bool:
    if not pa.types.is_floating(left.type):
        return bool(left.equals(right))
    # Sums of floating-point numbers may differ in the last bits when threads add them in another order.
    return bool(np.allclose(left.to_numpy(), right.to_numpy(), rtol=1e-9, equal_nan=True))
