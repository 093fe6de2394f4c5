"""Small shops where the rhythm rule stands in for the model: who is not late is nobody to warn of, and the answer says why."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from tools.contracts import Outcome, ToolResult
from tools.requests import ChurnRisk
from tools.segments.churn.tool import churn_risk
from tools.settings import Settings
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

FIRST = dt.date(2024, 1, 1)
Days = dict[str, list[int]]
"""Days after the first on which each customer ordered."""


def _told(tmp_path: Path, days: Days, amount: int = 50) -> ToolResult:
    warehouse = Warehouse(tmp_path / "small.duckdb", Settings(home=tmp_path))
    rows = [(customer, FIRST + dt.timedelta(days=day)) for customer, found in days.items() for day in found]
    names, dates = zip(*rows, strict=True)
    with warehouse.writing() as engine:
        engine.register("_orders", pa.table({"customer": names, "day": dates, "amount": [amount] * len(rows)}))
        engine.execute("INSERT INTO customers (customer_id) SELECT DISTINCT customer FROM _orders")
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
            "SELECT 'o' || row_number() OVER (), customer, CAST(day AS TIMESTAMP), 'completed', amount FROM _orders"
        )
    with open_context(warehouse) as ctx:
        return churn_risk(ctx, ChurnRisk())


def test_who_ordered_today_is_not_about_to_churn(tmp_path: Path) -> None:
    result = _told(tmp_path, {f"c{number}": [0, 30, 60, 90, 120] for number in range(5)})
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert result.message.en == "By rhythm, none of the 5 still active customers fits this."
    assert result.selection is None


def test_without_any_rhythm_the_answer_says_so(tmp_path: Path) -> None:
    result = _told(tmp_path, {"a": [100], "b": [110, 120], "c": [60, 90]})
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert "None of the 3 still active customers ordered on 4 dates or more" in result.message.en
    assert "还活跃的3位客户" in result.message.zh


def test_late_customers_come_first_and_then_those_getting_late(tmp_path: Path) -> None:
    steady = {"steady": [0, 10, 20, 30, 40, 50, 60, 70, 80]}
    late = _told(tmp_path / "late", {**steady, "late": [0, 10, 20, 30, 40], "getting": [0, 20, 40, 60]})
    assert [row[0] for row in late.tables[0].rows] == ["late"]
    getting = _told(tmp_path / "getting", {**steady, "getting": [0, 20, 40, 60]})
    assert [row[0] for row in getting.tables[0].rows] == ["getting"]


@pytest.mark.parametrize(("amount", "paid"), [(0, 0), (5, 3)])
def test_only_paid_orders_count_towards_a_model(tmp_path: Path, amount: int, paid: int) -> None:
    result = _told(tmp_path, {name: [0, 10, 20, 30, 60] for name in "abc"}, amount)
    assert f"the data have {paid} customers with paid orders" in result.caveats[0].en
    assert f"目前有 {paid} 位有付费订单的客户" in result.caveats[0].zh
