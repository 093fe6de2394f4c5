"""Values of rules against what is loaded: spelling, unknown values, and data that are not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from tools.errors import FenqunError, UnknownName, UnsupportedQuestion
from tools.requests import FindCustomers
from tools.rules import SegmentRule, Selection
from tools.segments.find import find_customers
from tools.segments.grounding import ground
from tools.segments.refresh import refresh
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

MARRIED = {"field": "attribute.marital_status", "op": "=", "value": "married"}
RULE: TypeAdapter[SegmentRule] = TypeAdapter(SegmentRule)


def _ground(ctx: ToolContext, rule: dict[str, Any]) -> Any:
    return ground(ctx, Selection(rule=RULE.validate_python(rule))).rule


@pytest.mark.parametrize(
    ("rule", "stored"),
    [
        ({"behaviour": "orders", "op": ">=", "value": 1, "where": {"category": ["Deli"]}}, {"category": ["DELI"]}),
        (
            {"behaviour": "orders", "op": ">=", "value": 1, "where": {"category": ["MEAT", "meat-pckgd"]}},
            {"category": ["MEAT", "MEAT-PCKGD"]},
        ),
        ({"behaviour": "responses", "op": ">=", "value": 1, "where": {"kind": ["Redeem"]}}, {"kind": ["redeem"]}),
        ({"behaviour": "contacts", "op": ">=", "value": 1, "where": {"campaign": ["campaign 18"]}}, {"campaign": ["Campaign 18"]}),
        ({"behaviour": "orders", "op": ">=", "value": 1, "where": {"store": ["406"]}}, {"store": ["406"]}),
    ],
)
def test_values_of_behaviours_get_their_stored_spelling(demo: ToolContext, rule: dict[str, Any], stored: dict[str, list[str]]) -> None:
    assert _ground(demo, rule).where == stored


def test_values_of_fields_get_their_stored_spelling(demo: ToolContext) -> None:
    rule = {
        "all": [
            {"field": "income_band", "op": "in", "value": ["UNDER 15k", "250K+"]},
            {
                "any": [
                    {"not": {"field": "top_category", "op": "=", "value": "deli"}},
                    {"field": "attribute.marital_status", "op": "=", "value": "married"},
                ]
            },
        ]
    }
    found = _ground(demo, rule)
    assert found.all[0].value == ["Under 15K", "250K+"]
    assert found.all[1].any[0].not_.value == "DELI"
    assert found.all[1].any[1].value == "Married"


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (
            {"behaviour": "orders", "op": ">=", "value": 1, "where": {"category": ["DELLI"]}},
            UnknownName,
            "There is no category named 'DELLI'; known: DELI",
        ),
        (
            {"field": "income_band", "op": "=", "value": "50-75K"},
            UnknownName,
            "no value of income band named '50-75K'; known: 50-74K",
        ),
        ({"behaviour": "events", "op": ">=", "value": 1}, UnsupportedQuestion, "The loaded data have no .*events"),
        ({"field": "events_90d", "op": ">", "value": 1}, UnsupportedQuestion, "hold no events in the last 90 days for any customer"),
        ({"field": "city", "op": "=", "value": "Rome"}, UnsupportedQuestion, "hold no city for any customer"),
        ({"behaviour": "orders", "op": ">=", "value": 1, "where": {"channel": ["web"]}}, UnsupportedQuestion, "The loaded orders have no"),
        ({"field": "attribute.shoe", "op": "=", "value": "42"}, UnknownName, r"no attribute named 'attribute\.shoe'"),
    ],
)
def test_what_the_data_lack_is_said(demo: ToolContext, rule: dict[str, Any], error: type[FenqunError], message: str) -> None:
    with pytest.raises(error, match=message):
        find_customers(demo, FindCustomers.model_validate({"rule": rule}))


def test_sorting_by_what_nobody_has(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([("a", "2024-06-30", "5.00")])
    refresh(warehouse)
    with open_context(warehouse) as ctx, pytest.raises(UnsupportedQuestion, match="no churn probability for any customer"):
        find_customers(ctx, FindCustomers(sort_by="churn_probability"))


def test_free_text_is_never_suggested(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([(f"c{number}", "2024-06-30", "5.00") for number in range(30)])
    with warehouse.writing() as engine:
        engine.execute("UPDATE customers SET attributes = '{\"note\": \"met ' || customer_id || ' at the fair\"}'")
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        found = find_customers(ctx, FindCustomers.model_validate({"rule": {"field": "attribute.note", "op": "=", "value": "met"}}))
    assert found.message is not None
    assert "fair" not in found.model_dump_json()
