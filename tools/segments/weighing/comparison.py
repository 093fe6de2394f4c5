"""The comparison of all scores on a later period, as it is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tools.contracts import Text
from tools.segments.weighing.compare import compare_models
from tools.segments.weighing.learn import Captured, Fitted, Learned
from tools.settings import Settings
from tools.warehouse.engine import Engine


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


def compare_all(engine: Engine, learned: Learned, config: Settings) -> Comparison:
    """What was learnt, with the churn and the lifetime value models beside it."""
    peers = compare_models(engine, learned, config)
    test = learned.test
    captured = learned.captured | peers.captured
    return Comparison(learned.horizon, learned.final, test.cut_off, len(test), captured, learned.sampled, peers.caveats)
