"""Orders files: what stands, what is set aside, and what refunds do. All figures are added up by hand."""

from __future__ import annotations

import datetime as dt

ORDERS = {
    "订单号": "orders.order_id",
    "客户": "orders.customer_id",
    "时间": "orders.ordered_at",
    "金额": "orders.amount",
    "状态": "orders.status",
}


def test_each_bad_row_has_its_reason(loader, source):
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).date().isoformat()
    rows = [
        ("1", "A", "2024-01-05", "100.00", "paid"),
        (None, "A", "2024-01-05", "100.00", "paid"),
        ("2", "A", None, "100.00", "paid"),
        ("3", "A", "N/A", "100.00", "paid"),
        ("4", "A", "soon", "100.00", "paid"),
        ("5", "A", "1900-01-00", "100.00", "paid"),
        ("6", "A", "2024-02-30", "100.00", "paid"),
        ("7", "A", "1989-12-31", "100.00", "paid"),
        ("8", "A", tomorrow, "100.00", "paid"),
        ("9", "A", "2024-01-05", "a lot", "paid"),
        ("10", "A", "2024-01-05", "", "paid"),
        ("11", "A", "2024-01-05", "12345678901", "paid"),
        ("12", "A", "2024-01-05", "1e300", "paid"),
        ("13", "A", "1990-01-01", "0", "paid"),
    ]
    report = loader.load(source("o.csv", "orders", ORDERS, rows))
    found = dict(loader.rows("SELECT row_number, reason FROM rejected_rows"))
    assert found == {
        2: "missing_id",
        3: "missing_date",
        4: "missing_date",
        5: "unreadable_date",
        6: "impossible_date",
        7: "impossible_date",
        8: "impossible_date",
        9: "impossible_date",
        10: "unreadable_amount",
        11: "missing_amount",
        12: "absurd_amount",
        13: "absurd_amount",
    }
    assert (report.rows_in, report.rows_accepted, report.rows_rejected) == (14, 2, 12)
    assert (report.first_date, report.last_date) == (dt.date(1990, 1, 1), dt.date(2024, 1, 5))


def test_rejected_rows_keep_their_values(loader, source):
    loader.load(source("o.csv", "orders", ORDERS, [("1", "A", "2024-01-05", "10", "paid"), ("2", "甲", "?", "10", "paid")]))
    assert loader.rows("SELECT source, detail, row_values FROM rejected_rows") == [
        ("o.csv", "?", '{"订单号":"2","客户":"甲","时间":"?","金额":"10","状态":"paid"}')
    ]


def test_repeats_collapse_and_conflicts_are_never_summed(loader, source):
    rows = [
        ("1", "A", "2024-01-05", "100", "paid"),
        ("1", "A", "2024-01-05", "100.00", "paid"),
        ("1", "A", "2024-01-05", "120", "paid"),
        ("2", "B", "2024-01-06", "10", "paid"),
    ]
    report = loader.load(source("o.csv", "orders", ORDERS, rows))
    assert loader.net() == {"A": "100.00", "B": "10.00"}
    assert report.tables[0].reasons == {"conflict": 1, "duplicate": 1}
    assert loader.rows("SELECT row_number, reason, detail FROM rejected_rows ORDER BY row_number") == [
        (2, "duplicate", "1"),
        (3, "conflict", "1: amount"),
    ]


def test_amount_far_beyond_all_others_is_absurd(loader, source):
    rows = [(str(number), "A", "2024-01-05", "20", "paid") for number in range(50)]
    report = loader.load(source("o.csv", "orders", ORDERS, [*rows, ("X", "A", "2024-01-05", "99999999", "paid")]))
    assert report.tables[0].reasons == {"absurd_amount": 1}


def test_large_amounts_of_a_currency_of_large_amounts_stand(loader, source):
    rows = [(str(number), "A", "2024-01-05", "2500000", "paid") for number in range(50)]
    report = loader.load(source("o.csv", "orders", ORDERS, [*rows, ("X", "A", "2024-01-05", "99999999", "paid")]))
    assert report.rows_rejected == 0


def test_statuses_in_both_languages(loader, source):
    rows = [
        ("1", "A", "2024-01-01", "1", "交易成功"),
        ("2", "A", "2024-01-01", "2", "已取消"),
        ("3", "A", "2024-01-01", "4", "交易关闭"),
        ("4", "A", "2024-01-01", "8", "Returned"),
        ("5", "A", "2024-01-01", "16", "待付款"),
        ("6", "A", "2024-01-01", "32", " Completed "),
        ("7", "A", "2024-01-01", "64", None),
    ]
    loader.load(source("o.csv", "orders", ORDERS, rows))
    assert {key: row[1] for key, row in loader.orders().items()} == {
        "1": "completed",
        "2": "cancelled",
        "3": "cancelled",
        "4": "refunded",
        "5": "pending",
        "6": "completed",
        "7": "completed",
    }
    assert loader.net() == {"A": "97.00"}


