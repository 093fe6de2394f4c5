"""Every pair of tests/cases/metrics: what `measure` says against independent SQL over the source files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
import yaml

from tools.contracts import ToolResult
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.warehouse.context import ToolContext

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "metrics" / "demo.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_measures_what_independent_sql_says(case: dict[str, Any], source: duckdb.DuckDBPyConnection, demo_ctx: ToolContext) -> None:
    expected = source.sql(case["sql"]).to_arrow_table()
    rows = [list(row.values()) for row in expected.to_pylist()]
    result = measure(demo_ctx, Measure.model_validate(case["request"]))
    found = _grouped(result, expected.column_names) if case["request"].get("by") else [_single(result, expected.column_names)]
    assert len(found) == len(rows)
    for got, want in zip(found, rows, strict=True):
        assert [_same(g, w) for g, w in zip(got, want, strict=True)] == [True] * len(want), (got, want)
    # What ran must also run elsewhere.
    for statement in result.receipts[0].statements:
        assert sqlglot.transpile(statement.sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def _grouped(result: ToolResult, columns: list[str]) -> list[list[Any]]:
    table = result.tables[0]
    ids = [column.id for column in table.columns]
    return [[row[ids.index(column)] for column in columns] for row in table.rows]


def _single(result: ToolResult, columns: list[str]) -> list[Any]:
    return [result.figure(column).value for column in columns]


def _same(got: Any, want: Any) -> bool:
    if isinstance(want, Decimal) and isinstance(got, Decimal):
        return got == want
    if isinstance(want, float | Decimal) or isinstance(got, float):
        return bool(float(got) == pytest.approx(float(want), rel=1e-9, abs=1e-12))
    return bool(got == want)
