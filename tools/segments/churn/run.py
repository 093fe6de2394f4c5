"""What a churn run found, as data: readers of stored scores need this, not the models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from tools.contracts import Text

MODEL = "churn"
VERSION = "2"
RHYTHM_LATE = 2.0


@dataclass(frozen=True)
class ChurnRun:
    """What one churn run found.

    Args:
        method: "model", or "rhythm" where the data were too few for a model.
        as_of: Scores hold for the horizon after this date.
        horizon: Days.
        scored: Number of eligible customers, those with a score.
        quality: Horizon, cut-offs, cases, base rate, AUC and the like, as stored in ``model_runs``.
        scores: Scored customers in order of id: customer_id, churn_probability (unknown for the rhythm rule), churn_band ("high",
            "middle", "low", or unknown where the rule cannot tell), churn_reasons (as ``scored.sql`` makes them).
        parameters: What it takes to fit the model again: kind, horizon, training cut-offs; empty for the rhythm rule.
        decision: How it was compared with the model in use before; None without one.
        run_id: Number of the row in ``model_runs``; None when nothing was stored.
        reason: Why there is no model, for operators; None with one.
    """

    method: Literal["model", "rhythm"]
    as_of: dt.date
    horizon: int
    scored: int
    quality: dict[str, Any]
    scores: pa.Table = field(repr=False)
    parameters: dict[str, Any] = field(default_factory=dict)
    decision: dict[str, Any] | None = None
    run_id: int | None = None
    reason: Text | None = None

    @property
    def version(self) -> str:
        """Version of the model, as receipts name it."""
        return f"{MODEL}-{VERSION}-{self.quality.get('kind', self.method)}"
