"""Cross-checks of measurements: true answers never fail one, planted errors do, and what cannot be checked has none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tools.contracts import Check, Statement, ToolResult
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics import results
from tools.metrics.catalogue import catalogue
from tools.metrics.checks import cohort_checks
from tools.metrics.cohorts import cohort_retention
from tools.metrics.compile import compile_plan
from tools.metrics.cuts import Order
from tools.metrics.measure import measure
from tools.metrics.plan import Plan
from tools.requests import CohortRetention, Measure
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse
from tools.windows import DateRange, Window

FEBRUARY = Window(period="2024-02")
GROUPED = (
    [],
    ["category"],
    ["month"],
    ["store"],
    ["channel"],
    ["gender"],
    ["rfm_group"],
    ["weekday", "channel"],
    ["month", "category"],
    ["city", "month"],
)
# Orders without lines, guests, one moment for two orders of a customer, a refund, lines of no product, customers in both departments.
_BARE = """
INSERT INTO customers (customer_id, gender) VALUES ('a', 'F'), ('b', NULL), ('c', 'M');
INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, discount, refunded, channel, store_id) VALUES
  ('1', 'a', '2024-01-05', 'completed', 10.00, NULL, NULL, NULL, 's1'),
  ('2', 'a', '2024-01-05', 'completed', 20.00, NULL, NULL, 'web', 's2'),
  ('3', 'b', '2024-02-01', 'completed', 0.00, NULL, 4.50, 'web', NULL),
  ('4', NULL, '2024-02-02', 'completed', 7.77, NULL, NULL, 'web', 's1'),
  ('5', NULL, '2024-02-02', 'completed', 7.78, NULL, NULL, 'web', 's1'),
  ('6', 'c', '2024-02-29 23:59:59', 'refunded', 0.00, NULL, 9.99, 'web', 's1')
