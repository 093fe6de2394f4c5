"""Files into the warehouse: together or not at all, once, and never half, whatever happens on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.errors import FileProblem, UnknownName
from tools.ingest.load import load, plan_load
from tools.warehouse.warehouse import Warehouse

ORDERS = "订单编号,客户编号,下单时间,实付金额,订单状态\n" + "\n".join(
    f"T{number},K{number % 5},2024-0{1 + number % 6}-{10 + number % 15} 12:00:00,{number}.50,交易成功" for number in range(1, 41)
)
CUSTOMERS = "客户编号,姓名,手机号,性别,爱好\nK0,张三,13800138000,男,茶\nK1,李四,13900139000,女,\nK7,王五,+86 138-0013-8000,男,书\n"

# Loads the files given, and dies in the middle of storing, as a killed process does.
DYING = """
import os, signal, sys
from pathlib import Path
from tools.ingest.load import load
from tools.warehouse.warehouse import Warehouse

def progress(stage, fraction):
    print(stage.en, flush=True)
    if fraction > float(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

load(Warehouse(sys.argv[1]), [Path(path) for path in sys.argv[3:]], progress=progress)
"""


@pytest.fixture
def orders_csv(tmp_path: Path) -> Path:
    path = tmp_path / "订单.csv"
    path.write_bytes(ORDERS.encode("gb18030"))
    return path


@pytest.fixture
def customers_csv(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, encoding="utf-8-sig")
    return path


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "w.duckdb")


def state(warehouse: Warehouse) -> dict[str, object]:
    """Everything that a load may change."""
    with warehouse.reading() as engine:
        tables = ("customers", "orders", "loads", "rejected_rows", "identities", "meta")
        return {table: sorted(map(str, engine.rows(f"SELECT * FROM {table}"))) for table in tables}


def test_chinese_files_load_together(warehouse, orders_csv, customers_csv):
    told = []
    report = load(warehouse, [orders_csv, customers_csv], progress=lambda stage, fraction: told.append((stage.zh, fraction)))
    # 1.5 + 2.5 + ... + 40.5
    assert (report.orders, str(report.amount)) == (40, "840.00")
    assert (report.rows_in, report.rows_accepted) == (43, 43)
    assert report.merged == 1
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)
    with warehouse.reading() as engine:
        assert engine.rows("SELECT name, gender, attributes FROM customers WHERE customer_id = 'K0'") == [("张三", "male", '{"爱好":"茶"}')]


def test_the_same_file_again_changes_nothing_and_says_so(warehouse, orders_csv, customers_csv):
    first = load(warehouse, [orders_csv, customers_csv])
    before = state(warehouse)
    again = load(warehouse, [customers_csv, orders_csv])
    assert first.changed
    assert not again.changed
    assert state(warehouse) == before
    assert all("loaded before, nothing changed" in line for line in again.lines("en"))


def test_another_file_adds_and_renews_the_data_version(warehouse, orders_csv, tmp_path):
    first = load(warehouse, [orders_csv])
    more = tmp_path / "more.csv"
    more.write_text("order_id,customer_id,ordered_at,amount\nX1,K1,2024-07-01,9.25\n", encoding="utf-8")
    second = load(warehouse, [more, orders_csv])
    assert (second.orders, str(second.amount)) == (41, "849.25")
    assert first.data_version != second.data_version
    assert [table.already_loaded for table in second.tables] == [False, True]


def test_corrected_customers_replace_what_they_say_and_keep_the_rest(warehouse, customers_csv, tmp_path):
    load(warehouse, [customers_csv])
    corrected = tmp_path / "corrected.csv"
    corrected.write_text("客户编号,姓名,城市\nK1,李思,上海\n", encoding="utf-8")
    load(warehouse, [corrected])
    with warehouse.reading() as engine:
        found = engine.rows("SELECT name, city, phone FROM customers WHERE customer_id = 'K1'")
    assert found == [("李思", "上海", "13900139000")]


def test_one_bad_file_keeps_all_out(warehouse, orders_csv, customers_csv, tmp_path):
    load(warehouse, [customers_csv])
    before = state(warehouse)
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\x7fELF" + bytes(range(256)) * 40)
    with pytest.raises(FileProblem, match="broken.csv"):
        load(warehouse, [orders_csv, broken])
    assert state(warehouse) == before


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.75])
def test_a_killed_load_leaves_the_warehouse_as_it_was(warehouse, orders_csv, customers_csv, fraction):
    load(warehouse, [customers_csv])
    before = state(warehouse)
    more = orders_csv.with_name("more.csv")
    more.write_text("order_id,customer_id,ordered_at,amount\nX1,K1,2024-07-01,9.25\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(warehouse.path), str(fraction), str(orders_csv), str(more)], capture_output=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert state(warehouse) == before
    assert load(warehouse, [orders_csv, more]).orders == 41


def test_stopping_through_the_progress_stores_nothing(warehouse, orders_csv, customers_csv):
    load(warehouse, [customers_csv])
    before = state(warehouse)

    def stop(_stage, fraction):
        if fraction > 0.6:
            raise KeyboardInterrupt("enough")

    with pytest.raises(KeyboardInterrupt, match="enough"):
        load(warehouse, [orders_csv], progress=stop)
    assert state(warehouse) == before


def test_a_plan_stores_nothing_and_shows_mapping_samples_and_problems(warehouse, orders_csv, tmp_path):
    odd = tmp_path / "odd.csv"
    odd.write_text("order_id,customer_id,amount\n1,A,5\n2,B,6\n", encoding="utf-8")
    plan = plan_load(warehouse, [orders_csv, odd])
    assert not warehouse.exists
    first, second = plan.tables
    assert {column.source: column.target for column in first.mapping.columns}["实付金额"] == "orders.amount"
    assert first.rows == 40
    assert first.samples["客户编号"] == ["K1", "K2", "K3", "K4", "K0"]
    assert first.problem is None
    assert second.problem is not None
    assert "orders.ordered_at" in second.problem.en


def test_a_plan_says_what_is_loaded_already(warehouse, orders_csv):
    load(warehouse, [orders_csv])
    assert plan_load(warehouse, [orders_csv]).tables[0].already_loaded


def test_overrides_of_unknown_columns_are_refused(warehouse, orders_csv):
    with pytest.raises(UnknownName, match="实付"):
        load(warehouse, [orders_csv], {"实付": "orders.amount"})
    assert not warehouse.exists or not state(warehouse)["loads"]


def test_total_rows_and_bad_rows_of_a_plain_file_are_found(warehouse, tmp_path):
    path = tmp_path / "o.csv"
    body = "\n".join(f"{number},K{number},2024-01-{number:02},10.00" for number in range(1, 21))
    path.write_text(f"order_id,customer_id,ordered_at,amount\n{body}\n21,K1,1900-01-00,5\n合计,,,205\n", encoding="utf-8")
    report = load(warehouse, [path])
    assert (report.orders, str(report.amount)) == (20, "200.00")
    assert report.tables[0].reasons == {"impossible_date": 1}
    assert report.rows_in == 21


def test_malformed_lines_are_rows_in_and_rejected(warehouse, tmp_path):
    path = tmp_path / "o.csv"
    body = "\n".join(f"{number},K{number},2024-01-{number:02},10.00" for number in range(1, 21))
    path.write_text(f"order_id,customer_id,ordered_at,amount\n{body}\n21,K1,2024-01-02,5,6,7\n", encoding="utf-8")
    report = load(warehouse, [path])
    assert (report.rows_in, report.rows_accepted, report.rows_rejected) == (21, 20, 1)
    assert report.tables[0].reasons == {"malformed": 1}
    with warehouse.reading() as engine:
        assert engine.rows("SELECT reason, row_values FROM rejected_rows") == [("malformed", "21,K1,2024-01-02,5,6,7")]