def test_unknown_statuses_are_told(loader, source):
    report = loader.load(source("o.csv", "orders", ORDERS, [("1", "A", "2024-01-01", "1", "blue")]))
    assert "blue" in " ".join(report.lines("en"))
    assert loader.orders()["1"][1] == "completed"


def test_refund_rows_lower_their_order(loader, source):
    rows = [
        ("1", "A", "2024-01-01", "100", "paid"),
        ("1", "A", "2024-01-09", "-30", "refunded"),
        ("2", "A", "2024-01-02", "50", "paid"),
        ("2", "A", "2024-01-08", "50", "退款"),
        ("3", "B", "2024-01-03", "70", "refunded"),
    ]
    report = loader.load(source("o.csv", "orders", ORDERS, rows))
    assert loader.orders() == {
        "1": ("A", "completed", "70.00", "30.00"),
        "2": ("A", "refunded", "0.00", "50.00"),
        "3": ("B", "refunded", "0.00", "70.00"),
    }
    assert report.rows_rejected == 0


def test_two_different_refunds_of_one_order_both_count_and_equal_ones_collapse(loader, source):
    rows = [
        ("1", "A", "2024-01-01", "100", "paid"),
        ("1", "A", "2024-01-09", "-30", "paid"),
        ("1", "A", "2024-01-10", "-20", "paid"),
        ("1", "A", "2024-01-10", "-20", "paid"),
    ]
    report = loader.load(source("o.csv", "orders", ORDERS, rows))
    assert loader.orders()["1"] == ("A", "completed", "50.00", "50.00")
    assert report.tables[0].reasons == {"duplicate": 1}


def test_credit_note_with_an_id_of_its_own_lowers_the_latest_earlier_order(loader, source):
    rows = [
        ("536300", "17850", "2024-01-01", "100", "paid"),
        ("536310", "17850", "2024-01-05", "40", "paid"),
        ("536400", "17850", "2024-02-01", "500", "paid"),
        ("C536379", "17850", "2024-01-07", "-27.50", "paid"),
        ("C536380", "99999", "2024-01-07", "-5", "paid"),
    ]
    report = loader.load(source("o.csv", "orders", ORDERS, rows))
    assert loader.net() == {"17850": "612.50"}
    assert loader.orders()["536310"] == ("17850", "completed", "12.50", "27.50")
    assert "C536379" not in loader.orders()
    assert loader.rows("SELECT refund_id, applied_to FROM refunds ORDER BY 1") == [("C536379", "536310"), ("C536380", None)]
    assert "1 refund row has no order or customer" in " ".join(report.lines("en"))


def test_refunded_column_is_taken_from_the_amount(loader, source):
    columns = {**ORDERS, "退款金额": "orders.refunded"}
    rows = [
        ("1", "A", "2024-01-01", "100", "paid", "25"),
        ("2", "A", "2024-01-02", "40", "paid", "40"),
        ("3", "A", "2024-01-02", "9", "paid", None),
    ]
    loader.load(source("o.csv", "orders", columns, rows))
    assert loader.orders() == {
        "1": ("A", "completed", "75.00", "25.00"),
        "2": ("A", "refunded", "0.00", "40.00"),
        "3": ("A", "completed", "9.00", None),
    }


def test_guests_never_become_one_customer(loader, source):
    columns = {**ORDERS, "手机": "customers.phone"}
    rows = [
        ("1", None, "2024-01-01", "1", "paid", "138-0013-8000"),
        ("2", "", "2024-01-02", "2", "paid", "+86 13800138000"),
        ("3", "guest", "2024-01-03", "4", "paid", "13900139000"),
        ("4", "散客", "2024-01-04", "8", "paid", None),
        ("5", "-1", "2024-01-05", "16", "paid", None),
    ]
    report = loader.load(source("o.csv", "orders", columns, rows))
    assert sorted(loader.net().values()) == ["24.00", "3.00", "4.00"]
    assert loader.net()[None] == "24.00"
    assert report.customers == 2
    assert "2 rows have no customer" in " ".join(report.lines("en"))


def test_customer_0_is_nobody_only_when_it_has_far_more_than_its_share(loader, source):
    few = [(str(number), str(number % 10), "2024-01-01", "1", "paid") for number in range(100)]
    loader.load(source("few.csv", "orders", ORDERS, few))
    assert loader.net()["0"] == "10.00"
    many = [(f"m{number}", "0" if number % 3 else f"c{number}", "2024-01-02", "1", "paid") for number in range(300)]
    report = loader.load(source("many.csv", "orders", ORDERS, many))
    assert loader.net()["0"] == "10.00"
    assert loader.net()[None] == "200.00"
    assert "200 rows have no customer" in " ".join(report.lines("en"))


