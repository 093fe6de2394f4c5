"""From the warehouse to the matrix of the churn model: one row per eligible customer of a cut-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tools.segments.churn.scope import scoped
from tools.warehouse.engine import Engine
from tools.warehouse.sql_files import sql_text

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
_UNKNOWN_GAP_DAYS = 60.0
"""Stands in for the gap of customers who ordered on one date only; ``one_visit`` tells the model that it does."""
_NEVER_DAYS = 999.0
"""Age of the latest event of customers without any."""


def _read(name: str) -> str:
    return sql_text("tools.segments.churn", name)


def churn_feature_query() -> str:
    """The SELECT behind the churn model, with the one parameter ``$as_of``; it reads rows up to that date alone."""
    return _read("features")


@dataclass(frozen=True)
class Cases:
    """Eligible customers of one cut-off.

    Args:
        cut_off: The date up to which ``raw`` was computed.
        raw: Columns of ``features.sql``, sorted by customer_id.
        matrix: Shape (customers, ``len(FEATURES)``), finite.
        labels: 1 = no counted order in the horizon after the cut-off; None where that lies in the future.
    """

    cut_off: dt.date
    raw: pa.Table
    matrix: Floats
    labels: Labels | None = None

    def __len__(self) -> int:
        return int(self.raw.num_rows)


@dataclass(frozen=True)
class History:
    """Customers with a paid order, the first date with an order, and the days from it to the as-of date, both included."""

    customers: int
    first_date: dt.date | None
    days: int


def read_history(engine: Engine, as_of: dt.date) -> History:
    """What there is to learn from by ``as_of``."""
    customers, first_date, days = engine.rows(_read("history"), {"as_of": as_of})[0]
    return History(int(customers), first_date, int(days or 0))


def read_cases(engine: Engine, cut_off: dt.date, horizon: int | None = None, sampled: bool = False) -> Cases:
    """The eligible customers at ``cut_off``, with labels over the ``horizon`` (days) after it when one is given.

    Args:
        engine: Reads the warehouse.
        cut_off: Features use nothing after this date.
        horizon: Days after the cut-off in which an order means "not churned".
        sampled: Only customers of the sample that was drawn.
    """
    raw = read_raw(engine, cut_off, sampled)
    labels = None if horizon is None else read_labels(engine, raw.column("customer_id"), cut_off, horizon, sampled)
    return Cases(cut_off, raw, to_matrix(raw), labels)


def read_raw(engine: Engine, cut_off: dt.date, sampled: bool = False) -> pa.Table:
    """The columns of ``features.sql`` for the eligible customers at ``cut_off``, sorted by customer_id."""
    return engine.query(scoped(churn_feature_query(), sampled), {"as_of": cut_off})


def read_labels(engine: Engine, customers: pa.ChunkedArray, cut_off: dt.date, horizon: int, sampled: bool = False) -> Labels:
    """1 for each of ``customers`` without a counted order in the ``horizon`` (days) after ``cut_off``, else 0."""
    buyers = engine.query(scoped(_read("buyers"), sampled), {"as_of": cut_off, "until": cut_off + dt.timedelta(days=horizon)})
    bought = pc.is_in(customers, value_set=buyers.column("customer_id").combine_chunks())
    labels: Labels = pc.invert(bought).to_numpy(zero_copy_only=False).astype(np.int64)
    return labels


def read_histories(engine: Engine, cut_off: dt.date, sampled: bool = False) -> pa.Table:
    """Columns of ``histories.sql``: what BG/NBD knows of every customer at ``cut_off``, eligible or not."""
    return engine.query(scoped(_read("histories"), sampled), {"as_of": cut_off})


def column(raw: pa.Table, name: str) -> Floats:
    """A column as numbers, shape (customers,), NaN where it is unknown."""
    return raw.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _log(name: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: np.log1p(np.maximum(column(raw, name), 0.0))


def _gap(name: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: np.log1p(_known_gap(raw, name))


def _known_gap(raw: pa.Table, name: str) -> Floats:
    return np.nan_to_num(column(raw, name), nan=_UNKNOWN_GAP_DAYS)


def _late(name: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: np.log1p(column(raw, "recency_days") / np.maximum(_known_gap(raw, name), 1.0))


def _weight(name: str) -> Callable[[pa.Table], Floats]:
    return lambda raw: np.log(column(raw, name) + 0.05)


def _ratio(above: str, below: str, minus: str | None = None) -> Callable[[pa.Table], Floats]:
    def compute(raw: pa.Table) -> Floats:
        """Log of the later number over the earlier one, each moved away from zero."""
        later, earlier = column(raw, above), column(raw, below) - (column(raw, minus) if minus else 0.0)
        return np.asarray(np.log((later + 0.5) / (np.maximum(earlier, 0.0) + 0.5)), dtype=np.float64)

    return compute


def _basket(raw: pa.Table) -> Floats:
    return np.asarray(np.log1p(np.maximum(column(raw, "amount"), 0.0) / column(raw, "orders")), dtype=np.float64)


def _discount_share(raw: pa.Table) -> Floats:
    discount = column(raw, "discount")
    full = discount + np.maximum(column(raw, "amount"), 0.0)
    return np.divide(discount, full, out=np.zeros_like(full), where=full > 0)


def _event_age(raw: pa.Table) -> Floats:
    return np.log1p(np.nan_to_num(column(raw, "event_age"), nan=_NEVER_DAYS))


# Themes are what a reason speaks of; the features of a theme are taken together, because they say the same thing.
_THEMES: dict[str, dict[str, Callable[[pa.Table], Any]]] = {
    "silence": {
        "recency": _log("recency_days"),
        "late_median": _late("gap_median"),
        "late_mean": _late("gap_mean"),
        "late_longest": _late("gap_max"),
        **{name: _log(name) for name in ("days_7", "days_14", "days_30", "age_2", "age_3")},
        "weight_15": _weight("weight_15"),
    },
    "recent": {
        **{name: _log(name) for name in ("days_60", "orders_30", "age_5", "age_10")},
        "weight_45": _weight("weight_45"),
        "trend_30": _ratio("days_30", "days_90", "days_30"),
    },
    "trend": {
        "days_90": _log("days_90"),
        "days_180": _log("days_180"),
        "trend_90": _ratio("days_90", "days_180", "days_90"),
        "months_6": lambda raw: column(raw, "months_6"),
        "weight_120": _weight("weight_120"),
    },
    "history": {"order_days": _log("order_days"), "tenure": _log("tenure_days")},
    "rhythm": {
        "gap_median": _gap("gap_median"),
        "gap_mean": _gap("gap_mean"),
        "gap_max": _gap("gap_max"),
        "gap_90": _gap("gap_90"),
        "one_visit": lambda raw: (column(raw, "order_days") < 2).astype(np.float64),
    },
    "spend": {name: _log(name) for name in ("amount_30", "amount_90", "amount_180", "amount")},
    "basket": {"basket": _basket, "discount": _discount_share},
    "activity": {"events_30": _log("events_30"), "events_90": _log("events_90"), "event_age": _event_age},
}

FEATURES: tuple[str, ...] = tuple(f"{theme}.{name}" for theme, parts in _THEMES.items() for name in parts)
THEME_COLUMNS: dict[str, tuple[int, ...]] = {
    theme: tuple(i for i, name in enumerate(FEATURES) if name.startswith(f"{theme}.")) for theme in _THEMES
}


def to_matrix(raw: pa.Table) -> Floats:
    """The model's features, shape (customers, ``len(FEATURES)``): counts and money on a log scale, all finite."""
    columns = [np.nan_to_num(compute(raw)) for parts in _THEMES.values() for compute in parts.values()]
    return np.column_stack(columns) if raw.num_rows else np.zeros((0, len(FEATURES)))
