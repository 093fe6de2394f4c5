"""What lines are worth, where a source tells amounts of orders, of lines, or both; all by hand."""

from __future__ import annotations

FLAT = {
    "o": "order_lines.order_id",
    "c": "orders.customer_id",
    "t": "orders.ordered_at",
    "p": "products.name",
    "q": "order_lines.quantity",
    "a": "orders.amount",
    "s": "orders.status",
}
DAY = "2024-01-05"


def lines(loader) -> dict[tuple[str, str], str]:
    found = loader.rows("SELECT order_id, product_id, CAST(sum(amount) AS VARCHAR) FROM order_lines GROUP BY 1, 2")
    return {(order, product): amount for order, product, amount in found}


def test_an_order_of_one_line_gives_it_its_amount(loader, source):
    loader.load(source("o.csv", "order_lines", FLAT, [("1", "A", DAY, "Tea", "2", "10.00", "paid")]))
    assert lines(loader) == {("1", "Tea"): "10.00"}
    assert loader.rows("SELECT product_id, name FROM products") == [("Tea", "Tea")]


def test_cents_that_rounding_leaves_go_to_the_first_line(loader, source):
    rows = [("1", "A", DAY, product, "1", "10.00", "paid") for product in ("Tea", "Mug", "Pot")]
    report = loader.load(source("o.csv", "order_lines", FLAT, rows))
    assert lines(loader) == {("1", "Tea"): "3.34", ("1", "Mug"): "3.33", ("1", "Pot"): "3.33"}
    assert loader.net() == {"A": "10.00"}
    assert "1 order with several lines had the amount shared out over them by quantity." in " ".join(report.lines("en"))


def test_amounts_that_differ_over_the_lines_of_most_orders_are_those_of_lines(loader, source):
    rows = [
        ("1", "A", DAY, "Tea", "1", "10.00", "paid"),
        ("1", "A", DAY, "Mug", "1", "4.00", "paid"),
        ("2", "B", DAY, "Tea", "2", "20.00", "paid"),
        ("2", "B", DAY, "Pot", "1", "7.50", "paid"),
        ("3", "B", DAY, "Tea", "1", "10.00", "paid"),
        ("3", "B", DAY, "Cup", "1", "10.00", "paid"),
    ]
    loader.load(source("o.csv", "order_lines", FLAT, rows))
    assert loader.net() == {"A": "14.00", "B": "47.50"}


def test_another_amount_for_the_same_product_of_an_order_is_a_conflict(loader, source):
    rows = [
        ("1", "A", DAY, "Tea", "1", "10.00", "paid"),
        ("1", "A", DAY, "Tea", "1", "12.00", "paid"),
        ("2", "A", DAY, "Mug", "1", "5.00", "paid"),
    ]
    report = loader.load(source("o.csv", "order_lines", FLAT, rows))
    assert report.tables[0].reasons == {"conflict": 1}
    assert loader.net() == {"A": "15.00"}


def test_an_order_without_any_amount_is_set_aside(loader, source):
    rows = [
        ("1", "A", DAY, "Tea", "1", None, "paid"),
        ("2", "A", DAY, "Mug", "1", "5.00", "paid"),
        ("2", "A", DAY, "Pot", "1", None, "paid"),
    ]
    report = loader.load(source("o.csv", "order_lines", FLAT, rows))
    assert report.tables[0].reasons == {"missing_amount": 1}
    assert loader.net() == {"A": "5.00"}
    assert lines(loader) == {("2", "Mug"): "2.50", ("2", "Pot"): "2.50"}


def test_money_given_back_lowers_its_own_order(loader, source):
    rows = [
        ("1", "A", DAY, "Tea", "2", "30.00", "paid"),
        ("R1", "A", "2024-01-09", "Tea", "-1", "-12.00", "paid"),
        ("2", "B", DAY, "Mug", "1", "5.00", "refunded"),
    ]
    loader.load(source("o.csv", "order_lines", FLAT, rows))
    assert loader.orders()["1"] == ("A", "completed", "18.00", "12.00")
    assert loader.orders()["2"] == ("B", "refunded", "0.00", "5.00")
    assert "R1" not in loader.orders()
    assert loader.rows("SELECT CAST(amount AS VARCHAR), applied_to FROM refunds") == [("12.00", "1")]


def test_the_latest_attributes_of_a_customer_stand(loader, source):
    columns = {**FLAT, "level": "customers.attribute", "hobby": "customers.attribute"}
    rows = [
        ("1", "A", "2024-01-05", "Tea", "1", "1", "paid", "gold", "go"),
        ("2", "A", "2024-03-05", "Tea", "1", "1", "paid", "platinum", "go"),
        ("3", "A", "2024-02-05", "Tea", "1", "1", "paid", "silver", "go"),
    ]
    loader.load(source("o.csv", "order_lines", columns, rows))
    assert loader.rows("SELECT attributes FROM customers") == [('{"level":"platinum","hobby":"go"}',)]
