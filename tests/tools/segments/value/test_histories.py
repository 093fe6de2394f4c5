"""Histories against hand-made orders and the demo's source files, and proof that they never see the future."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tools.errors import WarehouseError
from tools.segments.churn.scope import check_no_future
from tools.segments.value.histories import histories_query, read_histories, read_next_gaps, read_outcomes, read_rhythms
from tools.segments.value.scope import draw_sample
from tools.warehouse.context import ToolContext
from tools.warehouse.warehouse import Warehouse

AS_OF = dt.date(2024, 3, 31)
ORDERS = [
    ("a", "2024-01-01", "10.00"),
    ("a", "2024-01-01", "0.00"),
    ("a", "2024-01-15", "30.00"),
    ("a", "2024-03-31 23:59:00", "20.00"),
    ("a", "2024-04-01", "99.00"),
    ("b", "2024-03-01", "0.00"),
    ("c", "2024-04-02", "5.00"),
]


def test_histories_of_a_few_orders_by_hand(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse(ORDERS).reading() as engine:
        found = read_histories(engine, AS_OF)
    assert found.raw.column("customer_id").to_pylist() == ["a", "b"]
    x, t_x, age = found.purchases
    # a: dates 01-01, 01-15 and 03-31, 90 days from the first to the last and to the as-of date; b: one date, 30 days ago.
    assert (x.tolist(), (t_x * 7).tolist(), (age * 7).tolist()) == ([2.0, 0.0], [90.0, 0.0], [90.0, 30.0])
    assert found.column("visits").tolist() == [3.0, 1.0]
    assert found.column("orders").tolist() == [4.0, 1.0]
    assert found.column("paid_orders").tolist() == [3.0, 0.0]
    assert found.mean_paid.tolist() == [20.0, 0.0]
    assert found.column("amount_90").tolist() == [50.0, 0.0]
    assert found.column("orders_90").tolist() == [2.0, 1.0]
    assert (found.first_date, found.days) == (dt.date(2024, 1, 1), 91)
    assert np.isfinite(found.features).all()


def test_outcomes_are_of_the_same_customers_after_the_date(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse(ORDERS).reading() as engine:
        found = read_outcomes(engine, AS_OF, 30)
        none = read_outcomes(engine, dt.date(2024, 1, 20), 5)
    assert (found.orders.tolist(), found.spend.tolist()) == ([1.0, 0.0], [99.0, 0.0])
    assert (none.orders.tolist(), none.spend.tolist()) == ([0.0], [0.0])


def test_rhythms_are_own_gaps(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse(ORDERS).reading() as engine:
        found = read_rhythms(engine, read_histories(engine, AS_OF))
    # Gaps of 14 and 76 days: median and mean 45, sample deviation 62 / sqrt(2).
    assert found.customers.to_pylist() == ["a"]
    assert (found.gaps[0], found.median[0], found.mean[0]) == (2.0, 45.0, 45.0)
    assert found.spread[0] == pytest.approx(62 / 2**0.5)


def test_next_gaps_begin_after_the_date(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse(ORDERS).reading() as engine:
        found = read_next_gaps(engine, dt.date(2024, 1, 10), 100)
        short = read_next_gaps(engine, dt.date(2024, 1, 10), 60)
    rows = dict(
        zip(found["customer_id"].to_pylist(), zip(found["gap"].to_pylist(), found["watched"].to_pylist(), strict=True), strict=True)
    )
    assert rows == {"a": (76.0, 95.0), "b": (None, 49.0), "c": (None, 17.0)}
    assert (short["gap"].to_pylist(), short["watched"].to_pylist()) == ([None, None], [55.0, 9.0])


def test_histories_are_those_of_the_source_files(demo: ToolContext, demo_facts: Callable[..., pd.DataFrame]) -> None:
    day = dt.date(2017, 9, 30)
    found, told = read_histories(demo.engine, day), demo_facts(dt.date(1990, 1, 1), day)
    assert found.raw.column("customer_id").to_pylist() == told.index.tolist()
    assert found.column("visits").tolist() == told["visits"].tolist()
    assert found.column("orders").tolist() == told["orders"].tolist()
    assert found.column("amount").tolist() == pytest.approx(told["amount"].tolist(), abs=1e-6)
    assert found.column("recency_days").tolist() == [(pd.Timestamp(day) - last).days for last in told["last"]]
    assert found.column("age_days").tolist() == [(pd.Timestamp(day) - first).days for first in told["first"]]


def test_histories_never_see_the_future(demo: ToolContext) -> None:
    check_no_future(demo.engine, dt.date(2017, 10, 3), histories_query())


def test_a_planted_leak_is_caught(demo: ToolContext) -> None:
    leaking = histories_query().replace("AND order_date <= CAST($as_of AS DATE)", "AND order_date <= CAST($as_of AS DATE) + INTERVAL 9 DAY")
    with pytest.raises(WarehouseError, match="leak the future"):
        check_no_future(demo.engine, dt.date(2017, 10, 3), leaking)


def test_a_sample_has_the_same_rows_as_the_whole(demo: ToolContext) -> None:
    day = dt.date(2017, 10, 3)
    whole = read_histories(demo.engine, day)
    assert draw_sample(demo.engine, whole.raw.column("customer_id"), 300, seed=7)
    part = read_histories(demo.engine, day, sampled=True)
    assert len(part) == 300
    kept = np.isin(whole.raw.column("customer_id").to_pylist(), part.raw.column("customer_id").to_pylist())
    assert whole.raw.filter(kept).equals(part.raw)


def test_few_customers_are_not_sampled(demo: ToolContext) -> None:
    whole = read_histories(demo.engine, dt.date(2017, 10, 3))
    assert not draw_sample(demo.engine, whole.raw.column("customer_id"), 5000, seed=7)
