"""A simulated shop whose customers buy and leave as BG/NBD says, and facts of the demo from its source files alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tools.features.build import rebuild
from tools.segments.value.scores import score_value
from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.warehouse import Warehouse

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2024, 6, 30)
_FACTS = """
SELECT
    customer, count(*) AS visits, sum(orders) AS orders, CAST(sum(amount) AS DOUBLE) AS amount, min(day) AS first, max(day) AS last
FROM (
    SELECT CAST(household_id AS VARCHAR) AS customer, CAST(moment AS DATE) AS day, count(*) AS orders, sum(amount) AS amount
    FROM (
        SELECT household_id, basket_id, min(transaction_timestamp) AS moment, sum(CAST(sales_value AS DECIMAL(18, 2))) AS amount
        FROM read_parquet($path) GROUP BY ALL
    )
    WHERE moment >= $start AND moment < $end
    GROUP BY ALL
)
GROUP BY customer ORDER BY customer
"""


@pytest.fixture(scope="session")
def demo_facts() -> Callable[[dt.date, dt.date], pd.DataFrame]:
    """Per customer of the demo's source files: visits (dates), orders, amount, first and last date, between two dates."""

    def facts(start: dt.date, end: dt.date) -> pd.DataFrame:
        with duckdb.connect() as connection:
            bound = {"path": str(demo_files()["transactions"]), "start": start, "end": end + dt.timedelta(days=1)}
            return connection.sql(_FACTS, params=bound).df().set_index("customer")

    return facts


def simulated_orders(customers: int, seed: int) -> pa.Table:
    """Orders of customers with their own rate, order value and chance to leave; every twentieth order is worth nothing."""
    random = np.random.default_rng(seed)
    span = (LAST - FIRST).days
    names, days, amounts = [], [], []
    for customer in range(customers):
        rate, leave, scale = random.gamma(1.2, 1 / 25.0), random.beta(1.0, 12.0), random.gamma(5.0, 8.0)
        day = random.uniform(0, span * 0.7)
        while day <= span:
            names.append(f"c{customer:04d}")
            days.append(FIRST + dt.timedelta(days=int(day)))
            amounts.append(round(0.0 if random.random() < 0.05 else random.gamma(6.0, scale / 6.0), 2))
            if random.random() < leave:
                break
            day += random.exponential(1 / rate)
    return pa.table({"customer": names, "day": days, "amount": amounts})


def fill(engine: DuckDBEngine, orders: pa.Table) -> None:
    """Store completed orders and their customers."""
    engine.register("_orders", orders)
    engine.execute("INSERT INTO customers (customer_id) SELECT DISTINCT customer FROM _orders ORDER BY customer")
    engine.execute(
        "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
        "SELECT 'o' || row_number() OVER (), customer, CAST(day AS TIMESTAMP), 'completed', CAST(amount AS DECIMAL(18, 2)) FROM _orders"
    )


@pytest.fixture(scope="session")
def shop_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated shop of 900 customers over 18 months, scored as of 2024-03-31 and then of 2024-06-30; read it, never write it."""
    home = tmp_path_factory.mktemp("shop")
    warehouse = Warehouse(home / "shop.duckdb", Settings(home=home))
    with warehouse.writing() as engine, engine.transaction():
        fill(engine, simulated_orders(900, seed=12))
        for day in (dt.date(2024, 3, 31), LAST):
            rebuild(engine, day)
            score_value(engine, day, warehouse.config)
        engine.execute("CREATE TABLE value_kept AS SELECT * FROM value_scored")
    return warehouse.path
