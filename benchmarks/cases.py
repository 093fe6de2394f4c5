"""The single cases over tables: each prepares, then times one thing, and returns seconds and details."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.registry import case

if TYPE_CHECKING:
    import pandas as pd


@case
def rfm_fenqun(warehouse: str) -> tuple[float, dict[str, object]]:
    """Recency, frequency, money, edges and scores of every customer, from the warehouse's orders."""
    from tools.segments.scoring import rfm_scores_query
    from tools.warehouse.context import latest_date
    from tools.warehouse.warehouse import Warehouse

    with Warehouse(warehouse).reading() as engine:
        begun = time.perf_counter()
        as_of = latest_date(engine)
        assert as_of is not None
        table = engine.query(rfm_scores_query(), {"as_of": as_of})
        return time.perf_counter() - begun, {"customers": table.num_rows}


@case
def rfm_minimal(warehouse: str) -> tuple[float, dict[str, object]]:
    """The least SQL that gives quintile scores, written by hand, on the same table and connection settings."""
    from tools.warehouse.warehouse import Warehouse

    sql = """
    WITH rfm AS (
        SELECT
            customer_id, date_diff('day', max(ordered_at)::DATE, (SELECT max(ordered_at)::DATE FROM orders)) AS r,
            count(*) AS f, sum(amount) AS m
        FROM orders WHERE status = 'completed' AND customer_id IS NOT NULL GROUP BY customer_id
    ), e AS (
        SELECT
            quantile_cont(r, [0.2, 0.4, 0.6, 0.8]) AS r, quantile_cont(f, [0.2, 0.4, 0.6, 0.8]) AS f,
            quantile_cont(m, [0.2, 0.4, 0.6, 0.8]) AS m
        FROM rfm
    )
    SELECT customer_id, rfm.r, rfm.f, rfm.m,
        5 - (rfm.r > e.r[1])::INT - (rfm.r > e.r[2])::INT - (rfm.r > e.r[3])::INT - (rfm.r > e.r[4])::INT AS rs,
        1 + (rfm.f > e.f[1])::INT + (rfm.f > e.f[2])::INT + (rfm.f > e.f[3])::INT + (rfm.f > e.f[4])::INT AS fs,
        1 + (rfm.m > e.m[1])::INT + (rfm.m > e.m[2])::INT + (rfm.m > e.m[3])::INT + (rfm.m > e.m[4])::INT AS ms
    FROM rfm CROSS JOIN e
    """
    with Warehouse(warehouse).reading() as engine:
        begun = time.perf_counter()
        table = engine.query(sql)
        return time.perf_counter() - begun, {"customers": table.num_rows}


def _orders_frame(warehouse: str) -> pd.DataFrame:
    """The counted orders of the warehouse as pandas takes them: money as double."""
    from tools.warehouse.warehouse import Warehouse

    with Warehouse(warehouse).reading() as engine:
        sql = (
            "SELECT customer_id, ordered_at, CAST(amount AS DOUBLE) AS amount FROM orders "
            "WHERE status = 'completed' AND customer_id IS NOT NULL"
        )
        return engine.query(sql).to_pandas()


@case
def rfm_pandas(warehouse: str) -> tuple[float, dict[str, object]]:
    """The usual pandas way over the same table: fetch, group, cut into fifths."""
    import pandas as pd

    begun = time.perf_counter()
    frame = _orders_frame(warehouse)
    fetched = time.perf_counter()
    as_of = frame["ordered_at"].max().normalize()
    rfm = frame.groupby("customer_id").agg(last=("ordered_at", "max"), orders=("ordered_at", "size"), amount=("amount", "sum"))
    rfm["recency"] = (as_of - rfm["last"].dt.normalize()).dt.days
    for column, labels in (("recency", [5, 4, 3, 2, 1]), ("orders", [1, 2, 3, 4, 5]), ("amount", [1, 2, 3, 4, 5])):
        rfm[column + "_score"] = pd.qcut(rfm[column], 5, labels=labels)
    ended = time.perf_counter()
    return ended - begun, {"customers": len(rfm), "in_memory": ended - fetched}


@case
def rfm_lifetimes(warehouse: str) -> tuple[float, dict[str, object]]:
    """The summary of the lifetimes package over the same table (it gives no scores)."""
    import warnings

    warnings.simplefilter("ignore")
    from lifetimes.utils import summary_data_from_transaction_data

    begun = time.perf_counter()
    frame = _orders_frame(warehouse)
    fetched = time.perf_counter()
    summary = summary_data_from_transaction_data(frame, "customer_id", "ordered_at", monetary_value_col="amount")
    ended = time.perf_counter()
    return ended - begun, {"customers": len(summary), "in_memory": ended - fetched}


@case
def load_fenqun(csv: str) -> tuple[float, dict[str, object]]:
    """Sniff, map, clean, quarantine and store one CSV of orders in a new warehouse."""
    from tools.ingest.load import load
    from tools.warehouse.warehouse import Warehouse

    folder = Path(tempfile.mkdtemp())
    try:
        begun = time.perf_counter()
        report = load(Warehouse(folder / "w.duckdb"), [Path(csv)])
        return time.perf_counter() - begun, {"accepted": sum(table.rows_accepted for table in report.tables)}
    finally:
        shutil.rmtree(folder)


@case
def load_duckdb(csv: str) -> tuple[float, dict[str, object]]:
    """DuckDB's plain CREATE TABLE AS SELECT over the same file, into a new database file."""
    import duckdb

    folder = Path(tempfile.mkdtemp())
    try:
        begun = time.perf_counter()
        with duckdb.connect(str(folder / "w.duckdb"), config={"threads": 2, "memory_limit": "2GB"}) as connection:
            connection.execute(f"CREATE TABLE orders AS SELECT * FROM read_csv('{csv}')").complete()
        return time.perf_counter() - begun, {}
    finally:
        shutil.rmtree(folder)


@case
def refresh_fenqun(warehouse: str) -> tuple[float, dict[str, object]]:
    """A full refresh of a loaded warehouse that was never refreshed: features, scores, models, memberships."""
    from tools.segments.refresh import refresh
    from tools.warehouse.warehouse import Warehouse

    folder = Path(tempfile.mkdtemp(dir=Path(warehouse).parent))
    try:
        copy = folder / "w.duckdb"
        shutil.copyfile(warehouse, copy)
        stages: list[tuple[str, float]] = []
        begun = time.perf_counter()
        report = refresh(Warehouse(copy), lambda stage, _: stages.append((stage.en, time.perf_counter())))
        ended = time.perf_counter()
        took = {name: round(after - at, 1) for (name, at), (_, after) in zip(stages, [*stages[1:], ("", ended)], strict=True)}
        return ended - begun, {"customers": report.customers, "stages": took}
    finally:
        shutil.rmtree(folder)


@case
def refresh_pandas(warehouse: str) -> tuple[float, dict[str, object]]:
    """The usual pandas + scikit-learn script over the same orders, fetching included."""
    from benchmarks import usual_script
    from tools.warehouse.warehouse import Warehouse

    begun = time.perf_counter()
    with Warehouse(warehouse).reading() as engine:
        sql = (
            "SELECT customer_id, ordered_at, CAST(amount AS DOUBLE) AS amount, CAST(coalesce(discount, 0) AS DOUBLE) AS discount, channel "
            "FROM orders WHERE status = 'completed' AND customer_id IS NOT NULL"
        )
        orders = engine.query(sql).to_pandas()
    took = usual_script.run(orders)
    return time.perf_counter() - begun, took
