from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tools.actions.set_aside import list_set_aside, rejected_rows, write_set_aside
from tools.ingest.load import load
from tools.warehouse.warehouse import Warehouse

ORDERS = """order_id,customer_id,ordered_at,amount
1,C1,2024-01-05,10.00
2,C1,2024-13-45,11.00
3,C2,2024-01-07,=1+1
4,,2024-01-08,12.00
1,C1,2024-01-05,10.00
"""
REASONS = {2: "impossible_date", 3: "unreadable_amount", 5: "duplicate"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("set-aside")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    warehouse = Warehouse(folder / "w.duckdb")
    load(warehouse, [folder / "orders.csv"])
    return warehouse


def test_every_file_with_rejected_rows_is_listed(loaded: Warehouse) -> None:
    with loaded.reading() as engine:
        (found,) = list_set_aside(engine)
    assert found.source == "orders.csv"
    assert found.loaded_at is not None
    assert found.rows == sum(found.reasons.values())
    assert set(REASONS.values()) <= set(found.reasons)


def test_the_rows_are_told_as_the_source_has_them(loaded: Warehouse) -> None:
    with loaded.reading() as engine:
        (found,) = list_set_aside(engine)
        rows = {row.number: row for row in rejected_rows(engine, found.load_id, found.source)}
        assert len(rejected_rows(engine, found.load_id, found.source, limit=1)) == 1
    assert {number: rows[number].reason for number in REASONS} == REASONS
    assert rows[3].values["amount"] == "=1+1"
    assert rows[2].values["ordered_at"] == "2024-13-45"


@pytest.mark.parametrize(("language", "heading", "reason"), [("en", "row", "impossible date"), ("zh", "行号", "日期不可能")])
def test_the_file_opens_in_excel_and_runs_nothing(loaded: Warehouse, tmp_path: Path, language: str, heading: str, reason: str) -> None:
    path = tmp_path / "rows.csv"
    with loaded.reading() as engine:
        (found,) = list_set_aside(engine)
        count = write_set_aside(engine, found.load_id, found.source, path, language)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    header, *rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert header == [heading, header[1], header[2], "order_id", "customer_id", "ordered_at", "amount"]
    assert len(rows) == count == found.rows
    assert next(row for row in rows if row[0] == "2")[1] == reason
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
