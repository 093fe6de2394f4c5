"""Completeness of profiles, counted by hand."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from tools.segments.profile_completeness import score_completeness
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext
from tools.warehouse.warehouse import Warehouse

DAY = dt.date(2024, 1, 1)


def shares(warehouse: Warehouse) -> dict[str, float | None]:
    with warehouse.writing() as engine:
        score_completeness(engine, DAY, Settings())
        return dict(engine.rows("SELECT customer_id, profile_completeness FROM completeness_scored"))


def test_share_of_the_parts_that_the_data_have(make_warehouse) -> None:
    warehouse = make_warehouse([], others=["a", "b", "c", "d"])
    with warehouse.writing() as engine:
        engine.execute("UPDATE customers SET phone = '1', gender = 'female', age = 30 WHERE customer_id = 'a'")
        engine.execute("UPDATE customers SET email = 'x', phone = '2', age_band = '25-34' WHERE customer_id = 'b'")
        engine.execute("UPDATE customers SET gender = 'male' WHERE customer_id = 'c'")
    # Nobody has a name, a place or an income: three parts are asked for; phone and e-mail are one.
    assert shares(warehouse) == {"a": 1.0, "b": pytest.approx(2 / 3), "c": pytest.approx(1 / 3), "d": 0.0}


def test_unknown_where_the_data_have_no_profile_at_all(make_warehouse) -> None:
    assert shares(make_warehouse([], others=["a", "b"])) == {"a": None, "b": None}


def test_nobody(make_warehouse) -> None:
    assert shares(make_warehouse([])) == {}


def test_a_refresh_without_a_single_order_scores_what_needs_none(make_warehouse) -> None:
    warehouse = make_warehouse([], others=["a", "b"])
    with warehouse.writing() as engine:
        engine.execute("UPDATE customers SET gender = 'male' WHERE customer_id = 'a'")
        engine.execute("INSERT INTO events (customer_id, occurred_at, kind) VALUES ('b', '2024-06-01', 'view')")
    refresh(warehouse)
    with warehouse.reading() as engine:
        rows = engine.rows("SELECT customer_id, profile_completeness, aipl_stage, churn_band, rfm_group FROM scores ORDER BY customer_id")
    assert rows == [("a", 1.0, None, None, "prospects"), ("b", 0.0, "aware", None, "prospects")]


def test_the_refresh_stores_it(demo: ToolContext) -> None:
    households = duckdb.sql(f"SELECT count(*) FROM read_parquet('{demo_files()['demographics']}')").fetchall()[0][0]
    found = dict(demo.engine.rows("SELECT profile_completeness, count(*) FROM scores GROUP BY 1"))
    # Age and income are all that the demo tells, and it tells both or neither.
    assert found == {1.0: households, 0.0: 2469 - households}
