"""Customer features: one SELECT over the canonical tables, as they stood on a date.

Definitions that the columns do not say themselves:

- A window of N days is the N calendar dates that end with the as-of date, it included.
- ``orders_change_90d`` = (last 90 days - the 90 days before) / the 90 days before; unknown when those are zero.
- A gap is the number of days between consecutive dates with a counted order, so it is never zero; the typical gap
  (``gap_median_days``) is the interpolated median, ``gap_spread_days`` the sample standard deviation, and
  ``gap_ratio`` = ``recency_days`` / ``gap_median_days``, unknown with fewer than three gaps, which show no rhythm.
- Morning is 06:00-11:59, afternoon 12:00-17:59, evening 18:00-23:59, night 00:00-05:59; orders without a time of day
  are left out of these four shares.
- ``items_per_order`` is the median over the customer's orders, because fuel and goods by weight have huge quantities.
- Numbers about data that were never loaded (events, campaigns, lines) are unknown (NULL), not zero.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib import resources

from tools.warehouse.engine import Engine

_FOLDER = resources.files("tools.features") / "sql"
_PARTS = ("rfm", "windows", "gaps", "items", "categories", "places", "contacts", "events", "loaded")


@lru_cache
def _read(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").rstrip()


def rfm_query() -> str:
    """A SELECT of recency, frequency and money alone, for customers with a counted order by ``$as_of`` (a date).

    Columns: customer_id, first_order_date, last_order_date, recency_days (days), orders (count), amount (money).
    """
    return _read("rfm")


def gap_query() -> str:
    """A SELECT of the gaps between order dates alone, of customers who ordered on two dates or more by ``$as_of`` (a date).

    Columns: customer_id, gap_median_days, gap_spread_days (sample standard deviation, unknown with one gap), gaps (count).
    """
    return _read("gaps")


def feature_query() -> str:
    """A SELECT of all features of every customer, from rows dated up to ``$as_of`` (a date) alone.

    Its columns are those of ``customer_features``, in order. Customers without a counted order have ``orders`` 0.
    """
    parts = ",\n".join(f"{name}_part AS (\n{_read(name)}\n)" for name in _PARTS)
    return f"WITH {parts}\n{_read('features')}"


def rebuild(engine: Engine, as_of: dt.date) -> None:
    """Fill ``customer_features`` anew, as of ``as_of``; part of the caller's transaction where there is one.

    The parts are made one after the other, as temporary tables that bear the names of the query's parts: all at once
    they would hold millions of customers in memory nine times.
    """
    with engine.transaction():
        engine.execute("DELETE FROM customer_features")
        for name in _PARTS:
            sql = _read(name)
            engine.execute(f"CREATE OR REPLACE TEMP TABLE {name}_part AS\n{sql}", {"as_of": as_of} if "$as_of" in sql else None)
        engine.execute(f"INSERT INTO customer_features\n{_read('features')}", {"as_of": as_of})
        for name in _PARTS:
            engine.execute(f"DROP TABLE {name}_part")
