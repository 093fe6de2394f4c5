"""Written values and what they are read as, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.ingest import formats
from tools.ingest.types import ColumnMapping
from tools.settings import Settings
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.scratch import scratch_engine

CASES: dict[str, dict[str, str | None]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "files" / "values.yaml").read_text(encoding="utf-8")
)
READERS: dict[str, tuple[Callable[[ColumnMapping], str], dict[str, Any]]] = {
    "money": (formats.money_expression, {}),
    "decimal_comma": (formats.money_expression, {"decimal_comma": True}),
    "number": (formats.number_expression, {}),
    "date": (formats.date_expression, {}),
    "day_first": (formats.date_expression, {"day_first": True}),
    "excel_serial": (formats.date_expression, {"date_format": formats.EXCEL_SERIAL}),
    "epoch_seconds": (formats.date_expression, {"date_format": formats.EPOCH_SECONDS}),
    "epoch_milliseconds": (formats.date_expression, {"date_format": formats.EPOCH_MILLISECONDS}),
    "text": (formats.text_expression, {}),
    "id": (formats.id_expression, {}),
    "phone": (formats.phone_expression, {}),
    "email": (formats.email_expression, {}),
    "boolean": (formats.boolean_expression, {}),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with scratch_engine(Settings()) as opened:
        yield opened


def _mapping(**how: Any) -> ColumnMapping:
    return ColumnMapping(source="value", target=None, confidence=1, **how)


def _read(engine: DuckDBEngine, expression: str, values: list[str]) -> dict[str, str | None]:
    rows = engine.rows(f"SELECT value, {expression} FROM (SELECT unnest($values) AS value)", {"values": values})
    return {written: None if read is None else str(read) for written, read in rows}


@pytest.mark.parametrize("reader", CASES)
def test_values(engine: DuckDBEngine, reader: str) -> None:
    make, how = READERS[reader]
    assert _read(engine, make(_mapping(**how)), list(CASES[reader])) == CASES[reader]


def test_every_reader_has_cases() -> None:
    assert set(CASES) == set(READERS)


@pytest.mark.parametrize("date_format", [formats.ISO, "%d/%m/%Y %H:%M"])
def test_known_format_still_reads_the_others(engine: DuckDBEngine, date_format: str) -> None:
    """A column that is mostly of one format may hold some of another; only two-digit years and the like need the pattern."""
    unambiguous = {"2024-03-05", "2024年3月5日", "20240305", "2024-03-05 3:05:06 PM", "2024-02-30", "hello", "1900-01-00"}
    expected = {written: read for written, read in CASES["date"].items() if written in unambiguous}
    mapping = _mapping(date_format=date_format, day_first=True)
    assert _read(engine, formats.date_expression(mapping), list(expected)) == expected


def test_column_and_kind() -> None:
    mapping = _mapping(kind="money")
    assert formats.value_expression(mapping) == formats.money_expression(mapping)
    assert '"other"' in formats.money_expression(mapping, '"other"')
    assert "DECIMAL(18, 6)" in formats.money_expression(mapping, scale=6)


def test_reading_plain_columns_needs_no_join(engine: DuckDBEngine) -> None:
    """Long lists of words must not become joins, which are computed for every row whatever CASE stands around them."""
    engine.execute("CREATE OR REPLACE TEMP TABLE plain AS SELECT 'x' AS value FROM range(10)")
    for make, how in READERS.values():
        plan = engine.rows(f"EXPLAIN SELECT {make(_mapping(**how))} FROM plain")
        assert "JOIN" not in str(plan).upper()
