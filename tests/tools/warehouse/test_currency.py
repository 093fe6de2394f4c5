"""Money is shown in the currency that the data name, unless the operator chose one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.settings import Settings
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

_ORDER = (
    "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, currency) "
    "VALUES ($id, 'a', TIMESTAMP '2020-02-03 10:00:00', 'completed', 1, $currency)"
)


def _warehouse(path: Path, codes: list[str | None], config: Settings) -> Warehouse:
    warehouse = Warehouse(path / "w.duckdb", config)
    with warehouse.writing() as engine:
        for number, code in enumerate(codes):
            engine.execute(_ORDER, {"id": str(number), "currency": code})
    return warehouse


@pytest.mark.parametrize(
    ("codes", "symbol"),
    [(["CNY"], "¥"), (["usd", "USD", "EUR"], "$"), ([None], ""), (["CHF"], "CHF "), (["¥"], "¥")],
)
def test_the_most_used_currency_of_the_data(tmp_path: Path, codes: list[str | None], symbol: str) -> None:
    warehouse = _warehouse(tmp_path, codes, Settings())
    assert warehouse.currency == symbol
    with open_context(warehouse) as context:
        assert context.config.currency == symbol


def test_the_setting_wins(tmp_path: Path) -> None:
    assert _warehouse(tmp_path, ["USD"], Settings(currency="€")).currency == "€"


def test_a_warehouse_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert Warehouse(tmp_path / "none.duckdb", Settings()).currency == ""


def test_a_change_of_the_data_changes_the_stamp_and_the_symbol(tmp_path: Path) -> None:
    warehouse = _warehouse(tmp_path, ["USD"], Settings())
    before = warehouse.stamp
    assert warehouse.currency == "$"
    assert warehouse.stamp == before
    with warehouse.writing() as engine:
        engine.execute("UPDATE orders SET currency = 'EUR'")
    assert warehouse.stamp != before
    assert warehouse.currency == "€"
