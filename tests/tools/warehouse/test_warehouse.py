"""Readers and writers of one file: what each sees, who waits, and what a kill leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from tools.errors import Cancelled, SchemaMismatch, WarehouseBusy, WarehouseError, WarehouseMissing
from tools.settings import Settings
from tools.warehouse.context import latest_date, open_context, read_meta, write_meta
from tools.warehouse.schema import migration_names
from tools.warehouse.warehouse import Warehouse

IMPATIENT = Settings(busy_seconds=0.2, query_seconds=0.5)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    made = Warehouse(tmp_path / "w.duckdb", Settings())
    with made.writing() as engine:
        engine.execute(
            "INSERT INTO orders VALUES ('1', 'a', TIMESTAMP '2020-02-03 10:00:00', 'completed', 1.10, NULL, NULL, NULL, NULL, NULL)"
        )
    return made


def _count(warehouse: Warehouse) -> int:
    with warehouse.reading() as engine:
        return int(engine.rows("SELECT count(*) FROM orders")[0][0])


def _insert(engine: object, order_id: str) -> None:
    engine.execute(  # type: ignore[attr-defined]
        "INSERT INTO orders VALUES ($id, 'a', TIMESTAMP '2020-02-04 10:00:00', 'completed', 2.20, NULL, NULL, NULL, NULL, NULL)",
        {"id": order_id},
    )


def test_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WarehouseMissing, match="fenqun demo"), Warehouse(tmp_path / "none.duckdb").reading():
        pass


def test_other_files_are_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("not a database, but somebody's notes\n" * 200, encoding="utf-8")
    with pytest.raises(WarehouseError, match="cannot be opened as a warehouse"), Warehouse(path).writing():
        pass
    assert path.read_text(encoding="utf-8").startswith("not a database")


def test_money_is_exact(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        for number in range(10):
            _insert(engine, f"x{number}")
    with warehouse.reading() as engine:
        assert str(engine.rows("SELECT sum(amount) FROM orders")[0][0]) == "23.10"


def test_readers_see_the_old_state_until_the_commit(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine, engine.transaction():
        _insert(engine, "2")
        assert _count(warehouse) == 1
    assert _count(warehouse) == 2


def test_failed_transaction_leaves_nothing(warehouse: Warehouse) -> None:
    with pytest.raises(RuntimeError, match="halfway"), warehouse.writing() as engine, engine.transaction():
        _insert(engine, "2")
        raise RuntimeError("halfway")
    assert _count(warehouse) == 1


def test_a_writer_waits_for_readers_and_then_gets_in(warehouse: Warehouse) -> None:
    reading, let_go = threading.Event(), threading.Event()

    def read() -> None:
        with warehouse.reading():
            reading.set()
            let_go.wait(5)

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(5)
    threading.Timer(0.1, let_go.set).start()
    with warehouse.writing() as engine:
        _insert(engine, "2")
    reader.join()
    assert _count(warehouse) == 2


def test_two_writers_do_not_mix(warehouse: Warehouse) -> None:
    def write(name: str) -> None:
        with warehouse.writing() as engine, engine.transaction():
            for number in range(20):
                _insert(engine, f"{name}{number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(warehouse) == 61


_HOLD = """
import sys, time
from tools.warehouse.warehouse import Warehouse
with Warehouse(sys.argv[1]).writing() as engine:
    engine.execute("BEGIN TRANSACTION")
    engine.execute(
        "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
        "SELECT 'k' || i, 'a', TIMESTAMP '2020-01-01 00:00:00', 'completed', 1 FROM range(500000) AS r(i)"
    )
    print("holding", flush=True)
    time.sleep(30)
