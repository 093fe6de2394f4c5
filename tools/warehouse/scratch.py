"""A database in memory, for looking at files before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tools.settings import Settings
from tools.warehouse.duckdb_engine import DuckDBEngine


@contextmanager
def scratch_engine(config: Settings) -> Iterator[DuckDBEngine]:
    """An engine over an empty database that is gone afterwards.

    Args:
        config: Its threads and memory limit are used.
    """
    options: dict[str, str | int | bool | float | list[str]] = {
        "threads": config.thread_count,
        "memory_limit": config.memory_limit,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    with duckdb.connect(":memory:", config=options) as connection:
        yield DuckDBEngine(connection)
