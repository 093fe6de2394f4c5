"""Which forecaster is best on the latest period that none of them has seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from tools.errors import NotEnoughData
from tools.models.lifetime.counts import Floats
from tools.models.lifetime.judging import Judged, JudgedChance, judge, judge_chance
from tools.models.lifetime.ranges import RatioRange
from tools.segments.model_runs import ModelRun
from tools.segments.value.forecast import (
    BASES,
    KINDS,
    Base,
    Forecast,
    Forecaster,
    Kind,
    base_of,
    fit_base,
    fit_spending,
    learn,
    spending_of,
)
from tools.segments.value.histories import Histories, Outcomes, read_outcomes
from tools.settings import Settings
from tools.warehouse.engine import Engine

LEAST_CUSTOMERS, LEAST_DAYS, LEAST_REPEATERS = 500, 180, 100
LEAST_CASES = 100
"""Customers who must have paid in a period before anything is learned from it or judged on it."""
PERIODS = (365, 180, 90, 60, 30)
HISTORIES_PER_PERIOD = 4
"""Length of the data in periods: one to be judged on, one to learn outcomes from, two to have a past before that."""
MOST_CUT_OFFS = 6
LEAST_STEP_DAYS = 14
SHARE = 0.8
"""Share of outcomes that a range is made to hold."""


def check_enough(now: Histories) -> None:
    """Whether the data suffice for a model.

    Raises:
        NotEnoughData: They do not; the message says what is there and what is needed.
    """
    customers, repeaters = int((now.column("paid_orders") > 0).sum()), int((now.column("visits") > 1).sum())
    if customers >= LEAST_CUSTOMERS and repeaters >= LEAST_REPEATERS and now.days >= LEAST_DAYS:
        return
    raise NotEnoughData(
        f"A model of lifetime value needs at least {LEAST_CUSTOMERS} customers with paid orders, {LEAST_REPEATERS} who came again and "
        f"{LEAST_DAYS} days of history; the data have {customers:,} customers with paid orders, {repeaters:,} who came again and "
        f"{now.days:,} days.",
        f"客户价值模型至少需要 {LEAST_CUSTOMERS} 位有付费订单的客户、{LEAST_REPEATERS} 位复购客户和 {LEAST_DAYS} 天的历史数据；"
        f"目前有 {customers:,} 位有付费订单的客户、{repeaters:,} 位复购客户、{now.days:,} 天的数据。",
    )


def period_of(days: int, horizon: int) -> int:
    """Days that forecasters are judged on: the longest standard period up to the horizon that the history holds four times."""
    fitting = [period for period in PERIODS if period <= horizon and period * HISTORIES_PER_PERIOD <= days]
    return fitting[0] if fitting else min(PERIODS[-1], horizon)


def cut_offs(first_date: dt.date, end: dt.date, period: int) -> tuple[dt.date, ...]:
    """Training cut-offs whose outcomes are known by ``end``, the latest first, each with a period of past before it."""
    days = (end - dt.timedelta(days=period + max(period // 2, LEAST_STEP_DAYS) * i) for i in range(MOST_CUT_OFFS))
    return tuple(day for day in days if day >= first_date + dt.timedelta(days=period))


@dataclass
class Reader:
    """Reads cases of the sample, each cut-off once."""

    engine: Engine
    sampled: bool
    _read: dict[tuple[dt.date, int], Outcomes] = field(default_factory=dict)

    def outcomes(self, day: dt.date, period: int) -> Outcomes:
        """What customers had done by ``day`` and did in the ``period`` days after it."""
        key = (day, period)
        if key not in self._read:
            self._read[key] = read_outcomes(self.engine, day, period, self.sampled)
        return self._read[key]

    def training(self, days: Sequence[dt.date], period: int) -> list[Outcomes]:
        """Cases to learn from; none where too few customers paid."""
        cases = [self.outcomes(day, period) for day in days]
        paid = sum(int((case.spend > 0).sum()) for case in cases)
        return cases if paid >= LEAST_CASES else []


@dataclass(frozen=True)
class Verdict:
    """What the latest period said.

    Args:
        test: The period.
        kind: The best kind of forecaster.
        base: The better model of repeat buying.
        judged: Quality by kind, "historic" (everybody's own pace goes on) among them.
        orders: The same of expected orders.
        alive: Quality of the probability of being alive by kind, held against whether there was an order in the period.
        forecasts: Predicted spend by kind.
        training: Cut-offs that the learned kind learned from.
        ranges: Ranges around predictions of the best kind.
    """

    test: Outcomes
    kind: Kind
    base: Base
    judged: dict[str, Judged]
    orders: dict[str, Judged]
    alive: dict[str, JudgedChance]
    forecasts: dict[str, Floats]
    training: tuple[dt.date, ...]
    ranges: RatioRange

    def quality(self, horizon: int) -> dict[str, Any]:
        """As stored with a run."""
        return {
            "method": "model",
            "kind": self.kind,
            "base": self.base,
            "horizon_days": self.test.horizon,
            "value_horizon_days": horizon,
            "test_cut_off": self.test.histories.as_of.isoformat(),
            "training_cut_offs": [day.isoformat() for day in self.training],
            **headline(self.judged[self.kind]),
            "by_kind": {kind: asdict(judged) for kind, judged in self.judged.items()},
            "orders_by_kind": {kind: asdict(judged) for kind, judged in self.orders.items()},
            "alive_by_kind": {kind: asdict(judged) for kind, judged in self.alive.items()},
            "range_share": SHARE,
            "range_coverage": self.ranges.coverage_,
        }


def headline(judged: Judged) -> dict[str, Any]:
    """The measures of the forecaster in use, as stored with a run."""
    return {
        "customers": judged.customers,
        "explained": judged.explained,
        "mean_error": judged.mean_error,
        "captured_top_tenth": judged.captured,
        "level": judged.level,
    }


def judge_kinds(reader: Reader, now: Histories, horizon: int, config: Settings) -> Verdict:
    """Fit every kind as of the day before the latest period and compare them on it.

    Raises:
        NotEnoughData: Too few customers paid in that period.
    """
    period = period_of(now.days, horizon)
    day = now.as_of - dt.timedelta(days=period)
    test = reader.outcomes(day, period)
    _check_period(test)
    bases = {kind: fit_base(kind, test.histories, config.seed) for kind in BASES}
    spending = fit_spending(test.histories)
    forecasters: dict[str, Forecaster] = {kind: Forecaster(base, spending) for kind, base in bases.items()}
    found = {kind: one.forecast(test.histories, period) for kind, one in forecasters.items()}
    orders = {kind: judge(test.orders, forecast.orders) for kind, forecast in found.items()}
    base = max(BASES, key=lambda kind: orders[kind].explained)
    days = cut_offs(now.first_date, day, period)
    training = reader.training(days, period)
    if training:
        forecasters["learned"] = Forecaster(bases[base], spending, learn(training, config), period)
        found["learned"] = forecasters["learned"].forecast(test.histories, period)
        orders["learned"] = judge(test.orders, found["learned"].orders)
    forecasts = {kind: forecast.value for kind, forecast in found.items()} | {"historic": pace(test.histories, period)}
    judged = {kind: judge(test.spend, value) for kind, value in forecasts.items()}
    kind: Kind = max((one for one in KINDS if one in judged), key=lambda one: judged[one].explained)
    ranges = RatioRange(SHARE).fit(forecasts[kind], test.spend, config.seed)
    alive = {name: judge_alive(test, forecast) for name, forecast in found.items()}
    return Verdict(test, kind, base, judged, orders, alive, forecasts, days if training else (), ranges)


def judge_alive(test: Outcomes, forecast: Forecast) -> JudgedChance:
    """The probability of being alive against what can be seen of it: an order in the period."""
    return judge_chance((test.orders > 0).astype(np.float64), forecast.alive)


def pace(histories: Histories, horizon: int) -> Floats:
    """What customers would spend if their own pace went on: historic value pro rata, of a period of past at least."""
    days = np.maximum(histories.column("age_days") + 1.0, float(horizon))
    return np.maximum(histories.column("amount"), 0.0) / days * horizon


def _check_period(test: Outcomes) -> None:
    paid = int((test.spend > 0).sum())
    if paid < LEAST_CASES or len(test.histories) < LEAST_CUSTOMERS:
        raise NotEnoughData(
            f"A model of lifetime value is judged on a later period in which at least {LEAST_CASES} earlier customers paid; "
            f"in the {test.horizon} days after {test.histories.as_of} {paid:,} did.",
            f"客户价值模型需要在较晚时段检验，期间至少要有 {LEAST_CASES} 位老客户付费；"
            f"{test.histories.as_of} 之后 {test.horizon} 天内只有 {paid:,} 位。",
        )


@dataclass(frozen=True)
class JudgedOld:
    """How the model in use would have done on the latest period: of spend, and of being alive."""

    spend: Judged
    alive: JudgedChance


def judge_old(run: ModelRun, verdict: Verdict, reader: Reader, config: Settings) -> JudgedOld | None:
    """How the model in use would have done on the same period, made with nothing that lies in it; None when it cannot be made.

    Its fitted numbers are used where it was fitted before the period began; else it is fitted again as of that day, and
    learns from those of its own cut-offs whose outcomes were known by then.
    """
    kind, parameters = run.parameters.get("kind"), run.parameters
    if kind not in KINDS:
        return None
    test = verdict.test
    day = test.histories.as_of
    base = parameters["base"]
    if run.as_of <= day:
        model, spending = base_of(base, parameters[base]), spending_of(parameters["spending"])
    else:
        model, spending = fit_base(base, test.histories, config.seed), fit_spending(test.histories)
    forecaster = Forecaster(model, spending)
    if kind == "learned":
        period = int(parameters["horizon_days"])
        training = reader.training([one for one in dates(parameters) if one <= day - dt.timedelta(days=period)], period)
        if not training:
            return None
        forecaster = Forecaster(model, spending, learn(training, config), period)
    found = forecaster.forecast(test.histories, test.horizon)
    return JudgedOld(judge(test.spend, found.value), judge_alive(test, found))


def dates(parameters: Mapping[str, Any]) -> list[dt.date]:
    """Training cut-offs as stored."""
    return [dt.date.fromisoformat(day) for day in parameters["cut_offs"]]