"""


@pytest.fixture
def holder(warehouse: Warehouse) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(warehouse.path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    yield process  # type: ignore[misc]
    process.kill()
    process.wait()
    process.stdout.close()


def test_another_process_that_holds_the_lock_is_named(warehouse: Warehouse, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(WarehouseBusy, match=f"process {holder.pid}"), Warehouse(warehouse.path, IMPATIENT).reading():
        pass


def test_a_killed_writer_leaves_the_old_state(warehouse: Warehouse, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert _count(warehouse) == 1
    with warehouse.writing() as engine:
        _insert(engine, "2")
    assert _count(warehouse) == 2


def test_several_processes_read_at_once(warehouse: Warehouse) -> None:
    code = (
        "import sys; from tools.warehouse.warehouse import Warehouse\n"
        "with Warehouse(sys.argv[1]).reading() as e: print(e.rows('SELECT count(*) FROM orders'))"
    )
    with warehouse.reading():
        done = subprocess.run([sys.executable, "-c", code, str(warehouse.path)], capture_output=True, text=True, check=True)
    assert done.stdout == "[(1,)]\n"


def test_readers_cannot_write_or_reach_files(warehouse: Warehouse) -> None:
    with warehouse.reading() as engine:
        with pytest.raises(WarehouseError, match="read-only"):
            engine.execute("DELETE FROM orders")
        with pytest.raises(WarehouseError, match="disabled by configuration"):
            engine.rows("SELECT * FROM read_text('/etc/hostname')")
        with pytest.raises(WarehouseError, match="locked"):
            engine.execute("SET enable_external_access = true")


def test_long_queries_stop(warehouse: Warehouse) -> None:
    begun = time.monotonic()
    with Warehouse(warehouse.path, IMPATIENT).reading() as engine, pytest.raises(Cancelled, match="took too long"):
        engine.rows("SELECT count(*) FROM range(100000000000)")
    assert time.monotonic() - begun < 10


def test_cancel_from_another_thread(warehouse: Warehouse) -> None:
    with warehouse.reading() as engine:
        timer = threading.Timer(0.2, engine.cancel)
        timer.start()
        with pytest.raises(Cancelled, match="stopped"):
            engine.rows("SELECT count(*) FROM range(100000000000)")
        timer.join()
        assert engine.rows("SELECT 1") == [(1,)]


def test_newer_schema_is_refused(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        write_meta(engine, "schema_version", str(len(migration_names()) + 1))
    with pytest.raises(SchemaMismatch, match="update the program"), warehouse.reading():
        pass


def test_an_empty_database_has_no_schema_yet(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "bare.duckdb")).close()
    with pytest.raises(SchemaMismatch, match="schema version 0"), Warehouse(tmp_path / "bare.duckdb").reading():
        pass


def test_as_of_is_the_latest_order_or_event(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        assert str(latest_date(engine)) == "2020-02-03"
        engine.execute("INSERT INTO events VALUES ('a', TIMESTAMP '2020-03-01 23:59:59', 'view', NULL, NULL, NULL)")
    with open_context(warehouse) as context:
        assert str(context.as_of) == "2020-03-01"


def test_meta_is_replaced_not_added(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        write_meta(engine, "data_version", "1")
        write_meta(engine, "data_version", "2")
        assert read_meta(engine, "data_version") == "2"
        assert read_meta(engine, "nothing") is None


def test_transform_streams_batches(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        engine.execute("CREATE TABLE doubled (i BIGINT)")
        written = engine.transform("SELECT i FROM range(250000) AS r(i)", lambda batch: batch, "doubled")
        assert written == 250_000
        assert engine.rows("SELECT count(*), sum(i) FROM doubled") == [(250_000, 249_999 * 250_000 // 2)]


def test_a_reader_that_reads_again_does_not_wait_for_a_waiting_writer(warehouse: Warehouse) -> None:
    with warehouse.reading():
        writer = threading.Thread(target=lambda: _write_one(warehouse))
        writer.start()
        time.sleep(0.1)
        begun = time.monotonic()
        assert _count(warehouse) == 1
        assert time.monotonic() - begun < 2
    writer.join()
    assert _count(warehouse) == 2


def _write_one(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        _insert(engine, "2")


def test_each_context_tells_of_the_data_as_they_are_then(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    for number, (day, currency) in enumerate([("2024-01-01", "EUR"), ("2024-02-01", "GBP"), ("2024-03-01", "GBP")]):
        with warehouse.writing() as engine:
            columns, values = "order_id, ordered_at, status, amount, currency", {"id": f"o{number}", "at": day, "currency": currency}
            engine.execute(f"INSERT INTO orders ({columns}) VALUES ($id, CAST($at AS TIMESTAMP), 'completed', 1, $currency)", values)
            write_meta(engine, "data_version", str(number))
        for _ in range(2):
            with open_context(warehouse) as context:
                told = (context.as_of.isoformat(), context.data_version, context.config.currency)
            assert told == (day, str(number), ["€", "€", "£"][number])
