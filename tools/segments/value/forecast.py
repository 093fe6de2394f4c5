"""One forecaster of orders and value: a model of repeat buying, the value of an order, and what was learned beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from tools.models.lifetime.bg_nbd import BgNbd
from tools.models.lifetime.counts import Floats
from tools.models.lifetime.gamma_gamma import GammaGamma
from tools.models.lifetime.learned import LearnedSpend
from tools.models.lifetime.pareto_nbd import ParetoNbd
from tools.models.lifetime.returning import LearnedReturn, stretched
from tools.segments.value.histories import WEEK, Histories, Outcomes
from tools.settings import Settings

Kind = Literal["bg_nbd", "pareto_nbd", "learned"]
Base = Literal["bg_nbd", "pareto_nbd"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BASES: tuple[Base, ...] = get_args(Base)
RepeatModel = BgNbd | ParetoNbd

PENALTY = 1.0
"""One customer's worth of pull towards an ordinary shop: nothing at 500 customers, a finite answer at ten."""
_PRIOR_ORDERS = 5.0
"""Orders' worth of the population's mean that a customer's own share of paid orders and orders per visit start from."""
MOST_FITTED_PARETO = 20_000
"""Customers that Pareto/NBD is fitted on: each costs an integral, and parameters of 20,000 are sure to two digits."""


@dataclass(frozen=True)
class Spending:
    """What turns visits into money, over all customers.

    Args:
        values: Value of a paid order.
        orders_per_visit: Mean.
        paid_share: Share of orders that were paid.
    """

    values: GammaGamma
    orders_per_visit: float
    paid_share: float

    @property
    def parameters(self) -> dict[str, float]:
        """As stored with a run."""
        return {**self.values.parameters_, "orders_per_visit": self.orders_per_visit, "paid_share": self.paid_share}


def fit_spending(histories: Histories) -> Spending:
    """Learn them from histories; without a paid order everything is worth nothing."""
    orders, paid = histories.column("orders"), histories.column("paid_orders")
    bought = paid > 0
    values = GammaGamma(penalty=PENALTY)
    if bought.any():
        values.fit(paid[bought], histories.mean_paid[bought])
    else:
        values.with_parameters(1.0, 2.0, 1e-9)
    return Spending(values, float(orders.sum() / histories.column("visits").sum()), float(paid.sum() / orders.sum()))


def fit_base(kind: Base, histories: Histories, seed: int) -> RepeatModel:
    """Fit a model of repeat buying; Pareto/NBD on a sample of large data."""
    if kind == "bg_nbd":
        return BgNbd(penalty=PENALTY).fit(*histories.purchases)
    rows: Any = slice(None)
    if len(histories) > MOST_FITTED_PARETO:
        rows = np.sort(np.random.default_rng(seed).choice(len(histories), MOST_FITTED_PARETO, replace=False))
    return ParetoNbd(penalty=PENALTY).fit(*(column[rows] for column in histories.purchases))


def base_of(kind: Base, parameters: Mapping[str, float]) -> RepeatModel:
    """A model of repeat buying with stored parameters."""
    return BgNbd().with_parameters(**parameters) if kind == "bg_nbd" else ParetoNbd().with_parameters(**parameters)


def spending_of(parameters: Mapping[str, float]) -> Spending:
    """Stored parameters of spending."""
    values = GammaGamma().with_parameters(parameters["p"], parameters["q"], parameters["v"])
    return Spending(values, parameters["orders_per_visit"], parameters["paid_share"])


@dataclass(frozen=True)
class Learned:
    """What was learned from earlier periods: how much customers order and spend, and whether they order at all."""

    spend: LearnedSpend
    returning: LearnedReturn


def learn(training: Sequence[Outcomes], config: Settings) -> Learned:
    """The learned alternative, from cases of several cut-offs, the latest first.

    Raises:
        ValueError: Nobody ordered in any of them.
    """
    features = np.concatenate([part.histories.features for part in training])
    orders, spend = (np.concatenate([getattr(part, name) for part in training]) for name in ("orders", "spend"))
    groups = np.concatenate([part.histories.frequency for part in training])
    back = np.repeat(np.arange(len(training)), [len(part.histories) for part in training])
    amounts = LearnedSpend(seed=config.seed, threads=config.thread_count).fit(features, orders, spend, back, groups)
    returning = LearnedReturn(seed=config.seed, threads=config.thread_count).fit(features, (orders > 0).astype(np.float64), back, groups)
    return Learned(amounts, returning)


