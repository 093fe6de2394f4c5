"""`cohort_retention` against independent SQL over the source files, and on hand-made orders."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import plotly.graph_objects as go
import pytest
import sqlglot
import yaml

from tools.contracts import CustomerQuery, Outcome, Text, ToolResult
from tools.errors import InputError, UnknownName, UnsupportedQuestion
from tools.metrics.cohorts import MOST_COHORTS, cohort_retention
from tools.requests import CohortRetention
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "metrics" / "cohorts.yaml").read_text(encoding="utf-8"))


def run(ctx: ToolContext, chosen: CustomerQuery | None = None, **request: Any) -> ToolResult:
    return cohort_retention(ctx, CohortRetention.model_validate(request), chosen)


def rows(result: ToolResult, table: str) -> list[tuple[Any, ...]]:
    return list(next(one for one in result.tables if one.id == table).rows)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_counts_what_independent_sql_says(case: dict[str, Any], source: duckdb.DuckDBPyConnection, demo_ctx: ToolContext) -> None:
    expected = [tuple(row.values()) for row in source.sql(case["sql"]).to_arrow_table().to_pylist()]
    result = run(demo_ctx, **case["request"])
    assert rows(result, "values") == expected
    assert [row[:2] for row in rows(result, "retention")] == [row[:2] for row in expected]
    for found, wanted in zip(rows(result, "retention"), expected, strict=True):
        assert found[2:] == tuple(None if value is None else pytest.approx(float(value / wanted[2])) for value in wanted[3:])
    statement = result.receipts[0].statements[0]
    assert sqlglot.transpile(statement.sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def test_averages_are_of_cohorts_with_so_many_whole_periods(source: duckdb.DuckDBPyConnection, demo_ctx: ToolContext) -> None:
    [(after_one, after_six)] = source.sql(
        "WITH f AS (SELECT household_id, date_trunc('month', min(day)) AS first FROM b GROUP BY ALL), "
        "m AS (SELECT DISTINCT household_id, date_trunc('month', day) AS month FROM b) "
        "SELECT count(*) FILTER (WHERE month = first + INTERVAL 1 MONTH) / count(*) FILTER (WHERE month = first AND first < '2017-12-01'), "
        "count(*) FILTER (WHERE month = first + INTERVAL 6 MONTH) / count(*) FILTER (WHERE month = first AND first < '2017-07-01') "
        "FROM f JOIN m USING (household_id) WHERE month < '2018-01-01'"
    ).fetchall()
    result = run(demo_ctx)
    assert result.figure("retention.1").value == pytest.approx(after_one)
    assert result.figure("retention.6").value == pytest.approx(after_six)
    # Those before July had six whole months; that of January holds old customers too, those from June on are too few.
    assert (result.details["best"], result.details["worst"]) == ("2017-04", "2017-05")
    assert result.figure("best.retention").value == pytest.approx(35 / 47)
    text = " ".join(one.en for one in result.caveats)
    assert "also holds people who were customers before" in text
    assert "(from 2018-01 on) are left blank" in text
    assert "fewer than 30 customers, whose shares are unsteady: 2017-06" in text


def _shop(tmp_path: Path, orders: list[tuple[str, str]]) -> Warehouse:
    warehouse = Warehouse(tmp_path / "shop.duckdb")
    with warehouse.writing() as engine:
        for number, (customer, day) in enumerate(orders):
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ($id, $who, $day, 'completed', 10)",
                {"id": str(number), "who": customer, "day": dt.datetime.fromisoformat(day)},
            )
    return warehouse


def test_hand_made_cohorts(tmp_path: Path) -> None:
    """Two of three come back in February, one of them twice; the month of the last order is over on its last day."""
    orders = [
        ("a", "2024-01-05"), ("b", "2024-01-31T23:59:59"), ("c", "2024-01-06"), ("a", "2024-02-01"), ("a", "2024-02-09"),
        ("b", "2024-02-29T23:00:00"), ("d", "2024-02-03"), ("d", "2024-03-31"),
    ]  # fmt: skip
    with open_context(_shop(tmp_path, orders)) as ctx:
        result = run(ctx)
        assert rows(result, "values") == [("2024-01", 3, 3, 2, 0), ("2024-02", 1, 1, 1, None)]
        assert result.figure("retention.1").value == pytest.approx(3 / 4)
        assert result.figure("retention.2").value == 0
        money = run(ctx, measure="revenue")
        assert rows(money, "values")[0] == ("2024-01", 3, Decimal("30.00"), Decimal("30.00"), Decimal("0.00"))
        one = run(ctx, window={"period": "2024-01"})
        assert (one.figure("g1.value.1").value, one.figure("g1.customers").value) == (2, 3)
        chosen = CustomerQuery(sql="SELECT 'a' AS customer_id", sentence=Text(zh="甲", en="a"))
        assert rows(run(ctx, chosen, customers="t1"), "values") == [("2024-01", 1, 1, 1, 0)]
        with pytest.raises(InputError, match="were not resolved"):
            run(ctx, customers="t1")
        assert run(ctx, window={"period": "2023"}).outcome is Outcome.EMPTY
    with open_context(_shop(tmp_path, []), dt.date(2024, 3, 30)) as ctx:
        # A day earlier the last month is not over.
        assert rows(run(ctx), "values") == [("2024-01", 3, 3, 2), ("2024-02", 1, 1, None)]


def test_only_the_latest_of_many_cohorts_are_shown(tmp_path: Path) -> None:
    start = dt.date(2022, 1, 3)
    orders = [(f"w{week}", (start + dt.timedelta(weeks=week)).isoformat()) for week in range(60)]
    orders += [(f"w{week}", (start + dt.timedelta(weeks=week + 1)).isoformat()) for week in range(60)]
    with open_context(_shop(tmp_path, orders)) as ctx:
        result = run(ctx, cohort="week", periods=24)
        # The last of the weeks shown has orders, but nobody's first.
        assert len(rows(result, "values")) == MOST_COHORTS - 1
        assert rows(result, "values")[0][3:5] == (1, 0)
        assert "Only the latest 35 cohorts" in " ".join(one.en for one in result.caveats)


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        ({"window": {"last_days": 5}}, UnsupportedQuestion, "No whole month has passed"),
        ({"where": {"campaign_kind": ["Type A"]}}, InputError, "first orders, which have no campaign type"),
        ({"where": {"category": ["DELLI"]}}, UnknownName, "no category named 'DELLI'; known: DELI"),
        ({"where": {"customer_type": ["new"]}}, InputError, "have no new or returning"),
    ],
)
def test_refusals_are_one_sentence(demo_ctx: ToolContext, request_: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run(demo_ctx, **request_)


def test_the_heat_map_leaves_what_is_not_over_blank(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, periods=6)
    for language, first in (("zh", "1 个月后"), ("en", "after 1 month")):
        figure = getattr(result.charts[0], language)
        json.dumps(figure, allow_nan=False)
        go.Figure(figure)  # refuses unknown properties
        (trace,) = figure["data"]
        assert (trace["x"][0], trace["y"][0]) == (first, "2017-01 (1,982)")
        assert trace["z"][-1] == [None] * 6
