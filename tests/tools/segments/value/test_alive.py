"""The probability of being alive: it falls with silence, one-time buyers may be gone, and who is likely to order is alive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tools.models.lifetime.bg_nbd import BgNbd
from tools.models.lifetime.gamma_gamma import GammaGamma
from tools.segments.value.forecast import Forecaster, Spending
from tools.segments.value.histories import Histories
from tools.warehouse.context import ToolContext

AS_OF = dt.date(2018, 1, 1)


@pytest.fixture
def forecaster() -> Forecaster:
    """With the published parameters of the CDNOW sample, in weeks."""
    spending = Spending(GammaGamma().with_parameters(p=6.25, q=3.74, v=15.44), 1.0, 1.0)
    return Forecaster(BgNbd().with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426), spending)


def _histories(visits: list[int], age: list[int], recency: list[int]) -> Histories:
    raw = {"customer_id": [str(number) for number in range(len(visits))], "age_days": age, "recency_days": recency}
    raw |= dict.fromkeys(("visits", "orders", "paid_orders"), visits)
    return Histories(AS_OF, pa.table({**raw, "amount": [10.0] * len(visits), "paid_amount": [10.0] * len(visits)}))


def test_who_bought_once_and_never_came_back_may_be_gone(forecaster: Forecaster) -> None:
    found = forecaster.forecast(_histories([1, 1, 1], [0, 70, 364], [0, 70, 364]), 90).alive
    # By hand: 1 / (1 + a / b * ((alpha + T) / alpha) ** r), T in weeks.
    assert found == pytest.approx([0.753650, 0.696483, 0.622231], abs=2e-6)


def test_repeat_buyers_are_alive_as_published(forecaster: Forecaster) -> None:
    # Fader, Hardie and Lee (2005): x = 2, t_x = 30.43, T = 38.86 weeks.
    found = forecaster.forecast(_histories([3], [272], [59]), 90).alive
    assert found == pytest.approx([0.7266], abs=2e-3)


@pytest.mark.parametrize(("expected", "chance"), [(0.0, 0.0), (0.243, 1 - 2**-0.243), (24.3, 1 - 101**-0.243)])
def test_the_chance_of_an_order_is_that_of_a_negative_binomial(forecaster: Forecaster, expected: float, chance: float) -> None:
    assert forecaster._chance_of_order(np.array([expected])) == pytest.approx([chance])


def test_the_longer_the_silence_the_less_alive(demo: ToolContext, demo_facts: Callable[..., pd.DataFrame]) -> None:
    rows = demo.engine.rows("SELECT customer_id, alive_probability FROM scores WHERE alive_probability IS NOT NULL")
    facts = demo_facts(dt.date(1990, 1, 1), AS_OF)
    alive = pd.Series(dict(rows)).reindex(facts.index)
    silent = (pd.Timestamp(AS_OF) - pd.to_datetime(facts["last"])).dt.days
    means = alive.groupby(pd.cut(silent, [-1, 30, 90, 180, 366])).mean()
    assert means.is_monotonic_decreasing
    assert means.iloc[0] > 0.98
    assert means.iloc[-1] < 0.9
    assert alive[(facts["visits"] == 1) & (silent > 300)].max() < 0.95, "one order long ago is no proof of life"
