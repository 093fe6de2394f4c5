"""Sources of a few rows, loaded without files: what a test writes down is what the pipeline reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.ingest.grains import check_mapping
from tools.ingest.pipeline import Source, store_sources
from tools.ingest.report import LoadReport
from tools.ingest.types import ColumnMapping, Grain, StagedTable, TableMapping
from tools.warehouse.warehouse import Warehouse

Rows = Sequence[Sequence[str | None]]


def _value(cell: str | None) -> str:
    return "NULL" if cell is None else "'" + cell.replace("'", "''") + "'"


def make_source(name: str, grain: Grain, columns: dict[str, str | None], rows: Rows) -> Source:
    """A source of ``rows`` whose columns go to the given targets; dates are ISO."""
    listed = ", ".join(f"({number}, {', '.join(map(_value, row))})" for number, row in enumerate(rows, start=1))
    names = ", ".join(f'"{column}"' for column in columns)
    texts = ", ".join(f'CAST("{column}" AS VARCHAR) AS "{column}"' for column in columns)
    relation = f"(SELECT CAST(_row AS BIGINT) AS _row, {texts} FROM (VALUES {listed}) AS v(_row, {names})) AS s"
    mappings = tuple(ColumnMapping(source=column, target=target, confidence=1) for column, target in columns.items())
    staged = StagedTable(relation, tuple(columns), name, f"hash of {name}")
    return Source(staged, TableMapping(source=name, grain=grain, columns=mappings))


class Loader:
    """A warehouse of its own, and what a test asks of it."""

    def __init__(self, path: Path) -> None:
        self.warehouse = Warehouse(path)

    def load(self, *sources: Source) -> LoadReport:
        for source in sources:
            check_mapping(source.mapping)
        with self.warehouse.writing() as engine:
            return store_sources(engine, sources, lambda _stage, _fraction: None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.warehouse.reading() as engine:
            return engine.rows(sql)

    def orders(self) -> dict[str, tuple[Any, ...]]:
        """Order id to (customer, status, amount, refunded)."""
        found = self.rows("SELECT order_id, customer_id, status, CAST(amount AS VARCHAR), CAST(refunded AS VARCHAR) FROM orders")
        return {row[0]: row[1:] for row in found}

    def net(self) -> dict[str | None, str]:
        """Customer to net amount of counted orders."""
        return dict(self.rows("SELECT customer_id, CAST(sum(amount) AS VARCHAR) FROM counted_orders GROUP BY customer_id"))


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return Loader(tmp_path / "w.duckdb")


@pytest.fixture(scope="session")
def source() -> Callable[..., Source]:
    return make_source


@pytest.fixture(scope="session")
def loader_class() -> type[Loader]:
    return Loader
