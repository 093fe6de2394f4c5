"""Learns the weights as of a date, and judges each score by what it says of the period after a later cut-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tools.contracts import Text
from tools.errors import NotEnoughData
from tools.models.threads import bounded_threads
from tools.models.weights import PercentileLevels, PredictiveWeights, captured_share, entropy_weights, weighted_score
from tools.segments.weighing.cases import Cases, Floats, open_reader
from tools.segments.weighing.dimensions import BY_ID, CLASSIC, known_dimensions, raw_values
from tools.settings import Settings
from tools.warehouse.engine import Engine

LEAST_CUSTOMERS, LEAST_DAYS, LEAST_BUYERS, LEAST_HORIZONS = 500, 180, 100, 3
MOST_CUT_OFFS = 4
TOPS = {"top_tenth": 0.1, "top_fifth": 0.2}

Weights = dict[str, float]
Captured = dict[str, float]


@dataclass(frozen=True)
class Weighting:
    """Weights of dimensions with the way each is turned.

    Args:
        weights: By dimension, adding up to 1.
        signs: 1 where more of what the dimension is made from is better, -1 where less is.
    """

    weights: Weights
    signs: dict[str, int]

    @property
    def names(self) -> tuple[str, ...]:
        """The dimensions, in order."""
        return tuple(self.weights)

    def oriented(self, raw: Floats) -> Floats:
        """Values turned so that more is better."""
        return raw * np.array([self.signs[name] for name in self.names], dtype=np.float64)

    def score(self, levels: Floats) -> Floats:
        """The score from 0 to 100 of levels."""
        return weighted_score(levels, np.array(list(self.weights.values())))


@dataclass(frozen=True)
class Fitted:
    """Weights learnt from some cut-offs: of R, F and M, of all dimensions, and by entropy.

    Args:
        cut_offs: Learnt from, the latest first.
        cases: Customers of all cut-offs together.
        predictive: Of R, F and M, by next-period spend.
        extended: Of all dimensions that the data have.
        entropy: Of R, F and M, by the entropy method.
        alone: Rank correlation of each dimension with next-period spend, by itself.
        found: Whether anything says anything of the next period.
    """

    cut_offs: tuple[dt.date, ...]
    cases: int
    predictive: Weighting
    extended: Weighting
    entropy: Weighting
    alone: dict[str, float]
    found: bool


@dataclass(frozen=True)
class Learned:
    """What there is to know about weights as of a date.

    Args:
        horizon: Days of a period.
        judged: Learnt from cut-offs whose periods end by ``test.cut_off``.
        final: Learnt from all whose periods have ended.
        test: Customers at the latest cut-off whose period has ended.
        captured: Score to the shares of next-period spend that its top tenth and fifth capture.
        sampled: Whether all this is about a random part of the customers.
    """

    horizon: int
    judged: Fitted
    final: Fitted
    test: Cases
    captured: dict[str, Captured]
    sampled: bool = False


def learn_weights(engine: Engine, as_of: dt.date, horizon: int, config: Settings) -> Learned:
    """Weights as of a date, judged on the latest period that has ended.

    Args:
        engine: Reads the warehouse.
        as_of: Nothing after it is read.
        horizon: Days of a period.
        config: Seed and threads.

    Raises:
        NotEnoughData: Too few customers, too short a history, or hardly anybody bought in the latest period.
    """
    first = _check_history(engine, as_of, horizon)
    reader = open_reader(engine, as_of, horizon, config.seed)
    test_day = as_of - dt.timedelta(days=horizon)
    days = {day: cut_offs(first, end, horizon) for day, end in (("judged", test_day), ("final", as_of))}
    cases = {day: reader.cases(day) for day in sorted({test_day, *days["judged"], *days["final"]})}
    test = cases[test_day]
    _check_buyers(test)
    with bounded_threads(config.thread_count, len(test)):
        judged, final = (fit([cases[day] for day in days[part]]) for part in ("judged", "final"))
    found = dict(zip(("classic_sum", "classic_groups"), reader.classic(test_day), strict=True)) | rankings(test, judged)
    return Learned(horizon, judged, final, test, {name: captured(test, scores) for name, scores in found.items()}, reader.sampled)


def cut_offs(first: dt.date, end: dt.date, horizon: int) -> list[dt.date]:
    """Training cut-offs whose periods end by ``end``, half a horizon apart, the latest first; a horizon of history precedes each."""
    step = max(1, horizon // 2)
    days = [end - dt.timedelta(days=horizon + step * number) for number in range(MOST_CUT_OFFS)]
    return [day for day in days if (day - first).days >= horizon - 1] or days[:1]


def fit(training: Sequence[Cases]) -> Fitted:
    """Weights from the cases of one or more cut-offs, the latest first."""
    known = known_dimensions(training[0].raw)
    spent = [part.spent_next for part in training]
    signs = {name: BY_ID[name].sign or _sign(name, training) for name in known}
    weightings, models = {}, {}
    for variant, names in (("predictive", CLASSIC), ("extended", known)):
        blank = Weighting(dict.fromkeys(names, 0.0), {name: signs[name] for name in names})
        models[variant] = PredictiveWeights().fit([levels_of(part, blank) for part in training], spent)
        weightings[variant] = Weighting(dict(zip(names, models[variant].weights_.tolist(), strict=True)), blank.signs)
    plain = weightings["predictive"]
    spread = entropy_weights(plain.oriented(raw_values(training[0].raw, CLASSIC)))
    return Fitted(
        cut_offs=tuple(part.cut_off for part in training),
        cases=sum(len(part) for part in training),
        predictive=plain,
        extended=weightings["extended"],
        entropy=Weighting(dict(zip(CLASSIC, spread.tolist(), strict=True)), plain.signs),
        alone=dict(zip(known, models["extended"].alone_.tolist(), strict=True)),
        found=models["predictive"].found_,
    )


def levels_of(cases: Cases, weighting: Weighting) -> Floats:
    """Levels of the dimensions among the customers of the same day."""
    values = weighting.oriented(raw_values(cases.raw, weighting.names))
    return PercentileLevels().fit(values).transform(values)


def rankings(test: Cases, fitted: Fitted) -> dict[str, Floats]:
    """The scores that need no other model, by id; larger comes first."""
    return {
        "predictive": fitted.predictive.score(levels_of(test, fitted.predictive)),
        "entropy": fitted.entropy.score(levels_of(test, fitted.entropy)),
        "extended": fitted.extended.score(levels_of(test, fitted.extended)),
        "spend": test.numbers("amount"),
        "recent_spend": test.numbers("spent_before"),
        "best": test.spent_next,
    }


def captured(test: Cases, scores: Floats) -> Captured:
    """Shares of next-period spend that the top tenth and fifth by ``scores`` capture."""
    return {name: captured_share(test.spent_next, scores, top) for name, top in TOPS.items()}


def captured_by(test: Cases, weighting: Weighting) -> Captured:
    """The same by weights that were stored."""
    return captured(test, weighting.score(levels_of(test, weighting)))


def _sign(name: str, training: Sequence[Cases]) -> int:
    """Which way a dimension is turned that may be good or bad: as the periods that it is learnt from have it."""
    values = [levels_of(part, Weighting({name: 1.0}, {name: 1})) for part in training]
    found = PredictiveWeights().fit(values, [part.spent_next for part in training]).alone_[0]
    return -1 if found < 0 else 1


def _check_history(engine: Engine, as_of: dt.date, horizon: int) -> dt.date:
    customers, first = engine.rows(
        "SELECT count(DISTINCT customer_id), min(order_date) FROM counted_orders WHERE customer_id IS NOT NULL AND order_date <= $as_of",
        {"as_of": as_of},
    )[0]
    needed, days = max(LEAST_DAYS, LEAST_HORIZONS * horizon), (as_of - first).days + 1 if first else 0
    if customers < LEAST_CUSTOMERS or days < needed:
        raise NotEnoughData(
            f"Weights by the spend of the next {horizon} days need at least {LEAST_CUSTOMERS} customers with orders and {needed} days of "
            f"history; the data have {customers:,} and {days}.",
            f"按未来 {horizon} 天消费额求权重，至少需要 {LEAST_CUSTOMERS} 位有订单的客户和 {needed} 天的历史；"
            f"目前有 {customers:,} 位客户、{days} 天。",
        )
    found: dt.date = first
    return found


def _check_buyers(test: Cases) -> None:
    buyers = int((test.spent_next > 0).sum())
    if buyers < LEAST_BUYERS:
        raise NotEnoughData(
            f"Weights need at least {LEAST_BUYERS} customers who bought in the latest period, after {test.cut_off}; there are {buyers:,}.",
            f"求权重至少需要最近一期（{test.cut_off} 之后）有 {LEAST_BUYERS} 位客户下单；目前有 {buyers:,} 位。",
        )


def texts_of(lack: NotEnoughData) -> Text:
    """Why there are no weights from data, to be stored and told."""
    return Text(zh=lack.zh, en=lack.en)
