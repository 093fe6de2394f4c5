"""Customers that are one person: what merges, what does not, and undoing it."""

from __future__ import annotations

import pytest

from tools.errors import InputError
from tools.ingest.identities import undo_merge

PEOPLE = {
    "id": "customers.customer_id",
    "name": "customers.name",
    "phone": "customers.phone",
    "email": "customers.email",
    "card": "customers.membership_number",
}
ORDERS = {"o": "orders.order_id", "c": "orders.customer_id", "t": "orders.ordered_at", "a": "orders.amount"}
EVENTS = {"c": "events.customer_id", "t": "events.occurred_at", "k": "events.kind"}


def identities(loader):
    return loader.rows("SELECT source, source_customer_id, customer_id, matched_by, matched_value FROM identities ORDER BY 2")


def ids(loader):
    return [row[0] for row in loader.rows("SELECT customer_id FROM customers ORDER BY 1")]


def test_same_phone_email_or_card_is_one_customer(loader, source):
    shop = source(
        "shop.csv",
        "customers",
        PEOPLE,
        [
            ("10", "Ann", "+86 138-0013-8000", None, None),
            ("11", "Bob", None, "Bob@Example.com ", None),
            ("12", "Cy", None, None, "vip-7"),
            ("13", "Di", "13900139000", "di@example.com", None),
        ],
    )
    till = source(
        "till.csv",
        "customers",
        PEOPLE,
        [
            ("20", "Ann", "13800138000", None, None),
            ("21", None, None, "bob@example.com", None),
            ("22", "Cy", None, None, "VIP-7"),
            ("23", "Di", "13900139001", "di2@example.com", None),
        ],
    )
    orders = source(
        "o.csv", "orders", ORDERS, [("1", "10", "2024-01-01", "5"), ("2", "20", "2024-01-02", "7"), ("3", "21", "2024-01-02", "9")]
    )
    report = loader.load(shop, till, orders)
    assert report.merged == 3
    assert ids(loader) == ["10", "11", "12", "13", "23"]
    assert identities(loader) == [
        ("till.csv", "20", "10", "phone", "13800138000"),
        ("till.csv", "21", "11", "email", "bob@example.com"),
        ("till.csv", "22", "12", "membership_number", "VIP-7"),
    ]
    assert loader.net() == {"10": "12.00", "11": "9.00"}


def test_chains_are_followed(loader, source):
    rows = [
        ("4", None, "13800138001", "a@example.com", None),
        ("3", None, None, "a@example.com", "K1"),
        ("2", None, None, "b@example.com", "K1"),
        ("1", None, "13800138009", "b@example.com", None),
        ("5", None, "13800138009", None, None),
    ]
    loader.load(source("c.csv", "customers", PEOPLE, rows))
    assert ids(loader) == ["1"]
    assert {row[2] for row in identities(loader)} == {"1"}
    assert loader.rows("SELECT phone, email, membership_number FROM customers") == [("13800138009", "b@example.com", "K1")]


def test_the_customer_that_was_loaded_first_keeps_its_id(loader, source):
    loader.load(source("a.csv", "customers", PEOPLE, [("900", "Ann", "13800138000", None, None)]))
    loader.load(source("b.csv", "customers", PEOPLE, [("1", "Ann", "13800138000", None, None)]))
    assert ids(loader) == ["900"]


def test_two_names_on_one_phone_are_reported(loader, source):
    report = loader.load(
        source("c.csv", "customers", PEOPLE, [("1", "Ann", "13800138000", None, None), ("2", "Bob", "13800138000", None, None)])
    )
    told = " ".join(report.lines("en"))
    assert "1 merged pairs have different names, please check: 2 / 1" in told
    assert "Ann" not in told


@pytest.mark.parametrize("phone", ["13800000000", "00000000", "1111111", "123456789", "12345678901", "000-0000"])
def test_placeholder_phones_merge_nobody(loader, source, phone):
    loader.load(source("c.csv", "customers", PEOPLE, [("1", None, phone, None, None), ("2", None, phone, None, None)]))
    assert ids(loader) == ["1", "2"]


def test_a_value_that_too_many_share_merges_nobody(loader, source):
    rows = [(str(number), None, "13812345670", None, None) for number in range(6)]
    report = loader.load(source("c.csv", "customers", PEOPLE, rows))
    assert len(ids(loader)) == 6
    assert "1 contacts shared by more than 5 customers" in " ".join(report.lines("en"))


