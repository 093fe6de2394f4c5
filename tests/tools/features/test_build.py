"""Features against hand-computed numbers, against themselves on cut data, and against pandas over the demo's source files."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tools.features.build import feature_query, rebuild, rfm_query
from tools.sources.demo import demo_files
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.warehouse import Warehouse

AS_OF = dt.date(2024, 6, 30)  # a Sunday


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with Warehouse(tmp_path / "w.duckdb").writing() as engine:
        yield engine


def _customers(engine: DuckDBEngine, *ids: str) -> None:
    for customer in ids:
        engine.execute("INSERT INTO customers (customer_id) VALUES ($id)", {"id": customer})


def _order(engine: DuckDBEngine, order: str, customer: str | None, moment: str, amount: str, **more: Any) -> None:
    row = {"status": "completed", "discount": None, "channel": None, "store": None} | more
    engine.execute(
        "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, discount, channel, store_id) "
        "VALUES ($o, $c, CAST($t AS TIMESTAMP), $status, CAST($a AS DECIMAL(18, 2)), $discount, $channel, $store)",
        {"o": order, "c": customer, "t": moment, "a": amount, **row},
    )


def _line(engine: DuckDBEngine, order: str, product: str, quantity: int, amount: str) -> None:
    engine.execute(
        "INSERT INTO order_lines VALUES ($o, $p, $q, CAST($a AS DECIMAL(18, 2)), NULL)",
        {"o": order, "p": product, "q": quantity, "a": amount},
    )


def _features(engine: DuckDBEngine, as_of: dt.date = AS_OF) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in engine.query(feature_query(), {"as_of": as_of}).to_pylist()}


def test_columns_are_those_of_the_table(engine: DuckDBEngine) -> None:
    found = engine.rows(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'customer_features' ORDER BY ordinal_position"
    )
    assert engine.query(feature_query(), {"as_of": AS_OF}).column_names == [row[0] for row in found]


def test_hand_computed_customer(engine: DuckDBEngine) -> None:
    _customers(engine, "a", "nobody")
    # Gaps between order dates: 10, 20 and 6 days (two orders on 2024-06-20 are one date); median 10, last 4 days ago.
    _order(engine, "1", "a", "2024-05-15 08:00:00", "10.10", discount="1.00", channel="web", store="s1")
    _order(engine, "2", "a", "2024-05-25 13:30:00", "20.20", discount="0.00", channel="app", store="s2")
    _order(engine, "3", "a", "2024-06-14 18:00:00", "0.00", discount="3.00", channel="app", store="s1")
    _order(engine, "4", "a", "2024-06-20 23:59:59", "5.05", channel="web", store="s1")
    _order(engine, "5", "a", "2024-06-20 05:59:59", "1.00", channel="app", store="s3")
    _order(engine, "6", "a", "2024-06-26 12:00:00", "99.00", status="cancelled")
    _order(engine, "7", "a", "2024-06-26 12:00:00", "0.00", status="refunded")
    _order(engine, "8", None, "2024-06-26 12:00:00", "7.00")
    row = _features(engine)["a"]
    assert (row["first_order_date"], row["last_order_date"]) == (dt.date(2024, 5, 15), dt.date(2024, 6, 20))
    assert (row["recency_days"], row["tenure_days"], row["orders"], row["amount"]) == (10, 46, 5, Decimal("36.35"))
    assert (row["gap_median_days"], row["gap_ratio"]) == (10.0, 1.0)
    assert row["gap_spread_days"] == pytest.approx(7.2111025509)  # sample deviation of 10, 20, 6
    assert _features(engine, dt.date(2024, 6, 18))["a"]["gap_ratio"] is None, "two gaps are no rhythm"
    assert row["average_order_value"] == Decimal("7.27")
    assert row["discount_share"] == pytest.approx(4 / 34.3)  # of the three orders whose discount is known
    assert (row["top_channel"], row["channel_count"], row["top_store"], row["store_count"]) == ("app", 2, "s1", 3)
    assert row["weekend_share"] == pytest.approx(1 / 5)  # 2024-05-25 was a Saturday
    shares = [row[f"{part}_share"] for part in ("morning", "afternoon", "evening", "night")]
    assert shares == pytest.approx([1 / 5, 1 / 5, 2 / 5, 1 / 5])
    assert (row["orders_30d"], row["amount_30d"], row["orders_90d"]) == (3, Decimal("6.05"), 5)


def test_customer_without_orders_has_a_row(engine: DuckDBEngine) -> None:
    _customers(engine, "nobody")
    row = _features(engine)["nobody"]
    assert (row["orders"], row["amount"], row["orders_365d"]) == (0, Decimal("0.00"), 0)
    assert row["recency_days"] is None
    assert row["average_order_value"] is None
    assert row["contacts"] is None, "nothing is known of campaigns that were never loaded"


@pytest.mark.parametrize(("days", "column"), [(30, "orders_30d"), (90, "orders_90d"), (365, "orders_365d")])
def test_windows_have_n_dates_that_end_with_the_as_of_date(engine: DuckDBEngine, days: int, column: str) -> None:
    _customers(engine, "a")
    for number, age in enumerate((0, days - 1, days)):
        _order(engine, str(number), "a", f"{AS_OF - dt.timedelta(days=age)} 23:59:59", "1.00")
    assert _features(engine)["a"][column] == 2


def test_change_between_windows(engine: DuckDBEngine) -> None:
    _customers(engine, "a", "b")
    for number, age in enumerate((0, 10, 89, 90, 179, 180)):
        _order(engine, str(number), "a", f"{AS_OF - dt.timedelta(days=age)}", "2.00")
    _order(engine, "b", "b", str(AS_OF), "2.00")
    rows = _features(engine)
    assert (rows["a"]["orders_90d"], rows["a"]["orders_previous_90d"], rows["a"]["orders_change_90d"]) == (3, 2, 0.5)
    assert rows["a"]["amount_change_90d"] == 0.5
    assert rows["b"]["orders_change_90d"] is None, "no orders before, so no growth"


def test_dates_without_time_have_no_time_of_day(engine: DuckDBEngine) -> None:
    _customers(engine, "a")
    _order(engine, "1", "a", "2024-06-01", "2.00")
    row = _features(engine)["a"]
    assert row["night_share"] is None
    assert row["weekend_share"] == 1.0


def test_categories_and_items(engine: DuckDBEngine) -> None:
    _customers(engine, "a", "b")
    for product, category in (("p1", 'MEAT "A"'), ("p2", "B\\C"), ("p3", None)):
        engine.execute("INSERT INTO products (product_id, category) VALUES ($p, $c)", {"p": product, "c": category})
    _order(engine, "1", "a", "2024-06-01", "9.00")
    _order(engine, "2", "a", "2024-06-02", "2.00")
    _order(engine, "3", "b", "2024-06-02", "2.00")
    _line(engine, "1", "p1", 2, "6.00")
    _line(engine, "1", "p2", 3, "2.00")
    _line(engine, "1", "p3", 1, "1.00")
    _line(engine, "2", "p1", 1, "0.00")
    rows = _features(engine)
    assert (rows["a"]["top_category"], rows["a"]["top_category_share"], rows["a"]["category_count"]) == ('MEAT "A"', 0.75, 2)
    assert json.loads(rows["a"]["category_shares"]) == {'MEAT "A"': 0.75, "B\\C": 0.25}
    assert rows["a"]["items_per_order"] == 3.5, "the median of 6 and 1"
    assert (rows["b"]["category_count"], rows["b"]["top_category"]) == (0, None)


def test_contacts_responses_and_events(engine: DuckDBEngine) -> None:
    _customers(engine, "a", "b")
    engine.execute("INSERT INTO campaigns (campaign_id, start_date) VALUES ('c1', DATE '2024-06-01'), ('c2', DATE '2024-07-15')")
    engine.execute(
        "INSERT INTO campaign_contacts VALUES ('c1', 'a', NULL, 'treatment'), ('c2', 'a', NULL, 'treatment'), "
        "('c1', 'b', TIMESTAMP '2024-06-01', 'control'), ('c3', 'b', NULL, 'treatment')"
    )
    engine.execute(
        "INSERT INTO campaign_responses VALUES ('c1', 'a', TIMESTAMP '2024-06-30 20:00:00', 'click', NULL), "
        "('c1', 'a', TIMESTAMP '2024-07-01', 'click', NULL)"
    )
    engine.execute(
        "INSERT INTO events (customer_id, occurred_at, kind) VALUES ('a', TIMESTAMP '2024-06-30 23:00:00', 'view'), "
        "('a', TIMESTAMP '2024-05-31', 'cart'), ('a', TIMESTAMP '2024-03-31', 'login'), ('a', TIMESTAMP '2024-07-01', 'view')"
    )
    rows = _features(engine)
    assert (rows["a"]["contacts"], rows["a"]["responses"], rows["a"]["last_response_date"]) == (1, 1, AS_OF)
    assert (rows["b"]["contacts"], rows["b"]["responses"]) == (1, 0), "not by the control group; without any date it counts"
    assert [rows["a"][name] for name in ("events_30d", "events_90d", "views_90d", "carts_90d", "logins_90d")] == [1, 2, 1, 1, 0]
    assert rows["a"]["events_change_90d"] == 1.0
    assert rows["b"]["events_30d"] == 0


def test_rows_after_the_as_of_date_change_nothing(demo_copy: Path) -> None:
    past = dt.date(2017, 8, 15)
    with Warehouse(demo_copy).writing() as engine:
        before = engine.query(f"SELECT * FROM ({feature_query()}) AS f ORDER BY customer_id", {"as_of": past})
        engine.execute("DELETE FROM orders WHERE CAST(ordered_at AS DATE) > DATE '2017-08-15'")
        engine.execute("DELETE FROM campaign_contacts WHERE contacted_at >= DATE '2017-08-16'")
        engine.execute("DELETE FROM campaign_responses WHERE responded_at >= DATE '2017-08-16'")
        after = engine.query(f"SELECT * FROM ({feature_query()}) AS f ORDER BY customer_id", {"as_of": past})
    assert before.num_rows == after.num_rows > 2000
    pd.testing.assert_frame_equal(before.to_pandas(), after.to_pandas())


def test_rebuild_twice_is_the_same(demo_copy: Path) -> None:
    with Warehouse(demo_copy).writing() as engine:
        before = engine.query("SELECT * FROM customer_features ORDER BY customer_id").to_pandas()
        rebuild(engine, dt.date(2018, 1, 1))
        pd.testing.assert_frame_equal(engine.query("SELECT * FROM customer_features ORDER BY customer_id").to_pandas(), before)


def test_demo_against_pandas_over_the_source(demo_path: Path) -> None:
    source = pd.read_parquet(demo_files()["transactions"], columns=["household_id", "basket_id", "sales_value", "transaction_timestamp"])
    source["cents"] = (source["sales_value"] * 100).round().astype("int64")
    baskets = source.groupby("basket_id").agg(
        customer=("household_id", "min"), moment=("transaction_timestamp", "min"), cents=("cents", "sum")
    )
    baskets["day"] = baskets["moment"].dt.normalize()
    as_of = pd.Timestamp("2018-01-01")
    grouped = baskets.groupby("customer")
    dates = baskets[["customer", "day"]].drop_duplicates().sort_values(["customer", "day"])
    gaps = dates.assign(gap=dates.groupby("customer")["day"].diff().dt.days).groupby("customer")["gap"].median()
    recent = baskets[baskets["day"] > as_of - pd.Timedelta(days=90)].groupby("customer")["cents"].agg(["count", "sum"])
    expected = pd.DataFrame(
        {
            "recency": (as_of - grouped["day"].max()).dt.days,
            "orders": grouped.size(),
            "cents": grouped["cents"].sum(),
            "gap": gaps,
            "orders_90d": recent["count"],
            "cents_90d": recent["sum"],
        }
    ).fillna({"orders_90d": 0, "cents_90d": 0})
    with Warehouse(demo_path).reading() as engine:
        rows = engine.rows(
            "SELECT customer_id, recency_days, orders, amount, gap_median_days, orders_90d, amount_90d FROM customer_features"
        )
    assert len(rows) == len(expected) == 2469
    for customer, recency, orders, amount, gap, orders_90d, amount_90d in rows:
        want = expected.loc[int(customer)]
        assert (recency, orders, int(amount * 100)) == (want["recency"], want["orders"], want["cents"])
        assert (orders_90d, int(amount_90d * 100)) == (want["orders_90d"], want["cents_90d"])
        assert gap == want["gap"] or (gap is None and pd.isna(want["gap"]))


def test_rfm_alone_agrees_with_all_features(demo_path: Path) -> None:
    with Warehouse(demo_path).reading() as engine:
        different = engine.rows(
            f"SELECT count(*) FROM ({rfm_query()}) AS r FULL JOIN customer_features AS f USING (customer_id) WHERE r.orders IS DISTINCT "
            "FROM f.orders OR r.amount IS DISTINCT FROM f.amount OR r.recency_days IS DISTINCT FROM f.recency_days",
            {"as_of": dt.date(2018, 1, 1)},
        )
    assert different == [(0,)]
