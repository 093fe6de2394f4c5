"""Churn facts of the demo computed from its source files alone, to hold the product against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import duckdb
import pandas as pd
import pytest

from tools.sources.demo import demo_files

_SQL = """
WITH visits AS (
    SELECT DISTINCT CAST(household_id AS VARCHAR) AS customer, CAST(moment AS DATE) AS day
    FROM (SELECT household_id, basket_id, min(transaction_timestamp) AS moment FROM read_parquet($path) GROUP BY ALL)
),
gaps AS (
    SELECT customer, day, date_diff('day', lag(day) OVER (PARTITION BY customer ORDER BY day), day) AS gap
    FROM visits WHERE day <= $as_of
),
known AS (
    SELECT customer, date_diff('day', max(day), $as_of) AS recency, median(gap) AS gap, count(*) AS visits FROM gaps GROUP BY customer
)
SELECT
    customer, recency, gap, visits, CASE WHEN visits >= 4 THEN recency / gap END AS ratio,
    coalesce(recency < 90 OR recency <= 3 * gap, FALSE) AS eligible,
    customer NOT IN (SELECT customer FROM visits WHERE day > $as_of AND day <= $until) AS churned
FROM known ORDER BY customer
"""


Facts = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def churn_facts() -> Facts:
    """Computes one row per customer with an order by a date: recency and gap (days), visits (dates), ratio, eligible, churned."""
    return _churn_facts


def _churn_facts(as_of: dt.date, horizon: int = 30) -> pd.DataFrame:
    connection = duckdb.connect()
    try:
        parameters = {"path": str(demo_files()["transactions"]), "as_of": as_of, "until": as_of + dt.timedelta(days=horizon)}
        return connection.sql(_SQL, params=parameters).df()
    finally:
        connection.close()