"""


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[ToolContext]:
    warehouse = Warehouse(tmp_path / "bare.duckdb")
    with warehouse.writing() as engine:
        for statement in _BARE.split(";\n"):
            engine.execute(statement)
    with open_context(warehouse) as context:
        yield context


def checks(result: ToolResult) -> dict[str, Check]:
    return {check.id: check for check in result.checks}


def every_question() -> Iterator[Measure]:
    """Every metric by three groupings in turn, so that each grouping meets every kind of metric."""
    metrics = [metric.id for metric in catalogue().metrics if not metric.hidden]
    for place, metric in enumerate(metrics):
        for turn in range(3):
            by = GROUPED[(place * 3 + turn * 4) % len(GROUPED)]
            window = FEBRUARY if (place + turn) % 2 else None
            yield Measure(metrics=[metric], by=by, window=window, compare="previous" if window and len(by) < 2 else None)


def failing(ctx: ToolContext) -> tuple[int, list[Any]]:
    """How many checks were made of every metric by everything, and those that failed."""
    made, failed = 0, []
    for request in every_question():
        try:
            found = measure(ctx, request).checks
        except (UnsupportedQuestion, InputError):
            continue
        made += len(found)
        failed += [(request.metrics, request.by, request.window, check) for check in found if not check.holds]
    return made, failed


def test_no_true_answer_fails_a_check(ctx: ToolContext) -> None:
    made, failed = failing(ctx)
    assert made > 60
    assert failed == []


def test_nor_does_one_over_a_shop_with_missing_parts(bare: ToolContext) -> None:
    made, failed = failing(bare)
    assert made > 30
    assert failed == []


def test_groups_are_held_against_the_total_and_the_total_against_its_months(ctx: ToolContext) -> None:
    found = checks(measure(ctx, Measure(metrics=["revenue"], by=["month"])))
    # 100 + 70 in January, 50 + 0 + 30 in February; the cancelled and the refunded order do not count.
    assert (found["parts.revenue"].found, found["parts.revenue"].expected) == (Decimal("250.00"), Decimal("250.00"))
    assert found["recount.revenue"].expected == Decimal("250.00")
    assert "months" in found["recount.revenue"].label.en


def test_lines_of_no_product_are_in_the_total_but_in_no_category(ctx: ToolContext) -> None:
    found = checks(measure(ctx, Measure(metrics=["revenue"], by=["category"])))
    # Lines of counted orders: 100 + 50 + 0 + 30 + 70; those of unknown products, 10 and 70, belong to no category.
    assert (found["parts.revenue"].found, found["parts.revenue"].expected) == (Decimal("170.00"), Decimal("170.00"))
    assert found["recount.revenue"].expected == Decimal("250.00")


def test_customers_of_two_departments_are_not_added_up(ctx: ToolContext) -> None:
    found = checks(measure(ctx, Measure(metrics=["active_customers", "orders"], by=["category"])))
    assert not any(name.startswith("parts.") for name in found)


def test_a_ratio_is_held_against_both_of_its_parts(ctx: ToolContext) -> None:
    found = checks(measure(ctx, Measure(metrics=["average_order_value"], window=FEBRUARY)))["recount.average_order_value"]
    assert found.found == Decimal("26.67")  # 80 ÷ 3
    assert found.expected == pytest.approx(80 / 3)
    assert found.holds
    assert "÷" in found.label.zh


def test_conditions_of_other_tables_are_recounted_without_their_joins(ctx: ToolContext) -> None:
    request = Measure(metrics=["items"], where={"city": ["上海"], "category": ["Drinks"]}, where_not={"channel": ["store"]})
    found = checks(measure(ctx, request))["recount.items"]
    assert (found.found, found.expected) == (3, 3)  # order 1 of customer a: two teas and a coffee


def test_the_periods_of_a_comparison_do_not_overlap(ctx: ToolContext) -> None:
    found = checks(measure(ctx, Measure(metrics=["orders"], window=FEBRUARY, compare="previous")))["periods_apart"]
    assert (found.found, found.expected, found.holds) == (0, 0, True)


def test_a_join_that_doubles_rows_is_caught(ctx: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubling(ctx: ToolContext, plan: Plan, order: Order, earlier: Plan | None = None) -> Statement:
        true = compile_plan(ctx, plan, order, earlier)
        twice = "FROM (SELECT x.* FROM counted_orders AS x CROSS JOIN (VALUES (1), (2)) AS y) AS o"
        return true.model_copy(update={"sql": true.sql.replace("FROM counted_orders AS o", twice)})

    monkeypatch.setattr(results, "compile_plan", doubling)
    plain = checks(measure(ctx, Measure(metrics=["revenue"], by=["channel"])))["recount.revenue"]
    assert (plain.found, plain.expected, plain.holds) == (Decimal("500.00"), Decimal("250.00"), False)
    ratio = checks(measure(ctx, Measure(metrics=["items_per_order"])))["recount.items_per_order"]
    assert not ratio.holds  # items are doubled, distinct orders are not


def test_a_join_that_doubles_the_groups_alone_is_caught(ctx: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def doubling(ctx: ToolContext, plan: Plan, order: Order, earlier: Plan | None = None) -> Statement:
        true = compile_plan(ctx, plan, order, earlier)
        if not plan.by:
            return true
        twice = "FROM (SELECT x.* FROM counted_orders AS x CROSS JOIN (VALUES (1), (2)) AS y) AS o"
        return true.model_copy(update={"sql": true.sql.replace("FROM counted_orders AS o", twice)})

    monkeypatch.setattr(results, "compile_plan", doubling)
    found = checks(measure(ctx, Measure(metrics=["revenue"], by=["month"])))
    assert (found["parts.revenue"].found, found["parts.revenue"].holds) == (Decimal("500.00"), False)
    assert found["recount.revenue"].holds


def test_large_tables_are_not_read_again(ctx: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.metrics.recount._BASES", {})
    monkeypatch.setattr("tools.metrics.checks.has_room", lambda *_: False)
    (found,) = measure(ctx, Measure(metrics=["revenue"], by=["category"])).checks
    assert (found.id, found.found, found.expected, found.holds) == ("parts.revenue", Decimal("170.00"), Decimal("250.00"), True)
    assert "at most" in found.label.en


def test_a_check_that_the_database_refuses_is_left_out(ctx: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.metrics.recount._ORDERS", type("Broken", (), {"ours": "l.nothing", "table": "orders", "theirs": "order_id"}))
    result = measure(ctx, Measure(metrics=["items"], by=["category"]))
    assert [check.id for check in result.checks] == ["parts.items"]


def test_cohorts_are_held_against_the_first_orders_stored_of_each_customer(demo_ctx: ToolContext) -> None:
    for request in (CohortRetention(), CohortRetention(cohort="week"), CohortRetention(cohort="quarter", window=Window(period="2017"))):
        (found,) = cohort_retention(demo_ctx, request).checks
        assert (found.id, found.holds) == ("cohorts", True)
    assert cohort_retention(demo_ctx, CohortRetention(where={"category": ["DELI"]})).checks == ()
    (short,) = cohort_checks(demo_ctx, [1, 2], DateRange(None, demo_ctx.as_of), everybody=True)
    assert not short.holds
