"""Shares of all that a customer did, two times side by side, and the days after the first order, against counts by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from tools.errors import InputError
from tools.rules import SegmentRule
from tools.segments.compiler import compile_rule
from tools.segments.measured import measured_columns
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.warehouse import Warehouse

ORDERS = [
    # customer, day, amount, category
    ("halved", "2024-03-04", 100, "MEAT"),
    ("halved", "2024-05-05", 50, "DELI"),
    ("doubled", "2024-03-09", 40, "DELI"),
    ("doubled", "2024-05-10", 80, "DELI"),
    ("new", "2024-06-01", 30, "MEAT"),
    ("gone", "2024-02-10", 70, "MEAT"),
    ("gone", "2024-02-11", 10, "DELI"),
    ("same", "2024-03-16", 20, "MEAT"),
    ("same", "2024-06-29", 20, "DELI"),
]
Q1, Q2 = {"period": "2024-Q1"}, {"period": "2024-Q2"}
CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"behaviour": "amount", "op": "<", "value": 1, "window": Q2, "than": Q1}, {"halved", "gone"}),
    ({"behaviour": "amount", "op": "<=", "value": "0.5", "window": Q2, "than": Q1}, {"halved", "gone"}),
    ({"behaviour": "amount", "op": "<", "value": "0.5", "window": Q2, "than": Q1}, {"gone"}),
    ({"behaviour": "amount", "op": ">", "value": 1, "window": Q2, "than": Q1}, {"doubled", "new"}),
    ({"behaviour": "amount", "op": ">=", "value": 2, "window": Q2, "than": Q1}, {"doubled", "new"}),
    ({"behaviour": "orders", "op": "=", "value": 1, "window": Q2, "than": Q1}, {"halved", "doubled", "same"}),
    ({"behaviour": "amount", "op": "<", "value": 1, "window": Q2, "than": Q1, "where": {"category": ["MEAT"]}}, {"halved", "gone", "same"}),
    ({"behaviour": "amount", "op": ">", "value": "0.5", "share": True, "where": {"category": ["MEAT"]}}, {"halved", "new", "gone"}),
    (
        {"behaviour": "orders", "op": ">=", "value": "0.5", "share": True, "where": {"category": ["DELI"]}},
        {"halved", "doubled", "gone", "same"},
    ),
    ({"behaviour": "amount", "op": "<", "value": "0.2", "share": True, "where": {"category": ["DELI"]}}, {"new", "gone"}),
    (
        {"behaviour": "orders", "op": ">", "value": "0.5", "share": True, "where": {"weekday": ["Saturday", "Sunday"]}},
        {"new", "gone", "same"},
    ),
    ({"behaviour": "orders", "op": ">=", "value": 2, "first_days": 62}, {"halved", "doubled", "gone"}),
    ({"behaviour": "orders", "op": ">=", "value": 2, "first_days": 61}, {"gone"}),
    ({"behaviour": "amount", "op": ">=", "value": 80, "first_days": 1}, {"halved", "gone"}),
    ({"behaviour": "orders", "op": ">=", "value": 1, "first_days": 62, "where": {"category": ["DELI"]}}, {"halved", "doubled", "gone"}),
    ({"behaviour": "amount", "op": ">=", "value": 20, "first_days": 30, "window": Q2}, {"new"}),
]


RULE: TypeAdapter[SegmentRule] = TypeAdapter(SegmentRule)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with Warehouse(tmp_path_factory.mktemp("relative") / "w.duckdb").writing() as engine:
        for customer in sorted({customer for customer, *_ in ORDERS}):
            engine.execute("INSERT INTO customers (customer_id) VALUES ($id)", {"id": customer})
        for category in ("MEAT", "DELI"):
            engine.execute("INSERT INTO products (product_id, category) VALUES ($c, $c)", {"c": category})
        for at, (customer, day, amount, category) in enumerate(ORDERS):
            one = {"id": f"o{at}", "amount": amount}
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
                "VALUES ($id, $customer, CAST($day AS TIMESTAMP), 'completed', $amount)",
                {**one, "customer": customer, "day": day},
            )
            engine.execute(
                "INSERT INTO order_lines (order_id, product_id, quantity, amount) VALUES ($id, $category, 1, $amount)",
                {**one, "category": category},
            )
        yield engine


@pytest.mark.parametrize(("rule", "expected"), CASES)
def test_whom_a_relative_rule_finds(engine: DuckDBEngine, rule: dict[str, Any], expected: set[str]) -> None:
    query = compile_rule(RULE.validate_python(rule), dt.date(2024, 6, 30))
    assert {row[0] for row in engine.rows(query.sql, query.parameters)} == expected
    assert measured_columns(RULE.validate_python(rule), dt.date(2024, 6, 30)).infos


def test_who_did_nothing_before_has_not_come_down(engine: DuckDBEngine) -> None:
    rule = RULE.validate_python({"behaviour": "amount", "op": "<=", "value": 1, "window": Q1, "than": {"period": "2023"}})
    query = compile_rule(rule, dt.date(2024, 6, 30))
    assert engine.rows(query.sql, query.parameters) == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"behaviour": "amount", "op": ">", "value": 1, "share": True}, "A share needs `where`"),
        ({"behaviour": "amount", "op": ">", "value": 1, "share": True, "than": Q1}, "A share is of one time"),
    ],
)
def test_what_cannot_be_compared(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compile_rule(RULE.validate_python(rule), dt.date(2024, 6, 30))
