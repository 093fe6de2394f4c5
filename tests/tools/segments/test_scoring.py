"""Scores against hand-computed ones, against pandas over the demo's source, and alone against all together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tools.errors import NotEnoughData
from tools.features.build import rebuild
from tools.segments.scoring import Edges, fill_scores, latest_edges, rescore_customer, rfm_scores_query, score_one, store_edges
from tools.sources.demo import demo_files
from tools.warehouse.warehouse import Warehouse

AS_OF = dt.date(2024, 6, 30)
# Five customers: recency 0, 10, 20, 30, 40 days; 5, 4, 3, 2, 1 orders; amounts 50, 40, 30, 20, 10.
# The 20/40/60/80 % quantiles of five values v1..v5 lie at positions 0.8, 1.6, 2.4, 3.2:
# recency 8, 16, 24, 32; orders 1.8, 2.6, 3.4, 4.2; amount 18, 26, 34, 42.
LADDER = [
    (name, str(AS_OF - dt.timedelta(days=age + step)), "10.00")
    for age, count, name in ((0, 5, "a"), (10, 4, "b"), (20, 3, "c"), (30, 2, "d"), (40, 1, "e"))
    for step in range(count)
]


def _scored(warehouse: Warehouse, as_of: dt.date = AS_OF) -> Edges | None:
    with warehouse.writing() as engine, engine.transaction():
        rebuild(engine, as_of)
        edges = store_edges(engine, as_of)
        fill_scores(engine, edges)
    return edges


def _scores(warehouse: Warehouse) -> dict[str, tuple[object, ...]]:
    with warehouse.reading() as engine:
        rows = engine.rows("SELECT customer_id, recency_score, frequency_score, monetary_score, fm_score, rfm_group, rfm_eight FROM scores")
    return {str(row[0]): row[1:] for row in rows}


def test_hand_computed_ladder(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(LADDER, ["never"])
    edges = _scored(warehouse)
    assert edges is not None
    assert edges.values["recency"] == tuple(map(Decimal, ("8", "16", "24", "32")))
    assert edges.values["frequency"] == tuple(map(Decimal, ("1.8", "2.6", "3.4", "4.2")))
    assert edges.values["monetary"] == tuple(map(Decimal, ("18", "26", "34", "42")))
    assert (edges.means, edges.population, edges.collapsed) == ({"recency": 3.0, "frequency": 3.0, "monetary": 3.0}, 5, ())
    assert _scores(warehouse) == {
        "a": (5, 5, 5, 5, "champions", "key_value"),
        "b": (4, 4, 4, 4, "champions", "key_value"),
        "c": (3, 3, 3, 3, "needs_attention", "general_retain"),
        "d": (2, 2, 2, 2, "about_to_sleep", "general_retain"),
        "e": (1, 1, 1, 1, "lost", "general_retain"),
        "never": (None, None, None, None, "prospects", None),
    }


def test_a_value_on_an_edge_belongs_below_it() -> None:
    edge = tuple(map(Decimal, ("10", "20", "30", "40")))
    edges = Edges(
        1, AS_OF, 9, dict.fromkeys(("recency", "frequency", "monetary"), edge), dict.fromkeys(("recency", "frequency", "monetary"), 3.0)
    )
    at_edge = score_one(edges, 10, 10, Decimal("10.00"))
    above = score_one(edges, 11, 11, Decimal("10.01"))
    assert (at_edge.recency, at_edge.frequency, at_edge.monetary) == (5, 1, 1)
    assert (above.recency, above.frequency, above.monetary) == (4, 2, 2)
    assert score_one(edges, 41, 41, Decimal("40.01")).recency == 1


@pytest.mark.parametrize(("frequency", "monetary", "fm"), [(1, 2, 2), (2, 3, 3), (1, 1, 1), (4, 5, 5), (1, 4, 3), (2, 5, 4)])
def test_fm_is_rounded_half_up(frequency: int, monetary: int, fm: int) -> None:
    steps = tuple(map(Decimal, (1, 2, 3, 4)))
    edges = Edges(
        1, AS_OF, 9, dict.fromkeys(("recency", "frequency", "monetary"), steps), dict.fromkeys(("recency", "frequency", "monetary"), 3.0)
    )
    assert score_one(edges, 0, frequency, Decimal(monetary)).fm == fm


def test_equal_values_get_equal_scores_and_edges_collapse(make_warehouse: Callable[..., Warehouse]) -> None:
    day = str(AS_OF)
    warehouse = make_warehouse([(name, day, "5.00") for name in "abcdefghij"])
    edges = _scored(warehouse)
    assert edges is not None
    assert edges.collapsed == ("recency", "frequency", "monetary")
    assert set(_scores(warehouse).values()) == {(5, 1, 1, 1, "new", "general_retain")}


def test_nobody_ordered(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([], ["a", "b"])
    assert _scored(warehouse) is None
    assert {row[4] for row in _scores(warehouse).values()} == {"prospects"}


def test_edges_keep_their_version_until_something_changes(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(LADDER)
    first, again = _scored(warehouse), _scored(warehouse)
    later = _scored(warehouse, AS_OF + dt.timedelta(days=1))
    assert first is not None
    assert first == again
    assert later is not None
    assert (first.version, later.version) == (1, 2)
    with warehouse.reading() as engine:
        assert latest_edges(engine) == later
        assert engine.rows("SELECT count(*) FROM score_edges") == [(6,)]


def test_one_new_order_is_scored_alone_from_stored_edges(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(LADDER)
    edges = _scored(warehouse)
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO customers (customer_id) VALUES ('z')")
        assert rescore_customer(engine, "z", AS_OF) is None
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
            "VALUES ('n', 'z', TIMESTAMP '2024-06-22', 'completed', 34)"
        )
        found = rescore_customer(engine, "z", AS_OF)
        assert latest_edges(engine) == edges, "nothing else changes"
    # 8 days ago is on the first edge of recency; one order is below all edges; 34 is on the third edge of money.
    assert found is not None
    assert (found.recency, found.frequency, found.monetary, found.fm, found.rfm_group) == (5, 1, 3, 2, "potential_loyal")


def test_rescoring_needs_stored_edges(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse(LADDER).reading() as engine, pytest.raises(NotEnoughData, match="no stored scores yet"):
        rescore_customer(engine, "a", AS_OF)


def test_scores_alone_agree_with_scores_together(demo_path: Path) -> None:
    with Warehouse(demo_path).reading() as engine:
        edges = latest_edges(engine)
        assert edges is not None
        rows = engine.rows(
            "SELECT f.recency_days, f.orders, f.amount, s.recency_score, s.frequency_score, s.monetary_score, s.fm_score, s.rfm_group, "
            "s.rfm_eight FROM customer_features AS f INNER JOIN scores AS s USING (customer_id) WHERE f.orders > 0"
        )
    for recency, orders, amount, *stored in rows:
        one = score_one(edges, recency, orders, amount)
        assert [one.recency, one.frequency, one.monetary, one.fm, one.rfm_group, one.rfm_eight] == stored


def test_one_statement_from_orders_agrees_with_the_stored_scores(demo_path: Path) -> None:
    columns = "customer_id, recency_score, frequency_score, monetary_score, fm_score, rfm_group, rfm_eight"
    with Warehouse(demo_path).reading() as engine:
        direct = engine.rows(f"SELECT {columns} FROM ({rfm_scores_query()}) AS s ORDER BY 1", {"as_of": dt.date(2018, 1, 1)})
        assert direct == engine.rows(f"SELECT {columns} FROM scores ORDER BY 1")


def test_demo_groups_against_pandas_over_the_source(demo_path: Path) -> None:
    source = pd.read_parquet(demo_files()["transactions"], columns=["household_id", "basket_id", "sales_value", "transaction_timestamp"])
    source["cents"] = (source["sales_value"] * 100).round().astype("int64")
    grouped = source.groupby("household_id")
    last = source.groupby(["household_id", "basket_id"])["transaction_timestamp"].min().groupby("household_id").max()
    base = pd.DataFrame(
        {
            "r": -(pd.Timestamp("2018-01-01") - last.dt.normalize()).dt.days,
            "f": grouped["basket_id"].nunique(),
            "m": grouped["cents"].sum(),
        }
    )
    scores = {}
    for name in "rfm":
        values = base[name].to_numpy(dtype=float)
        edges = np.quantile(values, [0.2, 0.4, 0.6, 0.8])
        # Recency is negated here, so its edges belong to the interval above them.
        scores[name] = 1 + (np.searchsorted(edges, values, side="right") if name == "r" else np.searchsorted(edges, values, side="left"))
    fm = np.floor((scores["f"] + scores["m"]) / 2 + 0.5).astype(int)
    expected = pd.Series([f"{r}{m}" for r, m in zip(scores["r"], fm, strict=True)]).value_counts().to_dict()
    with Warehouse(demo_path).reading() as engine:
        cells = engine.rows("SELECT CAST(recency_score AS VARCHAR) || CAST(fm_score AS VARCHAR), count(*) FROM scores GROUP BY 1")
        champions = engine.rows("SELECT count(*) FROM scores WHERE rfm_group = 'champions'")[0][0]
    assert dict(cells) == expected
    assert champions == sum(expected[cell] for cell in ("54", "55", "44", "45"))
