"""The comparison of all scores on a later period, as it is told: made by a refresh and stored, or made for one answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tools.contracts import Text
from tools.segments.model_runs import ModelRun
from tools.segments.weighing.compare import compare_models
from tools.segments.weighing.learn import Captured, Fitted, Learned
from tools.settings import Settings
from tools.warehouse.context import ToolContext
from tools.warehouse.engine import Engine

KEY = "comparison"
"""Where a run's ``quality`` holds it."""


@dataclass(frozen=True)
class Comparison:
    """Weights, and how well every score ranks what customers spend in a later period.

    Args:
        horizon: Days of a period.
        final: The weights, learnt from all periods that have ended.
        test_cut_off: The day before the period that was compared on.
        test_customers: Customers on that day.
        captured: Score, or model, to the shares of the period's spend that its top tenth and fifth capture.
        sampled: Whether all this is about a random part of the customers.
        caveats: Why a model is not compared.
    """

    horizon: int
    final: Fitted
    test_cut_off: dt.date
    test_customers: int
    captured: dict[str, Captured]
    sampled: bool = False
    caveats: tuple[Text, ...] = ()


_STORED: TypeAdapter[Comparison] = TypeAdapter(Comparison)


def compare_all(engine: Engine, learned: Learned, config: Settings) -> Comparison:
    """What was learnt, with the churn and the lifetime value models beside it."""
    peers = compare_models(engine, learned, config)
    test = learned.test
    captured = learned.captured | peers.captured
    return Comparison(learned.horizon, learned.final, test.cut_off, len(test), captured, learned.sampled, peers.caveats)


def stored_form(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON holds it."""
    found: dict[str, Any] = _STORED.dump_python(comparison, mode="json")
    return found


def stored_comparison(ctx: ToolContext, run: ModelRun | None, horizon: int) -> Comparison | None:
    """The comparison that a refresh stored; None where it is of other data, another date, seed or horizon, or in an older form."""
    if run is None or (run.as_of, run.data_version, run.seed) != (ctx.as_of, ctx.data_version, ctx.config.seed):
        return None
    try:
        found = _STORED.validate_python(run.quality.get(KEY), strict=False)
    except ValidationError:
        return None
    return found if found.horizon == horizon else None
