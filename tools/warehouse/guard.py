"""The tool `query_sql`: one guarded SELECT, for language models only.

The layers, each enough to stop most of what could be tried:
1. the parse tree is checked against allow-lists and resolved against readable columns, and what runs is written anew from it;
2. DuckDB's own parser must find one SELECT and no table besides those;
3. it runs on a fresh cursor of a read-only connection with external access off and its configuration locked;
4. time, rows, and the instance's memory and temporary space are limited.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from tools.contracts import Outcome, Receipt, Statement, Text, ToolResult
from tools.errors import Cancelled, InputError, WarehouseError
from tools.requests import QuerySql
from tools.settings import Settings
from tools.warehouse.context import ToolContext, latest_date, read_meta
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.guard_check import Checked, check, readable_columns, refused
from tools.warehouse.guard_result import figures_of, table_of
from tools.warehouse.identifiers import quote
from tools.warehouse.warehouse import Warehouse

TOOL = "query_sql"
_DEFINITION = Text(
    zh="由语言模型编写的一条只读查询，口径以其 SQL 为准。",
    en="A read-only query written by the language model; its SQL is the definition.",
)
_CAVEAT = Text(
    zh="该结果来自语言模型编写的查询，口径请以 SQL 为准。",
    en="This result comes from a query that the language model wrote; its SQL says what was counted.",
)
_EMPTY = Text(zh="查询没有返回任何行。", en="The query returned no rows.")


def query_sql(warehouse: Warehouse, request: QuerySql, config: Settings) -> ToolResult:
    """Check and run one SELECT that a language model wrote.

    Args:
        warehouse: Read on a locked connection; waits while a writer works in this process.
        request: The SQL and what it is for.
        config: ``sql_seconds`` and ``sql_rows`` limit it.

    Raises:
        Blocked: It is not an allowed query.
        InputError: It cannot be parsed, names what does not exist, or DuckDB refuses it.
        Cancelled: It took longer than ``sql_seconds``.
        WarehouseBusy: A writer works for too long.
    """
    with warehouse.reading(locked=True) as engine:
        _check_connection(engine)
        checked = check(request.sql, readable_columns(_columns(engine)), config.sql_rows + 1)
        _check_again(engine, checked)
        found = _run(engine, checked.sql, config.sql_seconds)
        receipt = _receipt(engine, warehouse, request, checked)
    return _result(request, found, receipt, config.sql_rows)


def _check_connection(engine: DuckDBEngine) -> None:
    external, locked, mode = engine.rows(
        "SELECT current_setting('enable_external_access'), current_setting('lock_configuration'), current_setting('access_mode')"
    )[0]
    if external or not locked or str(mode).lower() != "read_only":
        raise refused("the connection is not locked down", "数据库连接未处于只读锁定状态")


def _columns(engine: DuckDBEngine) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for table, column in engine.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'main' ORDER BY table_name, ordinal_position"
    ):
        found[table] = (*found.get(table, ()), column)
    return found


def _check_again(engine: DuckDBEngine, checked: Checked) -> None:
    """Ask DuckDB itself what the statement is and reads."""
    try:
        statements = engine.connection.extract_statements(checked.sql)
        tables = _tables(engine, checked.sql)
        # A view counts as the tables behind it.
        allowed = checked.tables.union(*(_tables(engine, f"SELECT * FROM {quote(table)}") for table in checked.tables))
    except duckdb.Error as error:
        raise InputError(*_database_said(str(error))) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise refused("it must be exactly one SELECT", "只能包含一条 SELECT 语句")
    if not tables <= allowed:
        raise refused(f"it reads {', '.join(sorted(tables - allowed))}", "它读取了不允许的数据表")


def _tables(engine: DuckDBEngine, sql: str) -> set[str]:
    return {name.strip('"').lower() for name in engine.connection.get_table_names(sql)}


def _database_said(text: str) -> tuple[str, str]:
    first = text.splitlines()[0].rstrip(".")
    return f"The database cannot run the query: {first}.", f"数据库无法执行该查询：{first}。"


def _run(engine: DuckDBEngine, sql: str, seconds: float) -> pa.Table:
    with _limited_time(engine, seconds) as stopped:
        try:
            return engine.query(sql)
        except Cancelled as error:
            if not stopped.is_set():
                raise
            raise Cancelled(
                f"The query took longer than {seconds:g} seconds and was stopped; ask for less.",
                f"查询超过 {seconds:g} 秒，已停止；请缩小查询范围。",
            ) from error
        except WarehouseError as error:
            raise InputError(*_database_said(error.en.removeprefix("The database refused a statement: "))) from error


@contextmanager
def _limited_time(engine: DuckDBEngine, seconds: float) -> Iterator[threading.Event]:
    stopped = threading.Event()

    def stop() -> None:
        """Interrupt the query, and note that it was."""
        stopped.set()
        engine.cancel()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield stopped
    finally:
        timer.cancel()


def _receipt(engine: DuckDBEngine, warehouse: Warehouse, request: QuerySql, checked: Checked) -> Receipt:
    arguments: dict[str, Any] = request.model_dump(mode="json")
    day = latest_date(engine)
    statement = Statement(sql=checked.sql)
    if day is None:
        return Receipt(tool=TOOL, arguments=arguments, statements=(statement,), definition=_DEFINITION)
    ctx = ToolContext(engine, day, read_meta(engine, "data_version") or "0", warehouse.config)
    receipt = ctx.receipt(TOOL, arguments, _DEFINITION, statement)
    return receipt.model_copy(update={"source_tables": tuple(sorted(checked.tables))})


def _result(request: QuerySql, found: pa.Table, receipt: Receipt, most_rows: int) -> ToolResult:
    caveats = [_CAVEAT]
    if found.num_rows > most_rows:
        found = found.slice(0, most_rows)
        caveats.append(
            Text(zh=f"结果超过 {most_rows:,} 行，只读取了前 {most_rows:,} 行。", en=f"Only the first {most_rows:,} rows were read.")
        )
    if not found.num_rows:
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, receipts=(receipt,), message=_EMPTY)
    purpose = request.purpose.strip()
    title = Text(zh=purpose or "查询结果", en=purpose or "Result of the query")
    return ToolResult(
        tool=TOOL,
        figures=tuple(figures_of(found)),
        tables=(table_of(found, title),),
        receipts=(receipt,),
        caveats=tuple(caveats),
        interpretation=Text(zh=purpose, en=purpose) if purpose else None,
    )
