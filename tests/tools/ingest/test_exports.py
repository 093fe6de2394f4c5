"""Whole exports into the warehouse: no amount counted twice, no product and no column lost in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.ingest.load import load
from tools.ingest.report import LoadReport
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "files" / "exports.yaml").read_text(encoding="utf-8")
)
TOTALS = "SELECT customer_id, CAST(sum(amount) AS VARCHAR) FROM counted_orders GROUP BY customer_id"
CATEGORIES = """
SELECT p.category, CAST(sum(l.amount) AS VARCHAR) FROM counted_orders AS o
JOIN order_lines AS l ON l.order_id = o.order_id JOIN products AS p ON p.product_id = l.product_id
GROUP BY p.category
"""
QUERIES = {
    "totals": TOTALS,
    "categories": CATEGORIES,
    "events": "SELECT kind, count(*) FROM events GROUP BY kind",
}
LISTS = {
    "products": "SELECT product_id FROM products ORDER BY 1",
    "names": "SELECT name FROM customers ORDER BY 1",
    "currencies": "SELECT DISTINCT currency FROM orders ORDER BY 1 NULLS FIRST",
    "attributes": "SELECT attributes FROM customers ORDER BY attributes",
}
SINGLE = {
    "orders": "SELECT count(*) FROM orders",
    "lines": "SELECT count(*) FROM order_lines",
    "total": "SELECT CAST(sum(amount) AS VARCHAR) FROM counted_orders",
    "items": "SELECT CAST(sum(quantity) AS VARCHAR) FROM counted_orders JOIN order_lines USING (order_id)",
}


def loaded(folder: Path, name: str, rows: list[str]) -> tuple[Warehouse, LoadReport]:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    warehouse = Warehouse(folder / "w.duckdb")
    return warehouse, load(warehouse, [path])


def check(engine: Engine, case: dict[str, Any]) -> None:
    for key, sql in QUERIES.items():
        if key in case:
            assert dict(engine.rows(sql)) == case[key], key
    for key, sql in LISTS.items():
        if key in case:
            assert [row[0] for row in engine.rows(sql)] == case[key], key
    for key, sql in SINGLE.items():
        if key in case:
            assert engine.rows(sql)[0][0] == case[key], key


@pytest.mark.parametrize("name", CASES)
def test_export(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    warehouse, report = loaded(tmp_path, "export.csv", case["rows"])
    with warehouse.reading() as engine:
        check(engine, case)
    (table,) = report.tables
    assert table.reasons == case.get("rejected", {})
    assert table.rows_in == len(case["rows"]) - 1
    left_out = [line for line in report.lines("zh") if "没有对应的字段" in line]
    assert left_out == ([f"export.csv：以下列没有对应的字段，未保存：{case['left_out']}。"] if "left_out" in case else [])


def test_orders_without_ids_in_a_second_file_that_overlaps_are_known(tmp_path: Path) -> None:
    rows = CASES["cdnow, no order ids and days only, where equal rows are purchases of their own"]["rows"]
    warehouse, _ = loaded(tmp_path, "january.csv", rows)
    again = tmp_path / "january and february.csv"
    again.write_text("\n".join([*rows, "3,1997-02-02,1,5.00"]) + "\n", encoding="utf-8")
    report = load(warehouse, [again])
    assert (report.orders, str(report.amount)) == (6, "203.53")
    assert report.tables[0].reasons == {"duplicate": 5}


def test_what_operators_read_says_that_ids_were_made(tmp_path: Path) -> None:
    _, report = loaded(tmp_path, "o.csv", CASES["cdnow, no order ids and days only, where equal rows are purchases of their own"]["rows"])
    assert "o.csv 没有订单编号：每行算作一笔订单，其中 1 行与前面的某行完全相同，也各算一笔。" in report.lines("zh")
    assert "o.csv has no order ids: every row was taken as one order; 1 row equal to an earlier one also counted." in report.lines("en")


def test_a_lines_sheet_without_customers_tells_of_no_guests(tmp_path: Path) -> None:
    orders, lines = tmp_path / "orders.csv", tmp_path / "lines.csv"
    orders.write_text("order_id,customer_id,ordered_at,amount\n1,A,2024-01-02,30.00\n", encoding="utf-8")
    lines.write_text("order_id,product_id,quantity,unit_price\n1,P1,1,10.00\n1,P2,2,10.00\n", encoding="utf-8")
    report = load(Warehouse(tmp_path / "w.duckdb"), [lines, orders])
    assert not [line for line in report.lines("en") if "guest" in line]
    assert (report.orders, str(report.amount)) == (1, "30.00")


def test_a_family_name_goes_first_in_chinese_and_last_elsewhere(tmp_path: Path) -> None:
    rows = ["客户编号,名,姓,城市", "1,小明,王,北京", "2,Ann,Lee,伦敦", "3,,李,上海"]
    warehouse, _ = loaded(tmp_path, "c.csv", rows)
    with warehouse.reading() as engine:
        assert dict(engine.rows("SELECT customer_id, name FROM customers")) == {"1": "王小明", "2": "Ann Lee", "3": "李"}


def test_private_columns_are_named_and_not_stored(tmp_path: Path) -> None:
    rows = ["会员ID,姓名,身份证号,爱好", "1,张三,330102199001020011,茶", "2,李四,330102199102030022,书"]
    warehouse, report = loaded(tmp_path, "c.csv", rows)
    assert "c.csv：以下列涉及隐私或与分析无关，不予保存：身份证号。" in report.lines("zh")
    with warehouse.reading() as engine:
        assert not engine.rows("SELECT 1 FROM customers WHERE attributes LIKE '%330102%'")
