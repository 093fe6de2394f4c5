"""What was looked at or put into the cart and never bought, counted by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from tools.contracts import Outcome, ToolResult
from tools.errors import UnsupportedQuestion
from tools.requests import FindBehaviour
from tools.rules import Condition
from tools.segments.compiler import compile_selection
from tools.segments.findings import find_behaviour
from tools.windows import Window

PRODUCTS = [("p1", "Kettle", "Kitchen"), ("p2", "Toaster", "Kitchen"), ("p3", "Lamp", "Light")]
EVENTS = [
    # a looked at the kettle three times and bought a toaster; at the lamp once
    ("a", "2024-06-01 10:00", "view", "p1"),
    ("a", "2024-06-02 10:00", "view", "p1"),
    ("a", "2024-06-20 10:00", "view", "p1"),
    ("a", "2024-06-03 10:00", "view", "p3"),
    # b looked at the kettle twice and bought it later; at the lamp twice and did not
    ("b", "2024-05-01 10:00", "view", "p1"),
    ("b", "2024-05-02 10:00", "view", "p1"),
    ("b", "2024-06-04 10:00", "view", "p3"),
    ("b", "2024-06-05 10:00", "view", "p3"),
    # c looked at the kettle twice, but one look lies after the as-of date; put the lamp into the cart
    ("c", "2024-06-30 23:59", "view", "p1"),
    ("c", "2024-07-01 00:00", "view", "p1"),
    ("c", "2024-06-10 10:00", "cart", "p3"),
    # d looked at both kitchen things once each, and at something without a product
    ("d", "2024-06-11 10:00", "view", "p1"),
    ("d", "2024-06-12 10:00", "view", "p2"),
    ("d", "2024-06-12 10:00", "view", None),
    ("d", "2024-06-12 10:00", "view", None),
    # e put the kettle into the cart twice and bought it, by an event alone
    ("e", "2024-06-11 10:00", "cart", "p1"),
    ("e", "2024-06-12 10:00", "cart", "p1"),
    ("e", "2024-06-13 10:00", "purchase", "p1"),
]
BOUGHT = [("a", "2024-06-15", "p2"), ("b", "2024-06-15", "p1")]


def values(result: ToolResult) -> dict[str, object]:
    return {figure.id: figure.value for figure in result.figures}


def test_viewed_by_product(shop) -> None:
    with shop("abcde", EVENTS, BOUGHT, PRODUCTS) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="viewed_not_bought"))
        assert result.selection is not None
        chosen = compile_selection(ctx, result.selection)
        assert sorted(row[0] for row in ctx.engine.rows(chosen.sql, chosen.parameters)) == ["a", "b"]
    found = values(result)
    assert (found["customers"], found["customers_tried"], found["items"], found["times"]) == (2, 2, 2, 5)
    assert (found["share_of_customers"], found["share_of_tried"]) == (0.4, 1.0)
    items, customers = result.tables
    # The kettle: a (3 looks) and b, who bought it; the lamp: b (2 looks).
    assert items.rows == (
        ("Kettle", "Kitchen", 1, 2, 0.5, 3, dt.date(2024, 6, 20)),
        ("Lamp", "Light", 1, 1, 1.0, 2, dt.date(2024, 6, 5)),
    )
    assert result.details["items"] == ["Kettle", "Lamp"]
    assert (found["item1.customers"], found["item1.share"], found["item2.times"]) == (1, 0.5, 2)
    assert [row[:5] for row in customers.rows] == [
        ("a", 3, 1, "Kettle", dt.date(2024, 6, 20)),
        ("b", 2, 1, "Lamp", dt.date(2024, 6, 5)),
    ]
    assert (found["row1.customer_id"], found["row1.times"]) == ("a", 3)


def test_viewed_by_category(shop) -> None:
    with shop("abcde", EVENTS, BOUGHT, PRODUCTS) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="viewed_not_bought", by="category"))
    # a and b bought something of the kitchen; b did not buy light; d looked at the kitchen twice.
    assert [row[:5] for row in result.tables[0].rows] == [("Kitchen", 1, 3, pytest.approx(1 / 3), 2), ("Light", 1, 1, 1.0, 2)]
    assert [(row[0], row[3]) for row in result.tables[1].rows] == [("d", "Kitchen"), ("b", "Light")]


def test_once_is_enough_for_the_cart(shop) -> None:
    with shop("abcde", EVENTS, BOUGHT, PRODUCTS) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="carted_not_bought"))
    found = values(result)
    assert (found["customers"], found["customers_tried"]) == (1, 2), "e bought, as an event says"
    assert result.tables[1].rows[0][0] == "c"
    assert result.interpretation is not None
    assert result.interpretation.en == "Customers who put a product into the cart and never bought it"
    assert result.interpretation.zh == "加购过某商品、却从未购买该商品的客户"


def test_window_limits_the_looks_and_not_the_purchases(shop) -> None:
    with shop("abcde", EVENTS, BOUGHT, PRODUCTS) as ctx:
        june = find_behaviour(ctx, FindBehaviour(pattern="viewed_not_bought", window=Window(last_days=20), least_times=1))
        may = find_behaviour(ctx, FindBehaviour(pattern="viewed_not_bought", window=Window(period="2024-05")))
    # From the 11th to the 30th of June: a the kettle on the 20th, c on the 30th, d both on the 11th and the 12th.
    assert [row[0] for row in june.tables[1].rows] == ["d", "c", "a"]
    assert may.outcome is Outcome.EMPTY
    assert may.selection is None
    assert values(may)["customers_tried"] == 1


def test_a_limit_that_was_asked_for_cuts_the_customers(shop) -> None:
    with shop("abcde", EVENTS, BOUGHT, PRODUCTS) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="viewed_not_bought", limit=1))
    assert result.selection is not None
    assert isinstance(result.selection.rule, Condition)
    assert result.selection.rule.value == ["a"]
    assert values(result)["customers"] == 2, "the figure is about all of them"


@pytest.mark.parametrize(
    ("events", "bought", "products", "by", "match"),
    [
        ([], BOUGHT, PRODUCTS, "product", "no events; load a file of events with views"),
        ([("a", "2024-06-01", "login", None)], BOUGHT, PRODUCTS, "product", "have no views .they hold: login."),
        ([("a", "2024-06-01", "view", None)], BOUGHT, PRODUCTS, "product", "do not say which product"),
        ([("a", "2024-06-01", "view", "p1")], BOUGHT, [("p1", "Kettle", None)], "category", "products have no category"),
        ([("a", "2024-06-01", "view", "p1")], [], PRODUCTS, "product", "load order lines"),
    ],
)
def test_what_is_lacking_is_said(shop, events, bought, products, by, match) -> None:
    with shop("ab", events, bought, products) as ctx, pytest.raises(UnsupportedQuestion, match=match) as caught:
        find_behaviour(ctx, FindBehaviour(pattern="viewed_not_bought", by=by))
    assert "请" in caught.value.zh


def test_the_demo_has_no_events(demo) -> None:
    for pattern in ("viewed_not_bought", "carted_not_bought", "declining_logins"):
        with pytest.raises(UnsupportedQuestion, match="no events"):
            find_behaviour(demo, FindBehaviour(pattern=pattern))
