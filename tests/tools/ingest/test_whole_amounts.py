"""Amounts of whole orders beside amounts of lines, and attributes of customers among columns of orders."""

from __future__ import annotations

import pytest

from tools.ingest.attributes import ATTRIBUTE, customer_attributes
from tools.ingest.candidates import Candidate
from tools.ingest.names import is_family_name, meanings
from tools.ingest.types import ColumnMapping
from tools.ingest.whole_amounts import whole_amounts

Sample = dict[str, list[str | None]]
MEANINGS = {
    "order": "order_id",
    "product": "product_id",
    "price": "unit_price",
    "count": "quantity",
    "amount": "amount",
    "total": "amount_paid",
}
LINES: Sample = {"order": ["1", "1", "2"], "product": ["p", "q", "p"]}


def meant(sample: Sample) -> dict[str, str]:
    """Column to what it is taken for."""
    candidates = [Candidate(column, meanings()[MEANINGS[column]], 0.95, "name", 0) for column in sample]
    return {candidate.column: candidate.meaning.id for candidate in whole_amounts(candidates, sample)}


@pytest.mark.parametrize(
    ("why", "sample", "expected"),
    [
        ("differs within an order", LINES | {"amount": ["5", "7", "5"]}, "amount"),
        ("left out on further lines", LINES | {"amount": ["12", None, "5"]}, "whole_amount"),
        ("one order with two equal lines tells nothing", LINES | {"amount": ["5", "5", "5"]}, "amount"),
        ("the lines' own figures differ", LINES | {"price": ["5", "7", "5"], "amount": ["12", "12", "5"]}, "whole_amount"),
        ("quantities differ", LINES | {"price": ["5", "5", "5"], "count": ["1", "2", "1"], "amount": ["15", "15", "5"]}, "whole_amount"),
        ("nought everywhere", LINES | {"price": ["5", "7", "5"], "amount": ["0", "0", "0"]}, "amount"),
        ("no order has two products", {"order": ["1", "2"], "product": ["p", "p"], "amount": ["5", "7"]}, "whole_amount"),
        ("a repeat of a row is no second line", {"order": ["1", "1"], "product": ["p", "p"], "amount": ["5", "7"]}, "whole_amount"),
        (
            "the same in two orders, other in another",
            {"order": ["1", "1", "2", "2"], "product": ["p", "q", "p", "q"], "amount": ["5", "5", "8", "8"]},
            "whole_amount",
        ),
    ],
)
def test_amounts(why: str, sample: Sample, expected: str) -> None:
    assert meant(sample)["amount"] == expected, why


def test_a_name_that_says_order_is_enough() -> None:
    assert meant(LINES | {"total": ["12", "12", "5"]})["total"] == "whole_amount_paid"


def test_without_order_ids_amounts_are_those_of_lines() -> None:
    assert meant({"product": ["p", "q"], "amount": ["5", "7"]})["amount"] == "amount"


def attributes(grain: str, columns: Sample) -> set[str]:
    mapped = [ColumnMapping(source="who", target="orders.customer_id", confidence=1)]
    mapped += [ColumnMapping(source=name, target=None, confidence=0) for name in columns]
    sample = {"who": ["A", "A", "B", "B", "C"], **columns}
    return {column.source for column in customer_attributes(grain, mapped, sample) if column.target == ATTRIBUTE}  # type: ignore[arg-type]


def test_columns_that_never_differ_within_a_customer_are_attributes() -> None:
    columns: Sample = {
        "hobby": ["tea", "tea", "go", "go", None],
        "gift wrap": ["y", "n", "n", "n", "y"],
        "constant": ["x"] * 5,
        "payment method": ["card", "card", "cash", "cash", "card"],
        "会员等级": ["金", "银", "银", "银", "金"],
        "once": ["a", None, "b", None, "c"],
    }
    assert attributes("orders", columns) == {"hobby", "会员等级"}
    assert attributes("customers", columns) == set()


@pytest.mark.parametrize(("name", "expected"), [("Last Name", True), ("姓", True), ("First Name", False), ("姓名", False), ("x", False)])
def test_family_names(name: str, expected: bool) -> None:
    assert is_family_name(name) is expected
