"""Fits, judges and stores the churn model: part of the refresh, inside its transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.contracts import Text
from tools.errors import NotEnoughData
from tools.models.churn import ChurnClassifier, Kind
from tools.models.evaluation import auc, evaluate
from tools.segments.churn.features import THEME_COLUMNS, Cases, Labels, churn_feature_query, read_cases, read_history
from tools.segments.churn.reasons import LEAST_VISITS, explain, rhythm_reasons
from tools.segments.churn.run import MODEL, RHYTHM_LATE, ChurnRun, run_table
from tools.segments.churn.scope import check_no_future, draw_sample
from tools.segments.model_runs import store_run
from tools.settings import Settings
from tools.warehouse.engine import Engine

HIGH, MIDDLE = 0.6, 0.3
LEAST_CUSTOMERS, LEAST_DAYS, LEAST_CASES, LEAST_HORIZONS = 500, 180, 100, 3
MOST_CUT_OFFS = 8
LEAST_STEP_DAYS = 14
WARM_UP_DAYS = 90
"""Days of history wanted before the first training cut-off; where there are fewer, one horizon must do."""
MOST_SAMPLED = 8_000
"""Customers that a model is fitted on, over several cut-offs; more change its quality by less than the noise of one period."""


def band_of(probability: float) -> str:
    """The band of a probability: high from 0.6, middle from 0.3, else low."""
    return "high" if probability >= HIGH else "middle" if probability >= MIDDLE else "low"


def score_churn(engine: Engine, as_of: dt.date, config: Settings) -> ChurnRun:
    """Fit the model as of ``as_of`` and write it: a row of ``model_runs``, and the temporary table ``churn_scored``.

    Runs inside the caller's transaction where there is one.
    """
    with engine.transaction():
        run = predict_churn(engine, as_of, config.churn_horizon_days, config)
        run_id = store_run(engine, MODEL, run.version, as_of, config.seed, run.quality)
        _store_scores(engine, run, run_id)
    return ChurnRun(**{**run.__dict__, "run_id": run_id})


def predict_churn(engine: Engine, as_of: dt.date, horizon: int, config: Settings) -> ChurnRun:
    """The same without writing anything: for another horizon, or another date than the stored one."""
    try:
        return _model_run(engine, as_of, horizon, config)
    except NotEnoughData as lack:
        return _rhythm_run(engine, as_of, horizon, config, Text(zh=lack.zh, en=lack.en))


def cut_off_step(horizon: int) -> int:
    """Days between training cut-offs: half a horizon, at least two weeks, so that short horizons see more than one month."""
    return max(horizon // 2, LEAST_STEP_DAYS)


def cut_offs(first_date: dt.date, as_of: dt.date, horizon: int) -> list[dt.date]:
    """Training cut-offs for a model judged or used at ``as_of``, the latest first; every label is known by ``as_of``."""
    step = cut_off_step(horizon)
    history = (as_of - first_date).days
    earliest = first_date + dt.timedelta(days=max(horizon, min(WARM_UP_DAYS, history - 2 * horizon)))
    days = [as_of - dt.timedelta(days=horizon + step * i) for i in range(MOST_CUT_OFFS)]
    return [day for day in days if day >= earliest] or [max(days)]


def _model_run(engine: Engine, as_of: dt.date, horizon: int, config: Settings) -> ChurnRun:
    history = read_history(engine, as_of)
    _check_history(history.customers, history.days, horizon)
    assert history.first_date is not None
    sampled = draw_sample(engine, as_of, MOST_SAMPLED, config.seed)
    test_day = as_of - dt.timedelta(days=horizon)
    check_no_future(engine, test_day, churn_feature_query(), sampled)
    days = sorted({*cut_offs(history.first_date, as_of, horizon), *cut_offs(history.first_date, test_day, horizon)}, reverse=True)
    cases = {day: read_cases(engine, day, horizon, sampled) for day in days}
    training = [cases[day] for day in cut_offs(history.first_date, test_day, horizon)]
    _check_cases(training, cases[test_day])
    judged = fit_on(training, horizon, config)
    quality = _quality(judged, cases[test_day], training, horizon)
    final = fit_on([cases[day] for day in cut_offs(history.first_date, as_of, horizon)], horizon, config, judged.kind_)
    return _scored(read_cases(engine, as_of), final, horizon, quality, config)


def fit_on(training: list[Cases], horizon: int, config: Settings, kind: Kind | None = None) -> ChurnClassifier:
    """A classifier fitted on cases of several cut-offs, the latest first."""
    features = np.concatenate([part.matrix for part in training])
    labels = np.concatenate([_labels(part) for part in training])
    periods: NDArray[np.int64] = np.repeat(np.arange(len(training)), [len(part) for part in training])
    gap = -(-horizon // cut_off_step(horizon))
    return ChurnClassifier(kind=kind, seed=config.seed, threads=config.thread_count).fit(features, labels, periods, gap)


def _labels(cases: Cases) -> Labels:
    assert cases.labels is not None
    return cases.labels


def _check_history(customers: int, days: int, horizon: int) -> None:
    needed = max(LEAST_DAYS, LEAST_HORIZONS * horizon)
    if customers < LEAST_CUSTOMERS or days < needed:
        raise NotEnoughData(
            f"A churn model over {horizon} days needs at least {LEAST_CUSTOMERS} customers with orders and {needed} days of history; "
            f"the data have {customers:,} customers with orders and {days} days.",
            f"{horizon} 天的流失模型至少需要 {LEAST_CUSTOMERS} 位有订单的客户和 {needed} 天的历史数据；"
            f"目前有 {customers:,} 位有订单的客户、{days} 天的数据。",
        )


def _check_cases(training: list[Cases], test: Cases) -> None:
    # One customer counts once for each outcome, however many cut-offs overlap.
    found: dict[int, set[str]] = {0: set(), 1: set()}
    for part in training:
        for name, label in zip(part.raw.column("customer_id").to_pylist(), _labels(part).tolist(), strict=True):
            found[label].add(name)
    churned, stayed = len(found[1]), len(found[0])
    if min(churned, stayed) < LEAST_CASES or len(np.unique(_labels(test))) < 2:
        raise NotEnoughData(
            f"A churn model needs at least {LEAST_CASES} customers who churned and {LEAST_CASES} who stayed; "
            f"the data have {churned:,} who churned and {stayed:,} who stayed.",
            f"流失模型至少需要 {LEAST_CASES} 位已流失和 {LEAST_CASES} 位未流失的客户；目前有 {churned:,} 位已流失、{stayed:,} 位未流失。",
        )


def _quality(model: ChurnClassifier, test: Cases, training: list[Cases], horizon: int) -> dict[str, Any]:
    labels = _labels(test)
    found = evaluate(labels, model.predict_probability(test.matrix))
    recency = test.raw.column("recency_days").cast(pa.float64()).to_numpy(zero_copy_only=False)
    return {
        "method": "model",
        "kind": model.kind_,
        "horizon_days": horizon,
        "test_cut_off": test.cut_off.isoformat(),
        "training_cut_offs": [part.cut_off.isoformat() for part in training],
        "training_cases": sum(len(part) for part in training),
        "customers": found.cases,
        "base_rate": found.base_rate,
        "auc": found.auc,
        "calibration_error": found.calibration_error,
        "lift_top_tenth": found.lift,
        "recency_auc": auc(labels, recency),
        "log_loss_by_kind": dict(model.losses_),
    }


def _scored(cases: Cases, model: ChurnClassifier, horizon: int, quality: dict[str, Any], config: Settings) -> ChurnRun:
    probabilities = model.predict_probability(cases.matrix)
    effects = model.contributions(cases.matrix, THEME_COLUMNS)
    return ChurnRun(
        method="model",
        as_of=cases.cut_off,
        horizon=horizon,
        scored=len(cases),
        quality=quality,
        customers=cases.raw.column("customer_id").to_pylist(),
        probabilities=probabilities,
        bands=[band_of(p) for p in probabilities.tolist()],
        reasons=explain(cases.raw, effects, config.currency),
    )


def _rhythm_run(engine: Engine, as_of: dt.date, horizon: int, config: Settings, lack: Text) -> ChurnRun:
    """The rule that stands in for a model: high when two of their own gaps late, middle when one, else low."""
    cases = read_cases(engine, as_of)
    known = zip(*(cases.raw.column(name).to_pylist() for name in ("recency_days", "gap_median", "order_days")), strict=True)
    late = [days / gap if visits >= LEAST_VISITS else None for days, gap, visits in known]
    return ChurnRun(
        method="rhythm",
        as_of=as_of,
        horizon=horizon,
        scored=len(cases),
        quality={"method": "rhythm", "horizon_days": horizon, "customers": len(cases), "why": lack.model_dump()},
        customers=cases.raw.column("customer_id").to_pylist(),
        probabilities=np.full(len(cases), np.nan),
        bands=[None if r is None else "high" if r >= RHYTHM_LATE else "middle" if r >= RHYTHM_LATE / 2 else "low" for r in late],
        reasons=rhythm_reasons(cases.raw, config.currency),
        reason=lack,
    )


def _store_scores(engine: Engine, run: ChurnRun, run_id: int) -> None:
    engine.register("_churn_run", run_table(run))
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE churn_scored AS SELECT customer_id, churn_probability, churn_band, churn_reasons, "
        "CAST($run_id AS INTEGER) AS churn_run_id FROM _churn_run",
        {"run_id": run_id},
    )
