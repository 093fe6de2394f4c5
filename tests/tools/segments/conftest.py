"""Warehouses of a few hand-made customers, and reading contexts over the demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tools.settings import Settings
from tools.sources.demo import demo_files
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


@pytest.fixture(scope="session")
def source() -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Runs SQL over views of the demo's source files alone, to which no code of the product contributes."""
    views = (Path(__file__).parents[2] / "cases" / "questions" / "source_views.sql").read_text(encoding="utf-8")
    connection = duckdb.connect(config={"threads": 2})
    for statement in views.replace("{folder}", str(demo_files()["transactions"].parent)).split(";\n"):
        if statement.strip():
            connection.execute(statement).complete()
    yield lambda sql: connection.sql(sql).fetchall()
    connection.close()
