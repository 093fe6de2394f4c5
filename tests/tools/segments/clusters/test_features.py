"""Columns that no other part of the product computes, by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.tools.segments.clusters.planted import Rows, write
from tools.features.build import rebuild
from tools.segments.clusters.features import Vocabulary, clustering_features, read_customers, read_vocabulary
from tools.warehouse.context import write_meta

AS_OF = dt.date(2024, 6, 30)


def _rows() -> Rows:
    rows = Rows()
    rows.customers = [("a",), ("b",), ("c",), ("d",)]
    rows.products = [("tv", "TV", "Electronics"), ("radio", "Radio", "Electronics"), ("bread", "Bread", "Food")]
    rows.orders = [
        ("1", "a", dt.datetime(2024, 6, 20, 12, 30), "completed", 900.0, 0.0, "web"),
        ("2", "a", dt.datetime(2024, 6, 25, 12, 30), "completed", 300.0, 0.0, "app"),
        ("3", "b", dt.datetime(2024, 6, 21, 9, 0), "completed", 110.0, 0.0, "web"),
        ("4", "b", dt.datetime(2024, 6, 22, 9, 0), "cancelled", 500.0, 0.0, "web"),
    ]
    rows.lines = [
        ("1", "tv", 1, 900.0, 0.0),
        ("2", "tv", 1, 300.0, 0.0),
        ("3", "radio", 1, 100.0, 0.0),
        ("3", "bread", 5, 10.0, 0.0),
        ("4", "tv", 1, 500.0, 0.0),
    ]
    rows.events = [
        ("a", dt.datetime(2024, 6, 1, 23, 10), "view", "tv"),
        ("a", dt.datetime(2024, 6, 10, 2, 0), "view", "tv"),
        ("a", dt.datetime(2024, 6, 22, 13, 0), "cart", "tv"),
        ("b", dt.datetime(2024, 6, 19, 8, 0), "view", "radio"),
        ("b", dt.datetime(2024, 6, 28, 8, 0), "view", "tv"),
        ("c", dt.datetime(2024, 6, 28, 19, 0), "view", "tv"),
    ]  # fmt: skip
    return rows


def _read(tmp_path: Path, rows: Rows, vocabulary: Vocabulary | None = None) -> dict[str, dict[str, Any]]:
    with write(rows, tmp_path / "few.duckdb").writing() as engine:
        rebuild(engine, AS_OF)
        write_meta(engine, "features_as_of", AS_OF.isoformat())
        table = read_customers(engine, AS_OF, vocabulary or read_vocabulary(engine, AS_OF))
    return {row["customer_id"]: row for row in table.table.to_pylist()}


def test_prices_decisions_hours_and_shares(tmp_path: Path) -> None:
    found = _read(tmp_path, _rows())
    assert list(found) == ["a", "b", "c"]  # "d" neither ordered nor did anything
    a, b, c = found.values()
    # Twenty days minus one from the first view on 1 June to the order on 20 June; b took two days, and never bought what it saw last.
    assert (a["decision_days"], b["decision_days"], c["decision_days"]) == (19, 2, None)
    assert (a["browse_late_share"], a["browse_afternoon_share"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert (b["browse_morning_share"], c["browse_evening_share"]) == (1.0, 1.0)
    # One unit of Electronics costs (900 + 300 + 100 + 500) / 4 = 450 on average, one of Food 2.
    assert a["price_level"] == pytest.approx(1200 / 900)
    assert b["price_level"] == pytest.approx(110 / (450 + 10))
    assert (a["item_price"], b["item_price"]) == (600, 55)
    assert (a["channel:web"], a["channel:app"], b["channel:web"]) == (0.5, 0.5, 1.0)
    assert (a["event:view"], a["event:cart"], c["event:view"]) == (2, 1, 1)
    assert (a["views_per_order"], c["views_per_order"]) == (1.0, 1.0)
    assert (a["category:Electronics"], b["category:Electronics"], c["category:Electronics"]) == (
        1.0,
        pytest.approx(100 / 110, abs=1e-4),
        None,
    )
    assert a["money"] == Decimal("1200.00")


def test_views_without_products_count_from_the_first_since_the_order_before(tmp_path: Path) -> None:
    rows = _rows()
    rows.events = [(customer, moment, kind, None) for customer, moment, kind, _ in rows.events]
    rows.events.append(("a", dt.datetime(2024, 6, 22, 8, 0), "view", None))
    found = _read(tmp_path, rows)
    # a: 1 to 20 June, and 22 to 25 June: the median of 19 and 3; b: 19 to 21 June, the view after it led to no order.
    assert (found["a"]["decision_days"], found["b"]["decision_days"]) == (11, 2)


def test_without_lines_events_and_channels_fewer_columns_are_read(tmp_path: Path) -> None:
    rows = _rows()
    rows.lines, rows.events = [], []
    rows.orders = [(*order[:6], "web") for order in rows.orders]
    found = _read(tmp_path, rows)
    assert list(found) == ["a", "b"]
    assert not {"item_price", "decision_days", "channel:web", "category:Electronics"} & set(found["a"])


def test_names_with_odd_characters_are_read(tmp_path: Path) -> None:
    rows = _rows()
    odd = 'A/B~"C" 50%'
    rows.products = [("tv", "TV", odd), ("radio", "Radio", "Food"), ("bread", "Bread", "Food")]
    found = _read(tmp_path, rows)
    assert found["a"][f"category:{odd}"] == 1.0
    assert found["b"][f"category:{odd}"] == 0.0


def test_columns_of_an_earlier_run_are_kept(tmp_path: Path) -> None:
    vocabulary = Vocabulary(categories=("Food",)).joined(["category:Toys", "channel:fax", "event:call", "amount"])
    assert (vocabulary.categories, vocabulary.channels, vocabulary.kinds) == (("Food", "Toys"), ("fax",), ("call",))
    found = _read(tmp_path, _rows(), vocabulary)
    assert (found["b"]["category:Toys"], found["a"]["event:call"]) == (0.0, 0)


def test_only_the_themes_wanted_are_clustered_by() -> None:
    found = {one.name: one for one in clustering_features(["amount", "orders", "night_share", "category_count"], ["time_of_day"])}
    assert [name for name, one in found.items() if one.theme] == ["night_share"]
    assert found["night_share"].counted_by == "orders"
    assert clustering_features(["discount_share"])[0].counted_by is None
    assert clustering_features(["category_count"])[0].theme == ""
