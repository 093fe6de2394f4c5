"""Customers by the hour and day of the week of their orders, against SQL over the source files of the demo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tools.errors import InputError
from tools.requests import FindCustomers
from tools.rules import Behaviour
from tools.segments.find import find_customers
from tools.segments.sentences import describe_rule
from tools.warehouse.context import ToolContext

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        ({"hour": ["06:00-10:00"]}, "hour(moment) BETWEEN 6 AND 9"),
        ({"weekday": ["Saturday", "Sunday"], "hour": ["18:00-24:00"]}, "isodow(moment) > 5 AND hour(moment) >= 18"),
    ],
)
def test_customers_of_hours(demo: ToolContext, source: Ask, where: dict[str, list[str]], condition: str) -> None:
    rule = {"behaviour": "orders", "op": ">=", "value": 3, "where": where}
    found = find_customers(demo, FindCustomers.model_validate({"rule": rule}))
    known = f"SELECT household_id FROM baskets WHERE {condition} GROUP BY household_id HAVING count(*) >= 3"

    assert found.figure("customers").value == source(f"SELECT count(*) FROM ({known})")[0][0]


def test_half_hours_are_refused(demo: ToolContext) -> None:
    rule = {"behaviour": "orders", "op": ">=", "value": 1, "where": {"hour": ["20:30-22:00"]}}
    with pytest.raises(InputError, match="on the hour"):
        find_customers(demo, FindCustomers.model_validate({"rule": rule}))


def test_words() -> None:
    rule = Behaviour(behaviour="orders", op=">=", value=1, where={"weekday": ["Saturday", "Sunday"], "hour": ["18:00-24:00"]})
    words = describe_rule(rule)
    assert words.en == "customers who ordered on Saturday or Sunday at 18:00–24:00"
    assert words.zh == "在周六或周日的18:00–24:00下过单的客户"
