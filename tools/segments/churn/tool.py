"""The tool that answers "who is about to churn": three definitions side by side, one of them as a list with reasons.

An answer should speak of: ``details["definition"]`` (by which the list is), ``customers`` and ``value_at_stake`` of the list, the
bands (``customers_high``, ``value_high``, ...) where it is the model's, the three definitions (``model_list``, ``rhythm_list``,
``window_list``, ``all_three``), the first rows with ``details["reasons"]``, and the model's ``auc`` beside ``bg_nbd_auc`` and
``recency_auc``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tools.contracts import Check, Outcome, Statement, Text, ToolResult
from tools.errors import InputError
from tools.features.build import feature_query
from tools.requests import ChurnRisk
from tools.rules import Condition, Selection
from tools.segments.checks import churn_checks
from tools.segments.chosen import MOST_IDS, Chosen, choose, listed_ids, with_condition
from tools.segments.churn.report import ROWS_SHOWN, Facts, describe_quality, for_file, show
from tools.segments.churn.run import MODEL, RHYTHM_LATE, ChurnRun
from tools.segments.churn.words import definition_text, interpret, list_caveats, nobody
from tools.segments.freshness import require_orders
from tools.warehouse.context import ToolContext, read_meta
from tools.warehouse.sql_files import sql_text
from tools.warehouse.whole_table import MOST_ROWS, long_list_note, write_whole

TOOL = "churn_risk"
_NOW = "churn_run_now"


def _read(name: str) -> str:
    return sql_text("tools.segments.churn", name)


@dataclass(frozen=True)
class _Scores:
    """Where the scores are: stored by the refresh, or computed now for another date or horizon."""

    stored: bool
    method: str
    quality: dict[str, Any]
    version: str | None
    relation: str
    caveats: tuple[Text, ...]


def churn_risk(ctx: ToolContext, request: ChurnRisk) -> ToolResult:
    """Customers at risk by one definition, the sizes and overlaps of all three, and how good the model is.

    Args:
        ctx: Scores hold as of its date; when the stored ones do not, they are computed for this answer alone.
        request: The list holds the band asked for; else everybody in the high band, or in the high and middle ones when sorted
            by value; with a limit of its own, the first by probability (or lateness), whatever their band. With customers,
            everything but the model's quality is about these alone.

    Raises:
        UnsupportedQuestion: There are no orders.
        UnknownName: A segment, field or value does not exist.
        InputError: A band is asked of a definition that has none.
    """
    if request.definition is None:
        request = request.model_copy(update={"definition": "model"})
    if request.band and request.definition != "model":
        raise InputError(
            f"Bands belong to the model's probability; the {request.definition} definition has none, so leave the band out.",
            "高/中/低风险等级只属于模型概率；按间隔或按天数的定义没有等级，请去掉等级。",
        )
    require_orders(ctx, Text(zh="流失分析", en="churn"))
    horizon = request.horizon_days or ctx.config.churn_horizon_days
    chosen = choose(ctx, request.customers)
    scores = _scores(ctx, horizon)
    overview_statement, listed_statement = (_statement(ctx, scores, chosen, name, horizon, request) for name in ("overview", "list"))
    overview = _row(ctx, overview_statement)
    if request.definition == "model" and not request.band and request.sort_by == "risk" and "limit" not in request.model_fields_set:
        request = request.model_copy(update=_without_limit(request, scores, overview))
        listed_statement = _statement(ctx, scores, chosen, "list", horizon, request)
    listed = ctx.engine.query(listed_statement.sql, listed_statement.parameters)
    written = ROWS_SHOWN < listed.num_rows <= MOST_ROWS
    path = write_whole(ctx.config.exports_dir, "churn", for_file(listed, ctx.config.currency)) if written else None
    facts = Facts(request, chosen, horizon, scores.method, scores.quality, overview, listed, ctx.as_of, str(path) if path else None)
    return _result(ctx, facts, scores, (overview_statement, listed_statement))


def _without_limit(request: ChurnRisk, scores: _Scores, overview: dict[str, Any]) -> dict[str, Any]:
    """What the list holds where no number was asked for: the high band.

    An empty one gives way to the first by probability, which speaks for itself. By rhythm there is none, and the first of
    those who are not late at all are nobody to warn of.
    """
    if overview["customers_high"]:
        return {"band": "high"}
    if scores.method == "model":
        return {"limit": request.limit}
    return {"band": "middle" if overview["customers_middle"] else "high"}


def _result(ctx: ToolContext, facts: Facts, scores: _Scores, statements: tuple[Statement, ...]) -> ToolResult:
    receipt = ctx.receipt(TOOL, facts.request.model_dump(mode="json", by_alias=True), definition_text(facts), *statements).model_copy(
        update={
            "model_version": scores.version if facts.by_model else None,
            "source_tables": ("counted_orders", "customer_features", "scores", "model_runs"),
        }
    )
    shown = show(facts, ctx.config.currency)
    empty = not facts.size
    return ToolResult(
        tool=TOOL,
        outcome=Outcome.EMPTY if empty else Outcome.ANSWERED,
        figures=shown.figures,
        tables=() if empty else shown.tables,
        charts=shown.charts,
        checks=_checks(ctx, facts, scores),
        receipts=(receipt,),
        caveats=(
            *(scores.caveats if facts.definition == "model" else ()),
            *list_caveats(facts),
            *facts.chosen.caveats,
            *long_list_note(facts.size),
        ),
        interpretation=interpret(facts),
        message=nobody(facts) if empty else None,
        selection=None if empty else _selection(facts, scores),
        details={**shown.details, "definition": facts.definition, "method": scores.method, "quality": describe_quality(facts)},
    )


def _checks(ctx: ToolContext, facts: Facts, scores: _Scores) -> tuple[Check, ...]:
    by_value = facts.request.sort_by == "value"
    listed = f"{facts.definition}_list"
    if facts.definition == "model":
        listed = f"customers_{facts.request.band}" if facts.request.band else "raised" if by_value else ""
    kept = "churn_run_id IS NOT NULL" if scores.stored else "TRUE"
    asked = f"SELECT count(*) FROM {scores.relation} WHERE {kept} AND customer_id IN (\n{facts.chosen.sql}\n)"
    scored = ctx.engine.rows(asked, facts.chosen.parameters)[0][0]
    return churn_checks(facts.overview, facts.matching, listed or None, scored)


def _scores(ctx: ToolContext, horizon: int) -> _Scores:
    found = ctx.engine.rows(
        "SELECT version, as_of, data_version, quality FROM model_runs WHERE model = $model AND in_use", {"model": MODEL}
    )
    if found and found[0][1] == ctx.as_of and found[0][2] == ctx.data_version:
        quality = json.loads(found[0][3])
        if quality["horizon_days"] == horizon:
            return _Scores(True, quality["method"], quality, str(found[0][0]), "scores", _fallback(quality))
    # Stored scores are read without the models, whose libraries take seconds to import.
    from tools.segments.churn.scores import predict_churn

    run = predict_churn(ctx.engine, ctx.as_of, horizon, ctx.config)
    ctx.engine.register(_NOW, run.scores)
    return _Scores(False, run.method, run.quality, run.version, _NOW, (*_fallback(run.quality), _computed_now(run)))


def _computed_now(run: ChurnRun) -> Text:
    return Text(
        zh=f"这些评分是为本次回答按 {run.as_of} 之后 {run.horizon} 天即时计算的，未保存。",
        en=f"These scores were computed for this answer, over the {run.horizon} days after {run.as_of}, and are not stored.",
    )


def _fallback(quality: dict[str, Any]) -> tuple[Text, ...]:
    if quality["method"] == "model":
        return ()
    why = quality["why"]
    return (
        Text(
            zh=f"可信度低：数据不足以训练模型，改用购买节奏规则。{why['zh']}",
            en=f"Low confidence: the data do not suffice for a model, so the rhythm rule stands in. {why['en']}",
        ),
    )


def _statement(ctx: ToolContext, scores: _Scores, chosen: Chosen, name: str, horizon: int, request: ChurnRisk) -> Statement:
    computed = (read_meta(ctx.engine, "features_as_of"), read_meta(ctx.engine, "refreshed_data_version"))
    current = computed == (ctx.as_of.isoformat(), ctx.data_version)
    parameters: dict[str, Any] = {**chosen.parameters, "late": RHYTHM_LATE, "days": horizon}
    features = "SELECT * FROM customer_features"
    if not current:
        features, parameters["as_of"] = feature_query(), ctx.as_of
    kept = "churn_run_id IS NOT NULL" if scores.stored else "TRUE"
    if name == "list":
        limit = request.limit if "limit" in request.model_fields_set else None
        by_value = request.sort_by == "value"
        band = "raised" if by_value and request.definition == "model" and not request.band else request.band
        parameters |= {"band": band, "definition": request.definition, "limit": limit, "by_value": by_value}
    sql = (
        f"WITH features_now AS (\nSELECT * FROM (\n{features}\n) AS f WHERE f.customer_id IN (\n{chosen.sql}\n)\n),\nchurn_now AS (\n"
        f"SELECT customer_id, churn_probability, churn_band, churn_reasons FROM {scores.relation} WHERE {kept}\n)\n{_read(name)}"
    )
    return Statement(sql=sql, parameters=parameters)


def _row(ctx: ToolContext, statement: Statement) -> dict[str, Any]:
    row: dict[str, Any] = ctx.engine.query(statement.sql, statement.parameters).to_pylist()[0]
    return row


def _selection(facts: Facts, scores: _Scores) -> Selection:
    """The listed customers as a rule over stored scores where those hold, else as ids."""
    limit = facts.size if facts.size < facts.matching else None
    by_value = "amount_365d" if facts.request.sort_by == "value" else None
    if not scores.stored or facts.chosen.selection.limit:
        return listed_ids(facts.listed.column("customer_id").slice(0, MOST_IDS).to_pylist())
    if facts.definition == "rhythm":
        rule, order = Condition(field="gap_ratio", op=">=", value=int(RHYTHM_LATE)), "gap_ratio"
    elif facts.definition == "window":
        rule, order = Condition(field="recency_days", op=">=", value=facts.horizon), "recency_days"
    else:
        rule, order = _of_band(facts.request), "churn_probability" if scores.method == "model" else "gap_ratio"
    return Selection(rule=with_condition(facts.chosen, rule), sort_by=by_value or order, limit=limit)


def _of_band(request: ChurnRisk) -> Condition:
    """The model's customers on the list."""
    if request.band:
        return Condition(field="churn_band", op="=", value=request.band)
    if request.sort_by == "value":
        return Condition(field="churn_band", op="in", value=["high", "middle"])
    return Condition(field="churn_band", op="is known")
