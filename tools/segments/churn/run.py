"""What a churn run found, as data: readers of stored scores need this, not the models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
from pydantic import TypeAdapter

from tools.contracts import Text
from tools.segments.churn.features import Floats
from tools.segments.churn.reasons import Reason

MODEL = "churn"
VERSION = "1"
RHYTHM_LATE = 2.0
_REASONS = TypeAdapter(list[Reason])


@dataclass(frozen=True)
class ChurnRun:
    """What one churn run found.

    Args:
        method: "model", or "rhythm" where the data were too few for a model.
        as_of: Scores hold for the horizon after this date.
        horizon: Days.
        scored: Number of eligible customers, those with a score.
        quality: Horizon, cut-offs, cases, base rate, AUC and the like, as stored in ``model_runs``.
        run_id: Number of the row in ``model_runs``; None when nothing was stored.
        reason: Why there is no model, for operators; None with one.
        customers: Scored customers in order of id.
        probabilities: Shape (scored,), NaN for the rhythm rule.
        bands: "high", "middle", "low", or None where the rule cannot tell, aligned with ``customers``.
        reasons: One or two per customer, strongest first.
    """

    method: Literal["model", "rhythm"]
    as_of: dt.date
    horizon: int
    scored: int
    quality: dict[str, Any]
    customers: list[str] = field(repr=False)
    probabilities: Floats = field(repr=False)
    bands: list[str | None] = field(repr=False)
    reasons: list[list[Reason]] = field(repr=False)
    run_id: int | None = None
    reason: Text | None = None

    @property
    def version(self) -> str:
        """Version of the model, as receipts name it."""
        return f"{MODEL}-{VERSION}-{self.quality.get('kind', self.method)}"


def run_table(run: ChurnRun) -> pa.Table:
    """The scores of a run, columns as in ``scores``: customer_id, churn_probability, churn_band, churn_reasons (JSON)."""
    reasons = [_REASONS.dump_json(found).decode() for found in run.reasons]
    return pa.table(
        {
            "customer_id": pa.array(run.customers, pa.string()),
            "churn_probability": pa.array(run.probabilities, pa.float64(), from_pandas=True),
            "churn_band": pa.array(run.bands, pa.string()),
            "churn_reasons": pa.array(reasons, pa.string()),
        }
    )
