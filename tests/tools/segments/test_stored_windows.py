"""What features hold of the last days finds the same customers as adding up their orders, and lists them with the same values."""

from __future__ import annotations

from typing import Any

import pytest

from tools.requests import FindCustomers
from tools.rules import AllOf, Behaviour, Condition, NotRule, SegmentRule, Selection
from tools.segments.behaviours import stored_sign, stored_value
from tools.segments.compiler import compile_rule, compile_selection, rows_of
from tools.segments.find import find_customers
from tools.segments.grounding import ground
from tools.warehouse.context import ToolContext
from tools.windows import Window

LAST = [Window(last_days=days) for days in (1, 30, 45, 90, 365, 700)]
COMPARED: list[tuple[str, Any]] = [("=", 0), ("<=", 0), ("<", 1), ("!=", 0), (">", 0), (">=", 1), (">=", 3), ("<", 2), ("between", [1, 4])]


def _ids(ctx: ToolContext, sql: str, parameters: dict[str, Any]) -> set[str]:
    return {str(row[0]) for row in ctx.engine.rows(sql, parameters)}


@pytest.mark.parametrize("window", LAST, ids=lambda window: f"{window.last_days}d")
@pytest.mark.parametrize("behaviour", ["orders", "amount", "active_days"])
def test_stored_values_find_the_same_customers(demo: ToolContext, behaviour: Any, window: Window) -> None:
    for op, value in COMPARED:
        rule = Behaviour(behaviour=behaviour, op=op, value=value, window=window)
        stored, added = compile_selection(demo, Selection(rule=rule)), compile_rule(rule, demo.as_of)
        assert "counted_orders" in added.sql
        assert _ids(demo, stored.sql, stored.parameters) == _ids(demo, added.sql, added.parameters), (op, value)


def test_only_windows_that_end_with_the_data_are_stored(demo: ToolContext) -> None:
    def rule(**values: Any) -> Behaviour:
        return Behaviour(**{"behaviour": "orders", "op": "=", "value": 0, **values})

    as_of = demo.as_of
    assert stored_value(rule(window=Window(last_days=90)), as_of) == "coalesce(b.orders_90d, 0)"
    assert stored_value(rule(window=Window(last_days=90), where={"channel": ["app"]}), as_of) is None
    assert stored_value(rule(window=Window(last_days=91)), as_of) is None
    assert stored_value(rule(behaviour="quantity", window=Window(last_days=90)), as_of) is None
    assert stored_sign(rule(window=Window(last_days=91)), as_of) is not None
    assert stored_sign(rule(window=Window(last_days=91), value=2), as_of) is None
    assert stored_sign(rule(window=Window(period="last_month")), as_of) is None
    assert stored_sign(rule(behaviour="amount", window=Window(last_days=91)), as_of) is None


def test_one_join_counts_for_the_rule_and_for_its_column(demo: ToolContext) -> None:
    rule: SegmentRule = AllOf(
        all=(
            Behaviour(behaviour="orders", op=">=", value=2, window=Window(last_days=100)),
            Behaviour(behaviour="orders", op="<", value=9, window=Window(last_days=100)),
            NotRule.model_validate({"not": Condition(field="orders", op="<", value=20)}),
        )
    )
    found = find_customers(demo, FindCustomers(rule=rule))
    statement = found.receipts[0].statements[0]
    assert statement.sql.count("FROM counted_orders") == 1
    query = compile_selection(demo, ground(demo, Selection(rule=rule)))
    assert query.sql.count("FROM counted_orders") == 1
    apart = demo.engine.rows(
        "SELECT customer_id, count(*) FROM counted_orders WHERE order_date > CAST($day AS DATE) - 100 GROUP BY customer_id",
        {"day": demo.as_of},
    )
    counts = dict(apart)
    (table,) = found.tables
    place = [column.id for column in table.columns].index("measured_1")
    assert table.rows
    assert all(2 <= counts[str(row[0])] < 9 for row in table.rows)
    assert [row[place] for row in table.rows] == [counts[str(row[0])] for row in table.rows]
    assert _ids(demo, f"SELECT b.customer_id FROM {rows_of(query)}", query.parameters) == _ids(demo, query.sql, query.parameters)


def test_a_limited_selection_is_no_condition(demo: ToolContext) -> None:
    query = compile_selection(demo, Selection(rule=Condition(field="orders", op=">", value=1), sort_by="amount", limit=7))
    assert query.condition is None
    assert demo.engine.rows(f"SELECT count(*) FROM {rows_of(query)}", query.parameters) == [(7,)]
