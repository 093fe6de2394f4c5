"""The tool `weigh_rfm`: weights of R, F and M from the data, and how well each score ranks what customers spend next.

An answer should speak of ``weight_recency``, ``weight_frequency`` and ``weight_monetary`` (by ``details["method"]``), then of
the comparison on the period after ``test_cut_off``: ``predictive.top_fifth`` and ``extended.top_fifth`` beside
``classic_sum.top_fifth`` (``gain`` is the difference of extended over classic, in points), and of the best score, whose id is
``details["winner"]`` (figures ``<winner>.top_tenth`` and ``.top_fifth``, name in ``details["names"]``). Without enough data
``details["fallback"]`` is true, there is no comparison, and the weights are those of the entropy method or all equal.
The selection is the top fifth by the stored score (``top_customers``, ``top_score``).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tools.contracts import Figure, Receipt, Statement, Text, ToolResult, Unit
from tools.errors import NotEnoughData
from tools.metrics.values import is_filled, remember
from tools.requests import WeighRfm
from tools.rules import Condition, Selection
from tools.segments.freshness import freshness_caveats, require_features, require_orders
from tools.segments.reporting import figure
from tools.segments.weighing.cases import MOST_SAMPLED, read_sql
from tools.segments.weighing.comparison import Comparison, compare_all
from tools.segments.weighing.dimensions import CLASSIC
from tools.segments.weighing.learn import Fitted, learn_weights, texts_of
from tools.segments.weighing.report import (
    Compared,
    compared_chart,
    compared_figures,
    compared_table,
    score_names,
    weight_figures,
    weights_table,
)
from tools.segments.weighing.step import MODEL, VERSION, fitted_now
from tools.warehouse.context import ToolContext

TOOL = "weigh_rfm"
_TOP = 0.8
_WHAT = Text(zh="RFM 权重", en="weights of RFM")
_METHODS = {"predictive": Text(zh="预测力", en="what each says of the next period"), "entropy": Text(zh="熵权法", en="the entropy method")}


def weigh_rfm(ctx: ToolContext, request: WeighRfm) -> ToolResult:
    """Weights by both methods, and one comparison of all scores on a later period.

    Args:
        ctx: Nothing after its date is read.
        request: Which weights are told first, and how long a period is.

    Raises:
        UnsupportedQuestion: There are no orders, or features were never computed.
    """
    require_features(ctx)
    require_orders(ctx, _WHAT)
    try:
        found = _found(ctx, request.horizon_days)
    except NotEnoughData as lack:
        return _fallback(ctx, request, texts_of(lack))
    compared = Compared(found.captured, request.horizon_days)
    selection, top = _top(ctx)
    gain = found.captured["extended"]["top_fifth"] - found.captured["classic_sum"]["top_fifth"]
    return ToolResult(
        tool=TOOL,
        figures=(
            *weight_figures(found.final, request.method),
            *_period_figures(found),
            *compared_figures(compared),
            figure("gain", "加权（扩展）比经典 RFM 多占的消费（前20%）", "top fifth: extended over classic RFM", gain, Unit.POINTS),
            *top,
        ),
        tables=(compared_table(compared), weights_table(found.final)),
        charts=(compared_chart(compared),),
        receipts=(_receipt(ctx, request, found),),
        caveats=(*freshness_caveats(ctx), *_learning_caveats(found), *found.caveats),
        interpretation=_interpretation(request, found),
        selection=selection,
        details={
            "method": request.method,
            "method_name": _METHODS[request.method].model_dump(),
            "horizon_days": request.horizon_days,
            "test_cut_off": found.test_cut_off.isoformat(),
            "dimensions": list(found.final.extended.names),
            "order": compared.order,
            "winner": compared.order[0],
            "names": {name: text.model_dump() for name, text in score_names(request.horizon_days).items() if name in compared.captured},
            "fallback": False,
        },
    )


def _found(ctx: ToolContext, horizon: int) -> Comparison:
    def work() -> Comparison:
        """Fits everything; the same data need it once."""
        return compare_all(ctx.engine, learn_weights(ctx.engine, ctx.as_of, horizon, ctx.config), ctx.config)

    return remember(ctx, f"weights {ctx.as_of} {horizon} {ctx.config.seed}", work)


def _period_figures(found: Comparison) -> list[Figure]:
    ends = found.test_cut_off + dt.timedelta(days=found.horizon)
    return [
        figure("test_customers", "参与比较的客户数", "customers compared", found.test_customers, Unit.COUNT),
        figure("horizon_days", "一期天数", "days of a period", found.horizon, Unit.DAYS),
        figure("test_cut_off", "比较期之前的截止日", "cut-off before the period", found.test_cut_off, Unit.DATE),
        figure("test_until", "比较期结束", "end of the period", ends, Unit.DATE),
        figure("training_cases", "求权重用的样本数", "cases learnt from", found.final.cases, Unit.COUNT),
    ]


def _top(ctx: ToolContext) -> tuple[Selection | None, list[Figure]]:
    """The top fifth by the stored score, as a rule, and how many they are."""
    if not is_filled(ctx, "scores.rfm_score"):
        return None, []
    edge = ctx.engine.rows(f"SELECT percentile_cont({_TOP}) WITHIN GROUP (ORDER BY rfm_score) FROM scores")[0][0]
    score = Decimal(str(edge)).quantize(Decimal("0.0001"))
    count = ctx.engine.rows("SELECT count(*) FROM scores WHERE rfm_score >= $score", {"score": score})[0][0]
    figures = [
        figure("top_customers", "综合分前20%客户数", "customers in the top fifth by the score", count, Unit.COUNT),
        figure("top_score", "前20%的最低综合分", "least score of the top fifth", float(score), Unit.SCORE),
    ]
    return Selection(rule=Condition(field="rfm_score", op=">=", value=score), sort_by="rfm_score"), figures


def _receipt(ctx: ToolContext, request: WeighRfm, found: Comparison) -> Receipt:
    cut_offs = ", ".join(day.isoformat() for day in found.final.cut_offs)
    definition = Text(
        zh="各维度取客户在人群中的百分位（0–1，R 越近越高），"
        f"对下一期（{found.horizon} 天）消费额的百分位作非负最小二乘，系数归一即预测力权重，"
        f"学习截止日：{cut_offs}；熵权法按各维度的离散程度定权。"
        f"比较：以 {found.test_cut_off} 之前的数据算出各评分（权重只用更早的时期学得），"
        "看其前10%、前20%客户占此后一期消费额的比例，同分者按比例计入。",
        en="Each dimension is the customer's percentile (0 to 1; more recent is higher). Non-negative least squares on the percentile of "
        f"the next {found.horizon} days' spend give the predictive weights, learnt at {cut_offs}; the entropy method weighs by how "
        f"unevenly a dimension is spread. Compared: scores from data up to {found.test_cut_off}, with weights learnt from earlier "
        "periods alone, by the share of the following period's spend that their top tenth and fifth captured; ties count in part.",
    )
    statement = Statement(sql=read_sql("cases"), parameters={"as_of": found.test_cut_off, "horizon": found.horizon})
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), definition, statement)
    tables = ("counted_orders", "order_lines", "products", "events", "campaign_responses")
    return receipt.model_copy(update={"model_version": f"{MODEL}-{VERSION}-{request.method}", "source_tables": tables})


def _interpretation(request: WeighRfm, found: Comparison) -> Text:
    method = _METHODS[request.method]
    return Text(
        zh=f"RFM 权重（{method.zh}），以 {found.test_cut_off} 之后 {found.horizon} 天的消费额检验",
        en=f"weights of RFM by {method.en}, held against the spend of the {found.horizon} days after {found.test_cut_off}",
    )


def _learning_caveats(found: Comparison) -> list[Text]:
    caveats = []
    if found.sampled:
        caveats.append(
            Text(
                zh=f"客户很多，权重与比较基于随机抽取的 {MOST_SAMPLED:,} 位客户。",
                en=f"There are many customers: the weights and the comparison rest on {MOST_SAMPLED:,} of them, drawn at random.",
            )
        )
    unused = [name for name, weight in found.final.predictive.weights.items() if weight == 0]
    if not found.final.found:
        caveats.append(
            Text(
                zh="历史各期中，R、F、M 都看不出与下期消费的关系，权重取相等。",
                en="In the past, none of R, F and M said anything of the next period's spend, so they weigh the same.",
            )
        )
    elif unused:
        letters = "、".join(name[0].upper() for name in unused), " and ".join(name[0].upper() for name in unused)
        caveats.append(
            Text(
                zh=f"{letters[0]} 的预测力权重为 0：它与其他维度说的是同一件事，单独看仍有相关（见权重表最后一列）。",
                en=f"{letters[1]} has a predictive weight of 0: it says nothing that the others do not, though it does correlate by itself "
                "(last column of the table of weights).",
            )
        )
    return caveats


def _fallback(ctx: ToolContext, request: WeighRfm, why: Text) -> ToolResult:
    """Weights without any history to learn from: those of the entropy method, which needs none, beside equal ones."""
    fitted: Fitted = fitted_now(ctx.engine)
    caveat = Text(
        zh=f"可信度低：数据不足以从下期消费学得权重，预测力权重取相等，熵权仍由数据算出。{why.zh}",
        en=f"Low confidence: the data do not suffice to learn from the next period, so predictive weights are equal; those of the entropy "
        f"method are from the data. {why.en}",
    )
    definition = Text(
        zh="熵权法按各维度在客户间的离散程度定权；预测力权重因数据不足取相等。",
        en="The entropy method weighs by how unevenly a dimension is spread over customers; predictive weights are equal for lack of data.",
    )
    selection, top = _top(ctx)
    return ToolResult(
        tool=TOOL,
        figures=(*weight_figures(fitted, request.method), *top),
        tables=(weights_table(fitted),),
        receipts=(ctx.receipt(TOOL, request.model_dump(mode="json"), definition),),
        caveats=(*freshness_caveats(ctx), caveat),
        interpretation=Text(zh="RFM 权重", en="weights of RFM"),
        selection=selection,
        details=_fallback_details(request),
    )


def _fallback_details(request: WeighRfm) -> dict[str, Any]:
    return {
        "method": request.method,
        "method_name": _METHODS[request.method].model_dump(),
        "horizon_days": request.horizon_days,
        "test_cut_off": None,
        "dimensions": list(CLASSIC),
        "order": [],
        "winner": None,
        "names": {},
        "fallback": True,
    }
