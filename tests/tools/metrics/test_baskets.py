"""Conditions on single orders, over the small warehouse of conftest.py: every number is counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
import sqlglot

from tools.errors import InputError, UnknownName
from tools.metrics.baskets import grounded, orders_text
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.rules import AllOf, Behaviour, OrderCondition, Selection
from tools.segments.compiler import compile_rule, compile_selection
from tools.warehouse.context import ToolContext

# Counted orders: 1 (100.00, a), 2 (45.00 or 50.00, a), 3 (0.00, b), 6 (30.00), 7 (70.00, c).
HELD = [
    ({"of": "amount", "op": ">", "value": 60}, 2),
    ({"of": "amount", "op": "<=", "value": 30}, 2),
    ({"of": "amount", "op": "between", "value": [30, 70]}, 3),
    ({"of": "discount", "op": ">", "value": 0}, 2),
    ({"of": "discount", "op": "<=", "value": 0}, 3),
    ({"where": {"category": ["Drinks"]}}, 2),
    ({"where": {"category": ["drinks"]}, "op": "=", "value": 0}, 3),
    ({"where": {"product": ["Cake"]}}, 3),
    ({"of": "categories", "op": ">=", "value": 2}, 1),
    ({"of": "categories", "op": "<", "value": 2}, 4),
    ({"of": "products", "op": "=", "value": 1}, 2),
    ({"of": "items", "op": ">=", "value": 3}, 3),
    ({"of": "items", "op": ">", "value": 1, "where": {"category": ["Drinks"]}}, 1),
    ({"of": "amount", "op": ">=", "value": 40, "where": {"category": ["Food"]}}, 1),
    ({"of": "lines", "op": "!=", "value": 3}, 4),
]


@pytest.mark.parametrize(("condition", "orders"), HELD)
def test_orders_that_fit(ctx: ToolContext, condition: dict[str, Any], orders: int) -> None:
    result = measure(ctx, Measure.model_validate({"metrics": ["orders"], "basket": [condition]}))

    assert {figure.id: figure.value for figure in result.figures}["orders"] == orders


def test_all_conditions_hold_for_the_same_order(ctx: ToolContext) -> None:
    both = [{"where": {"category": ["Drinks"]}}, {"where": {"category": ["Food"]}}]

    result = measure(ctx, Measure.model_validate({"metrics": ["orders", "revenue"], "basket": both}))

    figures = {figure.id: figure.value for figure in result.figures}
    assert (figures["orders"], figures["revenue"]) == (1, 100)


def test_orders_that_fit_against_the_others(ctx: ToolContext) -> None:
    request = {"metrics": ["orders"], "by": ["order_fit"], "basket": [{"of": "amount", "op": ">", "value": 60}]}

    result = measure(ctx, Measure.model_validate(request))

    assert [row[:2] for row in result.tables[0].rows] == [("yes", 2), ("no", 3)]
    assert all(one.holds for one in result.checks)
    assert result.interpretation is not None
    assert "orders of more than 60 and other orders" in result.interpretation.en
    assert "金额超过60的订单与其他订单" in result.interpretation.zh


def test_to_tell_orders_apart_takes_a_condition(ctx: ToolContext) -> None:
    with pytest.raises(InputError, match="basket"):
        measure(ctx, Measure(metrics=["orders"], by=["order_fit"]))
    with pytest.raises(InputError, match="basket"):
        measure(ctx, Measure(metrics=["orders"], where={"order_fit": ["yes"]}))


def test_what_orders_cannot_hold_is_refused(ctx: ToolContext) -> None:
    with pytest.raises(UnknownName, match="Snacks"):
        grounded(ctx, [OrderCondition(where={"category": ["Snacks"]})])
    with pytest.raises(UnknownName, match="channel"):
        grounded(ctx, [OrderCondition(where={"channel": ["web"]})])
    with pytest.raises(InputError, match="number of values"):
        grounded(ctx, [OrderCondition(of="amount", op="between", value=3)])


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Behaviour(behaviour="orders", op=">=", value=1, basket=[OrderCondition(of="amount", op=">", value=60)]), {"a", "c"}),
        (Behaviour(behaviour="orders", op=">=", value=2, basket=[OrderCondition(where={"category": ["Food"]})]), {"a"}),
        (Behaviour(behaviour="orders", op="=", value=0, basket=[OrderCondition(of="amount", op=">", value=60)]), {"b", "d"}),
    ],
)
def test_customers_by_their_orders(ctx: ToolContext, rule: Behaviour, found: set[str]) -> None:
    query = compile_selection(ctx, Selection(rule=AllOf(all=(rule,))))

    assert {row[0] for row in ctx.engine.rows(query.sql, query.parameters)} == found


def test_events_have_no_orders(ctx: ToolContext) -> None:
    rule = Behaviour(behaviour="events", op=">=", value=1, basket=[OrderCondition(of="amount", op=">", value=60)])

    with pytest.raises(InputError, match="ordered"):
        compile_rule(rule, ctx.as_of)


def test_rules_of_orders_transpile(ctx: ToolContext) -> None:
    rule = Behaviour(behaviour="orders", op=">=", value=1, basket=[OrderCondition(of="categories", op="<", value=2)])

    (spark,) = sqlglot.transpile(compile_rule(rule, ctx.as_of).sql, read="duckdb", write="spark")

    assert "NOT o.order_id IN" in spark


@pytest.mark.parametrize(
    ("condition", "en", "zh"),
    [
        (OrderCondition(of="amount", op=">", value=1200), "orders of more than 1,200", "金额超过1200的订单"),
        (OrderCondition(of="discount", op="<=", value=0), "orders without a discount", "无折扣的订单"),
        (OrderCondition(where={"category": ["A", "B"]}), "orders with A or B", "含A或B的订单"),
        (OrderCondition(of="lines", op="=", value=0, where={"brand": ["A"]}), "orders without A", "不含A的订单"),
        (OrderCondition(of="items", op=">=", value=3, where={"brand": ["A"]}), "orders with at least 3 items of A", "A件数不少于3的订单"),
        (OrderCondition(of="amount", op="<", value=9, where={"brand": ["A"]}), "orders with less than 9 spent on A", "A金额低于9的订单"),
    ],
)
def test_orders_in_words(condition: OrderCondition, en: str, zh: str) -> None:
    found = orders_text([condition])

    assert (found.en, found.zh) == (en, zh)
