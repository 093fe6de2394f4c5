"""The demo in the warehouse, against SQL over its source files that knows nothing of the loader."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal

import duckdb
import pytest

from tools.errors import InputError
from tools.ingest.demo import load_demo_data
from tools.sources.demo import demo_files
from tools.warehouse.warehouse import Warehouse


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("demo") / "demo.duckdb")
    told: list[float] = []
    report = load_demo_data(warehouse, lambda _stage, fraction: told.append(fraction))
    assert report.changed
    assert told == sorted(told)
    assert told[-1] == 1.0
    return warehouse


def stored(warehouse: Warehouse, sql: str):
    with warehouse.reading() as engine:
        return engine.rows(sql)


def from_files(sql: str):
    files = {name: f"read_parquet('{path}')" for name, path in demo_files().items()}
    return duckdb.sql(sql.format(**files)).fetchall()


def test_published_totals(loaded):
    with loaded.reading() as engine:
        assert engine.rows("SELECT count(*) FROM customers") == [(2469,)]
        assert engine.rows("SELECT count(*), sum(amount) FROM counted_orders") == [(155_848, Decimal("4596039.58"))]
        assert engine.rows("SELECT count(*), sum(amount) FROM order_lines") == [(1_469_307, Decimal("4596039.58"))]
        assert engine.rows("SELECT count(*) FROM campaigns") == [(27,)]


def test_every_basket_to_the_cent(loaded):
    expected = from_files(
        "SELECT CAST(basket_id AS VARCHAR), CAST(any_value(household_id) AS VARCHAR), sum(CAST(sales_value AS DECIMAL(18,2))), "
        "min(transaction_timestamp) FROM {transactions} GROUP BY basket_id ORDER BY 1"
    )
    assert stored(loaded, "SELECT order_id, customer_id, amount, ordered_at FROM orders ORDER BY 1") == expected


def test_campaigns_and_demographics(loaded):
    assert stored(loaded, "SELECT count(*) FROM campaign_contacts") == from_files("SELECT count(*) FROM {campaigns}")
    assert stored(loaded, "SELECT count(*) FROM campaign_responses") == from_files("SELECT count(*) FROM {coupon_redemptions}")
    assert stored(loaded, "SELECT age_band, count(*) FROM customers WHERE age_band IS NOT NULL GROUP BY 1 ORDER BY 1") == from_files(
        "SELECT age, count(*) FROM {demographics} GROUP BY 1 ORDER BY 1"
    )


def test_a_second_time_changes_nothing(loaded):
    before = stored(loaded, "SELECT value FROM meta WHERE key = 'data_version'")
    report = load_demo_data(loaded)
    assert not report.changed
    assert report.last_date == dt.date(2018, 1, 1)
    assert all(table.already_loaded for table in report.tables)
    assert stored(loaded, "SELECT value FROM meta WHERE key = 'data_version'") == before


def test_the_demo_does_not_mix_with_own_data(loader, source):
    loader.load(source("c.csv", "customers", {"id": "customers.customer_id"}, [("1",)]))
    with pytest.raises(InputError, match="holds your own data"):
        load_demo_data(loader.warehouse)


def test_own_data_replace_the_demo(loaded, loader, source):
    shutil.copy(loaded.path, loader.warehouse.path)
    with loader.warehouse.writing() as engine:
        engine.execute("INSERT INTO kept_predictions VALUES (1, '7', 0.5)")
        engine.execute("INSERT INTO model_outcomes VALUES (1, DATE '2018-01-01', '{}')")
    columns = {"o": "orders.order_id", "c": "orders.customer_id", "t": "orders.ordered_at", "a": "orders.amount"}
    report = loader.load(source("o.csv", "orders", columns, [("1", "A", "2024-01-01", "5")]))
    assert (report.customers, report.orders, str(report.amount)) == (1, 1, "5.00")
    assert "replaced" in " ".join(report.lines("en"))
    assert loader.rows("SELECT count(*) FROM order_lines") == [(0,)]
    assert loader.rows("SELECT DISTINCT source FROM loads") == [("o.csv",)]
    assert loader.rows("SELECT count(*) FROM kept_predictions") == [(0,)], "run numbers start again, so nothing may wait for an old one"
    assert loader.rows("SELECT count(*) FROM model_outcomes") == [(0,)]
