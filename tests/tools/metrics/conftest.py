"""The demo, and a small warehouse with hand-made rows of every table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

_SMALL = """
INSERT INTO customers (customer_id, name, email, gender, city, age_band, marketing_consent, attributes) VALUES
  ('a', 'Ann', 'ann@example.com', 'F', '上海', '25-34', TRUE, '{"会员 等级": "金"}'),
  ('b', 'Bob', 'bob@example.com', 'M', '北京', '35-44', FALSE, '{"会员 等级": "银"}'),
  ('c', 'Cai', NULL, 'F', '上海', NULL, NULL, NULL), ('d', 'Dee', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, discount, refunded, channel) VALUES
  ('1', 'a', '2024-01-05 10:00:00', 'completed', 100.00, 10.00, NULL, 'web'),
  ('2', 'a', '2024-02-05 10:00:00', 'completed', 50.00, 0.00, 5.00, 'store'),
  ('3', 'b', '2024-02-29 23:59:59', 'completed', 0.00, 20.00, NULL, 'web'),
  ('4', 'b', '2024-02-10 10:00:00', 'cancelled', 500.00, NULL, NULL, 'web'),
  ('5', 'c', '2024-02-11 10:00:00', 'refunded', 0.00, NULL, 80.00, 'web'),
  ('6', NULL, '2024-02-12 10:00:00', 'completed', 30.00, 0.00, NULL, NULL),
  ('7', 'c', '2024-01-31 23:30:00', 'completed', 70.00, 0.00, NULL, 'store');
INSERT INTO products (product_id, name, category) VALUES ('x', 'Tea', 'Drinks'), ('y', 'Cake', 'Food'), ('z', 'Coffee', 'Drinks');
INSERT INTO order_lines (order_id, product_id, quantity, amount) VALUES
  ('1', 'x', 2, 60.00), ('1', 'z', 1, 20.00), ('1', 'y', 1, 20.00), ('2', 'y', 5, 40.00), ('2', 'nowhere', 1, 10.00),
  ('3', 'x', 1, 0.00), ('4', 'x', 9, 500.00), ('6', 'y', 3, 30.00), ('7', NULL, 1, 70.00);
INSERT INTO events (customer_id, occurred_at, kind) VALUES
  ('a', '2024-02-01 08:00:00', 'view'), ('a', '2024-02-01 08:01:00', 'cart'), ('d', '2024-01-15 08:00:00', 'view');
INSERT INTO campaigns (campaign_id, name, kind) VALUES ('k1', 'Spring', 'mail'), ('k2', 'Spring', 'sms');
INSERT INTO campaign_contacts VALUES
  ('k1', 'a', '2024-02-01', 'treatment'), ('k1', 'b', '2024-02-01', 'treatment'), ('k1', 'c', '2024-02-01', 'control'),
  ('k2', 'a', NULL, 'treatment');
INSERT INTO campaign_responses VALUES
  ('k1', 'a', '2024-02-03', 'click', NULL), ('k1', 'a', '2024-02-05', 'convert', 50.00), ('k2', 'b', '2024-02-05', 'click', NULL);
INSERT INTO feedback VALUES ('a', '2024-02-07', 4, 'my phone is 138'), ('b', '2024-02-08', 1, 'bad');
INSERT INTO segments VALUES
  ('champions', 1, 'rfm', '冠军客户', 'Champions', '{}', DATE '2024-02-29'),
  ('lost', 1, 'rfm', '流失客户', 'Lost', '{}', DATE '2024-02-29');
INSERT INTO scores (customer_id, rfm_group, churn_band) VALUES ('a', 'champions', 'low'), ('b', 'lost', 'high'), ('c', 'lost', NULL)
"""


_SOURCES = {
    "t": "transactions",
    "p": "products",
    "d": "demographics",
    "k": "campaigns",
    "e": "campaign_descriptions",
    "r": "coupon_redemptions",
}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Seven orders of four customers, and a row or more of every other table; the as-of date is 2024-02-29."""
    warehouse = Warehouse(tmp_path_factory.mktemp("small") / "small.duckdb", Settings(busy_seconds=0.2, currency="¥"))
    with warehouse.writing() as engine:
        for statement in _SMALL.split(";\n"):
            engine.execute(statement)
    return warehouse


@pytest.fixture
def ctx(small: Warehouse) -> Iterator[ToolContext]:
    """A context over the small warehouse."""
    with open_context(small) as context:
        yield context


@pytest.fixture(scope="session")
def demo_ctx(demo_path: Path) -> Iterator[ToolContext]:
    """A context over the demo."""
    with open_context(Warehouse(demo_path)) as context:
        yield context


@pytest.fixture(scope="session")
def source() -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's source files as views of short names, for statements that know nothing of the warehouse."""
    connection = duckdb.connect()
    files = demo_files()
    for view, name in _SOURCES.items():
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{files[name]}')").complete()
    connection.execute("CREATE MACRO money(x) AS CAST(x AS DECIMAL(18, 2))").complete()
    # A basket's day is that of its earliest line.
    connection.execute(
        "CREATE TABLE b AS SELECT t.*, m.moment, CAST(m.moment AS DATE) AS day FROM t "
        "JOIN (SELECT basket_id, min(transaction_timestamp) AS moment FROM t GROUP BY basket_id) AS m USING (basket_id)"
    ).complete()
    yield connection
    connection.close()
