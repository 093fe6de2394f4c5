"""The tool that says how good the models are.

An answer should speak of: ``details["models"]``, one sentence for each model in both languages; figures are
``<model>.<measure>`` for what it claims (``churn.auc``), ``<model>.<way>.<measure>`` for what a simpler way reaches
(``churn.recency.auc``) and ``<model>.held.<measure>`` for how it turned out.
"""

from __future__ import annotations

from collections.abc import Sequence

from tools.contracts import Statement, Text, ToolResult
from tools.errors import UnsupportedQuestion
from tools.requests import ModelQuality
from tools.segments.quality.facts import ModelFacts, read_facts
from tools.segments.quality.measures import book
from tools.segments.quality.report import chart, figures, tables
from tools.segments.quality.words import both, sentence
from tools.warehouse.context import ToolContext

TOOL = "model_quality"
_DEFINITION = Text(
    zh="每个模型在训练之后的时期上检验（训练时没有见过），并与更简单的方法用同样的客户比较；刷新时重新训练，只有在最近一期不更差才替换。"
    "“此后实际”是刷新时留存的预测在预测期过后与实际的对照。",
    en="Each model is judged on a period later than any it learnt from, beside simpler ways on the same customers. A refresh trains it "
    "anew and replaces it only where the new one is not worse on the latest period. “Held since” compares predictions kept at a refresh "
    "with what happened once their period had passed.",
)


def model_quality(ctx: ToolContext, request: ModelQuality) -> ToolResult:
    """What each model claims, on which later period, beside what, what it replaced, and how it has held since.

    Raises:
        UnsupportedQuestion: No such model has been trained.
    """
    models = read_facts(ctx.engine, request.model)
    if not models:
        name = book().models[request.model].name if request.model in book().models else Text(zh="模型", en="A model")
        raise UnsupportedQuestion(
            f"{name.en} has not been trained on these data yet; run: fenqun refresh.",
            f"{name.zh}尚未在当前数据上训练；请运行：fenqun refresh。",
        )
    statements = tuple(Statement(sql=f"SELECT * FROM {table}") for table in ("model_runs", "model_outcomes"))
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), _DEFINITION, *statements)
    receipt = receipt.model_copy(update={"source_tables": ("model_runs", "model_outcomes")})
    drawn, currency = chart(models), ctx.config.currency
    return ToolResult(
        tool=TOOL,
        figures=figures(models),
        tables=tables(models, currency),
        charts=(drawn,) if drawn else (),
        receipts=(receipt,),
        caveats=tuple(_caveats(ctx, models)),
        interpretation=_question(request),
        details={
            "models": [
                {"id": facts.run.model, "key": facts.key, "main": facts.main, "fallback": facts.is_fallback}
                | {"name": facts.name.model_dump(), "sentence": sentence(facts, currency).model_dump()}
                for facts in models
            ]
        },
    )


def _question(request: ModelQuality) -> Text:
    if request.model == "all":
        return Text(zh="所有模型的质量", en="the quality of all models")
    name = book().models[request.model].name
    return Text(zh=f"{name.zh}的质量", en=f"the quality of: {name.en}")


def _caveats(ctx: ToolContext, models: Sequence[ModelFacts]) -> list[Text]:
    said = []
    for facts in models:
        name, main = facts.name, facts.main
        if facts.is_fallback and facts.why:
            said.append(Text(zh=f"{name.zh}：{facts.why.zh}", en=f"{name.en}: {facts.why.en}"))
        if main and facts.peer and facts.measure and facts.measure.worse_by(facts.peer[1], facts.claims[main]) >= 0:
            said.append(
                Text(
                    zh=f"{name.zh}在检验中没有胜过{facts.peer[0].zh}，可直接用更简单的方法。",
                    en=f"{name.en}: it was not better than {facts.peer[0].en} in the test, so the simpler way will do.",
                )
            )
        for measure, (claimed, found) in facts.fallen.items():
            label, was, now = book().measures[measure].name, *(both(measure, value, ctx.config.currency) for value in (claimed, found))
            said.append(
                Text(
                    zh=f"{name.zh}此后的{label.zh}明显变差：声称 {was.zh}，实际 {now.zh}；请刷新数据并谨慎使用。",
                    en=f"{name.en}: its {label.en} has been markedly worse since, {now.en} where {was.en} was claimed; refresh, and use "
                    "with care.",
                )
            )
    old = [facts for facts in models if facts.run.data_version != ctx.data_version]
    if old:
        said.append(
            Text(
                zh="数据在模型训练之后有更新；请运行 fenqun refresh 重新训练。",
                en="Data were loaded after the models were trained; run fenqun refresh to train them anew.",
            )
        )
    return said
