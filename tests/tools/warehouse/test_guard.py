"""The guard against queries that a language model was talked into, and ordinary ones that must run."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tools.contracts import Outcome, ToolResult, Unit
from tools.errors import Blocked, Cancelled, FenqunError, InputError, WarehouseBusy
from tools.requests import QuerySql
from tools.settings import Settings
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.guard import query_sql
from tools.warehouse.guard_check import check, readable_columns
from tools.warehouse.guard_rules import READABLE
from tools.warehouse.warehouse import Warehouse

CASES = Path(__file__).parents[2] / "cases" / "guard"
REFUSED = yaml.safe_load((CASES / "refused.yaml").read_text(encoding="utf-8"))
ALLOWED = yaml.safe_load((CASES / "allowed.yaml").read_text(encoding="utf-8"))
SECRETS = ("王小明", "ann@example.com", "13800138000", "Baker Street", "M-4711", "1980-02-03", "diary", "secret-attribute")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One customer with every kind of personal data, and orders."""
    found = Warehouse(tmp_path_factory.mktemp("guard") / "guard.duckdb", Settings(busy_seconds=0.2, sql_seconds=5, sql_rows=100))
    with found.writing() as engine:
        engine.execute(
            "INSERT INTO customers (customer_id, name, email, phone, address, birth_date, membership_number, city, age_band, attributes) "
            "VALUES ('c1', '王小明', 'ann@example.com', '13800138000', 'Baker Street', DATE '1980-02-03', 'M-4711', 'Paris', '25-34', "
            '\'{"note": "secret-attribute"}\')'
        )
        engine.execute("INSERT INTO feedback VALUES ('c1', TIMESTAMP '2017-05-05', 4, 'diary')")
        engine.execute("INSERT INTO products (product_id, name, category) VALUES ('p1', 'Tea', 'Drinks')")
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) SELECT CAST(i AS VARCHAR), 'c1', "
            "TIMESTAMP '2017-01-01' + to_days(CAST(i AS INTEGER)), 'completed', i FROM range(1, 301) AS r(i)"
        )
        engine.execute("INSERT INTO order_lines SELECT order_id, 'p1', 1, amount, 0 FROM orders")
    return found


def ask(warehouse: Warehouse, sql: str, purpose: str = "", **limits: Any) -> ToolResult:
    config = warehouse.config.model_copy(update=limits)
    return query_sql(warehouse, QuerySql(sql=sql, purpose=purpose), config)


@pytest.mark.parametrize("case", REFUSED, ids=[str(number) + " " + case["sql"][:50] for number, case in enumerate(REFUSED)])
def test_refuses(warehouse: Warehouse, case: dict[str, str]) -> None:
    with pytest.raises((Blocked, InputError), match=case["because"]) as caught:
        ask(warehouse, case["sql"])
    assert not any(secret in caught.value.en for secret in SECRETS)
    assert caught.value.zh.endswith("。")
    assert "\n" not in caught.value.en


@pytest.mark.parametrize("sql", ALLOWED, ids=[sql[:60] for sql in ALLOWED])
def test_runs(warehouse: Warehouse, sql: str) -> None:
    result = ask(warehouse, sql)
    assert result.outcome in (Outcome.ANSWERED, Outcome.EMPTY)
    assert not any(secret in result.model_dump_json() for secret in SECRETS)


def test_a_star_gives_what_may_be_read(warehouse: Warehouse) -> None:
    assert {column.id for column in ask(warehouse, "SELECT * FROM customers").tables[0].columns} == set(READABLE["customers"] or ())
    assert {column.id for column in ask(warehouse, "SELECT * FROM feedback").tables[0].columns} == {"customer_id", "submitted_at", "rating"}
    assert "attributes" not in {column.id for column in ask(warehouse, "SELECT * FROM customer_base").tables[0].columns}


def test_a_table_with_personal_columns_is_read_through_a_subquery(warehouse: Warehouse) -> None:
    sql = ask(warehouse, "SELECT c.city FROM customers AS c").receipts[0].statements[0].sql
    assert "FROM (" in sql
    assert "email" not in sql


def test_what_runs_is_written_anew(warehouse: Warehouse) -> None:
    result = ask(warehouse, "select /* hint */ COUNT(*) N -- comment\nfrom ORDERS")
    sql = result.receipts[0].statements[0].sql
    assert "hint" not in sql
    assert "comment" not in sql
    assert result.receipts[0].source_tables == ("orders",)
    assert result.figure("n").value == 300


def test_rows_are_limited(warehouse: Warehouse) -> None:
    result = ask(warehouse, "SELECT order_id FROM orders ORDER BY order_id", sql_rows=100)
    assert result.tables[0].row_count == 100
    assert len(result.tables[0].rows) == 50
    assert any("first 100 rows" in text.en for text in result.caveats)
    assert ask(warehouse, "SELECT order_id FROM orders LIMIT 1000", sql_rows=100).tables[0].row_count == 100
    assert ask(warehouse, "SELECT order_id FROM orders LIMIT 3").tables[0].row_count == 3


def test_time_is_limited(warehouse: Warehouse) -> None:
    tables = ", ".join(f"orders AS o{number}" for number in range(8))
    heavy = f"SELECT sum(o0.amount * o1.amount + o2.amount + o3.amount + o4.amount + o5.amount + o6.amount + o7.amount) FROM {tables}"
    with pytest.raises(Cancelled, match="longer than 0.2 seconds"):
        ask(warehouse, heavy, sql_seconds=0.2)
    assert ask(warehouse, "SELECT count(*) AS n FROM orders").figure("n").value == 300


