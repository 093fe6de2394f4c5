"""The demo's baskets as pandas reads them from the source, and small warehouses with events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Order = tuple[str, str, str]
Event = tuple[str, str, str]


@pytest.fixture(scope="session")
def baskets() -> pd.DataFrame:
    """One row per basket: household, date and amount paid in cents, from the source file alone."""
    lines = pd.read_parquet(demo_files()["transactions"], columns=["household_id", "basket_id", "sales_value", "transaction_timestamp"])
    lines["cents"] = (lines["sales_value"].astype(float) * 100).round().astype("int64")
    found = lines.groupby(["household_id", "basket_id"], as_index=False).agg(
        cents=("cents", "sum"), moment=("transaction_timestamp", "min")
    )
    found["day"] = pd.to_datetime(found["moment"]).dt.normalize()
    found["household_id"] = found["household_id"].astype(str)
    return found


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Warehouse]:
    """Builds a warehouse of completed orders (customer, date, amount), events (customer, date, kind) and bare customers."""

    def build(orders: Sequence[Order], events: Sequence[Event] = (), others: Sequence[str] = (), **config: object) -> Warehouse:
        warehouse = Warehouse(tmp_path / "shop.duckdb", Settings(home=tmp_path, **config))  # type: ignore[arg-type]
        with warehouse.writing() as engine, engine.transaction():
            for customer in sorted({row[0] for row in (*orders, *events)} | set(others)):
                engine.execute("INSERT INTO customers (customer_id) VALUES ($id)", {"id": customer})
            for number, (customer, day, amount) in enumerate(orders):
                engine.execute(
                    "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ($o, $c, $t, 'completed', $a)",
                    {"o": f"o{number}", "c": customer, "t": dt.datetime.fromisoformat(day), "a": Decimal(amount)},
                )
            for customer, day, kind in events:
                engine.execute(
                    "INSERT INTO events (customer_id, occurred_at, kind) VALUES ($c, $t, $k)",
                    {"c": customer, "t": dt.datetime.fromisoformat(day), "k": kind},
                )
        return warehouse

    return build


@pytest.fixture
def demo(demo_path: Path, tmp_path: Path) -> Iterator[ToolContext]:
    """A reading context over the demo."""
    with open_context(Warehouse(demo_path, Settings(home=tmp_path))) as ctx:
        yield ctx
