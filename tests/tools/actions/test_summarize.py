"""Summaries held against independent SQL over the demo's source file."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from tools.actions.summarize import summarize_segment
from tools.contracts import Outcome, Unit
from tools.requests import SummarizeSegment
from tools.rules import Condition, Selection
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext

_SQL = """
SELECT count(DISTINCT household_id), count(DISTINCT basket_id), sum(CAST(sales_value AS DECIMAL(18, 2)))
FROM read_parquet($path) WHERE CAST(household_id AS VARCHAR) IN (SELECT unnest($who))
"""


def bought(customers: list[str]) -> tuple[int, int, Decimal]:
    """Customers, orders and money of the source file."""
    found = duckdb.execute(_SQL, {"path": str(demo_files()["transactions"]), "who": customers}).fetchall()[0]
    return int(found[0]), int(found[1]), Decimal(found[2])


def group(demo: ToolContext, name: str) -> list[str]:
    return [row[0] for row in demo.engine.rows("SELECT customer_id FROM scores WHERE rfm_group = $name", {"name": name})]


@pytest.mark.parametrize("name", ["champions", "at_risk"])
def test_size_and_revenue_are_those_of_the_source_file(demo: ToolContext, name: str) -> None:
    result = summarize_segment(demo, SummarizeSegment(customers=name))
    inside = bought(group(demo, name))
    base = bought([row[0] for row in demo.engine.rows("SELECT customer_id FROM customers")])
    assert (result.figure("customers").value, result.figure("orders").value, result.figure("revenue").value) == inside
    assert result.figure("share_of_customers").value == pytest.approx(inside[0] / base[0])
    assert result.figure("share_of_revenue").value == pytest.approx(float(inside[2] / base[2]))
    assert result.figure("average.orders").value == pytest.approx(inside[1] / inside[0])
    assert result.figure("base.orders").value == pytest.approx(base[1] / base[0])


def test_what_distinguishes_the_group_has_figures_and_words(demo: ToolContext) -> None:
    result = summarize_segment(demo, SummarizeSegment(customers="champions"))
    traits = result.details["traits"]
    assert traits
    for trait in traits:
        inside, rest = (result.figure(f"{trait['figure']}.{part}").value for part in ("inside", "rest"))
        assert (inside > rest) == trait["higher"]  # type: ignore[operator]
        assert trait["label"]["zh"]
        assert trait["label"]["en"]
    assert not traits[0]["defining"]


def test_tables_chart_and_strategy(demo: ToolContext) -> None:
    result = summarize_segment(demo, SummarizeSegment(customers="冠军客户"))
    averages, strategy = result.tables
    assert averages.rows[0][:3] == ("Champions", result.figure("customers").value, result.figure("revenue").value)
    assert averages.rows[1][1] == result.figure("base_customers").value
    assert averages.columns[0].names["Champions"].zh == "冠军客户"
    assert strategy.id == "strategy"
    assert result.details["strategy"]["group"] == "champions"
    assert result.charts[0].en["data"][0]["type"] == "bar"
    assert [receipt.id for receipt in result.receipts] == ["main", "strategy"]


def test_means_of_counts_are_numbers(demo: ToolContext) -> None:
    result = summarize_segment(demo, SummarizeSegment(customers="champions"))
    assert result.figure("average.orders").unit is Unit.NUMBER
    assert result.figure("average.amount").unit is Unit.MONEY


def test_a_few_customers_are_flagged_as_too_small(demo: ToolContext) -> None:
    few = Selection(rule=Condition(field="churn_band", op="is known"), sort_by="churn_probability", limit=10)
    result = summarize_segment(demo, SummarizeSegment(customers=few))
    assert any("too small to act on" in caveat.en and "规模太小" in caveat.zh for caveat in result.caveats)


def test_nobody_is_empty(demo: ToolContext) -> None:
    result = summarize_segment(demo, SummarizeSegment(customers="prospects"))
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert "Prospects" in result.message.en
