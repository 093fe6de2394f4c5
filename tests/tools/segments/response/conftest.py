"""Warehouses of generated customers whose campaigns have known effects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.warehouse import Warehouse

START = dt.datetime(2024, 1, 1, 12)
CONTACT = dt.datetime(2024, 7, 1)


def insert(engine: DuckDBEngine, table: str, **columns: Any) -> None:
    """Put columns of values into a table; the others stay empty."""
    engine.register("_rows", pa.table(columns))
    engine.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM _rows")


def one_order(engine: DuckDBEngine, order: str, customer: str, moment: dt.datetime) -> None:
    """A completed order of 5."""
    insert(engine, "orders", order_id=[order], customer_id=[customer], ordered_at=[moment], status=["completed"], amount=[5.0])


@dataclass(frozen=True)
class Trial:
    """A campaign with a control group: what really happened."""

    path: Path
    treated: np.ndarray[Any, np.dtype[np.bool_]]
    bought: np.ndarray[Any, np.dtype[np.bool_]]
    amounts: np.ndarray[Any, np.dtype[np.float64]]
    persuadable: np.ndarray[Any, np.dtype[np.bool_]]


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """4,000 customers, 60 % contacted; those who use discounts are persuaded, those who never do are put off."""
    path = tmp_path_factory.mktemp("trial") / "trial.duckdb"
    generator = np.random.default_rng(3)
    count = 4000
    ids = np.array([f"c{number:05d}" for number in range(count)])
    orders, discount = generator.integers(1, 8, count), generator.random(count)
    treated = generator.random(count) < 0.6
    effect = np.where(discount > 0.6, 0.25, np.where(discount < 0.2, -0.1, 0.0))
    bought = generator.random(count) < 0.12 + 0.02 * orders + treated * effect
    amounts = np.where(bought, np.round(generator.gamma(2.0, 20.0, count), 2), 0.0)
    who = np.repeat(ids, orders)
    with Warehouse(path).writing() as engine, engine.transaction():
        insert(engine, "customers", customer_id=ids)
        insert(
            engine,
            "orders",
            order_id=[f"o{number}" for number in range(len(who))],
            customer_id=who,
            ordered_at=[START + dt.timedelta(days=int(day)) for day in generator.integers(0, 170, len(who))],
            status=["completed"] * len(who),
            amount=np.round(generator.gamma(2.0, 20.0, len(who)), 2),
            discount=np.round(np.repeat(discount, orders) * 20, 2),
        )
        insert(
            engine,
            "orders",
            order_id=[f"p{number}" for number in range(int(bought.sum()))],
            customer_id=ids[bought],
            ordered_at=[CONTACT + dt.timedelta(days=int(day), hours=12) for day in generator.integers(0, 29, int(bought.sum()))],
            status=["completed"] * int(bought.sum()),
            amount=amounts[bought],
        )
        # Too late to count, and it moves the as-of date past the horizon.
        one_order(engine, "late", "c00000", dt.datetime(2024, 8, 15))
        insert(engine, "campaigns", campaign_id=["k"], name=["July mail"], kind=["mail"], start_date=[dt.date(2024, 7, 1)], cost=[2000.0])
        arms = np.where(treated, "treatment", "control")
        insert(engine, "campaign_contacts", campaign_id=["k"] * count, customer_id=ids, contacted_at=[CONTACT] * count, arm=arms)
    return Trial(path, treated, bought, amounts, discount > 0.6)


@pytest.fixture
def trial_ctx(trial: Trial, tmp_path: Path) -> Iterator[ToolContext]:
    """A reading context over the trial."""
    with open_context(Warehouse(trial.path, Settings(home=tmp_path, threads=2))) as ctx:
        yield ctx


@pytest.fixture
def fill(tmp_path: Path) -> Callable[..., Warehouse]:
    """A small warehouse: ``count`` customers with one order each, and whatever ``more`` puts in."""

    def make(count: int, more: Callable[[DuckDBEngine], None]) -> Warehouse:
        warehouse = Warehouse(tmp_path / "small.duckdb", Settings(home=tmp_path, threads=2))
        ids = [f"c{number}" for number in range(count)]
        with warehouse.writing() as engine, engine.transaction():
            insert(engine, "customers", customer_id=ids)
            insert(
                engine, "orders", order_id=[f"o{one}" for one in ids], customer_id=ids, ordered_at=[START] * count,
                status=["completed"] * count, amount=[10.0] * count,
            )  # fmt: skip
            more(engine)
        return warehouse

    return make
