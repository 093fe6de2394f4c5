"""Rules about events with a product or a category, counted by hand."""

from __future__ import annotations

import pytest

from tools.errors import UnknownName
from tools.rules import AllOf, Behaviour, SegmentRule, Selection
from tools.segments.compiler import compile_selection

PRODUCTS = [("p1", "Kettle", "Kitchen"), ("p2", "Toaster", "Kitchen"), ("p3", "Lamp", "Light")]
EVENTS = [
    ("a", "2024-06-01", "view", "p1"),
    ("a", "2024-06-02", "view", "p1"),
    ("b", "2024-06-01", "view", "p1"),
    ("b", "2024-06-02", "view", "p2"),
    ("c", "2024-06-01", "view", "p1"),
    ("c", "2024-06-02", "cart", "p1"),
    ("d", "2024-06-02", "view", "p9"),
    ("d", "2024-06-02", "view", "p9"),
]
BOUGHT = [("b", "2024-06-03", "p3"), ("a", "2024-06-03", "p2")]


def viewed(times: int, **where: list[str]) -> Behaviour:
    return Behaviour(behaviour="events", op=">=", value=times, where={"event_kind": ["view"], **where})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (viewed(2, product=["Kettle"]), ["a"]),
        (viewed(1, product=["p1"]), ["a", "b", "c"]),
        (viewed(2, category=["kitchen"]), ["a", "b"]),
        (viewed(2), ["a", "b", "d"]),
        (
            AllOf(all=(viewed(2, category=["Kitchen"]), Behaviour(behaviour="orders", op="=", value=0, where={"category": ["Kitchen"]}))),
            ["b"],
        ),
    ],
)
def test_who_did_it(shop, rule: SegmentRule, expected: list[str]) -> None:
    with shop("abcd", EVENTS, BOUGHT, PRODUCTS) as ctx:
        query = compile_selection(ctx, Selection(rule=rule))
        assert sorted(row[0] for row in ctx.engine.rows(query.sql, query.parameters)) == expected


def test_an_unknown_category_is_told(shop) -> None:
    with shop("abcd", EVENTS, BOUGHT, PRODUCTS) as ctx, pytest.raises(UnknownName, match="named 'Garden'"):
        compile_selection(ctx, Selection(rule=viewed(1, category=["Garden"])))
