"""What a response run found, as data: readers of stored scores need this, not the models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

VERSION = "1"
PREFIX = "response:"


def model_id(kind: str) -> str:
    """The model's name in ``model_runs``."""
    return f"{PREFIX}{kind}"


@dataclass(frozen=True)
class ResponseRun:
    """What one run found about one kind of campaign.

    Args:
        kind: Of campaign.
        method: "model", or "history" where the cases were too few: the rate of those who had responded before, or had not.
        as_of: Probabilities hold for the next campaign of the kind after this date.
        quality: What it claims, and on which later campaigns, as stored in ``model_runs``.
        parameters: Kind of classifier and waves learned from, to make the model again.
        decision: How it was compared with the model in use before; None without one.
        customers: Scored customers.
        probabilities: Aligned with ``customers``.
    """

    kind: str
    method: Literal["model", "history"]
    as_of: dt.date
    quality: dict[str, Any]
    parameters: dict[str, Any]
    decision: dict[str, Any] | None
    customers: pa.ChunkedArray = field(repr=False)
    probabilities: NDArray[np.float64] = field(repr=False)

    @property
    def version(self) -> str:
        """Version of the model, as receipts name it."""
        return f"response-{VERSION}-{self.quality.get('kind', self.method)}"

    def table(self) -> pa.Table:
        """Columns customer_id and probability."""
        return pa.table({"customer_id": self.customers, "probability": pa.array(self.probabilities, pa.float64())})