def test_a_chain_too_long_for_one_person_merges_nobody(loader, source):
    rows = [(str(number), None, None, f"m{number // 2}@example.com", f"K{(number + 1) // 2}") for number in range(25)]
    report = loader.load(source("c.csv", "customers", PEOPLE, rows))
    assert len(ids(loader)) == 25
    assert "1 chains of more than 20 customers" in " ".join(report.lines("en"))


def merged_pair(loader, source):
    people = [("1", "Ann", "13800138000", None, None), ("2", "Ann L", "13800138000", "ann@example.com", None)]
    orders = [("a", "1", "2024-01-01", "5"), ("b", "2", "2024-01-02", "7")]
    events = [("1", "2024-01-03", "view"), ("2", "2024-01-03", "view"), ("2", "2024-01-04", "view")]
    sources = [("c.csv", "customers", PEOPLE, people), ("o.csv", "orders", ORDERS, orders), ("e.csv", "events", EVENTS, events)]
    loader.load(*(source(*one) for one in sources))


def test_undoing_gives_everything_back(loader, source):
    merged_pair(loader, source)
    assert loader.net() == {"1": "12.00"}
    assert loader.rows("SELECT customer_id, count(*) FROM events GROUP BY 1") == [("1", 3)]
    assert loader.rows("SELECT email FROM customers") == [("ann@example.com",)]
    undo_merge(loader.warehouse, "c.csv", "2")
    assert loader.net() == {"1": "5.00", "2": "7.00"}
    assert loader.rows("SELECT customer_id, count(*) FROM events GROUP BY 1 ORDER BY 1") == [("1", 1), ("2", 2)]
    assert loader.rows("SELECT customer_id, name, phone, email FROM customers ORDER BY 1") == [
        ("1", "Ann", "13800138000", None),
        ("2", "Ann L", "13800138000", "ann@example.com"),
    ]


def test_what_was_undone_stays_undone(loader, source):
    merged_pair(loader, source)
    undo_merge(loader.warehouse, "c.csv", "2")
    loader.load(source("c2.csv", "customers", PEOPLE, [("2", "Ann L", "13800138000", None, None), ("3", "Ann", "13800138000", None, None)]))
    assert ids(loader) == ["1", "2"]
    assert ("c.csv", "2", "2", "undone", "1") in identities(loader)


def test_later_rows_of_a_merged_id_follow_and_come_back(loader, source):
    merged_pair(loader, source)
    loader.load(source("o2.csv", "orders", ORDERS, [("c", "2", "2024-02-01", "11")]))
    assert loader.net() == {"1": "23.00"}
    undo_merge(loader.warehouse, "c.csv", "2")
    assert loader.net() == {"1": "5.00", "2": "18.00"}


def test_a_merge_of_merged_customers_carries_the_first_along(loader, source):
    people = [("21", None, "13800138000", None, None), ("22", None, "13800138000", None, None)]
    orders = [("a", "21", "2024-01-01", "5"), ("b", "22", "2024-01-02", "7")]
    loader.load(source("c.csv", "customers", PEOPLE, people), source("o.csv", "orders", ORDERS, orders))
    loader.load(source("x.csv", "customers", PEOPLE, [("10", None, None, None, "K9")]))
    loader.load(source("y.csv", "customers", PEOPLE, [("21", None, None, None, "K9")]))
    assert ids(loader) == ["10"]
    assert {row[1]: row[2] for row in identities(loader)} == {"21": "10", "22": "10"}
    undo_merge(loader.warehouse, "c.csv", "22")
    assert loader.net() == {"10": "5.00", "22": "7.00"}


def test_guest_joins_the_customer_with_the_phone(loader, source):
    columns = {**ORDERS, "p": "customers.phone"}
    people = source("c.csv", "customers", PEOPLE, [("77", "Ann", "13800138000", None, None)])
    loader.load(people, source("o.csv", "orders", columns, [("1", None, "2024-01-01", "5", "138 0013 8000")]))
    assert loader.net() == {"77": "5.00"}


def test_undoing_what_was_not_merged_is_refused(loader, source):
    merged_pair(loader, source)
    with pytest.raises(InputError, match="No merge of 5 from c.csv"):
        undo_merge(loader.warehouse, "c.csv", "5")
