"""From the warehouse to arrays: what customers had done by a date, and what they did after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.features.build import gap_query
from tools.models.lifetime.counts import Floats
from tools.segments.value.scope import scoped
from tools.segments.value.sql_files import read_sql
from tools.warehouse.engine import Engine

WEEK = 7.0
"""Models count time in weeks, so that their parameters compare with published ones."""
_COUNTED = (
    *("orders_14", "orders_30", "orders_60", "orders_90", "orders_180"),
    *("amount_14", "amount_30", "amount_60", "amount_90", "amount_180", "amount_365", "events_30", "events_90"),
)
_FREQUENCIES = (1.5, 2.5, 4.5, 8.5, 16.5)
"""Orders so far between groups of customers whose level is learned apart."""
_RATE_DAYS = 30.0
"""Days that half an order is added over, so that the pace of a first order says little."""
_YOUNG_DAYS = 14.0
"""Rates of younger customers are over this many days: an order of today is no rate of one a day."""


@dataclass(frozen=True)
class Histories:
    """Customers with an order by a date, sorted by customer_id.

    Args:
        as_of: The date.
        raw: Columns of ``histories.sql``.
    """

    as_of: dt.date
    raw: pa.Table

    def __len__(self) -> int:
        return int(self.raw.num_rows)

    def column(self, name: str) -> Floats:
        """One column as an array; money too."""
        found: Floats = self.raw.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return found

    @cached_property
    def purchases(self) -> tuple[Floats, Floats, Floats]:
        """(x, t_x, T) of the lifetime models: repeat visits, weeks from the first to the last, weeks since the first."""
        age, recency = self.column("age_days"), self.column("recency_days")
        return self.column("visits") - 1.0, (age - recency) / WEEK, age / WEEK

    @cached_property
    def mean_paid(self) -> Floats:
        """Mean value of the orders that were paid; 0 where none was."""
        mean: Floats = self.column("paid_amount") / np.maximum(self.column("paid_orders"), 1.0)
        return mean

    @cached_property
    def features(self) -> Floats:
        """What spend is learned from, shape (customers, features), finite, on a logarithmic scale.

        Totals so far are rates here: at an earlier cut-off few orders mean a new customer, at a later one a rare one.
        """
        x, t_x, age = self.purchases
        days, recency = age * WEEK, self.column("recency_days")
        over = np.maximum(days, _YOUNG_DAYS)
        gap = np.where(x > 0, t_x * WEEK / np.maximum(x, 1.0), over)
        columns = [np.maximum(self.column(name), 0.0) for name in _COUNTED]
        columns += [days, recency, recency / np.maximum(gap, 1.0), gap, self.mean_paid]
        columns += [100.0 * x / over, 100.0 * np.maximum(self.column("amount"), 0.0) / over]
        rate = (self.column("orders") + 0.5) / (days + _RATE_DAYS)
        found: Floats = np.column_stack([np.log1p(np.column_stack(columns)), np.log(rate), np.log((recency + 1.0) * rate)])
        return found

    @cached_property
    def frequency(self) -> NDArray[np.int64]:
        """Which group of customers each belongs to by number of orders so far, shape (customers,): 1, 2, 3-4, 5-8, 9-16, more."""
        return np.digitize(self.column("orders"), _FREQUENCIES)

    @property
    def first_date(self) -> dt.date:
        """Date of the earliest order."""
        return self.as_of - dt.timedelta(days=int(self.column("age_days").max()))

    @property
    def days(self) -> int:
        """Dates from the earliest order to ``as_of``, both included."""
        return (self.as_of - self.first_date).days + 1


@dataclass(frozen=True)
class Outcomes:
    """What the customers of ``histories`` did in ``horizon`` days after it: orders, and amount (not negative), shape (customers,)."""

    histories: Histories
    horizon: int
    orders: Floats
    spend: Floats


@dataclass(frozen=True)
class Rhythms:
    """Own gaps between order dates, of customers who have one, sorted by customer_id.

    Args:
        customers: Their ids, shape (n,).
        rows: Which rows of the histories they are, a mask.
        gaps: How many gaps each has, shape (n,).
        median, mean, spread: Days; the standard deviation is NaN with one gap.
    """

    customers: pa.ChunkedArray
    rows: NDArray[np.bool_]
    gaps: Floats
    median: Floats
    mean: Floats
    spread: Floats


def histories_query() -> str:
    """The SELECT of histories, with the one parameter ``$as_of``; it reads rows up to that date alone."""
    return read_sql("histories")


def read_histories(engine: Engine, as_of: dt.date, sampled: bool = False) -> Histories:
    """The histories of everybody, or of the sample that was drawn."""
    return Histories(as_of, engine.query(scoped(histories_query(), sampled), {"as_of": as_of}))


def read_outcomes(engine: Engine, as_of: dt.date, horizon: int, sampled: bool = False) -> Outcomes:
    """Histories as of a date with what came after; the two queries sort the same customers alike."""
    found = engine.query(scoped(read_sql("outcomes"), sampled), {"as_of": as_of, "horizon": horizon})
    spend = np.maximum(found.column("amount").to_numpy(), 0.0)
    return Outcomes(read_histories(engine, as_of, sampled), horizon, found.column("orders").to_numpy(), spend)


def read_rhythms(engine: Engine, histories: Histories, sampled: bool = False, stored: bool = False) -> Rhythms:
    """Own gaps of the customers of ``histories`` who ordered on two dates or more.

    Args:
        engine: Reads the warehouse.
        histories: As of some date.
        sampled: They are of the sample.
        stored: ``customer_features`` is of the same date, and saves measuring the gaps again.
    """
    source, parameters = scoped(gap_query(), sampled), {"as_of": histories.as_of}
    if stored:
        source, parameters = "SELECT * FROM customer_features WHERE gap_median_days IS NOT NULL", {}
    sql = f"SELECT customer_id, gap_median_days, gap_spread_days FROM (\n{source}\n) AS g ORDER BY customer_id"
    found = engine.query(sql, parameters)
    x, t_x, _ = histories.purchases
    repeat = x > 0
    median, spread = (
        found.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False) for name in ("gap_median_days", "gap_spread_days")
    )
    return Rhythms(found.column("customer_id"), repeat, x[repeat], median, t_x[repeat] * WEEK / x[repeat], spread)


def read_next_gaps(engine: Engine, as_of: dt.date, horizon: int, sampled: bool = False) -> Mapping[str, pa.ChunkedArray]:
    """Columns of ``next_gaps.sql``: customer_id, gap, watched."""
    found = engine.query(scoped(read_sql("next_gaps"), sampled), {"as_of": as_of, "horizon": horizon})
    return {name: found.column(name) for name in found.column_names}
