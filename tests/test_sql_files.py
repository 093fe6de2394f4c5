"""Every query of ours parses and has a counterpart in Spark; readers of local files and definitions are DuckDB's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
from sqlglot.errors import ErrorLevel

ROOT = Path(__file__).parent.parent
FILES = sorted(p for p in (ROOT / "tools").rglob("*.sql") if "migrations" not in p.parts and "ingest" not in p.parts)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_sql_transpiles_to_spark(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = sqlglot.transpile(text, read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    assert written
    for statement in written:
        sqlglot.parse_one(statement, read="spark")


def test_there_are_sql_files() -> None:
    assert FILES
