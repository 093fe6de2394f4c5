"""What the rest of the product needs of a database, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pyarrow as pa

Parameters = Mapping[str, Any]


class Engine(Protocol):
    """A connection that runs set-based SQL written in DuckDB's dialect.

    Parameters are named and bound as ``$name``; only those that the statement mentions may be given.
    """

    def query(self, sql: str, parameters: Parameters | None = None) -> pa.Table:
        """Run one query and return all its rows as Arrow."""
        ...

    def rows(self, sql: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run one query and return its rows as Python values; for small results."""
        ...

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run one statement for its effect."""
        ...

    def transform(self, sql: str, function: Callable[[pa.RecordBatch], pa.RecordBatch], table: str) -> int:
        """Stream the query's batches through ``function`` into the existing ``table``; return the rows written."""
        ...

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under ``name`` on this connection, until it closes."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: commit at the end, roll back on any exception."""
        ...

    def cancel(self) -> None:
        """Stop the running query; callable from another thread."""
        ...