def test_ids_of_guests_do_not_hold_their_phone(loader, source):
    columns = {**ORDERS, "手机": "customers.phone"}
    loader.load(source("o.csv", "orders", columns, [("1", None, "2024-01-01", "1", "paid", "13800138000")]))
    assert "13800138000" not in loader.rows("SELECT customer_id FROM customers")[0][0]


def test_orders_of_unknown_customers_are_kept_with_a_bare_customer(loader, source):
    people = source("c.csv", "customers", {"id": "customers.customer_id", "city": "customers.city"}, [("A", "上海")])
    report = loader.load(source("o.csv", "orders", ORDERS, [("1", "B", "2024-01-01", "5", "paid")]), people)
    assert loader.rows("SELECT customer_id, city FROM customers ORDER BY 1") == [("A", "上海"), ("B", None)]
    assert "1 customer is not in the customer file" in " ".join(report.lines("en"))


def test_a_second_file_adds_and_what_it_repeats_is_not_counted_twice(loader, source):
    loader.load(source("jan.csv", "orders", ORDERS, [("1", "A", "2024-01-01", "5", "paid"), ("2", "A", "2024-01-31", "7", "待付款")]))
    rows = [
        ("1", "A", "2024-01-01", "5", "paid"),
        ("2", "A", "2024-01-31", "7", "paid"),
        ("3", "A", "2024-02-01", "9", "paid"),
        ("1", "A", "2024-01-01", "50", "paid"),
    ]
    report = loader.load(source("feb.csv", "orders", ORDERS, rows))
    assert loader.orders() == {
        "1": ("A", "completed", "5.00", None),
        "2": ("A", "completed", "7.00", None),
        "3": ("A", "completed", "9.00", None),
    }
    assert report.tables[0].reasons == {"conflict": 1, "duplicate": 1}


def test_a_refund_that_comes_with_a_later_file_lowers_the_stored_order_once(loader, source):
    loader.load(source("jan.csv", "orders", ORDERS, [("1", "A", "2024-01-01", "50", "paid"), ("2", "A", "2024-01-02", "70", "paid")]))
    refunds = [("1", "A", "2024-02-01", "-20", "paid"), ("2", "A", "2024-01-02", "70", "退款成功")]
    loader.load(source("feb.csv", "orders", ORDERS, refunds))
    loader.load(source("mar.csv", "orders", ORDERS, refunds))
    assert loader.orders() == {"1": ("A", "completed", "30.00", "20.00"), "2": ("A", "refunded", "0.00", "70.00")}


def test_clean_file_is_read_without_numbers_and_loses_nothing(loader, source):
    rows = [(str(number), f"C{number % 7}", f"2024-01-{1 + number % 28:02}", f"{number}.25", "paid") for number in range(1, 101)]
    report = loader.load(source("o.csv", "orders", ORDERS, rows))
    assert (report.rows_in, report.rows_accepted, report.orders, report.customers) == (100, 100, 100, 7)
    assert str(report.amount) == "5075.00"


def test_orders_without_an_amount_take_the_sum_of_their_lines(loader, source):
    columns = {name: target for name, target in ORDERS.items() if name != "金额"}
    orders = source("o.csv", "orders", columns, [("1", "A", "2024-01-01", "paid"), ("2", "A", "2024-01-02", "paid")])
    lines = source(
        "l.csv",
        "order_lines",
        {"o": "order_lines.order_id", "p": "order_lines.product_id", "a": "order_lines.amount"},
        [("1", "P", "3.50"), ("1", "Q", "4.25")],
    )
    loader.load(orders, lines)
    assert loader.orders() == {"1": ("A", "completed", "7.75", None), "2": ("A", "completed", "0.00", None)}


def test_orders_that_know_their_customer_by_the_number_of_the_card(loader, source):
    customers = {"会员号": "customers.membership_number", "城市": "customers.city"}
    orders = {"订单号": "orders.order_id", "会员号": "customers.membership_number", "时间": "orders.ordered_at", "实付": "orders.amount"}
    loader.load(source("members.csv", "customers", customers, [("H1", "上海"), ("H2", "北京")]))
    loader.load(source("orders.csv", "orders", orders, [("1", "H1", "2024-01-02", "10"), ("2", "H2", "2024-01-03", "20")]))
    found = loader.rows("SELECT o.order_id, c.city FROM orders AS o JOIN customers AS c USING (customer_id) ORDER BY 1")
    assert found == [("1", "上海"), ("2", "北京")]
    assert loader.rows("SELECT count(*) FROM customers") == [(2,)]
