"""Levels of the tiers against pandas over the source, and case by case by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tools.errors import InputError
from tools.features.build import rebuild
from tools.requests import TierLimit
from tools.segments.tiers.limits import configured, requested, tiers_query
from tools.segments.tiers.step import is_stored, read_edges, score_tiers
from tools.settings import Settings
from tools.warehouse.context import ToolContext, latest_date
from tools.warehouse.warehouse import Warehouse

Build = Callable[..., Warehouse]
AS_OF = pd.Timestamp("2018-01-01")
TODAY = "2024-12-31"


def _stored(demo: ToolContext, column: str) -> dict[str, str | None]:
    return dict(demo.engine.rows(f"SELECT customer_id, {column} FROM scores"))


def _levels(warehouse: Warehouse, column: str) -> dict[str, str | None]:
    """A column of every customer, as the step of the refresh finds it."""
    with warehouse.writing() as engine:
        as_of = latest_date(engine)
        assert as_of is not None
        rebuild(engine, as_of)
        score_tiers(engine, as_of, warehouse.config)
        return dict(engine.rows(f"SELECT customer_id, {column} FROM tiers_scored ORDER BY customer_id"))


def test_value_and_activity_of_the_demo(demo: ToolContext, baskets: pd.DataFrame) -> None:
    age = (AS_OF - baskets["day"]).dt.days
    year = baskets[age < 365].groupby("household_id")["cents"].sum() / 100
    high, middle = np.quantile(year, [0.8, 0.4])
    value = pd.Series(np.where(year > high, "high", np.where(year > middle, "middle", "low")), index=year.index)
    count = baskets[age < 30].groupby("household_id").size().reindex(year.index, fill_value=0)
    activity = pd.Series(np.where(count >= 3, "high", np.where(count >= 1, "middle", "low")), index=year.index)
    assert _stored(demo, "value_level") == value.to_dict()
    assert _stored(demo, "activity_level") == activity.to_dict()
    assert _stored(demo, "value_activity") == (value + "_" + activity).to_dict()


def test_membership_of_the_demo(demo: ToolContext, baskets: pd.DataFrame) -> None:
    age = (AS_OF - baskets["day"]).dt.days
    year = baskets[age < 365].groupby("household_id")["cents"].sum()
    ranks = year.rank(method="max", pct=True)
    found = pd.Series(_stored(demo, "membership_tier"))
    assert (found[found == "svip"].index.sort_values() == ranks[ranks > 0.95].index.sort_values()).all()
    assert (found == "svip").mean() == pytest.approx(0.05, abs=0.001)
    assert (found == "vip").mean() == pytest.approx(0.15, abs=0.001)
    assert year[found[found == "vip"].index].max() < year[found[found == "svip"].index].min()
    assert year[found[found == "regular"].index].max() < year[found[found == "vip"].index].min()


@pytest.mark.parametrize("days", [30, 90, 150])
def test_lifecycle_of_the_demo(demo: ToolContext, baskets: pd.DataFrame, days: int) -> None:
    age = (AS_OF - baskets["day"]).dt.days
    spans = pd.DataFrame({"household": baskets["household_id"], "now": age < days, "before": (age >= days) & (age < 2 * days), "age": age})
    by_household = spans.groupby("household").agg(now=("now", "any"), before=("before", "any"), oldest=("age", "max"))
    expected = pd.Series(None, index=by_household.index, dtype=object)
    expected[by_household["before"] & ~by_household["now"]] = "lapsed"
    expected[by_household["now"] & ~by_household["before"]] = "returned"
    expected[by_household["now"] & by_household["before"]] = "retained"
    expected[by_household["oldest"] < days] = "new"
    limits = requested(demo.config, {}, days)
    found = demo.engine.rows(f"SELECT customer_id, lifecycle FROM ({tiers_query()}) AS t", limits.parameters(dt.date(2018, 1, 1)))
    assert dict(found) == {name: stage if isinstance(stage, str) else None for name, stage in expected.items()}


def test_each_customer_is_in_one_group_of_each_scheme(demo: ToolContext) -> None:
    for scheme in ("value_activity", "membership"):
        where = "segment_id IN (SELECT segment_id FROM segments WHERE scheme = $scheme)"
        found = demo.engine.rows(f"SELECT count(*), count(DISTINCT customer_id) FROM segment_members WHERE {where}", {"scheme": scheme})
        assert found == [(2469, 2469)]


def test_equal_amounts_get_equal_levels(shop: Build) -> None:
    # Ten spend 10, ten spend 20: both quantiles lie among equal amounts, and nobody is cut off from their equals.
    orders = [(f"c{number:02}", TODAY, "10" if number < 10 else "20") for number in range(20)]
    found = _levels(shop(orders), "value_level || ' ' || membership_tier")
    assert set(found.values()) == {"low regular", "middle regular"}
    assert {level for customer, level in found.items() if customer < "c10"} == {"low regular"}


def test_lifecycle_case_by_case(shop: Build) -> None:
    orders = [
        ("anew", TODAY, "5"),
        ("anew", "2024-10-05", "5"),  # also 87 days ago: still this period
        ("kept", TODAY, "5"),
        ("kept", "2024-09-01", "5"),
        ("back", TODAY, "5"),
        ("back", "2024-01-01", "5"),
        ("gone", "2024-10-02", "5"),  # 90 days ago: the first day of the last period, counted backwards
        ("away", "2024-01-01", "5"),
        ("edge", "2024-10-03", "5"),  # 89 days ago: this period
    ]
    found = _levels(shop(orders, others=["never"]), "lifecycle")
    assert found == {"anew": "new", "kept": "retained", "back": "returned", "gone": "lapsed", "away": None, "edge": "new", "never": None}


def test_aipl_case_by_case(shop: Build) -> None:
    orders = [("loyal", TODAY, "5"), ("loyal", "2024-01-01", "5"), ("once", TODAY, "0")]
    events = [
        ("one_view", TODAY, "view"),
        ("two_views", TODAY, "view"),
        ("two_views", "2024-12-01", "view"),
        ("cart", TODAY, "cart"),
        ("login", TODAY, "login"),
        ("login", "2024-12-30", "login"),
        ("once", TODAY, "view"),
    ]
    found = _levels(shop(orders, events, ["nobody"]), "aipl_stage")
    assert found == {
        "loyal": "loyal",
        "once": "purchase",
        "one_view": "aware",
        "two_views": "interest",
        "cart": "interest",
        "login": "aware",
        "nobody": None,
    }


def test_without_events_there_is_no_aipl(demo: ToolContext) -> None:
    assert set(_stored(demo, "aipl_stage").values()) == {None}


def test_events_count_as_activity(shop: Build) -> None:
    orders = [("a", TODAY, "5"), ("b", TODAY, "5"), ("c", "2024-11-01", "5")]
    events = [("a", TODAY, "view"), ("a", "2024-12-15", "login"), ("c", "2024-12-01", "view")]  # the last one is 30 days ago
    assert _levels(shop(orders, events), "activity_level") == {"a": "high", "b": "middle", "c": "low"}


def test_limits_are_settings(shop: Build) -> None:
    orders = [(f"c{number}", TODAY, str(10 * number + 10)) for number in range(10)]
    warehouse = shop(orders, value_high=0.5, value_middle=0.2, activity_high=2, svip_share=0.2, vip_share=0.3)
    found = _levels(warehouse, "value_level || ' ' || membership_tier")
    assert [found[f"c{number}"] for number in range(10)] == [
        *["low regular"] * 2,
        *["middle regular"] * 3,
        *["high vip"] * 3,
        *["high svip"] * 2,
    ]
    with warehouse.reading() as engine:
        limits = configured(warehouse.config)
        assert is_stored(engine, limits)
        assert not is_stored(engine, configured(Settings()))
        edges = read_edges(engine, limits)
    assert (edges.buyers, edges.value_high, edges.value_middle) == (10, 55.0, 28.0)


def test_one_customer_and_nobody_within_a_year(shop: Build) -> None:
    assert _levels(shop([("a", TODAY, "5")]), "value_activity || ' ' || membership_tier") == {"a": "low_middle regular"}


def test_old_buyers_are_low_and_regular(shop: Build) -> None:
    # The only order is longer ago than a year before the last event: there is no quantile at all.
    warehouse = shop([("a", "2023-01-01", "5")], [("a", TODAY, "login")])
    assert _levels(warehouse, "value_activity || ' ' || membership_tier") == {"a": "low_middle regular"}


@given(
    amounts=st.lists(st.integers(min_value=0, max_value=50), min_size=1, max_size=60),
    high=st.floats(0.5, 0.95),
    middle=st.floats(0.05, 0.45),
)
@hypothesis_settings(max_examples=25, deadline=None)
def test_levels_never_part_equals_and_never_fall_as_spend_rises(
    levels_of: Callable[..., list[str]], amounts: list[int], high: float, middle: float
) -> None:
    order = {"low": 0, "middle": 1, "high": 2}
    found = levels_of(amounts, high, middle)
    by_amount: dict[int, set[str]] = {}
    for amount, level in zip(amounts, found, strict=True):
        by_amount.setdefault(amount, set()).add(level)
    assert all(len(levels) == 1 for levels in by_amount.values())
    heights = [order[next(iter(by_amount[amount]))] for amount in sorted(by_amount)]
    assert heights == sorted(heights)
    assert found.count("high") <= len(amounts) * (1 - high) + 1


@pytest.fixture(scope="module")
def levels_of() -> Callable[..., list[str]]:
    """The value levels of customers with these yearly amounts, each with one order, in a bare warehouse."""

    def run(amounts: list[int], high: float, middle: float) -> list[str]:
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE customer_features AS SELECT CAST(i AS VARCHAR) AS customer_id, 1 AS orders_365d, "
            "CAST(a AS DECIMAL(18, 2)) AS amount_365d, 1 AS orders_30d, 0 AS events_30d, "
            "1 AS orders, 0 AS responses, 0 AS contacts, 0 AS tenure_days "
            "FROM (SELECT unnest($amounts) AS a, generate_subscripts($amounts, 1) AS i)",
            {"amounts": amounts},
        ).complete()
        connection.execute("CREATE TABLE counted_orders (customer_id VARCHAR, order_date DATE)").complete()
        connection.execute("CREATE TABLE events (customer_id VARCHAR, occurred_at TIMESTAMP, kind VARCHAR)").complete()
        limits = configured(Settings(value_high=high, value_middle=middle))
        query = f"SELECT value_level FROM ({tiers_query()}) AS t ORDER BY CAST(customer_id AS INTEGER)"
        rows = connection.sql(query, params=limits.parameters(dt.date(2024, 1, 1))).fetchall()
        connection.close()
        return [row[0] for row in rows]

    return run


@pytest.mark.parametrize(
    ("config", "match"),
    [
        ({"value_middle": 0.9}, "value_middle must be below value_high"),
        ({"activity_middle": 3}, "activity_middle below activity_high"),
        ({"svip_share": 0.6, "vip_share": 0.5}, "together below 1"),
    ],
)
def test_settings_the_wrong_way_round_are_refused(config: dict[str, float], match: str) -> None:
    with pytest.raises(InputError, match=match):
        configured(Settings(**config))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tiers", "match"),
    [
        ({"svip": TierLimit()}, "SVIP needs either a share, or an amount"),
        ({"vip": TierLimit(share=Decimal("0.2"), amount=Decimal(5))}, "VIP needs either a share, or an amount"),
        ({"vip": TierLimit(share=Decimal("0.05"))}, r"must be above that of SVIP \(5%\)"),
    ],
)
def test_limits_that_do_not_fit_are_refused(tiers: dict[str, TierLimit], match: str) -> None:
    with pytest.raises(InputError, match=match):
        requested(Settings(), tiers, None)


def test_vip_follows_svip() -> None:
    limits = requested(Settings(), {"svip": TierLimit(share=Decimal("0.1"))}, None)
    assert limits.vip.share == Decimal("0.25")
    assert requested(Settings(), {"svip": TierLimit(amount=Decimal(100))}, None).vip.share == Decimal("0.20")
