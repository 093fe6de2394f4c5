"""Scores everybody for the most frequent kinds of campaigns: part of the refresh, inside its transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from tools.contracts import Text
from tools.errors import NotEnoughData
from tools.models.evaluation import evaluate
from tools.segments.held import judge_due, keep
from tools.segments.model_runs import ModelRun, run_in_use, store_run
from tools.segments.response.cases import TEMPORARY, draw_sample, read_cases, read_everyone, to_matrix
from tools.segments.response.fit import decide, fit_on, judge, lack_of, split
from tools.segments.response.run import PREFIX, ResponseRun, model_id
from tools.segments.response.waves import LEAST_TESTED, Wave, kinds_by_contacts, known_waves, plan_waves, read_sql, read_waves, usual_wait
from tools.settings import Settings
from tools.warehouse.engine import Engine

MOST_KINDS = 5
_DOUBT = 20.0
"""Cases that a rate by history is drawn towards the rate of all by, as if seen."""


def score_responses(engine: Engine, as_of: dt.date, config: Settings) -> list[ResponseRun]:
    """Fit, judge and store a model for each of the most frequent kinds of campaigns.

    Fills ``response_scores`` and leaves the temporary table ``response_scored`` with the probability for the kind that
    reached most customers; both stay empty where no campaign has ended.
    """
    engine.execute("DELETE FROM response_scores")
    engine.execute("CREATE OR REPLACE TEMP TABLE response_scored (customer_id VARCHAR, response_probability DOUBLE)")
    waves = read_waves(engine, as_of)
    kinds = kinds_by_contacts(waves)
    earlier = {kind: run_in_use(engine, model_id(kind)) for kind in kinds}
    engine.execute("UPDATE model_runs SET in_use = FALSE WHERE starts_with(model, $prefix)", {"prefix": PREFIX})
    for kind in kinds:
        judge_due(engine, model_id(kind), as_of, partial(_held, engine, kind, as_of))
    runs = predict_responses(engine, as_of, config, waves, kinds[:MOST_KINDS], earlier)
    for run in runs:
        _store(engine, run, config, run.kind == kinds[0])
    for table in TEMPORARY:
        engine.execute(f"DROP TABLE IF EXISTS {table}")
    return runs


def predict_responses(
    engine: Engine,
    as_of: dt.date,
    config: Settings,
    waves: Sequence[Wave],
    kinds: Sequence[str],
    earlier: Mapping[str, ModelRun | None] | None = None,
    current: bool = True,
) -> list[ResponseRun]:
    """The same without writing what is kept.

    Args:
        engine: Holds the tables that ``read_waves`` left.
        as_of: Nothing after it is read.
        config: Seed and threads.
        waves: All of them.
        kinds: Each gets a run; those without an outcome that is known are left out.
        earlier: The runs in use so far, by kind.
        current: Whether ``customer_features`` are as of that date.
    """
    known = {kind: known_waves(waves, kind, as_of) for kind in kinds}
    if any(lack_of(kind, known[kind]) is None for kind in kinds):
        draw_sample(engine, config.seed)
    runs = (_run(engine, kind, known[kind], as_of, config, (earlier or {}).get(kind), current) for kind in kinds if known[kind])
    return [run for run in runs if run is not None]


def _run(
    engine: Engine, kind: str, known: list[Wave], as_of: dt.date, config: Settings, old: ModelRun | None, current: bool
) -> ResponseRun | None:
    lack = lack_of(kind, known)
    try:
        if lack is None:
            return _by_model(engine, kind, known, as_of, config, old, current)
    except NotEnoughData as few:
        lack = few
    return _by_history(engine, kind, as_of, Text(zh=lack.zh, en=lack.en) if lack else Text(zh="", en=""), current)


def _by_model(
    engine: Engine, kind: str, known: list[Wave], as_of: dt.date, config: Settings, old: ModelRun | None, current: bool
) -> ResponseRun:
    plan = plan_waves(known)
    cases = {wave.key: read_cases(engine, wave) for wave in {*plan.known, *plan.test, *plan.training}}
    training, test = split(plan, cases)
    found = decide(fit_on(training, config), training, test, old, plan, cases, config)
    quality = judge(found.model, plan, found.training, test)
    chosen = found.model.kind_
    final = fit_on([cases[wave.key] for wave in found.waves], config, chosen)
    everyone = read_everyone(engine, kind, as_of, current)
    return ResponseRun(
        kind=kind,
        method="model",
        as_of=as_of,
        quality=quality | {"kind": chosen, "campaign_kind": kind, "horizon_days": usual_wait(known)},
        parameters={"kind": chosen, "waves": [list(wave.key) for wave in found.waves]},
        decision=found.record,
        customers=everyone.column("customer_id"),
        probabilities=final.predict_probability(to_matrix(everyone)),
    )


def _by_history(engine: Engine, kind: str, as_of: dt.date, why: Text, current: bool) -> ResponseRun | None:
    """The rule that stands in for a model: the response rate of those who had responded to a campaign before, or had not."""
    rows = engine.rows(read_sql("before"), {"kind": kind, "as_of": as_of})
    contacted, responded = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if contacted < LEAST_TESTED or not responded:
        return None
    base = responded / contacted
    rates = {bool(before): (hits + _DOUBT * base) / (cases + _DOUBT) for before, cases, hits in rows}
    everyone = read_everyone(engine, kind, as_of, current)
    before = everyone.column("campaigns_responded").fill_null(0).to_numpy() > 0
    return ResponseRun(
        kind=kind,
        method="history",
        as_of=as_of,
        quality={
            "method": "history",
            "campaign_kind": kind,
            "customers": contacted,
            "base_rate": base,
            "rate_responded_before": rates.get(True),
            "rate_never_responded": rates.get(False),
            "why": why.model_dump(),
        },
        parameters={},
        decision=None,
        customers=everyone.column("customer_id"),
        probabilities=np.where(before, rates.get(True, base), rates.get(False, base)),
    )


def _held(engine: Engine, kind: str, as_of: dt.date, run: ModelRun) -> dict[str, Any] | None:
    """How the kept predictions of a run did on the campaigns since; None where too few responded."""
    found = engine.query(read_sql("outcomes"), {"run_id": run.run_id, "kind": kind, "made_on": run.as_of, "as_of": as_of})
    labels = found.column("responded").to_numpy().astype(np.int64)
    if min(int(labels.sum()), len(labels) - int(labels.sum())) < LEAST_TESTED:
        return None
    judged = evaluate(labels, found.column("prediction").to_numpy())
    return {
        "customers": judged.cases,
        "base_rate": judged.base_rate,
        "auc": judged.auc,
        "calibration_error": judged.calibration_error,
        "lift_top_tenth": judged.lift,
    }


def _store(engine: Engine, run: ResponseRun, config: Settings, is_first: bool) -> None:
    run_id = store_run(engine, model_id(run.kind), run.version, run.as_of, config.seed, run.quality, run.parameters, run.decision)
    engine.register("_response_run", run.table())
    engine.execute("CREATE OR REPLACE TEMP TABLE response_found AS SELECT customer_id, probability FROM _response_run")
    engine.execute(
        "INSERT INTO response_scores (campaign_kind, customer_id, probability, run_id) "
        "SELECT $kind, customer_id, probability, $run_id FROM response_found",
        {"kind": run.kind, "run_id": run_id},
    )
    if is_first:
        engine.execute("INSERT INTO response_scored SELECT customer_id, probability FROM response_found")
    if run.method == "model":
        keep(engine, run_id, "response_found", "probability")
