"""From the warehouse to the matrix of the response model: one row per contacted customer of a wave, or per customer now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tools.features.build import feature_query
from tools.segments.response.waves import UNKINDED, Wave, read_sql
from tools.warehouse.engine import Engine

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

MOST_SAMPLED = 15_000
"""Contacted customers that models learn from; more change their quality by less than the noise of one campaign."""
_COPIED = ("counted_orders", "events", "campaign_contacts", "campaign_responses")
"""Tables whose rows of the sampled customers are copied."""
TEMPORARY = tuple(f"response_{name}" for name in (*_COPIED, "order_lines", "members", "sample", "cases", "waves", "found"))
"""The temporary tables that a run leaves."""
HELD_OUT = 0.3
"""Share of the customers that judge a model where there is no later campaign."""
_NEVER_DAYS = 999.0
_DOUBT = 3.0
"""Campaigns that a customer's own response rate is drawn towards the usual one by, as if seen."""
_USUAL_RATE = 0.1
_LEAST_TENURE = 30.0

_LOGGED = (
    "recency_days", "orders_30d", "orders_90d", "amount_30d", "amount_90d", "average_order_value", "items_per_order",
    "gap_median_days", "store_count", "events_30d", "events_90d", "views_90d", "carts_90d", "logins_90d",
)  # fmt: skip
_PLAIN = ("discount_share", "top_category_share", "weekend_share", "morning_share", "afternoon_share", "evening_share", "night_share")
_MORE = ("orders", "amount", "tenure_days", "category_count")
_FEATURES = (*_LOGGED, *_PLAIN, *_MORE)
_HISTORY = ("campaigns", "campaigns_responded", "kind_campaigns", "kind_responded", "response_count", "response_age")


@dataclass(frozen=True)
class Cases:
    """Contacted customers of one wave as they were the day before.

    Args:
        wave: Whom it reached, and when.
        raw: Features and history, sorted by customer_id.
        matrix: Shape (customers, features), finite.
        labels: 1 = responded to the campaign.
    """

    wave: Wave
    raw: pa.Table
    matrix: Floats
    labels: Labels

    def __len__(self) -> int:
        return int(self.raw.num_rows)

    def part(self, held_out: bool) -> Cases:
        """The cases of the customers who were held out, or of the others."""
        mask = self.raw.column("held_out").to_numpy() == held_out
        return Cases(self.wave, self.raw.filter(pa.array(mask)), self.matrix[mask], self.labels[mask])

    def column(self, name: str) -> Floats:
        """A column of ``raw`` as numbers, unknown as zero; a response that never was is ``_NEVER_DAYS`` old."""
        return _number(self.raw, name, _NEVER_DAYS if name in ("response_age", "recency_days") else 0.0)


def draw_sample(engine: Engine, seed: int) -> int:
    """Choose the contacted customers that models learn from, at most ``MOST_SAMPLED`` of them; how many."""
    ids = engine.query("SELECT DISTINCT customer_id FROM response_cases ORDER BY customer_id")
    return copy_sample(engine, ids, MOST_SAMPLED, seed)


def copy_sample(engine: Engine, ids: pa.Table, most: int, seed: int) -> int:
    """Copy what is known of at most ``most`` random ``customer_id`` of ``ids`` out of the way; how many.

    Every wave reads it again, and reading a copy of a part is cheaper than reading the whole.
    """
    generator = np.random.default_rng(seed)
    if ids.num_rows > most:
        ids = ids.take(pa.array(np.sort(generator.choice(ids.num_rows, size=most, replace=False))))
    ids = ids.append_column("held_out", pa.array(generator.random(ids.num_rows) < HELD_OUT))
    engine.register("response_drawn", ids)
    engine.execute("CREATE OR REPLACE TEMP TABLE response_sample AS SELECT customer_id, held_out FROM response_drawn")
    sources = dict.fromkeys(_COPIED, "customer_id IN (SELECT customer_id FROM response_sample)")
    sources["order_lines"] = "order_id IN (SELECT order_id FROM response_counted_orders)"
    for table, kept in sources.items():
        engine.execute(f"CREATE OR REPLACE TEMP TABLE response_{table} AS SELECT * FROM {table} WHERE {kept}")
    return int(ids.num_rows)


