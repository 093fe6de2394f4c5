"""The tool that answers "who will respond to such a campaign": a list, how many responses to expect, how good the model is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.contracts import Statement, Text, ToolResult
from tools.errors import NotEnoughData, UnknownName, UnsupportedQuestion
from tools.requests import PredictResponse
from tools.rules import AllOf, Condition, Selection
from tools.segments.compiler import compile_selection
from tools.segments.model_runs import model_runs
from tools.segments.reporting import ROWS_SHOWN
from tools.segments.resolve import resolve_customers
from tools.segments.response.report import Facts, show
from tools.segments.response.run import model_id
from tools.segments.response.waves import UNKINDED, kinds_by_contacts, read_sql, read_waves
from tools.segments.response.words import caveats, definition, interpretation
from tools.warehouse.context import ToolContext, read_meta
from tools.warehouse.whole_table import MOST_ROWS, long_list_note, write_whole

TOOL = "predict_response"
MOST_IDS = 5000
"""Customers that a selection names one by one, where a rule over stored scores cannot."""
_NOW = "response_run_now"


@dataclass(frozen=True)
class _Scores:
    """Where the probabilities are: stored by the refresh, or computed now for another date or a rarer kind."""

    kind: str
    kinds: tuple[str, ...]
    stored: bool
    quality: dict[str, Any]
    version: str
    relation: str


def predict_response(ctx: ToolContext, request: PredictResponse) -> ToolResult:
    """Customers most likely to respond to the next campaign of a kind, how many responses to expect, and the model's quality.

    An answer should speak of the figures ``expected_tenth`` of ``tenth`` (and ``expected_fifth``), ``lift``, ``auc`` beside
    ``responded_before_auc``, ``base_rate``; details: ``campaign_kind``, ``method`` ("model" or "history"), ``test_campaigns``.

    Raises:
        UnsupportedQuestion: There are no campaigns with contacts.
        UnknownName: No campaign is of that kind.
        NotEnoughData: Nothing is known yet about responses to that kind.
    """
    scores = _scores(ctx, request.campaign_kind)
    selection = resolve_customers(ctx, request.customers) if request.customers is not None else None
    expected, listed = _statements(ctx, scores, selection, request.limit)
    totals: dict[str, Any] = ctx.engine.query(expected.sql, expected.parameters).to_pylist()[0]
    rows = ctx.engine.query(listed.sql, listed.parameters)
    path = write_whole(ctx.config.exports_dir, "responses", rows) if ROWS_SHOWN < rows.num_rows <= MOST_ROWS else None
    facts = Facts(
        scores.kind,
        scores.quality,
        totals,
        rows,
        ctx.as_of,
        request.customers is not None,
        _features_current(ctx),
        str(path) if path else None,
    )
    shown = show(facts)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), definition(facts), expected, listed).model_copy(
        update={
            "model_version": scores.version,
            "source_tables": ("campaigns", "campaign_contacts", "campaign_responses", "response_scores"),
        }
    )
    return ToolResult(
        tool=TOOL,
        outcome=shown.outcome,
        figures=shown.figures,
        tables=shown.tables,
        charts=shown.charts,
        receipts=(receipt,),
        caveats=(*caveats(facts), *_other_kinds(scores, request), *long_list_note(rows.num_rows)),
        interpretation=interpretation(facts),
        message=shown.message,
        selection=_selection(scores, selection, facts),
        details=shown.details | {"other_kinds": [kind for kind in scores.kinds if kind != scores.kind]},
    )


def _scores(ctx: ToolContext, asked: str | None) -> _Scores:
    waves = read_waves(ctx.engine, ctx.as_of)
    kinds = kinds_by_contacts(waves)
    if not kinds:
        raise UnsupportedQuestion(
            "The loaded data hold no campaign contacts, so responses cannot be predicted; load campaigns with whom they reached and who "
            "responded.",
            "已载入的数据中没有营销触达记录，无法预测响应；请载入营销活动、触达名单和响应记录。",
        )
    kind = kinds[0] if asked is None else _matching(asked, kinds)
    stored = next((run for run in model_runs(ctx.engine, model_id(kind)) if run.in_use), None)
    if stored and stored.as_of == ctx.as_of and stored.data_version == ctx.data_version:
        relation = "SELECT customer_id, probability FROM response_scores WHERE campaign_kind = $kind"
        return _Scores(kind, tuple(kinds), True, stored.quality, stored.version, relation)
    # Stored scores are read without the models, whose libraries take seconds to import.
    from tools.segments.response.scores import predict_responses

    runs = predict_responses(ctx.engine, ctx.as_of, ctx.config, waves, [kind], current=_features_current(ctx))
    if not runs:
        raise NotEnoughData(
            f"No campaign of kind {kind} has ended with known responses, so there is nothing to learn from yet.",
            f"{kind}类活动还没有已结束且有响应记录的，暂无可供学习的数据。",
        )
    ctx.engine.register(_NOW, runs[0].table())
    return _Scores(kind, tuple(kinds), False, runs[0].quality, runs[0].version, f"SELECT customer_id, probability FROM {_NOW}")


def _features_current(ctx: ToolContext) -> bool:
    computed = (read_meta(ctx.engine, "features_as_of"), read_meta(ctx.engine, "refreshed_data_version"))
    return computed == (ctx.as_of.isoformat(), ctx.data_version)


def _matching(asked: str, kinds: list[str]) -> str:
    """The kind of that name, whatever its case, spaces and the word "type"; or the only one that it is part of."""
    folded = {_folded(kind): kind for kind in reversed(kinds)}
    wanted = _folded(asked)
    if wanted in folded:
        return folded[wanted]
    near = [kind for name, kind in folded.items() if wanted and (wanted in name or name in wanted)]
    if len(near) == 1:
        return near[0]
    raise UnknownName("campaign type", "活动类型", asked, kinds)


def _folded(name: str) -> str:
    plain = "".join(letter for letter in name.casefold() if letter.isalnum())
    for word in ("campaigns", "campaign", "营销活动", "活动", "type", "类型", "类"):
        plain = plain.replace(word, "") or plain
    return plain


def _statements(ctx: ToolContext, scores: _Scores, selection: Selection | None, limit: int) -> tuple[Statement, Statement]:
    parameters: dict[str, Any] = {"kind": scores.kind, "unkinded": UNKINDED, "as_of": ctx.as_of}
    within = ""
    if selection is not None:
        query = compile_selection(ctx, selection)
        parameters |= query.parameters
        within = f"WHERE customer_id IN (SELECT customer_id FROM (\n{query.sql}\n) AS g)"
    head = (
        f"WITH probabilities_now AS (\n{scores.relation}\n),\nranked_now AS (\n"
        "SELECT customer_id, probability, row_number() OVER (ORDER BY probability DESC, customer_id) AS rank, count(*) OVER () AS everyone "
        f"FROM probabilities_now {within}\n),\nhistory_now AS (\n{read_sql('history')}\n)\n"
    )
    return (
        Statement(sql=head + read_sql("expected"), parameters=parameters),
        Statement(sql=head + read_sql("listed"), parameters=parameters | {"limit": limit}),
    )


def _selection(scores: _Scores, within: Selection | None, facts: Facts) -> Selection | None:
    """The listed customers: a rule over stored scores where they are of the kind that is stored per customer, else ids."""
    if not facts.size:
        return None
    is_stored_kind = scores.stored and scores.kind == scores.kinds[0]
    if is_stored_kind and (within is None or within.limit is None):
        known = Condition(field="response_probability", op="is known")
        rule = known if within is None else AllOf(all=(within.rule, known))
        return Selection(rule=rule, sort_by="response_probability", limit=facts.size)
    ids = facts.listed.column("customer_id").slice(0, MOST_IDS).to_pylist()
    return Selection(rule=Condition(field="customer_id", op="in", value=ids))


def _other_kinds(scores: _Scores, request: PredictResponse) -> tuple[Text, ...]:
    others = [kind for kind in scores.kinds if kind != scores.kind]
    if request.campaign_kind is not None or not others:
        return ()
    return (
        Text(
            zh=f"未指定活动类型，按触达最多的“{scores.kind}”计算；另有：{'、'.join(others[:5])}。",
            en=f"No type of campaign was named: this is about {scores.kind}, which reached most; there are also {', '.join(others[:5])}.",
        ),
    )
