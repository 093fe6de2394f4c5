"""Small shops with a habit, and the demo's baskets from the source alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

FIRST = dt.date(2023, 1, 1)
LAST = dt.date(2024, 6, 30)


@pytest.fixture(scope="session")
def baskets() -> pd.DataFrame:
    """One row per basket: household, date and cents paid, from the source file alone."""
    columns = ["household_id", "basket_id", "sales_value", "transaction_timestamp"]
    lines = pd.read_parquet(demo_files()["transactions"], columns=columns)
    lines["cents"] = (lines["sales_value"].astype(float) * 100).round().astype("int64")
    grouped = lines.groupby(["household_id", "basket_id"], as_index=False)
    found = grouped.agg(cents=("cents", "sum"), moment=("transaction_timestamp", "min"))
    found["day"] = pd.to_datetime(found["moment"]).dt.normalize()
    found["household_id"] = found["household_id"].astype(str)
    return found


@pytest.fixture
def demo(demo_path: Path, tmp_path: Path) -> Iterator[ToolContext]:
    """A reading context over the demo."""
    with open_context(Warehouse(demo_path, Settings(home=tmp_path))) as ctx:
        yield ctx


def regulars(count: int, seed: int) -> pd.DataFrame:
    """Orders of customers who each order at a steady rate of their own for an amount of their own; some stop for good."""
    chance = np.random.default_rng(seed)
    days = (LAST - FIRST).days
    rows = []
    for number in range(count):
        gap, basket = chance.uniform(5, 60), chance.uniform(5, 100)
        begin, end = chance.uniform(0, 200), days if chance.uniform() < 0.7 else chance.uniform(200, days)
        moment = begin
        while moment <= end:
            rows.append((f"c{number:04}", FIRST + dt.timedelta(days=int(moment)), Decimal(f"{basket * chance.uniform(0.8, 1.2):.2f}")))
            moment += chance.exponential(gap)
    rows.append(("c0000", LAST, Decimal("10.00")))
    return pd.DataFrame(rows, columns=["customer_id", "day", "amount"])


def fill(warehouse: Warehouse, orders: pd.DataFrame) -> None:
    """Load such orders as completed ones."""
    table = pa.table(
        {
            "order_id": [f"o{number}" for number in range(len(orders))],
            "customer_id": orders["customer_id"].tolist(),
            "day": pa.array(orders["day"].tolist(), pa.date32()),
            "amount": pa.array(orders["amount"].tolist(), pa.decimal128(18, 2)),
        }
    )
    with warehouse.writing() as engine, engine.transaction():
        engine.register("_orders_in", table)
        engine.execute("INSERT INTO customers (customer_id) SELECT DISTINCT customer_id FROM _orders_in")
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
            "SELECT order_id, customer_id, CAST(day AS TIMESTAMP), 'completed', amount FROM _orders_in"
        )


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Warehouse]:
    """Builds a warehouse of so many regular customers, or of the orders given."""

    def build(orders: pd.DataFrame | int, name: str = "shop", **config: object) -> Warehouse:
        warehouse = Warehouse(tmp_path / f"{name}.duckdb", Settings(home=tmp_path, **config))  # type: ignore[arg-type]
        fill(warehouse, regulars(orders, 11) if isinstance(orders, int) else orders)
        return warehouse

    return build
