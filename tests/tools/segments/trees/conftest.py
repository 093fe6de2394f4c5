"""A reading context over the demo, and what rules say, evaluated without any code of the product."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


@pytest.fixture(scope="session")
def demo(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolContext]:
    """One context for all tests of this folder; a tree writes nothing."""
    with open_context(Warehouse(demo_path, Settings(home=tmp_path_factory.mktemp("home"), threads=2))) as ctx:
        yield ctx


def fulfils(frame: pd.DataFrame, rule: dict[str, Any]) -> pd.Series:
    """The rows for which a rule, as JSON, holds; a comparison with an unknown value does not."""
    if "all" in rule:
        return pd.concat([fulfils(frame, part) for part in rule["all"]], axis=1).all(axis=1)
    if "any" in rule:
        return pd.concat([fulfils(frame, part) for part in rule["any"]], axis=1).any(axis=1)
    column, op, value = frame[rule["field"]], rule["op"], rule.get("value")
    if op in ("is known", "is unknown"):
        return column.notna() if op == "is known" else column.isna()
    if isinstance(value, list):
        inside = column.isin(value)
        return inside if op == "in" else ~inside & column.notna()
    if op in ("=", "!="):
        same = column.eq(value)
        return same if op == "=" else ~same & column.notna()
    number = column.astype("float64")
    limit = float(value)
    found = {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}[op]
    return found.fillna(False)


@pytest.fixture(scope="session")
def base(demo: ToolContext) -> pd.DataFrame:
    """Every customer with the stored features and attributes."""
    frame: pd.DataFrame = demo.engine.query("SELECT * FROM customer_base").to_pandas()
    told = [json.loads(text) if isinstance(text, str) else {} for text in frame.attributes]
    names = {name for one in told for name in one}
    return frame.assign(**{f"attribute.{name}": [one.get(name) for one in told] for name in names})


@pytest.fixture(scope="session")
def orders() -> pd.DataFrame:
    """Baskets of the source files: household, day, what was paid; no code of the product contributes."""
    views = (Path(__file__).parents[3] / "cases" / "questions" / "source_views.sql").read_text(encoding="utf-8")
    connection = duckdb.connect(config={"threads": 2})
    for statement in views.replace("{folder}", str(demo_files()["transactions"].parent)).split(";\n"):
        if statement.strip():
            connection.execute(statement).complete()
    frame = connection.sql("SELECT household_id, day, CAST(paid AS DOUBLE) AS paid FROM baskets").to_df()
    connection.close()
    return frame


@pytest.fixture(scope="session")
def evaluate() -> Callable[[pd.DataFrame, dict[str, Any]], pd.Series]:
    return fulfils
