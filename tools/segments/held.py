"""How a model has held since: what each run promised is kept until its horizon has passed, then judged against what happened.

What is kept is bounded: of one as-of date the newest run only, runs of one model at least a twelfth of their horizon apart,
and about ``MOST_CUSTOMERS`` customers of each, the same ones every time.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.segments.model_runs import ModelRun, model_runs
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

MOST_RUNS = 12
"""Runs of one model that wait for their horizon at a time."""
MOST_CUSTOMERS = 200_000
"""Customers whose predictions are kept of one run, or a little more; a judgement needs no more."""

Judge = Callable[[ModelRun], Mapping[str, Any] | None]
"""Compares the kept predictions of a run with what happened; None where that cannot be told."""


@dataclass(frozen=True)
class Held:
    """One judgement: which run, made as of when, judged with data up to when, and how good it was."""

    run_id: int
    model: str
    as_of: dt.date
    judged_as_of: dt.date
    quality: dict[str, Any]


def keep(engine: Engine, run_id: int, table: str, column: str) -> int:
    """Keep the predictions of a stored run, unless one of nearly the same date waits already; how many were kept.

    Args:
        engine: Within the refresh's transaction.
        run_id: A row of ``model_runs`` whose quality says ``horizon_days``; without it nothing is kept.
        table: A temporary table with ``customer_id`` and ``column``.
        column: The prediction, a number; customers without one are left out.
    """
    runs = {run.run_id: run for run in model_runs(engine)}
    run = runs[run_id]
    horizon = run.quality.get("horizon_days")
    waiting = [runs[found] for found in _waiting(engine) if found in runs and runs[found].model == run.model and found != run_id]
    if horizon is None or any(0 < abs((run.as_of - other.as_of).days) * MOST_RUNS < horizon for other in waiting):
        return 0
    _forget(engine, [run_id, *(other.run_id for other in waiting if other.as_of == run.as_of)])
    predictions = f"SELECT customer_id, CAST({quote(column)} AS DOUBLE) AS prediction FROM {quote(table)} WHERE {quote(column)} IS NOT NULL"
    count = int(engine.rows(f"SELECT count(*) FROM ({predictions}) AS p")[0][0])
    engine.execute(
        f"INSERT INTO kept_predictions (run_id, customer_id, prediction) SELECT $run_id, customer_id, prediction FROM ({predictions}) AS p "
        "WHERE hash(customer_id) % $parts = 0",
        {"run_id": run_id, "parts": max(1, -(-count // MOST_CUSTOMERS))},
    )
    return int(engine.rows("SELECT count(*) FROM kept_predictions WHERE run_id = $run_id", {"run_id": run_id})[0][0])


def judge_due(engine: Engine, model: str, as_of: dt.date, judge: Judge) -> list[Held]:
    """Judge the runs of ``model`` whose horizon has passed by ``as_of``, store what was found and forget their predictions.

    Args:
        engine: Within the refresh's transaction.
        model: As in ``model_runs``.
        as_of: What happened is known up to this date.
        judge: Reads ``kept_predictions`` of the run it is given; its quality is stored as JSON.
    """
    kept = set(_waiting(engine))
    due = [run for run in model_runs(engine, model) if run.run_id in kept and _ends(run) <= as_of]
    found = []
    for run in sorted(due, key=lambda one: one.run_id):
        quality = judge(run)
        if quality is not None:
            found.append(Held(run.run_id, run.model, run.as_of, as_of, dict(quality)))
    for held in found:
        engine.execute(
            "INSERT INTO model_outcomes (run_id, judged_as_of, quality) VALUES ($run_id, $judged_as_of, $quality)",
            {"run_id": held.run_id, "judged_as_of": as_of, "quality": json.dumps(held.quality, ensure_ascii=False)},
        )
    _forget(engine, [run.run_id for run in due])
    return found


def judgements(engine: Engine, model: str | None = None) -> list[Held]:
    """What was found about earlier runs, of one model where one is named, the latest as-of date first."""
    runs = {run.run_id: run for run in model_runs(engine, model)}
    rows = engine.rows("SELECT run_id, judged_as_of, quality FROM model_outcomes ORDER BY judged_as_of DESC, run_id DESC")
    found = [Held(row[0], runs[row[0]].model, runs[row[0]].as_of, row[1], json.loads(row[2])) for row in rows if row[0] in runs]
    return sorted(found, key=lambda held: held.as_of, reverse=True)


def _waiting(engine: Engine) -> list[int]:
    return [int(row[0]) for row in engine.rows("SELECT DISTINCT run_id FROM kept_predictions ORDER BY run_id")]


def _ends(run: ModelRun) -> dt.date:
    return run.as_of + dt.timedelta(days=int(run.quality["horizon_days"]))


def _forget(engine: Engine, run_ids: list[int]) -> None:
    for run_id in run_ids:
        engine.execute("DELETE FROM kept_predictions WHERE run_id = $run_id", {"run_id": run_id})
