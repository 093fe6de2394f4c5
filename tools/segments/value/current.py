"""Predictions for one answer: the stored ones where they fit, else made now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.contracts import Statement, Text
from tools.features.build import feature_query
from tools.segments.chosen import Chosen
from tools.segments.model_runs import ModelRun, run_in_use
from tools.segments.value.run import HORIZON_DAYS, MODEL, run_table
from tools.segments.value.sql_files import read_sql
from tools.warehouse.context import ToolContext, read_meta

NOW, RUN_NOW = "value_now", "value_run"
_STORED = "SELECT * FROM scores WHERE predicted_value IS NOT NULL"


@dataclass(frozen=True)
class Predictions:
    """Where predictions are, and what they rest on.

    Args:
        stored: Whether they are the refresh's, so that rules over their fields select the same customers.
        sql: A SELECT of customer_id and the columns of ``scores`` that a run fills.
        horizon: Days that they reach.
        method: "model" or "historic".
        quality: Of the run.
        version: As receipts name it.
        caveats: What an operator should know of them.
    """

    stored: bool
    sql: str
    horizon: int
    method: str
    quality: dict[str, Any]
    version: str
    caveats: tuple[Text, ...]


def predictions(ctx: ToolContext, horizon: int | None = None) -> Predictions:
    """Predictions as of the context's date.

    Args:
        ctx: Stored predictions are used where they are of its date and data.
        horizon: Days; that of the stored ones when left out.
    """
    run = run_in_use(ctx.engine, MODEL)
    if run is not None and run.as_of == ctx.as_of and run.data_version == ctx.data_version:
        stored = int(run.quality["value_horizon_days"])
        if horizon is None or horizon == stored:
            return Predictions(True, _STORED, stored, run.quality["method"], run.quality, run.version, _fallback(run.quality))
        return _stretched(ctx, run, horizon)
    return _made_now(ctx, horizon)


def _stretched(ctx: ToolContext, run: ModelRun, horizon: int) -> Predictions:
    """The run in use over another horizon: made again from its stored parameters, nothing is chosen anew."""
    # Stored scores are read without the models, whose libraries take seconds to import.
    from tools.segments.value.stretch import stretch

    found = stretch(ctx.engine, run, horizon)
    ctx.engine.register(RUN_NOW, run_table(found))
    caveats = (*_fallback(found.quality), _now_caveat(ctx, horizon))
    return Predictions(False, read_sql("scored"), horizon, found.method, found.quality, found.version, caveats)


def _made_now(ctx: ToolContext, horizon: int | None) -> Predictions:
    from tools.segments.value.scores import predict_value

    found = predict_value(ctx.engine, ctx.as_of, horizon or HORIZON_DAYS, ctx.config)
    ctx.engine.register(RUN_NOW, run_table(found))
    caveats = (*_fallback(found.quality), _now_caveat(ctx, found.horizon))
    return Predictions(False, read_sql("scored"), found.horizon, found.method, found.quality, found.version, caveats)


def _now_caveat(ctx: ToolContext, horizon: int) -> Text:
    return Text(
        zh=f"这些预测是为本次回答按 {ctx.as_of} 之后 {horizon} 天即时计算的，未保存。",
        en=f"These predictions were computed for this answer, over the {horizon} days after {ctx.as_of}, and are not stored.",
    )


def _fallback(quality: Mapping[str, Any]) -> tuple[Text, ...]:
    if quality["method"] == "model":
        return ()
    why = quality["why"]
    return (
        Text(
            zh=f"可信度低：数据不足以训练模型，改用历史消费按比例推算，没有活跃概率和区间。{why['zh']}",
            en="Low confidence: the data do not suffice for a model, so past spend stands in pro rata, without a probability of being "
            f"alive and without ranges. {why['en']}",
        ),
    )


def statement(ctx: ToolContext, name: str, found: Predictions, chosen: Chosen, parameters: Mapping[str, Any]) -> Statement:
    """One of this package's statements over the predictions, the chosen customers and the features of the date."""
    bound = {**chosen.parameters, **parameters}
    current = (read_meta(ctx.engine, "features_as_of"), read_meta(ctx.engine, "refreshed_data_version"))
    features = "SELECT * FROM customer_features"
    if current != (ctx.as_of.isoformat(), ctx.data_version):
        features, bound["as_of"] = feature_query(), ctx.as_of
    sql = f"WITH {NOW} AS (\n{found.sql}\n),\nchosen AS (\n{chosen.sql}\n),\nfeatures_now AS (\n{features}\n)\n{read_sql(name)}"
    return Statement(sql=sql, parameters=bound)
