"""What a run of lifetime value found, as data: readers of stored scores need this, not the models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.contracts import Text

MODEL = "lifetime_value"
VERSION = "1"
HORIZON_DAYS = 365
"""Stored predictions are for so many days after the as-of date."""
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
COLUMNS = (
    *("alive_probability", "expected_orders", "expected_order_value", "predicted_value", "predicted_value_low", "predicted_value_high"),
    *("total_value", "next_order_date", "next_order_from", "next_order_to"),
)
"""Columns of ``scores`` that a run fills."""
JUDGED = "judged_value"
"""Column beside them: predicted spend of the judged period after the as-of date, which is what is held against later data."""


@dataclass(frozen=True)
class NextDates:
    """When the next order is due; NaT for customers who ordered on one date only. All of shape (customers,)."""

    expected: Days
    earliest: Days
    latest: Days


@dataclass(frozen=True)
class ValueRun:
    """What one run found.

    Args:
        method: "model", or "historic" where the data were too few for one: the customer's past spend stands in, pro rata.
        as_of: Predictions hold after this date.
        horizon: Days that they reach.
        quality: As stored in ``model_runs``.
        parameters: What it takes to make the forecaster again, as stored in ``model_runs``.
        decision: How it was compared with the model in use before; None without one.
        customers: Everybody with an order, sorted.
        amount: Historic value of each, exact (net of refunds).
        alive, orders, order_value, value, low, high: Shape (customers,); NaN where the method has none.
        judged_value: Predicted spend over the judged period; NaN without a model.
        dates: When the next order is due.
        run_id: Number of the row in ``model_runs``; None when nothing was stored.
        reason: Why there is no model, for operators; None with one.
    """

    method: Literal["model", "historic"]
    as_of: dt.date
    horizon: int
    quality: dict[str, Any]
    parameters: dict[str, Any]
    decision: dict[str, Any] | None
    customers: pa.ChunkedArray = field(repr=False)
    amount: pa.ChunkedArray = field(repr=False)
    alive: Floats = field(repr=False)
    orders: Floats = field(repr=False)
    order_value: Floats = field(repr=False)
    value: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    judged_value: Floats = field(repr=False)
    dates: NextDates = field(repr=False)
    run_id: int | None = None
    reason: Text | None = None

    @property
    def scored(self) -> int:
        """Customers with a prediction."""
        return len(self.value)

    @property
    def version(self) -> str:
        """Version of the model, as receipts name it."""
        return f"{MODEL}-{VERSION}-{self.quality.get('kind', self.method)}"


def run_table(run: ValueRun) -> pa.Table:
    """What a run found as a table: customer_id, ``amount`` and the columns of ``scores`` but total_value, unrounded."""
    numbers = {
        "alive_probability": run.alive,
        "expected_orders": run.orders,
        "expected_order_value": run.order_value,
        "predicted_value": run.value,
        "predicted_value_low": run.low,
        "predicted_value_high": run.high,
        JUDGED: run.judged_value,
    }
    days = {"next_order_date": run.dates.expected, "next_order_from": run.dates.earliest, "next_order_to": run.dates.latest}
    columns: dict[str, Any] = {"customer_id": run.customers, "amount": run.amount}
    columns |= {name: pa.array(values, pa.float64(), from_pandas=True) for name, values in numbers.items()}
    columns |= {name: pa.array(values.astype("datetime64[D]"), pa.date32()) for name, values in days.items()}
    return pa.table(columns)
