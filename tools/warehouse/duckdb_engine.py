"""The engine over DuckDB."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from tools.errors import Cancelled, WarehouseError
from tools.warehouse.engine import Parameters
from tools.warehouse.identifiers import quote

log = logging.getLogger(__name__)


class DuckDBEngine:
    """One DuckDB connection behind the engine protocol.

    Args:
        connection: A connection or cursor that this engine alone uses.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._depth = 0

    def query(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """Run one query and return all its rows as Arrow."""
        with _translated():
            relation = self.connection.sql(sql, params=dict(parameters) if parameters else None)
            return relation.to_arrow_table()

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run one query and return its rows as Python values; for small results."""
        with _translated():
            relation = self.connection.sql(sql, params=dict(parameters) if parameters else None)
            return [tuple(row) for row in relation.fetchall()]

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run one statement for its effect."""
        with _translated():
            # An unfinished result owns the connection, so it is drained at once.
            self.connection.execute(sql, dict(parameters) if parameters else None).complete()

    def transform(self, sql: str, function: Callable[[pa.RecordBatch], pa.RecordBatch], table: str) -> int:
        """Stream the query's batches through ``function`` into the existing ``table``; return the rows written.

        The query runs on a cursor, so it sees what was committed, not what this transaction has written.
        """
        written = 0
        with _translated():
            cursor = self.connection.cursor()
            try:
                for batch in cursor.sql(sql).to_arrow_reader(100_000):
                    result = function(batch)
                    self.register("_batch", pa.Table.from_batches([result]))
                    self.execute(f"INSERT INTO {quote(table)} BY NAME SELECT * FROM _batch")
                    written += result.num_rows
            finally:
                self.connection.unregister("_batch")
                cursor.close()
        return written

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under ``name`` on this connection, until it closes."""
        with _translated():
            self.connection.register(name, table)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another joins it."""
        if self._depth:
            yield
            return
        self._depth += 1
        self.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self._rollback()
            raise
        else:
            self.execute("COMMIT")
        finally:
            self._depth -= 1

    def _rollback(self) -> None:
        # The error that brought us here is the one to tell; a failing rollback only means that the
        # database has ended the transaction already.
        try:
            self.execute("ROLLBACK")
        except WarehouseError as error:
            log.debug("rollback after a failure: %s", error)

    def cancel(self) -> None:
        """Stop the running query; callable from another thread."""
        self.connection.interrupt()

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise Cancelled(
            "The query was stopped: it was cancelled or took too long.",
            "查询已停止：被取消或超时。",
        ) from error
    except duckdb.Error as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WarehouseError(f"The database refused a statement: {first}", f"数据库拒绝了一条语句：{first}") from error
