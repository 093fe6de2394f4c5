"""How well the churn and the lifetime value models rank the spend of the same later period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.contracts import Text
from tools.segments.churn.scores import predict_churn
from tools.segments.value.scores import predict_value
from tools.segments.weighing.cases import Cases, Floats, sample_engine
from tools.segments.weighing.learn import Captured, Learned, captured
from tools.settings import Settings
from tools.warehouse.engine import Engine

LONGEST_CHURN_DAYS = 180


@dataclass(frozen=True)
class Peers:
    """Shares captured by the models' rankings, and why a model is not among them."""

    captured: dict[str, Captured]
    caveats: tuple[Text, ...] = ()


def compare_models(engine: Engine, learned: Learned, config: Settings) -> Peers:
    """The models as of the test's cut-off, fitted on nothing after it.

    Args:
        engine: Reads the warehouse; weights were learnt on it just now.
        learned: Whose test customers are ranked.
        config: Seed and threads.
    """
    if not learned.sampled:
        return _compare(engine, learned.test, learned.horizon, config)
    with sample_engine(engine, config) as small:
        return _compare(small, learned.test, learned.horizon, config)


def _compare(engine: Engine, test: Cases, horizon: int, config: Settings) -> Peers:
    found: dict[str, Captured] = {}
    caveats = []
    for name, scores in (("churn", _by_churn), ("value", _by_value)):
        ranked = scores(engine, test, horizon, config)
        if isinstance(ranked, Text):
            caveats.append(ranked)
        else:
            found[name] = captured(test, ranked)
    return Peers(found, tuple(caveats))


def _by_churn(engine: Engine, test: Cases, horizon: int, config: Settings) -> Floats | Text:
    """(1 - churn probability) x spend of the period before; those who are no longer active count as gone."""
    # Over a long horizon few churn, so that there may be too few to learn from: the usual horizon then stands in.
    for days in dict.fromkeys((min(horizon, LONGEST_CHURN_DAYS), config.churn_horizon_days)):
        run = predict_churn(engine, test.cut_off, days, config)
        if run.method == "model":
            gone = aligned(test, run.scores.column("customer_id"), run.scores.column("churn_probability"), 1.0)
            return (1.0 - gone) * np.maximum(test.numbers("spent_before"), 0.0)
    return _lacking(test.cut_off, run.reason, Text(zh="流失模型", en="churn model"))


def _by_value(engine: Engine, test: Cases, horizon: int, config: Settings) -> Floats | Text:
    run = predict_value(engine, test.cut_off, horizon, config)
    if run.method != "model":
        return _lacking(test.cut_off, run.reason, Text(zh="价值模型", en="lifetime value model"))
    return aligned(test, run.customers, pa.chunked_array([pa.array(run.value)]), 0.0)


def aligned(test: Cases, customers: pa.ChunkedArray, values: pa.ChunkedArray, missing: float) -> Floats:
    """Values of the test's customers, in its order; ``missing`` for those without one."""
    places = pc.index_in(test.raw.column("customer_id").combine_chunks(), value_set=customers.combine_chunks())
    found: Floats = values.combine_chunks().take(places).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.nan_to_num(found, nan=missing)


def _lacking(cut_off: dt.date, reason: Text | None, model: Text) -> Text:
    why = reason or Text(zh="数据不足。", en="The data do not suffice.")
    return Text(
        zh=f"{model.zh}未参与比较：截至 {cut_off}，{why.zh}",
        en=f"The {model.en} is not compared: as of {cut_off}, {why.en[:1].lower()}{why.en[1:]}",
    )