@dataclass(frozen=True)
class Forecast:
    """What is expected of each customer over a horizon; all of shape (customers,), finite, not negative.

    ``value`` = ``orders`` x ``order_value``. ``alive`` is the probability of at least one order over the horizon where that
    was learned, and then never more than ``orders``; by a model of repeat buying alone, of any order ever again.
    """

    alive: Floats
    orders: Floats
    order_value: Floats

    @property
    def value(self) -> Floats:
        """Expected spend."""
        return self.orders * self.order_value


@dataclass(frozen=True)
class Forecaster:
    """A fitted forecaster.

    Args:
        base: Model of repeat buying.
        spending: Value of orders.
        learned: What was learned, where it takes part.
        horizon: Days that ``learned`` looks ahead; the base stretches them to other horizons.
    """

    base: RepeatModel
    spending: Spending
    learned: Learned | None = None
    horizon: int = 0

    def forecast(self, histories: Histories, horizon: int) -> Forecast:
        """Expectations over ``horizon`` days after the date of ``histories``."""
        each = self._order_value(histories)
        if self.learned is None:
            return Forecast(self._alive(histories), self.repeat_orders(histories, horizon), each)
        features, groups, learned = histories.features, histories.frequency, self.learned.spend
        expected, spend = learned.predict_orders(features, groups), learned.predict_spend(features, groups)
        alive = self.learned.returning.predict(features, groups)
        # Spend learned directly and learned orders at the customer's own order value err in different ways.
        own = expected * each
        value = np.sqrt(own * spend)
        if horizon != self.horizon:
            expected = expected * self.growth(histories, self.horizon, horizon)
            alive = self.stretch_chance(alive, histories, self.horizon, horizon)
        each = each * np.divide(value, own, out=np.ones(len(own)), where=own > 0)
        return Forecast(np.minimum(alive, expected), expected, each)

    def stretch_chance(self, chance: Floats, histories: Histories, before: int, after: int) -> Floats:
        """A probability of ordering within ``before`` days taken to ``after`` days, by the odds of the model of repeat buying."""
        near, far = (self.base.probability_of_order(days / WEEK, *histories.purchases) for days in (before, after))
        return stretched(chance, near, far)

    def repeat_orders(self, histories: Histories, horizon: int) -> Floats:
        """Expected orders by the model of repeat buying alone, shape (customers,)."""
        visits, orders = histories.column("visits"), histories.column("orders")
        each = (orders + _PRIOR_ORDERS * self.spending.orders_per_visit) / (visits + _PRIOR_ORDERS)
        found: Floats = self.base.expected_orders(horizon / WEEK, *histories.purchases) * each
        return found

    def growth(self, histories: Histories, before: int, after: int) -> Floats:
        """Expected orders over ``after`` days by those over ``before`` days, shape (customers,), by the model of repeat buying."""
        near, far = self.repeat_orders(histories, before), self.repeat_orders(histories, after)
        found: Floats = np.divide(far, near, out=np.full(len(near), after / before), where=near > 1e-12)
        return found

    def _alive(self, histories: Histories) -> Floats:
        """Probability of being alive by the model of repeat buying, shape (customers,).

        BG/NBD lets nobody leave before a repeat purchase, so one-time buyers stay alive for ever. For them its parameters
        are read as MBG/NBD does (Batislam, Denizel and Filiztekin 2007): they may have left after their first purchase.
        """
        x, t_x, age = histories.purchases
        alive = self.base.probability_alive(x, t_x, age)
        if isinstance(self.base, BgNbd):
            once = x == 0
            odds = self.base.a_ / self.base.b_ * np.exp(self.base.r_ * np.log1p(age[once] / self.base.alpha_))
            alive[once] = 1.0 / (1.0 + odds)
        return alive

    def _order_value(self, histories: Histories) -> Floats:
        orders, paid = histories.column("orders"), histories.column("paid_orders")
        share = (paid + _PRIOR_ORDERS * self.spending.paid_share) / (orders + _PRIOR_ORDERS)
        found: Floats = self.spending.values.expected_order_value(paid, histories.mean_paid) * share
        return found