def read_cases(engine: Engine, wave: Wave) -> Cases:
    """The sampled customers of a wave, from rows dated up to the day before its first contact alone."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE response_members AS SELECT c.customer_id, c.responded, s.held_out FROM response_cases AS c "
        "INNER JOIN response_sample AS s ON s.customer_id = c.customer_id WHERE c.campaign_id = $campaign AND c.wave = $wave",
        {"campaign": wave.campaign_id, "wave": wave.month},
    )
    raw = read_members(engine, wave.kind, wave.cut_off, ("responded", "held_out"))
    return Cases(wave, raw, to_matrix(raw), raw.column("responded").cast(pa.int64()).to_numpy())


def read_members(engine: Engine, kind: str, as_of: dt.date, more: Sequence[str]) -> pa.Table:
    """The customers of ``response_members``, of the copied sample, as they were on ``as_of``, with ``more`` columns of that table."""
    members = "customer_id IN (SELECT customer_id FROM response_members)"
    scope = {
        "customers": "SELECT customer_id FROM response_members",
        **{table: f"SELECT * FROM response_{table} WHERE {members}" for table in _COPIED},
        "order_lines": "SELECT * FROM response_order_lines",
    }
    join = "INNER JOIN response_members AS c ON c.customer_id = f.customer_id"
    sql = _joined(feature_query(), scope, join, ", ".join(f"c.{name}" for name in more))
    return engine.query(sql, {"as_of": as_of, "kind": kind, "unkinded": UNKINDED})


def read_everyone(engine: Engine, kind: str, as_of: dt.date, current: bool) -> pa.Table:
    """Everybody who ordered or was contacted, as of ``as_of``.

    Args:
        engine: Reads the warehouse.
        kind: The kind of campaign that the history is about.
        as_of: Nothing after it is read.
        current: Whether ``customer_features`` are as of that date.
    """
    features = "SELECT * FROM customer_features" if current else feature_query()
    sql = _joined(features, {}, "", "", "WHERE f.orders > 0 OR h.campaigns > 0")
    parameters = {"kind": kind, "unkinded": UNKINDED, "as_of": as_of}
    return engine.query(sql, parameters)


def _joined(features: str, scope: Mapping[str, str], join: str, more: str, where: str = "") -> str:
    # Not materialized: where a table is read by several parts, one of which wants its first row only, the engine would
    # wait for itself for ever.
    parts = {**scope, "features_then": features, "history_then": read_sql("history")}
    columns = [*(f"f.{name}" for name in _FEATURES), *(f"h.{name}" for name in _HISTORY), *([more] if more else [])]
    named = ", ".join(f"{name} AS NOT MATERIALIZED (\n{sql}\n)" for name, sql in parts.items())
    return (
        f"WITH {named}\nSELECT f.customer_id, {', '.join(columns)}\nFROM features_then AS f\n{join}\n"
        f"LEFT JOIN history_then AS h ON h.customer_id = f.customer_id\n{where}\nORDER BY f.customer_id"
    )


def to_matrix(raw: pa.Table) -> Floats:
    """The columns of the model, shape (customers, ``len(COLUMNS)``), finite.

    Counts that only grow with the length of the history are taken per month, or as rates, because the next campaign
    always finds a longer history than the earlier ones did.
    """
    return np.column_stack([compute(raw) for compute in COLUMNS.values()])


def _number(raw: pa.Table, name: str, unknown: float = 0.0) -> Floats:
    found = pc.fill_null(raw.column(name).cast(pa.float64()), unknown)
    return found.to_numpy()  # type: ignore[no-any-return]


def _logged(name: str) -> Callable[[pa.Table], Floats]:
    unknown = _NEVER_DAYS if name == "recency_days" else 0.0
    return lambda raw: np.log1p(np.maximum(_number(raw, name, unknown), 0.0))


def _plain(name: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: _number(raw, name)


def _rate(responded: str, contacted: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: (_number(raw, responded) + _USUAL_RATE * _DOUBT) / (_number(raw, contacted) + _DOUBT)


def _any(name: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: (_number(raw, name) > 0).astype(np.float64)


def _monthly(name: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: np.log1p(
        np.maximum(_number(raw, name), 0.0) / np.maximum(_number(raw, "tenure_days"), _LEAST_TENURE) * _LEAST_TENURE
    )


def _breadth(raw: pa.Table) -> Floats:
    return _number(raw, "category_count") / np.maximum(np.log1p(_number(raw, "orders")), 1.0)


def _intensity(raw: pa.Table) -> Floats:
    return np.log1p(_number(raw, "response_count") / np.maximum(_number(raw, "campaigns"), 1.0))


COLUMNS: dict[str, Callable[[pa.Table], Floats]] = {
    **{name: _logged(name) for name in _LOGGED},
    **{name: _plain(name) for name in _PLAIN},
    "orders_per_month": _monthly("orders"),
    "amount_per_month": _monthly("amount"),
    "campaigns_per_month": _monthly("campaigns"),
    "breadth": _breadth,
    "response_rate": _rate("campaigns_responded", "campaigns"),
    "kind_response_rate": _rate("kind_responded", "kind_campaigns"),
    "ever_responded": _any("campaigns_responded"),
    "ever_responded_to_kind": _any("kind_responded"),
    "ever_contacted": _any("campaigns"),
    "responses_per_campaign": _intensity,
    "response_age": lambda raw: np.log1p(np.maximum(_number(raw, "response_age", _NEVER_DAYS), 0.0)),
}
