"""The probability of being alive: it falls with silence, one-time buyers may be gone, and it is calibrated where learned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest

from tools.models.lifetime.bg_nbd import BgNbd
from tools.models.lifetime.gamma_gamma import GammaGamma
from tools.requests import CustomerValue
from tools.segments.model_runs import run_in_use
from tools.segments.value.forecast import Forecaster, Spending, learn
from tools.segments.value.histories import Histories, read_histories
from tools.segments.value.judge import Reader
from tools.segments.value.run import MODEL
from tools.segments.value.scores import predict_value
from tools.segments.value.stretch import stretch
from tools.segments.value.tool import customer_value
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


def test_the_promise_is_judged_by_who_ordered_again(demo: ToolContext, demo_facts: Callable[..., pd.DataFrame]) -> None:
    run = run_in_use(demo.engine, MODEL)
    assert run is not None
    before, after = demo_facts(dt.date(1990, 1, 1), dt.date(2017, 10, 3)), demo_facts(dt.date(2017, 10, 4), AS_OF)
    kinds = run.quality["alive_by_kind"]
    assert kinds["learned"]["happened"] == pytest.approx(before.index.isin(after.index).mean(), abs=1e-9)
    assert kinds["learned"]["promised"] == pytest.approx(kinds["learned"]["happened"], abs=0.02)
    assert kinds["learned"]["calibration_error"] < 0.02
    for base in ("bg_nbd", "pareto_nbd"):
        assert kinds["learned"]["brier"] < 0.85 * kinds[base]["brier"]
        assert kinds["learned"]["calibration_error"] < 0.6 * kinds[base]["calibration_error"]
        assert kinds["learned"]["auc"] > kinds[base]["auc"] + 0.02


def test_groups_order_again_about_as_promised(demo: ToolContext, demo_facts: Callable[..., pd.DataFrame]) -> None:
    cut_off = dt.date(2017, 10, 3)
    reader = Reader(demo.engine, sampled=False)
    cases = reader.training([dt.date(2017, 7, 5), dt.date(2017, 5, 21), dt.date(2017, 4, 6)], 90)
    spending = Spending(GammaGamma().with_parameters(p=6.25, q=3.74, v=15.44), 1.0, 1.0)
    base = BgNbd().with_parameters(r=1.0, alpha=2.0, a=0.1, b=5.0)
    histories = read_histories(demo.engine, cut_off)
    found = Forecaster(base, spending, learn(cases, demo.config), 90).forecast(histories, 90)
    promised = pd.DataFrame({"alive": found.alive, "orders": found.orders}, index=histories.raw.column("customer_id").to_pylist())
    before, after = demo_facts(dt.date(1990, 1, 1), cut_off), demo_facts(dt.date(2017, 10, 4), AS_OF)
    told = promised.assign(again=promised.index.isin(after.index), actual=after["orders"].reindex(promised.index).fillna(0.0))
    silent = (pd.Timestamp(cut_off) - pd.to_datetime(before["last"])).dt.days.reindex(told.index) > 90
    orders = before["orders"].reindex(told.index)
    rare, some, often = (told[mask].mean() for mask in (silent & (orders <= 2), silent & orders.between(3, 8), ~silent & (orders > 8)))
    # Of those silent for 90 days with up to two orders 39 % ordered again, with three to eight 67 %, of frequent ones 98 %.
    assert [one["again"] for one in (rare, some, often)] == pytest.approx([0.39, 0.67, 0.98], abs=0.006)
    assert [one["alive"] for one in (rare, some, often)] == pytest.approx([0.39, 0.67, 0.98], abs=0.17)
    assert rare["alive"] < some["alive"] < often["alive"]
    assert rare["orders"] == pytest.approx(rare["actual"], rel=0.3)
    assert often["alive"] == pytest.approx(often["again"], abs=0.01)


def test_nobody_is_surely_alive_and_nobody_orders_less_than_alive(demo: ToolContext) -> None:
    rows = demo.engine.rows("SELECT max(alive_probability), min(expected_orders - alive_probability) FROM scores")
    assert rows[0][0] < 0.99995
    assert rows[0][1] >= 0


def test_a_shorter_horizon_promises_what_was_learned_for_it(demo: ToolContext) -> None:
    run = run_in_use(demo.engine, MODEL)
    assert run is not None
    shorter, learned = stretch(demo.engine, run, 90), predict_value(demo.engine, AS_OF, 90, demo.config)
    assert shorter.alive == pytest.approx(learned.alive, abs=1e-6)
    assert (stretch(demo.engine, run, 365).alive >= shorter.alive - 1e-9).all()


def test_the_definition_says_what_the_probability_is_of(demo: ToolContext) -> None:
    told = customer_value(demo, CustomerValue(horizon_days=90)).receipts[0].definition
    assert told is not None
    assert "orders again within the next 90 days" in told.en
    assert "未来90天内至少再下一单" in told.zh
