"""Fits, judges and stores the models of lifetime value: part of the refresh, inside its transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.contracts import Text
from tools.errors import NotEnoughData
from tools.models.lifetime.gaps import GapModel
from tools.models.lifetime.judging import Judged, judge
from tools.segments.held import judge_due, keep
from tools.segments.model_runs import ModelRun, not_worse, run_in_use, store_run
from tools.segments.value.dates import fit_gaps, next_dates, no_dates
from tools.segments.value.forecast import Forecaster, base_of, fit_base, fit_spending, learn, spending_of
from tools.segments.value.histories import Histories, read_histories, read_rhythms
from tools.segments.value.judge import Reader, Verdict, check_enough, cut_offs, dates, headline, judge_kinds, judge_old
from tools.segments.value.run import HORIZON_DAYS, JUDGED, MODEL, NextDates, ValueRun, run_table
from tools.segments.value.scope import draw_sample
from tools.segments.value.sql_files import read_sql
from tools.settings import Settings
from tools.warehouse.engine import Engine

MOST_SAMPLED = 10_000
"""Customers that cut-offs are read for; models of repeat buying are then fitted on everybody."""
_MEASURE = "explained"
_RUN = "value_run"


def score_value(engine: Engine, as_of: dt.date, config: Settings) -> ValueRun:
    """Predict lifetime value as of ``as_of`` and write it: a row of ``model_runs``, and the temporary table ``value_scored``.

    Runs inside the refresh, after ``customer_features`` were made for the same date.
    """
    with engine.transaction():
        judge_due(engine, MODEL, as_of, lambda run: _held(engine, run))
        run = predict_value(engine, as_of, HORIZON_DAYS, config, run_in_use(engine, MODEL), stored_gaps=True)
        run_id = store_run(engine, MODEL, run.version, as_of, config.seed, run.quality, run.parameters, run.decision)
        engine.register(_RUN, run_table(run))
        engine.execute(f"CREATE OR REPLACE TEMP TABLE value_scored AS\n{read_sql('scored')}")
        keep(engine, run_id, "value_scored", JUDGED)
    return dataclasses.replace(run, run_id=run_id)


def predict_value(
    engine: Engine, as_of: dt.date, horizon: int, config: Settings, old: ModelRun | None = None, stored_gaps: bool = False
) -> ValueRun:
    """The same without writing anything, for any date and horizon.

    Args:
        engine: Reads the warehouse.
        as_of: Nothing after this date is read.
        horizon: Days to predict.
        config: Seed and threads.
        old: The model in use, which is kept where it is better on the latest period.
        stored_gaps: ``customer_features`` is of the same date.
    """
    now = read_histories(engine, as_of)
    if not len(now):
        return _nobody(now, horizon)
    sampled = draw_sample(engine, now.raw.column("customer_id"), MOST_SAMPLED, config.seed)
    work = _Work(engine, now, horizon, config, Reader(engine, sampled), stored_gaps)
    try:
        check_enough(now)
        verdict = judge_kinds(work.reader, now, horizon, config)
    except NotEnoughData as lack:
        return _historic_run(work, Text(zh=lack.zh, en=lack.en))
    return _model_run(work, verdict, old)


@dataclass(frozen=True)
class _Work:
    """What one run works with."""

    engine: Engine
    now: Histories
    horizon: int
    config: Settings
    reader: Reader
    stored_gaps: bool


def _model_run(work: _Work, verdict: Verdict, old: ModelRun | None) -> ValueRun:
    before = judge_old(old, verdict, work.reader, work.config) if old is not None else None
    decision = _decide(verdict, old, before.spend if before is not None else None)
    quality = verdict.quality(work.horizon)
    if old is not None and before is not None and decision is not None and decision["kept"] == "old":
        parameters = old.parameters
        kind = str(parameters["kind"])
        quality |= {"kind": kind, "base": parameters["base"], "training_cut_offs": parameters["cut_offs"], **headline(before.spend)}
        quality["by_kind"][kind] = dataclasses.asdict(before.spend)
        quality["alive_by_kind"][kind] = dataclasses.asdict(before.alive)
    else:
        parameters = _parameters(work, verdict)
    forecaster = remake(work.reader, parameters, work.config)
    dates_found, gaps, gap_quality = _dates(work, verdict)
    found = forecaster.forecast(work.now, work.horizon)
    low, high = verdict.ranges.bounds(found.value)
    return ValueRun(
        method="model",
        as_of=work.now.as_of,
        horizon=work.horizon,
        quality=quality | {"next_order": gap_quality, "alive": float(found.alive.sum())},
        parameters=parameters | {"ranges": verdict.ranges.parameters_} | gaps,
        decision=decision,
        customers=work.now.raw.column("customer_id"),
        amount=work.now.raw.column("amount"),
        alive=found.alive,
        orders=found.orders,
        order_value=found.order_value,
        value=found.value,
        low=low,
        high=high,
        judged_value=found.value * forecaster.growth(work.now, work.horizon, verdict.test.horizon),
        dates=dates_found,
    )


def _decide(verdict: Verdict, old: ModelRun | None, before: Judged | None) -> dict[str, Any] | None:
    """The new model against the one in use; None where there is none to compare with."""
    if old is None or before is None:
        return None
    new = verdict.judged[verdict.kind]
    kept = "new" if not_worse(new.explained, before.explained, higher_is_better=True) else "old"
    return {"measure": _MEASURE, "new": new.explained, "old": before.explained, "old_run_id": old.run_id, "kept": kept}


def _parameters(work: _Work, verdict: Verdict) -> dict[str, Any]:
    """What it takes to make the forecaster again: numbers fitted on everybody, and cut-offs to learn from."""
    period = verdict.test.horizon
    days = cut_offs(work.now.first_date, work.now.as_of, period) if verdict.kind == "learned" else ()
    base = fit_base(verdict.base, work.now, work.config.seed)
    return {
        "kind": verdict.kind,
        "base": verdict.base,
        verdict.base: base.parameters_,
        "spending": fit_spending(work.now).parameters,
        "horizon_days": period,
        "cut_offs": [day.isoformat() for day in days],
        "log_likelihood": base.log_likelihood_,
        "converged": base.converged_,
    }


def remake(reader: Reader, parameters: dict[str, Any], config: Settings) -> Forecaster:
    """The forecaster of stored parameters; what was learned is learned again from its own cut-offs."""
    base, spending = base_of(parameters["base"], parameters[parameters["base"]]), spending_of(parameters["spending"])
    period = int(parameters["horizon_days"])
    training = reader.training(dates(parameters), period) if parameters["kind"] == "learned" else []
    return Forecaster(base, spending, learn(training, config), period) if training else Forecaster(base, spending)


def _dates(work: _Work, verdict: Verdict) -> tuple[NextDates, dict[str, Any], dict[str, Any]]:
    rhythms = read_rhythms(work.engine, work.now, stored=work.stored_gaps)
    if not len(rhythms.gaps):
        return no_dates(len(work.now)), {}, {}
    model, quality = fit_gaps(work.engine, verdict.test.histories, verdict.test.horizon, rhythms, work.reader.sampled)
    return next_dates(work.now, rhythms, model), {"gaps": model.parameters_}, quality


def _historic_run(work: _Work, lack: Text) -> ValueRun:
    """The rule that stands in for a model: customers spend again what they spent, pro rata of the length of the data."""
    now = work.now
    again = min(1.0, work.horizon / now.days)
    orders = now.column("orders") * again
    spent = np.maximum(now.column("amount"), 0.0)
    each = spent / np.maximum(now.column("orders"), 1.0)
    unknown = np.full(len(now), np.nan)
    rhythms = read_rhythms(work.engine, now, stored=work.stored_gaps)
    gaps = GapModel().fit(rhythms.gaps, rhythms.median, rhythms.mean, rhythms.spread) if len(rhythms.gaps) else None
    return ValueRun(
        method="historic",
        as_of=now.as_of,
        horizon=work.horizon,
        quality={"method": "historic", "value_horizon_days": work.horizon, "customers": len(now), "why": lack.model_dump()},
        parameters={"gaps": gaps.parameters_} if gaps else {},
        decision=None,
        customers=now.raw.column("customer_id"),
        amount=now.raw.column("amount"),
        alive=unknown,
        orders=orders,
        order_value=each,
        value=orders * each,
        low=unknown,
        high=unknown,
        judged_value=unknown,
        dates=next_dates(now, rhythms, gaps) if gaps else no_dates(len(now)),
        reason=lack,
    )


def _nobody(now: Histories, horizon: int) -> ValueRun:
    nothing = np.zeros(0)
    lack = Text(zh="没有已完成的订单。", en="There are no counted orders.")
    quality = {"method": "historic", "value_horizon_days": horizon, "customers": 0, "why": lack.model_dump()}
    ids, amount = now.raw.column("customer_id"), now.raw.column("amount")
    numbers = (nothing,) * 7
    return ValueRun("historic", now.as_of, horizon, quality, {}, None, ids, amount, *numbers, no_dates(0), reason=lack)


def _held(engine: Engine, run: ModelRun) -> dict[str, Any] | None:
    """How a run's predictions of the judged period turned out."""
    found = engine.query(read_sql("held"), {"run_id": run.run_id, "as_of": run.as_of, "horizon": int(run.quality["horizon_days"])})
    actual = np.maximum(found.column("amount").to_numpy(), 0.0)
    if not actual.sum() > 0:
        return None
    judged = judge(actual, found.column("prediction").to_numpy())
    return {"measure": _MEASURE, **dataclasses.asdict(judged)}
