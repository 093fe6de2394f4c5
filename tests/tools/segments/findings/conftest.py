"""Small warehouses of customers, orders with lines, products, events and mails, told row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Rows = Iterable[tuple[Any, ...]]
AS_OF = dt.date(2024, 6, 30)


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., AbstractContextManager[ToolContext]]:
    """Fills a warehouse as of 2024-06-30 and opens it.

    events: customer, moment, kind, product; bought: customer, day, product; products: id, name, category;
    campaigns: id, kind, start; contacts: campaign, customer, moment, arm; responses: campaign, customer, moment, kind.
    """

    def fill(
        customers: Iterable[str],
        events: Rows = (),
        bought: Rows = (),
        products: Rows = (),
        campaigns: Rows = (),
        contacts: Rows = (),
        responses: Rows = (),
    ) -> AbstractContextManager[ToolContext]:
        warehouse = Warehouse(tmp_path / "shop.duckdb", Settings(home=tmp_path))
        with warehouse.writing() as engine, engine.transaction():

            def insert(into: str, rows: Rows) -> None:
                for row in rows:
                    names = [f"v{number}" for number in range(len(row))]
                    engine.execute(
                        f"INSERT INTO {into} VALUES ({', '.join('$' + one for one in names)})", dict(zip(names, row, strict=True))
                    )

            insert("customers (customer_id)", [(one,) for one in customers])
            insert("events (customer_id, occurred_at, kind, product_id)", events)
            insert("products (product_id, name, category)", products)
            for number, (customer, day, product) in enumerate(bought):
                insert("orders (order_id, customer_id, ordered_at, status, amount)", [(f"o{number}", customer, day, "completed", 10)])
                insert("order_lines (order_id, product_id, quantity, amount)", [(f"o{number}", product, 1, 10)])
            insert("campaigns (campaign_id, kind, start_date)", campaigns)
            insert("campaign_contacts (campaign_id, customer_id, contacted_at, arm)", contacts)
            insert("campaign_responses (campaign_id, customer_id, responded_at, kind)", responses)
        return open_context(warehouse, AS_OF)

    return fill