def test_numbers_become_figures_with_the_text_beside_them(warehouse: Warehouse) -> None:
    result = ask(
        warehouse,
        "SELECT strftime(ordered_at, '%Y-%m') AS month, sum(amount) AS revenue, count(*) AS n, avg(amount) AS mean "
        "FROM orders GROUP BY 1 ORDER BY 1",
        "revenue by month",
    )
    assert result.figure("r1.revenue").value == Decimal("465.00")
    assert result.figure("r1.revenue").unit is Unit.MONEY
    assert result.figure("r1.revenue").label.en == "2017-01: revenue"
    assert (result.figure("r1.n").value, result.figure("r1.n").unit) == (30, Unit.COUNT)
    assert result.figure("r1.mean").unit is Unit.NUMBER
    assert len(result.figures) <= 60
    assert result.interpretation is not None
    assert result.interpretation.en == "revenue by month"


def test_dates_repeated_names_and_long_texts(warehouse: Warehouse) -> None:
    one = ask(warehouse, "SELECT CAST(min(ordered_at) AS DATE) AS first, count(*) AS 数量, count(*) AS 人数 FROM orders")
    assert one.figure("first").value == dt.date(2017, 1, 2)
    assert [column.id for column in one.tables[0].columns] == ["first", "column2", "column3"]
    long = ask(warehouse, "SELECT concat(" + ", ".join(["order_id || 'xxxxxxxxxxxxxxxxxxxx'"] * 20) + ") AS x FROM orders LIMIT 1")
    assert len(str(long.tables[0].rows[0][0])) == 201


def test_no_rows_is_empty(warehouse: Warehouse) -> None:
    result = ask(warehouse, "SELECT order_id FROM orders WHERE amount < 0")
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT colour FROM orders", "names something that is not there: Column 'colour'"),
        ("SELECT sum(order_id) FROM orders", "cannot run the query: Binder Error"),
        ("SELECT amount FROM orders GROUP BY order_id", "cannot run the query: Binder Error"),
        ("SELECT FROM WHERE", "could not be parsed"),
    ],
)
def test_mistakes_can_be_mended(warehouse: Warehouse, sql: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        ask(warehouse, sql)
    assert caught.value.mendable


def test_it_waits_for_a_writer_and_never_reads_through_one(warehouse: Warehouse) -> None:
    entered, leave = threading.Event(), threading.Event()

    def write() -> None:
        with warehouse.writing():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    entered.wait(10)
    with pytest.raises(WarehouseBusy, match="in use by another task"):
        ask(warehouse, "SELECT count(*) FROM orders")
    leave.set()
    thread.join()
    assert ask(warehouse, "SELECT count(*) AS n FROM orders").figure("n").value == 300


def test_an_open_connection_is_refused(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    @contextmanager
    def careless(*, locked: bool = False) -> Iterator[DuckDBEngine]:
        connection = duckdb.connect()
        yield DuckDBEngine(connection)
        connection.close()

    monkeypatch.setattr(warehouse, "reading", careless)
    with pytest.raises(Blocked, match="not locked down"):
        ask(warehouse, "SELECT 1 AS x")


def test_every_statement_is_refused_without_the_check_too(warehouse: Warehouse) -> None:
    """The connection itself is the second line: what the parser let through could still do no harm."""
    harmful = [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/fenqun-guard-test.csv'",
        "ATTACH '/tmp/fenqun-guard-test.duckdb' AS other",
        "SET enable_external_access = true",
        "SET GLOBAL memory_limit = '100GB'",
        "INSTALL httpfs",
        "CREATE TABLE x (i INTEGER)",
        "DELETE FROM orders",
    ]
    with warehouse.reading(locked=True) as engine:
        for sql in harmful:
            with pytest.raises(FenqunError, match="The database refused a statement"):
                engine.execute(sql)


def test_memory_and_temporary_space_are_limited(warehouse: Warehouse) -> None:
    with warehouse.reading(locked=True) as engine:
        memory, space, busy = engine.rows(
            "SELECT current_setting('memory_limit'), current_setting('max_temp_directory_size'), current_setting('max_execution_time')"
        )[0]
    assert memory == "1.8 GiB"
    assert space == "18.6 GiB"
    assert int(busy) == 60_000


def test_huge_and_deep_queries_are_refused() -> None:
    columns = readable_columns({"orders": ("order_id", "amount")})
    with pytest.raises(Blocked, match="longer than 8000 characters"):
        check("SELECT " + "1+" * 5000 + "1", columns, 10)
    with pytest.raises((Blocked, InputError), match="too complex|could not be parsed"):
        check("SELECT " + "(" * 3000 + "1" + ")" * 3000, columns, 10)
    with pytest.raises(Blocked, match="too complex"):
        check("SELECT " + ",".join(["amount"] * 1100) + " FROM orders", columns, 10)


def test_every_readable_table_exists_and_no_other_is_left_open(warehouse: Warehouse) -> None:
    with warehouse.reading() as engine:
        existing = {row[0] for row in engine.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'")}
    assert set(READABLE) <= existing
    assert not {"meta", "identities", "rejected_rows", "loads"} & set(READABLE)
