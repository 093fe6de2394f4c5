"""Model runs as stored: which model is in use, on what it was judged, what it replaced and how it has held since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.warehouse.context import read_meta
from tools.warehouse.engine import Engine

_COLUMNS = "run_id, model, version, as_of, seed, data_version, in_use, quality, parameters, decision"


TOLERANCE = 1e-4
"""Relative difference of two results below which they count as equal: refitting alone moves them that far."""


@dataclass(frozen=True)
class ModelRun:
    """One row of ``model_runs``.

    Args:
        run_id: Counts up over all models.
        model: "churn", "lifetime_value", "response:<campaign kind>", "clusters" or "rfm_weights".
        version: Version and kind, as receipts name it.
        as_of: The date up to which it read the data.
        seed: Of everything random.
        data_version: The data that it rests on.
        in_use: Whether its scores are the stored ones.
        quality: What it claims, on which later period: horizon, cut-offs, measures.
        parameters: What it takes to make it again, such as training cut-offs, a kind or fitted numbers.
        decision: How it was compared with the model before on the latest period, with both results; None without one.
    """

    run_id: int
    model: str
    version: str
    as_of: dt.date
    seed: int
    data_version: str
    in_use: bool
    quality: dict[str, Any]
    parameters: dict[str, Any]
    decision: dict[str, Any] | None


def not_worse(new: float, old: float, *, higher_is_better: bool) -> bool:
    """Whether a result on the latest period is as good as another, differences of less than ``TOLERANCE`` aside."""
    gain = new - old if higher_is_better else old - new
    return gain >= -TOLERANCE * abs(old)


def store_run(
    engine: Engine,
    model: str,
    version: str,
    as_of: dt.date,
    seed: int,
    quality: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    decision: Mapping[str, Any] | None = None,
) -> int:
    """Store a run as the one in use of its model, and return its number."""
    run_id = int(engine.rows("SELECT coalesce(max(run_id), 0) + 1 FROM model_runs")[0][0])
    engine.execute("UPDATE model_runs SET in_use = FALSE WHERE model = $model", {"model": model})
    engine.execute(
        f"INSERT INTO model_runs ({_COLUMNS}) "
        "VALUES ($run_id, $model, $version, $as_of, $seed, $data_version, TRUE, $quality, $parameters, $decision)",
        {
            "run_id": run_id,
            "model": model,
            "version": version,
            "as_of": as_of,
            "seed": seed,
            "data_version": read_meta(engine, "data_version") or "0",
            "quality": _write(quality),
            "parameters": _write(parameters or {}),
            "decision": None if decision is None else _write(_with_data(engine, decision, as_of)),
        },
    )
    return run_id


def _with_data(engine: Engine, decision: Mapping[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The decision, with ``same_data`` where both models rest on the same data, so that there was nothing new to learn."""
    rows = engine.rows("SELECT data_version, as_of FROM model_runs WHERE run_id = $id", {"id": decision.get("old_run_id")})
    same = rows == [(read_meta(engine, "data_version") or "0", as_of)]
    return {**decision, "same_data": True} if same else dict(decision)


def run_in_use(engine: Engine, model: str) -> ModelRun | None:
    """The run whose scores are stored; None before the first."""
    found = [run for run in model_runs(engine, model) if run.in_use]
    return found[0] if found else None


def model_runs(engine: Engine, model: str | None = None) -> list[ModelRun]:
    """All runs, of one model where one is named, the newest first."""
    where, parameters = ("WHERE model = $model", {"model": model}) if model else ("", {})
    rows = engine.rows(f"SELECT {_COLUMNS} FROM model_runs {where} ORDER BY run_id DESC", parameters)
    return [_run(row) for row in rows]


def _run(row: tuple[Any, ...]) -> ModelRun:
    run_id, model, version, as_of, seed, data_version, in_use, quality, parameters, decision = row
    return ModelRun(run_id, model, version, as_of, seed, data_version, in_use, _read(quality), _read(parameters), _read(decision) or None)


def _read(text: str | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _write(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False)
