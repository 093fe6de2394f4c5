"""Flat files of order lines: orders built from lines, refunds, products and customers. Figures are added up by hand."""

from __future__ import annotations

RETAIL = {
    "Invoice": "order_lines.order_id",
    "StockCode": "order_lines.product_id",
    "Description": "products.name",
    "Quantity": "order_lines.quantity",
    "InvoiceDate": "orders.ordered_at",
    "Price": "order_lines.unit_price",
    "Customer ID": "orders.customer_id",
    "Country": "customers.region",
}


def lines_of(loader):
    return loader.rows(
        "SELECT order_id, product_id, CAST(quantity AS DOUBLE), CAST(amount AS VARCHAR) FROM order_lines ORDER BY 1, 2, 3, 4"
    )


def test_orders_are_built_from_lines(loader, source):
    rows = [
        ("536365", "85123A", "HOLDER", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom"),
        ("536365", "71053", "LANTERN", "6", "2010-12-01 08:25:00", "3.39", "17850.0", "United Kingdom"),
        ("536366", "22633", "WARMER", "10", "2010-12-02 09:00:00", "1.855", "17850.0", "United Kingdom"),
    ]
    report = loader.load(source("uci.csv", "order_lines", RETAIL, rows))
    # 6 × 2.55 + 6 × 3.39 = 35.64; 10 × 1.855 = 18.55
    assert loader.rows("SELECT order_id, customer_id, CAST(ordered_at AS VARCHAR), CAST(amount AS VARCHAR) FROM orders ORDER BY 1") == [
        ("536365", "17850", "2010-12-01 08:25:00", "35.64"),
        ("536366", "17850", "2010-12-02 09:00:00", "18.55"),
    ]
    assert loader.rows("SELECT customer_id, region FROM customers") == [("17850", "United Kingdom")]
    assert loader.rows("SELECT product_id, name FROM products ORDER BY 1") == [
        ("22633", "WARMER"),
        ("71053", "LANTERN"),
        ("85123A", "HOLDER"),
    ]
    assert report.rows_rejected == 0


def test_equal_lines_collapse(loader, source):
    line = ("1", "P", "THING", "2", "2010-12-01", "1.50", "A", "UK")
    report = loader.load(source("uci.csv", "order_lines", RETAIL, [line, line, (*line[:3], "3", *line[4:])]))
    assert loader.net() == {"A": "7.50"}
    assert report.tables[0].reasons == {"duplicate": 1}


def test_credit_notes_lower_the_order_that_had_the_product(loader, source):
    rows = [
        ("536365", "P", "X", "10", "2010-12-01", "2.00", "17850", "UK"),
        ("536370", "Q", "Y", "1", "2010-12-03", "9.00", "17850", "UK"),
        ("C536379", "P", "X", "-3", "2010-12-05", "2.00", "17850", "UK"),
        ("C536380", "Z", "Discount", "-1", "2010-12-05", "4.50", "17850", "UK"),
        ("C536381", "P", "X", "-1", "2010-12-05", "2.00", None, "UK"),
        ("536399", "P", "X", "-7", "2010-12-05", "0", None, "UK"),
    ]
    report = loader.load(source("uci.csv", "order_lines", RETAIL, rows))
    assert loader.orders() == {
        "536365": ("17850", "completed", "14.00", "6.00"),
        "536370": ("17850", "completed", "4.50", "4.50"),
    }
    assert lines_of(loader) == [
        ("536365", "P", -3.0, "-6.00"),
        ("536365", "P", 10.0, "20.00"),
        ("536370", "Q", 1.0, "9.00"),
        ("536370", "Z", -1.0, "-4.50"),
    ]
    assert report.rows_accepted == 6


def test_negative_line_beside_others_lowers_its_own_order(loader, source):
    rows = [
        ("1", "P", "X", "2", "2010-12-01", "5.00", "A", "UK"),
        ("1", "D", "Discount", "-1", "2010-12-01", "1.00", "A", "UK"),
    ]
    loader.load(source("uci.csv", "order_lines", RETAIL, rows))
    assert loader.net() == {"A": "9.00"}


def test_order_total_wins_over_the_sum_of_lines(loader, source):
    columns = {
        "Name": "order_lines.order_id",
        "Created": "orders.ordered_at",
        "Total": "orders.amount",
        "Email": "customers.email",
        "Item": "order_lines.product_id",
        "Qty": "order_lines.quantity",
        "Price": "order_lines.unit_price",
    }
    rows = [
        ("#1001", "2024-01-01", "27.90", "ann@example.com", "mug", "2", "10"),
        ("#1001", "2024-01-01", None, "ann@example.com", "tea", "1", "5"),
        ("#1002", "2024-01-02", "8.00", "ANN@example.com ", "tea", "1", "5"),
    ]
    report = loader.load(source("shop.csv", "order_lines", columns, rows))
    assert sorted(loader.net().values()) == ["35.90"]
    assert report.customers == 1
    assert loader.rows("SELECT count(*) FROM orders") == [(2,)]


def test_lines_of_two_customers_under_one_order_id_are_a_conflict(loader, source):
    rows = [
        ("1", "P", "X", "2", "2010-12-01", "5.00", "A", "UK"),
        ("1", "Q", "Y", "1", "2010-12-01", "3.00", "B", "UK"),
    ]
    report = loader.load(source("uci.csv", "order_lines", RETAIL, rows))
    assert report.tables[0].reasons == {"conflict": 1}
    assert loader.net() == {"A": "10.00"}


def test_orders_file_wins_and_lines_join_it(loader, source):
    orders = source(
        "o.csv",
        "orders",
        {"id": "orders.order_id", "c": "orders.customer_id", "t": "orders.ordered_at", "a": "orders.amount"},
        [("1", "A", "2024-01-01", "12.00")],
    )
    lines = source(
        "l.csv",
        "order_lines",
        {"id": "order_lines.order_id", "p": "order_lines.product_id", "q": "order_lines.quantity", "a": "order_lines.amount"},
        [("1", "P", "1", "10"), ("9", "P", "1", "4")],
    )
    loader.load(lines, orders)
    assert loader.orders() == {"1": ("A", "completed", "12.00", None)}
    assert lines_of(loader) == [("1", "P", 1.0, "10.00"), ("9", "P", 1.0, "4.00")]


def test_second_sheet_that_repeats_orders_adds_nothing(loader, source):
    first = [("1", "P", "X", "2", "2010-12-01", "5.00", "A", "UK"), ("1", "Q", "Y", "1", "2010-12-01", "3.00", "A", "UK")]
    loader.load(source("a.csv", "order_lines", RETAIL, first), source("b.csv", "order_lines", RETAIL, [*first, ("2", *first[0][1:])]))
    assert loader.net() == {"A": "23.00"}
    assert len(lines_of(loader)) == 3
    assert [row[0] for row in loader.rows("SELECT DISTINCT reason FROM rejected_rows")] == ["duplicate"]


def test_cancelled_lines_of_a_counted_order_do_not_count(loader, source):
    columns = {**RETAIL, "Status": "orders.status"}
    rows = [
        ("1", "P", "X", "2", "2010-12-01", "5.00", "A", "UK", "shipped"),
        ("1", "Q", "Y", "1", "2010-12-01", "3.00", "A", "UK", "cancelled"),
        ("1", "R", "Z", "1", "2010-12-01", "4.00", "A", "UK", "returned"),
        ("2", "R", "Z", "1", "2010-12-02", "6.00", "A", "UK", "returned"),
    ]
    loader.load(source("uci.csv", "order_lines", columns, rows))
    assert loader.orders() == {"1": ("A", "completed", "10.00", "4.00"), "2": ("A", "refunded", "0.00", "6.00")}
    assert lines_of(loader)[0] == ("1", "P", 2.0, "10.00")


def test_discounts_of_money_and_of_shares(loader, source):
    columns = {**RETAIL, "Off": "order_lines.discount"}
    line = ("1", "P", "X", "2", "2010-12-01", "5.00", "A", "UK")
    loader.load(source("money.csv", "order_lines", columns, [(*line, "2.50")]))
    assert loader.net() == {"A": "7.50"}
    loader.load(source("share.csv", "order_lines", columns, [("2", *line[1:6], "B", "UK", "0.1")]))
    assert loader.net()["B"] == "9.00"


NAMED = {"单号": "order_lines.order_id", "商品": "order_lines.product_id", "金额": "order_lines.amount", "时间": "orders.ordered_at"}


def test_products_that_lines_name_have_their_names(loader, source):
    rows = [("1", "龙井茶", "128", "2024-01-02"), ("1", "紫砂壶", "399", "2024-01-02"), ("2", "龙井茶", "256", "2024-01-03")]
    loader.load(source("lines.csv", "order_lines", NAMED, rows))
    loader.load(source("more.csv", "order_lines", NAMED, [("3", "大红袍", "168", "2024-01-04")]))
    assert loader.rows("SELECT product_id, name FROM products ORDER BY 1") == [(one, one) for one in ("大红袍", "紫砂壶", "龙井茶")]


def test_codes_of_products_are_no_names(loader, source):
    rows = [("1", "SKU-1", "128", "2024-01-02"), ("1", "SKU-2", "399", "2024-01-02"), ("2", "A77", "256", "2024-01-03")]
    loader.load(source("lines.csv", "order_lines", NAMED, rows))
    assert loader.rows("SELECT count(*) FROM products") == [(0,)]


def test_a_file_of_products_goes_before_the_names_in_lines(loader, source):
    products = {"商品编号": "products.product_id", "名称": "products.name"}
    loader.load(source("products.csv", "products", products, [("P1", "龙井茶")]))
    loader.load(source("lines.csv", "order_lines", NAMED, [("1", "P1", "128", "2024-01-02"), ("2", "紫砂壶", "399", "2024-01-02")]))
    assert loader.rows("SELECT product_id, name FROM products") == [("P1", "龙井茶")]
