"""Names of segments in both languages, however they are written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tools.contracts import Text
from tools.errors import UnknownName
from tools.rules import EVERYONE, Condition, InSegment, Selection
from tools.segments.membership import save_segment
from tools.segments.resolve import resolve_customers
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("champions", "champions"),
        ("Champions", "champions"),
        ("the champions", "champions"),
        ("champion customers", "champions"),
        ("冠军客户", "champions"),
        ("冠军", "champions"),
        (" At-risk ", "at_risk"),
        ("at risk customers", "at_risk"),
        ("AT_RISK", "at_risk"),
        ("流失风险客户", "at_risk"),
        ("cannot-lose customers", "cannot_lose"),
        ("can't lose", "cannot_lose"),
        ("loyal", "loyal"),
        ("Potential loyalists", "potential_loyal"),
        ("needs attention", "needs_attention"),
        ("重要价值客户", "key_value"),
        ("高价值客户", "key_value"),
        ("重要唤回客户", "key_keep"),
        ("重点发展客户", "key_develop"),
        ("重要挽回客户", "key_retain"),
        ("潜力客户", "general_value"),
        ("一般维持客户", "general_keep"),
        ("潜在客户", "general_retain"),
        # names go before aliases of other groups
        ("新客户", "new"),
        ("流失客户", "lost"),
        ("高流失风险客户", "churn_high"),
        ("high churn risk", "churn_high"),
        ("未下单客户", "prospects"),
    ],
)
def test_names(demo: ToolContext, name: str, segment: str) -> None:
    assert resolve_customers(demo, name) == Selection(rule=InSegment(segment=segment))


@pytest.mark.parametrize("name", ["all customers", "Everyone", "全部客户", "所有客户"])
def test_everybody(demo: ToolContext, name: str) -> None:
    assert resolve_customers(demo, name) == Selection(rule=EVERYONE)


def test_rules_and_selections_pass_through(demo: ToolContext) -> None:
    rule = Condition(field="orders", op=">", value=3)
    assert resolve_customers(demo, rule) == Selection(rule=rule)
    selection = Selection(rule=rule, limit=3)
    assert resolve_customers(demo, selection) is selection


@pytest.mark.parametrize(("name", "suggestion"), [("champoins", "Champions"), ("冠车客户", "冠军客户"), ("at rsik", "At risk")])
def test_unknown_names_get_suggestions(demo: ToolContext, name: str, suggestion: str) -> None:
    with pytest.raises(UnknownName, match=f"There is no segment named '{name}'") as caught:
        resolve_customers(demo, name)
    assert suggestion.casefold() in [one.casefold() for one in caught.value.suggestions]


def test_saved_segments(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([("a", "2024-06-30", "5.00")])
    with warehouse.writing() as engine:
        save_segment(engine, "vips", Text(zh="贵宾客户", en="Our VIPs"), Condition(field="orders", op=">", value=3), "saved", None)
    with open_context(warehouse) as ctx:
        for name in ("vips", "our vips", "贵宾"):
            assert resolve_customers(ctx, name) == Selection(rule=InSegment(segment="vips"))
