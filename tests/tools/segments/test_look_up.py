"""One customer, against independent SQL over the source files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.contracts import Outcome
from tools.requests import LookUpCustomer
from tools.segments.look_up import look_up_customer
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Ask = Callable[[str], list[tuple[Any, ...]]]


def test_customer_1228(demo: ToolContext, source: Ask) -> None:
    found = look_up_customer(demo, LookUpCustomer(customer_id=" 1228 "))
    [(orders, paid, last)] = source("SELECT count(*), sum(paid), max(day) FROM baskets WHERE household_id = 1228")
    assert (found.figure("orders").value, found.figure("amount").value) == (orders, paid)
    assert found.figure("last_order_date").value == last
    [(group, recency, frequency, money)] = source("SELECT rfm_group, rs, fs, ms FROM rfm WHERE household_id = 1228")
    assert found.figure("rfm_group").value == group
    assert [found.figure(f"{name}_score").value for name in ("recency", "frequency", "monetary")] == [recency, frequency, money]
    tables = {table.id: table for table in found.tables}
    categories = source(
        "SELECT department, count(DISTINCT basket_id), sum(paid) FROM lines JOIN products USING (product_id) "
        "WHERE household_id = 1228 AND department IS NOT NULL GROUP BY 1 ORDER BY 3 DESC LIMIT 10"
    )
    assert [row[:3] for row in tables["top_categories"].rows] == categories
    newest = source("SELECT CAST(basket_id AS VARCHAR) FROM baskets WHERE household_id = 1228 ORDER BY moment DESC LIMIT 10")
    assert [row[0] for row in tables["last_orders"].rows] == [row[0] for row in newest]
    assert found.details["names"]["rfm_group"] == {"zh": "冠军客户", "en": "Champions"}
    assert found.figure("churn_probability").value is not None
    assert found.details["reasons"] == [], "somebody at low risk needs no reasons"
    [(risky,)] = demo.engine.rows("SELECT min(customer_id) FROM scores WHERE churn_band = 'high'")
    assert look_up_customer(demo, LookUpCustomer(customer_id=risky)).details["reasons"]
    assert found.figure("age_band").value == source("SELECT CAST(age AS VARCHAR) FROM demographics WHERE household_id = 1228")[0][0]
    assert found.selection is not None


def test_campaigns_of_a_customer(demo: ToolContext, source: Ask) -> None:
    found = look_up_customer(demo, LookUpCustomer(customer_id="1228"))
    table = next(table for table in found.tables if table.id == "campaigns_of")
    [(responses,)] = source("SELECT count(*) FROM coupon_redemptions WHERE household_id = 1228")
    [(contacts,)] = source("SELECT count(*) FROM campaigns WHERE household_id = 1228")
    assert sum(row[2] for row in table.rows) == responses == found.figure("responses").value  # type: ignore[misc]
    assert len(table.rows) == contacts == found.figure("contacts").value


def test_unknown_customer_gets_near_ids(demo: ToolContext) -> None:
    found = look_up_customer(demo, LookUpCustomer(customer_id="12288"))
    assert found.outcome is Outcome.EMPTY
    assert found.message is not None
    assert found.message.en.startswith("There is no customer 12288; the nearest ids are 1228")
    assert found.figures == ()


def test_merged_ids_lead_to_the_customer(demo_copy: Path) -> None:
    warehouse = Warehouse(demo_copy)
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO identities VALUES ('crm', 'K-77', '1228', 'phone', 'x')")
    with open_context(warehouse) as ctx:
        found = look_up_customer(ctx, LookUpCustomer(customer_id="K-77"))
    assert found.figure("customer_id").value == "1228"
    assert [caveat.en for caveat in found.caveats] == ["K-77 was merged into customer 1228."]


def test_ids_match_whatever_their_letter_case_unless_two_do(demo_copy: Path) -> None:
    warehouse = Warehouse(demo_copy)
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO customers (customer_id) VALUES ('VIP-a1'), ('VIP-B1'), ('vip-b1')")
    with open_context(warehouse) as ctx:
        assert look_up_customer(ctx, LookUpCustomer(customer_id="vip-A1")).figure("customer_id").value == "VIP-a1"
        assert look_up_customer(ctx, LookUpCustomer(customer_id="VIP-b1")).outcome is Outcome.EMPTY
        assert look_up_customer(ctx, LookUpCustomer(customer_id="vip-b1")).figure("customer_id").value == "vip-b1"


def test_personal_data_are_not_shown(demo_copy: Path) -> None:
    warehouse = Warehouse(demo_copy)
    with warehouse.writing() as engine:
        engine.execute("UPDATE customers SET name = 'Jane Roe', email = 'jane@roe.org', phone = '123456' WHERE customer_id = '1228'")
    with open_context(warehouse) as ctx:
        text = look_up_customer(ctx, LookUpCustomer(customer_id="1228")).model_dump_json()
    assert "Jane" not in text
    assert "roe.org" not in text
