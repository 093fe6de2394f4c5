"""The refresh step: old clusters kept or replaced, ids that stay, and data too small for clusters."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from tests.tools.segments.clusters.planted import SIX, Rows, cluster, plant, write
from tools.contracts import Text
from tools.errors import NotEnoughData, UnknownName
from tools.features.build import rebuild
from tools.requests import ClusterCustomers
from tools.rules import InSegment
from tools.segments.clusters.features import read_customers, read_vocabulary
from tools.segments.clusters.replacement import decide
from tools.segments.clusters.run import Wanted, partition
from tools.segments.clusters.tool import cluster_customers
from tools.segments.compiler import compile_rule
from tools.segments.membership import save_segment
from tools.segments.model_runs import ModelRun, model_runs, run_in_use
from tools.segments.resolve import segment_id
from tools.segments.stored import SAVED, stored_names, stored_rules
from tools.warehouse.context import latest_date, open_context, write_meta
from tools.warehouse.warehouse import Warehouse


def test_the_same_data_keep_the_clusters_in_use(shop_copy: Warehouse) -> None:
    with shop_copy.reading() as engine:
        before = engine.rows("SELECT customer_id, cluster FROM scores ORDER BY 1")
    cluster(shop_copy)
    with shop_copy.reading() as engine:
        assert engine.rows("SELECT customer_id, cluster FROM scores ORDER BY 1") == before
        latest, first = model_runs(engine, "clusters")
    assert latest.decision is not None
    assert latest.decision["kept"] == "old"
    assert latest.decision["old"] == pytest.approx(latest.decision["new"])
    assert latest.decision["old_run_id"] == first.run_id
    assert latest.parameters == first.parameters
    assert (latest.in_use, first.in_use) == (True, False)


def test_a_better_partition_replaces_the_old_one_and_keeps_the_ids_of_its_groups(shop_copy: Warehouse) -> None:
    with shop_copy.writing() as engine:
        before = dict(engine.rows("SELECT customer_id, cluster FROM scores"))
        run = run_in_use(engine, "clusters")
        assert run is not None
        # Centroids pushed together: the old clusters now part the customers badly.
        centroids = np.array(run.parameters["centroids"])
        centroids[:, : centroids.shape[1] // 2] = centroids[:, : centroids.shape[1] // 2].mean(axis=0)
        worse = run.parameters | {"centroids": (centroids * 0.2).tolist()}
        engine.execute("UPDATE model_runs SET parameters = $p WHERE run_id = $r", {"p": json.dumps(worse), "r": run.run_id})
    cluster(shop_copy)
    with shop_copy.reading() as engine:
        after = dict(engine.rows("SELECT customer_id, cluster FROM scores"))
        latest = run_in_use(engine, "clusters")
    assert latest is not None
    assert latest.decision is not None
    assert latest.decision["kept"] == "new"
    assert latest.decision["new"] > latest.decision["old"]
    same = np.mean([before[customer] == after[customer] for customer in before])
    assert same > 0.6


def test_clusters_of_columns_that_are_gone_are_replaced_under_further_numbers(shop_copy: Warehouse) -> None:
    with shop_copy.writing() as engine:
        as_of = latest_date(engine)
        assert as_of is not None
        found = partition(read_customers(engine, as_of, read_vocabulary(engine, as_of)), Wanted(), shop_copy.config)
    gone = {"scalings": [{"name": "category:Toys"}], "centroids": [[0.0]], "ids": ["cluster_1", "cluster_9"]}
    before = ModelRun(3, "clusters", "1", as_of, 7, "0", True, {}, gone, None)
    decision = decide(found, before, 7)
    assert decision.ids == [f"cluster_{number}" for number in range(10, 16)]
    assert decision.record is not None
    assert (decision.record["kept"], decision.record["old"]) == ("new", None)


def test_a_saved_segment_survives_the_cluster_that_it_names(shop_copy: Warehouse) -> None:
    with shop_copy.writing() as engine:
        save_segment(engine, "mine", Text(zh="我的", en="mine"), InSegment(segment="cluster_2"), SAVED, None)
        engine.execute("UPDATE clusters SET cluster = 'cluster_20' WHERE cluster = 'cluster_2'")
        engine.execute("UPDATE scores SET cluster = 'cluster_20' WHERE cluster = 'cluster_2'")
        assert "cluster_2" not in stored_names(engine)
        query = compile_rule(InSegment(segment="mine"), dt.date(2024, 6, 30), stored_rules(engine))
        assert engine.rows(query.sql, query.parameters) == []


def _few(customers: int) -> Rows:
    rows = plant(SIX[1:2], seed=1, scale=customers / SIX[1].customers)
    rows.lines, rows.events, rows.products = [], [], []
    return rows


@pytest.mark.parametrize("customers", [1, 10, 149])
def test_too_few_customers_are_not_clustered_and_it_is_said(tmp_path, customers: int) -> None:
    warehouse = write(_few(customers), tmp_path / "few.duckdb")
    cluster(warehouse)
    with open_context(warehouse) as ctx:
        assert ctx.engine.rows("SELECT count(*), count(cluster) FROM scores") == [(customers, 0)]
        run = run_in_use(ctx.engine, "clusters")
        assert run is not None
        assert run.quality["method"] == "none"
        with pytest.raises(NotEnoughData, match=f"at least 150 customers .* these are {customers}"):
            cluster_customers(ctx, ClusterCustomers())
        with pytest.raises(UnknownName, match="cluster 1"):
            segment_id(ctx, "cluster 1")


def test_orders_alone_are_enough(tmp_path) -> None:
    warehouse = write(_few(260), tmp_path / "orders.duckdb")
    cluster(warehouse)
    with warehouse.reading() as engine:
        run = run_in_use(engine, "clusters")
        assert run is not None
        assert "categories" not in run.quality["themes"]
        assert engine.rows("SELECT count(*) FROM scores WHERE cluster IS NULL") == [(0,)]


def test_customers_who_are_all_alike_are_not_clustered(tmp_path) -> None:
    rows = Rows()
    rows.customers = [(f"c{number:03d}",) for number in range(200)]
    rows.orders = [(f"o{number}", f"c{number:03d}", dt.datetime(2024, 6, 1, 12), "completed", 10.0, 0.0, "web") for number in range(200)]
    warehouse = write(rows, tmp_path / "alike.duckdb")
    cluster(warehouse)
    with open_context(warehouse) as ctx, pytest.raises(NotEnoughData, match="do not differ"):
        cluster_customers(ctx, ClusterCustomers())


def test_events_alone_are_clustered_for_an_answer(tmp_path) -> None:
    rows = plant((SIX[0], SIX[3]), seed=2, scale=0.6)
    rows.orders, rows.lines = [], []
    warehouse = write(rows, tmp_path / "events.duckdb")
    with warehouse.writing() as engine:
        as_of = latest_date(engine)
        assert as_of is not None
        rebuild(engine, as_of)
        write_meta(engine, "features_as_of", as_of.isoformat())
    with open_context(warehouse) as ctx:
        found = cluster_customers(ctx, ClusterCustomers(clusters=2))
        names = " ".join(one["name"]["en"] for one in found.details["clusters"])
        assert "ate-night" in names
        assert found.figure("c1.revenue").value == 0
        assert "c1.share_of_revenue" not in {figure.id for figure in found.figures}


def test_an_earlier_date_is_clustered_as_the_data_were_then(shop_copy: Warehouse) -> None:
    day = dt.date(2024, 3, 31)
    with open_context(shop_copy, day) as ctx:
        found = cluster_customers(ctx, ClusterCustomers())
        known = ctx.engine.rows(
            "SELECT count(DISTINCT customer_id) FROM (SELECT customer_id FROM orders WHERE ordered_at < TIMESTAMP '2024-04-01' "
            "UNION ALL SELECT customer_id FROM events WHERE occurred_at < TIMESTAMP '2024-04-01') AS seen"
        )
        spent = ctx.engine.rows("SELECT sum(amount) FROM orders WHERE ordered_at < TIMESTAMP '2024-04-01'")
    assert found.figure("customers").value == known[0][0]
    numbers = [one["number"] for one in found.details["clusters"]]
    assert sum(found.figure(f"c{number}.revenue").value for number in numbers) == spent[0][0]  # type: ignore[misc]
    assert found.receipts[0].as_of == day
