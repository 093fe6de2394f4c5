"""Warehouses of a few hand-made customers, and reading contexts over the demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Order = tuple[str, str, str]
"""Customer, date, amount."""


@pytest.fixture
def make_warehouse(tmp_path: Path) -> Callable[..., Warehouse]:
    """Builds a warehouse of completed orders (customer, date, amount), plus customers who never ordered."""

    def make(orders: Sequence[Order], others: Sequence[str] = (), name: str = "small") -> Warehouse:
        warehouse = Warehouse(tmp_path / f"{name}.duckdb", Settings(home=tmp_path))
        with warehouse.writing() as engine, engine.transaction():
            for customer in sorted({order[0] for order in orders} | set(others)):
                engine.execute("INSERT INTO customers (customer_id) VALUES ($id)", {"id": customer})
            for number, (customer, day, amount) in enumerate(orders):
                engine.execute(
                    "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ($o, $c, $t, 'completed', $a)",
                    {"o": f"o{number}", "c": customer, "t": dt.datetime.fromisoformat(day), "a": Decimal(amount)},
                )
        return warehouse

    return make


@pytest.fixture
def demo(demo_path: Path, tmp_path: Path) -> Iterator[ToolContext]:
    """A reading context over the loaded and refreshed demo; what is written goes to a folder of the test."""
    with open_context(Warehouse(demo_path, Settings(home=tmp_path))) as ctx:
        yield ctx
