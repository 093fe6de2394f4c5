"""Metrics of hours of the day, against SQL over the source files of the demo."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        ({"hour": ["20:00-22:00"]}, "hour(moment) IN (20, 21)"),
        ({"hour": ["22:00-06:00"]}, "hour(moment) >= 22 OR hour(moment) < 6"),
        ({"hour": ["06:00-12:00"], "weekday": ["Monday"]}, "hour(moment) BETWEEN 6 AND 11 AND isodow(moment) = 1"),
    ],
)
def test_orders_within_hours(demo_ctx: ToolContext, source: duckdb.DuckDBPyConnection, where: dict[str, list[str]], condition: str) -> None:
    ((orders, paid),) = source.execute(
        f"SELECT count(*), sum(paid) FROM (SELECT basket_id, moment, sum(money(sales_value)) AS paid FROM b GROUP BY ALL) WHERE {condition}"
    ).fetchall()
    found = measure(demo_ctx, Measure(metrics=["orders", "revenue"], where=where))

    assert (found.figure("orders").value, found.figure("revenue").value) == (orders, paid)


def test_hours_left_out(demo_ctx: ToolContext, source: duckdb.DuckDBPyConnection) -> None:
    ((orders,),) = source.execute("SELECT count(DISTINCT basket_id) FROM b WHERE NOT hour(moment) BETWEEN 8 AND 19").fetchall()
    assert measure(demo_ctx, Measure(metrics=["orders"], where_not={"hour": ["08:00-20:00"]})).figure("orders").value == orders


def test_hours_are_told_as_a_span(demo_ctx: ToolContext) -> None:
    found = measure(demo_ctx, Measure(metrics=["orders"], where={"hour": ["20:00-22:00"]}))
    assert found.interpretation is not None
    assert "20:00–22:00" in found.interpretation.en


def test_half_hours_are_refused(demo_ctx: ToolContext) -> None:
    with pytest.raises(InputError, match="on the hour"):
        measure(demo_ctx, Measure(metrics=["orders"], where={"hour": ["20:30-22:00"]}))


def test_orders_without_times_have_no_hours(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "dates.duckdb", Settings(home=tmp_path))
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO customers (customer_id) VALUES ('a')")
        order = "('1', 'a', '2024-01-05', 'completed', 9)"
        engine.execute(f"INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES {order}")
    with open_context(warehouse) as ctx, pytest.raises(UnsupportedQuestion, match="time of day"):
        measure(ctx, Measure(metrics=["orders"], where={"hour": ["08:00-10:00"]}))
