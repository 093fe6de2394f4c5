"""Churn on the demo beside recency, BG/NBD and the usual scripts, at several cut-offs and horizons.

The usual scripts are what an analyst writes in an afternoon with pandas and scikit-learn: a dozen features per customer at one
training cut-off, a horizon before the test, and a logistic regression or gradient boosting as it comes. They score the same
eligible customers, and see nothing after the cut-off either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.evidence.rows import EvidenceRow
from tools.models.evaluation import Quality, evaluate
from tools.segments.churn.features import read_labels, read_raw
from tools.segments.churn.fitting import fit_model
from tools.settings import Settings
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

MODEL = "Churn"
GOAL_CUT_OFF, HORIZON = dt.date(2017, 11, 25), 30
CUT_OFFS = (GOAL_CUT_OFF, *(dt.date(2017, 11, 25) - dt.timedelta(days=days) for days in (23, 46, 71, 102)))
HORIZONS = ((14, dt.date(2017, 12, 11)), (60, dt.date(2017, 11, 2)))
"""Horizon in days, and the latest cut-off about which the demo knows what happened."""
_SCRIPT = f"pandas + scikit-learn {version('scikit-learn')}"
_PEERS: dict[str, Callable[[], object]] = {
    f"logistic regression script ({_SCRIPT})": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    f"gradient boosting script ({_SCRIPT})": lambda: HistGradientBoostingClassifier(random_state=7),
}


@dataclass(frozen=True)
class _Measured:
    """The product and its peers on the same customers of one cut-off."""

    cut_off: dt.date
    quality: dict[str, float]
    scripts: dict[str, Quality]


def evidence(demo: Path, folder: Path) -> list[EvidenceRow]:
    """Every figure of the churn model on the demo warehouse at ``demo``."""
    del folder
    with Warehouse(demo).reading() as engine:
        orders = _orders(engine)
        found = [_measure(engine, orders, day, HORIZON) for day in CUT_OFFS]
        rows = [row for one in found for row in _auc_rows(one, HORIZON)]
        rows += [row for one in found for row in _probability_rows(one)]
        for horizon, day in HORIZONS:
            rows += _auc_rows(_measure(engine, orders, day, horizon), horizon)
    return rows


def _measure(engine: Engine, orders: pd.DataFrame, day: dt.date, horizon: int) -> _Measured:
    fitted = fit_model(engine, day + dt.timedelta(days=horizon), horizon, Settings(threads=2))
    eligible = {at: read_raw(engine, at).column("customer_id") for at in (day - dt.timedelta(days=horizon), day)}
    features = {at: _usual_features(orders, at).loc[ids.to_pylist()].to_numpy() for at, ids in eligible.items()}
    labels = {at: read_labels(engine, ids, at, horizon) for at, ids in eligible.items()}
    train = min(eligible)
    scripts = {}
    for name, make in _PEERS.items():
        model = make().fit(features[train], labels[train])  # type: ignore[attr-defined]
        scripts[name] = evaluate(labels[day], model.predict_proba(features[day])[:, 1])
    return _Measured(day, fitted.quality, scripts)


def _orders(engine: Engine) -> pd.DataFrame:
    sql = "SELECT customer_id, order_date, CAST(amount AS DOUBLE) AS amount FROM counted_orders WHERE customer_id IS NOT NULL"
    orders: pd.DataFrame = engine.query(sql).to_pandas()
    return orders


def _usual_features(orders: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Recency, frequency, money, tenure, gaps and windows by customer, from orders up to ``day``."""
    past = orders[pd.to_datetime(orders["order_date"]) <= pd.Timestamp(day)].copy()
    past["age"] = (pd.Timestamp(day) - pd.to_datetime(past["order_date"])).dt.days
    by = past.groupby("customer_id")
    found = by.agg(recency=("age", "min"), tenure=("age", "max"), orders=("age", "size"), amount=("amount", "sum"))
    found["basket"] = found["amount"] / found["orders"]
    found["gap"] = (found["tenure"] - found["recency"]) / (found["orders"] - 1).clip(lower=1)
    found["late"] = found["recency"] / found["gap"].clip(lower=1)
    for days in (30, 60, 90):
        recent = past[past["age"] < days].groupby("customer_id")["amount"].agg(["size", "sum"])
        found[[f"orders_{days}", f"amount_{days}"]] = recent.reindex(found.index).fillna(0.0).to_numpy()
    return found.astype(np.float64)


def _data(one: _Measured, horizon: int) -> str:
    return f"demo, {int(one.quality['customers']):,} eligible customers, horizon {horizon} days"


def _auc_rows(one: _Measured, horizon: int) -> list[EvidenceRow]:
    ours, goal = one.quality["auc"], one.cut_off == GOAL_CUT_OFF and horizon == HORIZON
    peers = [
        ("BG/NBD expected orders", one.quality["bg_nbd_auc"], "≥ 0.87 and 0.02 above" if goal else ""),
        ("days since the last order", one.quality["recency_auc"], "0.06 above" if goal else ""),
        *((name, quality.auc, "") for name, quality in one.scripts.items()),
    ]
    return [
        EvidenceRow(MODEL, _data(one, horizon), one.cut_off.isoformat(), "AUC", f"{ours:.4f}", peer, f"{figure:.4f}", wanted)
        for peer, figure, wanted in peers
    ]


def _probability_rows(one: _Measured) -> list[EvidenceRow]:
    goal = one.cut_off == GOAL_CUT_OFF
    measures = (
        ("calibration error", "calibration_error", "calibration_error", "≤ 0.03"),
        ("lift in the top tenth", "lift_top_tenth", "lift", "≥ 3.7"),
    )
    return [
        EvidenceRow(
            MODEL,
            _data(one, HORIZON),
            one.cut_off.isoformat(),
            measure,
            f"{one.quality[key]:.3f}",
            name,
            f"{getattr(quality, attribute):.3f}",
            wanted if goal else "",
        )
        for measure, key, attribute, wanted in measures
        for name, quality in one.scripts.items()
    ]
