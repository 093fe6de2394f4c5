"""Stored predictions over another horizon, without learning anything anew."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tools.models.lifetime.counts import Floats
from tools.models.lifetime.ranges import RatioRange
from tools.segments.model_runs import ModelRun
from tools.segments.value.forecast import Forecaster, base_of, spending_of
from tools.segments.value.histories import Histories, read_histories
from tools.segments.value.run import NextDates, ValueRun
from tools.warehouse.engine import Engine

_STORED = """
SELECT s.customer_id, f.amount, s.alive_probability, s.expected_orders, s.expected_order_value, s.predicted_value,
    s.next_order_date, s.next_order_from, s.next_order_to
FROM scores AS s
INNER JOIN customer_features AS f ON f.customer_id = s.customer_id
WHERE s.predicted_value IS NOT NULL
ORDER BY s.customer_id
"""


def stretch(engine: Engine, run: ModelRun, horizon: int) -> ValueRun:
    """The stored predictions of the run in use, over ``horizon`` days instead of its own.

    Expected orders grow as the model of repeat buying says for each customer, which is how the run itself went from the
    period that it learned to its own horizon; what an order is worth stays. A learned probability of ordering within the
    horizon is taken along the same way; that of being alive at all has no horizon.
    """
    stored = engine.query(_STORED)
    histories = read_histories(engine, run.as_of)
    growth = _growth(run, histories, horizon)
    orders = _numbers(stored, "expected_orders") * growth
    alive = _numbers(stored, "alive_probability")
    if run.parameters.get("kind") == "learned":
        own = int(run.quality["value_horizon_days"])
        alive = np.minimum(_model(run).stretch_chance(alive, histories, own, horizon), orders)
    each = _numbers(stored, "expected_order_value")
    value = _numbers(stored, "predicted_value") * growth
    low = high = np.full(len(value), np.nan)
    if "ranges" in run.parameters:
        low, high = RatioRange().with_parameters(**run.parameters["ranges"]).bounds(value)
    days = (stored.column(name).to_numpy().astype("datetime64[D]") for name in ("next_order_date", "next_order_from", "next_order_to"))
    return ValueRun(
        method=run.quality["method"],
        as_of=run.as_of,
        horizon=horizon,
        quality=run.quality | {"value_horizon_days": horizon},
        parameters=run.parameters,
        decision=run.decision,
        customers=stored.column("customer_id"),
        amount=stored.column("amount"),
        alive=alive,
        orders=orders,
        order_value=each,
        value=value,
        low=low,
        high=high,
        judged_value=np.full(len(value), np.nan),
        dates=NextDates(*days),
        run_id=run.run_id,
    )


def _growth(run: ModelRun, histories: Histories, horizon: int) -> Floats:
    """Expected orders over ``horizon`` by those over the run's own horizon, shape (customers,)."""
    own = int(run.quality["value_horizon_days"])
    if run.quality["method"] != "model":
        ratio = min(1.0, horizon / histories.days) / min(1.0, own / histories.days)
        return np.full(len(histories), ratio)
    return _model(run).growth(histories, own, horizon)


def _model(run: ModelRun) -> Forecaster:
    """The model of repeat buying of a run, without what was learned beside it."""
    parameters = run.parameters
    return Forecaster(base_of(parameters["base"], parameters[parameters["base"]]), spending_of(parameters["spending"]))


def _numbers(table: pa.Table, name: str) -> Floats:
    found: Floats = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found
