"""Scores the customers of a date for churn: part of the refresh, inside its transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.contracts import Text
from tools.errors import NotEnoughData
from tools.models.churn import ChurnClassifier
from tools.models.evaluation import evaluate
from tools.segments.churn.features import THEME_COLUMNS, Floats, column, read_labels, read_raw, to_matrix
from tools.segments.churn.fitting import fit_model
from tools.segments.churn.reasons import LEAST_VISITS
from tools.segments.churn.run import MODEL, RHYTHM_LATE, ChurnRun
from tools.segments.churn.themes import Told, choose, silence_alone
from tools.segments.held import judge_due, keep
from tools.segments.model_runs import ModelRun, run_in_use, store_run
from tools.settings import Settings
from tools.warehouse.engine import Engine
from tools.warehouse.sql_files import sql_text

HIGH, MIDDLE = 0.6, 0.3
BANDS = ("low", "middle", "high")
BATCH = 100_000
"""Customers whose matrix is in memory at a time."""
_MEANS = ("days_90", "order_days", "gap_median", "amount_90")


def _read(name: str) -> str:
    return sql_text("tools.segments.churn", name)


def score_churn(engine: Engine, as_of: dt.date, config: Settings) -> ChurnRun:
    """Fit the model as of ``as_of`` and write it: a row of ``model_runs``, and the temporary table ``churn_scored``.

    The model in use before stays where the new one is worse on the latest period. What the run promises is kept, and what
    earlier runs promised is judged where their horizon has passed. Runs inside the caller's transaction where there is one; the
    scores themselves are left out of what it returns.
    """
    with engine.transaction():
        judge_due(engine, MODEL, as_of, lambda run: judge_kept(engine, run))
        run = predict_churn(engine, as_of, config.churn_horizon_days, config, run_in_use(engine, MODEL))
        run_id = store_run(engine, MODEL, run.version, as_of, config.seed, run.quality, run.parameters, run.decision)
        _store_scores(engine, run, run_id)
        if run.method == "model":
            keep(engine, run_id, "churn_scored", "churn_probability")
    # A million scores are in the table now; nobody needs them in memory for the rest of the refresh.
    return replace(run, run_id=run_id, scores=run.scores.schema.empty_table())


def predict_churn(engine: Engine, as_of: dt.date, horizon: int, config: Settings, before: ModelRun | None = None) -> ChurnRun:
    """The same without writing anything: for another horizon, or another date than the stored one.

    Args:
        engine: Reads the warehouse.
        as_of: Nothing after this date is read.
        horizon: Days.
        config: Seed and threads.
        before: The run in use, which stays where the new model is worse; compared with none when left out.
    """
    try:
        fitted = fit_model(engine, as_of, horizon, config, before)
    except NotEnoughData as lack:
        return _rhythm_run(engine, as_of, horizon, Text(zh=lack.zh, en=lack.en))
    raw = read_raw(engine, as_of)
    return ChurnRun(
        method="model",
        as_of=as_of,
        horizon=horizon,
        scored=raw.num_rows,
        quality=fitted.quality,
        scores=_scores(engine, raw, fitted.model),
        parameters=fitted.parameters,
        decision=fitted.decision,
    )


def judge_kept(engine: Engine, run: ModelRun) -> dict[str, Any] | None:
    """How good the kept probabilities of ``run`` were, by what happened since; None where nobody, or everybody, churned."""
    kept = engine.query(
        "SELECT k.customer_id, k.prediction FROM kept_predictions AS k JOIN customers AS c ON c.customer_id = k.customer_id "
        "WHERE k.run_id = $run_id ORDER BY k.customer_id",
        {"run_id": run.run_id},
    )
    horizon = int(run.quality["horizon_days"])
    labels = read_labels(engine, kept.column("customer_id"), run.as_of, horizon)
    if len(np.unique(labels)) < 2:
        return None
    found = evaluate(labels, column(kept, "prediction"))
    return {
        "horizon_days": horizon,
        "customers": found.cases,
        "base_rate": found.base_rate,
        "auc": found.auc,
        "calibration_error": found.calibration_error,
        "lift_top_tenth": found.lift,
    }


def _scores(engine: Engine, raw: pa.Table, model: ChurnClassifier) -> pa.Table:
    means = _means(raw)
    found = []
    for part in _batches(raw):
        matrix = to_matrix(part)
        probabilities = model.predict_probability(matrix)
        told = choose(part, model.contributions(matrix, THEME_COLUMNS))
        found.append(_batch_scores(engine, part, probabilities, band_codes(probabilities), told, means))
    return pa.concat_tables(found)


def _rhythm_run(engine: Engine, as_of: dt.date, horizon: int, lack: Text) -> ChurnRun:
    """The rule that stands in for a model: high when two of their own gaps late, middle when one, else low."""
    raw = read_raw(engine, as_of)
    means = _means(raw)
    found = []
    for part in _batches(raw):
        nothing = np.full(part.num_rows, np.nan)
        found.append(_batch_scores(engine, part, nothing, _rhythm_codes(part), silence_alone(part.num_rows), means))
    quality = {"method": "rhythm", "horizon_days": horizon, "customers": raw.num_rows, "why": lack.model_dump()}
    return ChurnRun("rhythm", as_of, horizon, raw.num_rows, quality, pa.concat_tables(found), reason=lack)


def _batches(raw: pa.Table) -> Iterator[pa.Table]:
    # One batch at least, so that nobody to score gives an empty table with its columns.
    for start in range(0, max(raw.num_rows, 1), BATCH):
        yield raw.slice(start, BATCH)


def band_codes(probabilities: Floats) -> Floats:
    """Positions in ``BANDS``: high from 0.6, middle from 0.3, else low; shape (customers,)."""
    return np.select([probabilities >= HIGH, probabilities >= MIDDLE], [2.0, 1.0], 0.0)


def _rhythm_codes(raw: pa.Table) -> Floats:
    gaps = column(raw, "gap_median")
    late = np.divide(column(raw, "recency_days"), gaps, out=np.full(len(gaps), np.nan), where=gaps > 0)
    codes = np.select([late >= RHYTHM_LATE, late >= RHYTHM_LATE / 2], [2.0, 1.0], 0.0)
    return np.where((column(raw, "order_days") >= LEAST_VISITS) & ~np.isnan(late), codes, np.nan)


def _means(raw: pa.Table) -> dict[str, float]:
    """Averages of all customers that the words compare with, to two digits."""
    return {f"mean_{name}": round(float(pc.mean(raw.column(name).cast(pa.float64())).as_py() or 0.0), 2) for name in _MEANS}


def _batch_scores(engine: Engine, raw: pa.Table, probabilities: Floats, codes: Floats, told: Told, means: dict[str, float]) -> pa.Table:
    """Columns as in ``scores``; ``codes`` are positions in ``BANDS``, NaN where there is no band."""
    bands = pa.DictionaryArray.from_arrays(pa.array(codes, pa.float64(), from_pandas=True).cast(pa.int8()), pa.array(BANDS))
    columns = {
        "churn_probability": pa.array(probabilities, pa.float64(), from_pandas=True),
        "churn_band": bands.cast(pa.string()),
        "first_theme": pa.array(told.first + 1),
        "first_effect": pa.array(np.round(told.first_effect, 4)),
        "second_theme": pa.array(told.second + 1),
        "second_effect": pa.array(np.round(told.second_effect, 4)),
    }
    batch = raw
    for name, values in columns.items():
        batch = batch.append_column(name, values)
    engine.register("scored_batch", batch)
    return engine.query(_read("scored"), means)


def _store_scores(engine: Engine, run: ChurnRun, run_id: int) -> None:
    engine.register("_churn_run", run.scores)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE churn_scored AS SELECT customer_id, churn_probability, churn_band, churn_reasons, "
        "CAST($run_id AS INTEGER) AS churn_run_id FROM _churn_run",
        {"run_id": run_id},
    )
    engine.register("_churn_run", run.scores.schema.empty_table())
