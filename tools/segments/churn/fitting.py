"""Fits the churn model on several cut-offs, judges it on a later one, and decides whether it replaces the one before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from tools.errors import NotEnoughData
from tools.models.churn import ChurnClassifier, Kind, log_loss
from tools.models.evaluation import auc, evaluate
from tools.models.lifetime.bg_nbd import BgNbd
from tools.segments.churn.features import (
    Cases,
    Floats,
    Labels,
    churn_feature_query,
    column,
    read_cases,
    read_histories,
    read_history,
    read_raw,
)
from tools.segments.churn.run import VERSION
from tools.segments.churn.scope import check_no_future, draw_sample
from tools.segments.model_runs import ModelRun, not_worse
from tools.settings import Settings
from tools.warehouse.engine import Engine

LEAST_CUSTOMERS, LEAST_DAYS, LEAST_CASES, LEAST_HORIZONS = 500, 180, 100, 3
MOST_CUT_OFFS = 8
LEAST_STEP_DAYS = 14
WARM_UP_DAYS = 90
"""Days of history wanted before the first training cut-off; where there are fewer, one horizon must do."""
MOST_SAMPLED = 8_000
"""Customers that a model is fitted on, over several cut-offs; more change its quality by less than the noise of one period."""
LEAST_ELIGIBLE, MOST_DRAWN = 4_000, 200_000
"""Eligible customers wanted of a sample on the day of the test; where most have long been inactive, more are drawn."""


@dataclass(frozen=True)
class Fitted:
    """A model to score with, and what is said of it.

    Args:
        model: Fitted on the latest cut-offs whose labels are known.
        quality: Of the same recipe on a later period than it was fitted on.
        parameters: What it takes to fit ``model`` again.
        decision: How it was compared with the one before; None without one.
    """

    model: ChurnClassifier
    quality: dict[str, Any]
    parameters: dict[str, Any]
    decision: dict[str, Any] | None


@dataclass
class _Material:
    """Cases of any cut-off, each read once."""

    engine: Engine
    config: Settings
    horizon: int
    sampled: bool
    cases: dict[dt.date, Cases] = field(default_factory=dict)

    def at(self, day: dt.date) -> Cases:
        """The cases of one cut-off, read once."""
        if day not in self.cases:
            self.cases[day] = read_cases(self.engine, day, self.horizon, self.sampled)
        return self.cases[day]

    def fit(self, days: list[dt.date], kind: Kind | None = None) -> ChurnClassifier:
        """A classifier of the cases of these cut-offs."""
        return fit_on([self.at(day) for day in days], self.horizon, self.config, kind)


def cut_off_step(horizon: int) -> int:
    """Days between training cut-offs: half a horizon, at least two weeks, so that short horizons see more than one month."""
    return max(horizon // 2, LEAST_STEP_DAYS)


def cut_offs(first_date: dt.date, as_of: dt.date, horizon: int) -> list[dt.date]:
    """Training cut-offs for a model judged or used at ``as_of``, the latest first; every label is known by ``as_of``."""
    step = cut_off_step(horizon)
    history = (as_of - first_date).days
    earliest = first_date + dt.timedelta(days=max(horizon, min(WARM_UP_DAYS, history - 2 * horizon)))
    days = [as_of - dt.timedelta(days=horizon + step * i) for i in range(MOST_CUT_OFFS)]
    return [day for day in days if day >= earliest] or [max(days)]


def fit_on(training: list[Cases], horizon: int, config: Settings, kind: Kind | None = None) -> ChurnClassifier:
    """A classifier fitted on cases of several cut-offs, the latest first."""
    features = np.concatenate([part.matrix for part in training])
    labels = np.concatenate([_labels(part) for part in training])
    periods: NDArray[np.int64] = np.repeat(np.arange(len(training)), [len(part) for part in training])
    gap = -(-horizon // cut_off_step(horizon))
    return ChurnClassifier(kind=kind, seed=config.seed, threads=config.thread_count).fit(features, labels, periods, gap)


def fit_model(engine: Engine, as_of: dt.date, horizon: int, config: Settings, before: ModelRun | None = None) -> Fitted:
    """The model to use at ``as_of``, judged on the horizon that ends with it.

    Args:
        engine: Reads the warehouse.
        as_of: Nothing after this date is read.
        horizon: Days.
        config: Seed and threads.
        before: The run in use; it stays where the new model is worse on the latest period.

    Raises:
        NotEnoughData: There is too little history, or too few customers who churned or stayed.
    """
    history = read_history(engine, as_of)
    _check_history(history.customers, history.days, horizon)
    assert history.first_date is not None
    test_day = as_of - dt.timedelta(days=horizon)
    sampled = _draw(engine, as_of, test_day, config.seed)
    check_no_future(engine, test_day, churn_feature_query(), sampled)
    material = _Material(engine, config, horizon, sampled)
    training = cut_offs(history.first_date, test_day, horizon)
    _check_cases([material.at(day) for day in training], material.at(test_day))
    judged = material.fit(training)
    final = cut_offs(history.first_date, as_of, horizon)
    new = _Candidate(judged, training, _parameters(judged.kind_, horizon, final))
    chosen, decision = _choose(material, test_day, new, before)
    model = material.fit(_days(chosen.parameters), chosen.parameters["kind"])
    return Fitted(model, _quality(material, test_day, chosen), chosen.parameters, decision)


def _draw(engine: Engine, as_of: dt.date, test_day: dt.date, seed: int) -> bool:
    if not draw_sample(engine, as_of, MOST_SAMPLED, seed):
        return False
    eligible = read_raw(engine, test_day, sampled=True).num_rows
    if eligible >= LEAST_ELIGIBLE:
        return True
    return draw_sample(engine, as_of, min(MOST_SAMPLED * LEAST_ELIGIBLE // max(eligible, 1), MOST_DRAWN), seed)


@dataclass(frozen=True)
class _Candidate:
    """A model judged on the latest period, on what it was fitted for that, and the parameters of the one to score with."""

    judged: ChurnClassifier
    training: list[dt.date]
    parameters: dict[str, Any]


def _parameters(kind: Kind, horizon: int, days: list[dt.date]) -> dict[str, Any]:
    return {"version": VERSION, "kind": kind, "horizon_days": horizon, "training_cut_offs": [day.isoformat() for day in days]}


def _days(parameters: dict[str, Any]) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in parameters["training_cut_offs"]]


def _choose(material: _Material, test_day: dt.date, new: _Candidate, before: ModelRun | None) -> tuple[_Candidate, dict[str, Any] | None]:
    """The new model, unless the one before has a lower log loss on the latest period; and both results."""
    old = _remade(material, test_day, new, before)
    if old is None or before is None:
        return new, None
    test = material.at(test_day)
    (new_loss, new_auc), (old_loss, old_auc) = (_result(candidate.judged, test) for candidate in (new, old))
    kept = "new" if not_worse(new_loss, old_loss, higher_is_better=False) else "old"
    decision = {
        "measure": "log_loss",
        "new": new_loss,
        "old": old_loss,
        "new_auc": new_auc,
        "old_auc": old_auc,
        "old_run_id": before.run_id,
        "test_cut_off": test_day.isoformat(),
        "kept": kept,
    }
    return (new if kept == "new" else old), decision


def _remade(material: _Material, test_day: dt.date, new: _Candidate, before: ModelRun | None) -> _Candidate | None:
    """The model before, fitted again from its own cut-offs; None where it cannot be compared.

    Where it knew labels of the test period already, it is judged without those cut-offs, as nobody may be judged on what
    they have seen; it goes on scoring with all of them.
    """
    if before is None or not before.parameters:
        return None
    if any(before.parameters.get(key) != new.parameters[key] for key in ("version", "horizon_days")):
        return None
    if before.parameters == new.parameters:
        return new
    reach = dt.timedelta(days=material.horizon)
    training = [day for day in _days(before.parameters) if day + reach <= test_day]
    if len({label for day in training for label in np.unique(_labels(material.at(day))).tolist()}) < 2:
        return None
    return _Candidate(material.fit(training, before.parameters["kind"]), training, before.parameters)


def _result(model: ChurnClassifier, test: Cases) -> tuple[float, float]:
    odds, labels = model.log_odds(test.matrix), _labels(test)
    return round(log_loss(labels, odds), 9), round(auc(labels, odds), 9)


def _labels(cases: Cases) -> Labels:
    assert cases.labels is not None
    return cases.labels


def _check_history(customers: int, days: int, horizon: int) -> None:
    needed = max(LEAST_DAYS, LEAST_HORIZONS * horizon)
    if customers < LEAST_CUSTOMERS or days < needed:
        raise NotEnoughData(
            f"A churn model over {horizon} days needs at least {LEAST_CUSTOMERS} customers with paid orders and {needed} days of history; "
            f"the data have {customers:,} customers with paid orders and {days} days.",
            f"{horizon} 天的流失模型至少需要 {LEAST_CUSTOMERS} 位有付费订单的客户和 {needed} 天的历史数据；"
            f"目前有 {customers:,} 位有付费订单的客户、{days} 天的数据。",
        )


def _check_cases(training: list[Cases], test: Cases) -> None:
    # One customer counts once for each outcome, however many cut-offs overlap.
    names = np.concatenate([part.raw.column("customer_id").to_numpy() for part in training])
    labels = np.concatenate([_labels(part) for part in training])
    churned, stayed = (len(np.unique(names[labels == label])) for label in (1, 0))
    if min(churned, stayed) < LEAST_CASES or len(np.unique(_labels(test))) < 2:
        raise NotEnoughData(
            f"A churn model needs at least {LEAST_CASES} customers who churned and {LEAST_CASES} who stayed; "
            f"the data have {churned:,} who churned and {stayed:,} who stayed.",
            f"流失模型至少需要 {LEAST_CASES} 位已流失和 {LEAST_CASES} 位未流失的客户；目前有 {churned:,} 位已流失、{stayed:,} 位未流失。",
        )


def _quality(material: _Material, test_day: dt.date, chosen: _Candidate) -> dict[str, Any]:
    test = material.at(test_day)
    labels = _labels(test)
    found = evaluate(labels, chosen.judged.predict_probability(test.matrix))
    return {
        "method": "model",
        "kind": chosen.judged.kind_,
        "horizon_days": material.horizon,
        "test_cut_off": test_day.isoformat(),
        "training_cut_offs": [day.isoformat() for day in chosen.training],
        "training_cases": sum(len(material.at(day)) for day in chosen.training),
        "customers": found.cases,
        "base_rate": found.base_rate,
        "auc": found.auc,
        "calibration_error": found.calibration_error,
        "lift_top_tenth": found.lift,
        "recency_auc": auc(labels, column(test.raw, "recency_days")),
        "bg_nbd_auc": auc(labels, -expected_orders(material.engine, test, material.horizon, material.sampled)),
        "log_loss_by_kind": dict(chosen.judged.losses_),
    }


def expected_orders(engine: Engine, cases: Cases, horizon: int, sampled: bool = False) -> Floats:
    """What BG/NBD, fitted on every customer at the cut-off, expects the eligible ones to order in the horizon; shape (cases,)."""
    known = read_histories(engine, cases.cut_off, sampled)
    model = BgNbd().fit(column(known, "repeats"), column(known, "latest"), column(known, "age"))
    place = pc.index_in(cases.raw.column("customer_id"), value_set=known.column("customer_id").combine_chunks())
    mine = known.take(place)
    return model.expected_orders(float(horizon), column(mine, "repeats"), column(mine, "latest"), column(mine, "age"))
