"""Expected dates of the next order."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.models.lifetime.counts import Floats
from tools.models.lifetime.gaps import GapModel
from tools.segments.value.histories import Histories, Rhythms, read_next_gaps, read_rhythms
from tools.segments.value.run import Days, NextDates
from tools.warehouse.engine import Engine

LEAST_JUDGED = 100
"""Next gaps needed before the width of ranges is taken from them."""
SHARE = 0.8
_LONGEST_DAYS = 36_500.0


def fit_gaps(engine: Engine, histories: Histories, horizon: int, now: Rhythms, sampled: bool) -> tuple[GapModel, dict[str, Any]]:
    """The model of gaps as of ``now``, its ranges as wide as those of an earlier date turned out to need.

    Args:
        engine: Reads the warehouse.
        histories: As of the earlier date.
        horizon: Days after it in which next gaps are watched.
        now: Gaps that the model is fitted on.
        sampled: ``histories`` are of the sample.

    Returns:
        The model, and what is told of its quality: cases, share of next gaps in the range where its width was set by the
        other half of the customers, mean error in days, and that of one gap for everybody.
    """
    model = GapModel().fit(now.gaps, now.median, now.mean, now.spread)
    before = read_rhythms(engine, histories, sampled)
    rows, days, ended = _next_gaps(engine, histories, before, horizon, sampled)
    if len(rows) < LEAST_JUDGED:
        return model, {}
    own = (before.gaps[rows], before.median[rows], before.mean[rows], before.spread[rows])
    judged = GapModel().fit(before.gaps, before.median, before.mean, before.spread)
    quality = {
        "cases": len(rows),
        "coverage": _coverage(judged, own, days),
        **_errors(judged.typical(own[0], own[1]), days, ended),
    }
    model.reach_ = judged.calibrate(*own, days, SHARE).reach_
    return model, quality


def _errors(typical: Floats, days: Floats, ended: NDArray[np.bool_]) -> dict[str, float]:
    """How far the next gaps that ended were from what was expected; nothing where none has ended."""
    if not ended.any():
        return {}
    return {
        "mean_error_days": float(np.abs(days - typical)[ended].mean()),
        "mean_error_days_of_one_gap_for_all": float(np.abs(days - np.median(days))[ended].mean()),
    }


def _coverage(model: GapModel, own: tuple[Floats, ...], days: Floats) -> float:
    learn = np.arange(len(days)) % 2 == 0
    gaps, median, mean, spread = (part[learn] for part in own)
    low, high = model.calibrate(gaps, median, mean, spread, days[learn], SHARE).bounds(*(part[~learn] for part in own))
    return float(((days[~learn] >= np.round(low)) & (days[~learn] <= np.round(high))).mean())


def _next_gaps(engine: Engine, histories: Histories, before: Rhythms, horizon: int, sampled: bool) -> tuple[Any, Floats, Any]:
    """Rows of ``before``, days and whether it ended, of gaps that could be watched for half of the horizon.

    One that did not end counts as long as it was watched: it is longer than most ranges reach.
    """
    found = read_next_gaps(engine, histories.as_of, horizon, sampled)
    known = {name: place for place, name in enumerate(before.customers.to_pylist())}
    places = np.array([known.get(name, -1) for name in found["customer_id"].to_pylist()], dtype=np.int64)
    gap = found["gap"].to_numpy()
    watched = found["watched"].to_numpy()
    kept = (places >= 0) & (watched >= horizon / 2)
    ended = np.isfinite(gap[kept])
    return places[kept], np.where(ended, gap[kept], watched[kept]), ended


def next_dates(histories: Histories, rhythms: Rhythms, model: GapModel) -> NextDates:
    """When each customer of ``histories`` is due: the last order date plus the typical gap, and the range of usual ones."""
    typical = model.typical(rhythms.gaps, rhythms.median)
    shortest, longest = model.bounds(rhythms.gaps, rhythms.median, rhythms.mean, rhythms.spread)
    recency = histories.column("recency_days")[rhythms.rows]
    expected, earliest, latest = (
        _spread(histories.as_of, np.clip(np.round(gap), 1.0, _LONGEST_DAYS) - recency, rhythms, len(histories))
        for gap in (typical, shortest, longest)
    )
    return NextDates(expected, earliest, latest)


def _spread(as_of: dt.date, ahead: Floats, rhythms: Rhythms, count: int) -> Days:
    found = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    found[rhythms.rows] = np.datetime64(as_of) + ahead.astype("timedelta64[D]")
    return found


def no_dates(count: int) -> NextDates:
    """Nobody's next order can be told."""
    nothing = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    return NextDates(nothing, nothing, nothing)
