"""The tool that answers "what did the campaign change": treatment against control, revenue and return, types of customers."""

from __future__ import annotations

from typing import Any

from tools.contracts import Statement, ToolResult
from tools.errors import InputError, UnknownName, UnsupportedQuestion
from tools.metrics.values import is_filled
from tools.requests import MeasureUplift
from tools.rules import Condition, Selection
from tools.segments.response.customer_types import Types, find_types, lacks
from tools.segments.response.effects import Effect, effects_of, together
from tools.segments.response.uplift_report import Facts, show
from tools.segments.response.uplift_words import caveats, definition, interpretation
from tools.segments.response.waves import UNKINDED, read_sql
from tools.warehouse.context import ToolContext

TOOL = "measure_uplift"
MOST_IDS = 5000
"""Customers that a selection names one by one."""


def measure_uplift(ctx: ToolContext, request: MeasureUplift) -> ToolResult:
    """The effect of campaigns that kept a control group, with intervals, revenue, cost, return and the four types of customers.

    An answer should speak of ``treatment_rate``, ``control_rate``, ``uplift`` with ``uplift_low`` and ``uplift_high`` (money per
    customer for revenue: ``treatment_mean``, ``control_mean``), ``incremental_revenue``, ``roi`` where there is one; details:
    ``credible`` (say "no credible effect" when false), ``direction``, ``campaigns``, ``types`` (ids of the types that have figures
    ``type.<id>.customers`` and ``type.<id>.uplift``).

    Raises:
        UnsupportedQuestion: There is no control group, or the outcome was not loaded.
        UnknownName: No campaign has that id or name.
        InputError: The campaign has no control group, but others have.
    """
    _require_control(ctx)
    revenue_from = _revenue_column(ctx)
    _require_outcome(ctx, request, revenue_from)
    statements = _statements(ctx, request)
    ctx.engine.execute(f"CREATE OR REPLACE TEMP TABLE uplift_cases AS {statements[0].sql}", statements[0].parameters)
    rows: list[dict[str, Any]] = ctx.engine.query(statements[1].sql, statements[1].parameters).to_pylist()
    effects = _asked(ctx, effects_of(rows, request.outcome, revenue_from), request.campaign)
    facts = Facts(request, together(effects), effects, ctx.as_of, _types(ctx, request, effects))
    shown = show(facts)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), definition(facts), *statements).model_copy(
        update={"source_tables": ("campaigns", "campaign_contacts", "campaign_responses", "counted_orders")}
    )
    return ToolResult(
        tool=TOOL,
        figures=shown.figures,
        tables=shown.tables,
        charts=shown.charts,
        receipts=(receipt,),
        caveats=tuple(caveats(facts)),
        interpretation=interpretation(facts),
        selection=_selection(facts.types),
        details=shown.details,
    )


def _revenue_column(ctx: ToolContext) -> str | None:
    if is_filled(ctx, "counted_orders"):
        return "revenue"
    return "response_revenue" if is_filled(ctx, "campaign_responses.revenue") else None


def _require_control(ctx: ToolContext) -> None:
    contacts, controls = ctx.engine.rows("SELECT count(*), count(*) FILTER (WHERE arm = 'control') FROM campaign_contacts")[0]
    if not contacts:
        raise UnsupportedQuestion(
            "The loaded data hold no campaign contacts, so there is no effect to measure; load whom each campaign reached and its control "
            "group.",
            "已载入的数据中没有营销触达记录，没有可以衡量的活动；请载入活动触达名单及其对照组。",
        )
    if not controls:
        raise UnsupportedQuestion(
            "No campaign in the data has a control group, so its effect cannot be told apart from what would have happened anyway; next "
            "time keep a random part of the customers uncontacted, and load them as the control arm.",
            "数据中的活动都没有对照组，无法区分活动的效果与本来就会发生的购买；下次请随机留出一部分不触达的客户，并作为对照组载入。",
        )


def _require_outcome(ctx: ToolContext, request: MeasureUplift, revenue_from: str | None) -> None:
    if request.outcome == "order" and not is_filled(ctx, "counted_orders"):
        raise UnsupportedQuestion(
            "The loaded data have no completed orders, so the effect on orders is unknown; ask for the effect on responses instead.",
            "已载入的数据中没有已完成的订单，无法衡量对下单的影响；可以改问对响应的影响。",
        )
    if request.outcome == "revenue" and revenue_from is None:
        raise UnsupportedQuestion(
            "The loaded data have neither orders nor revenue of responses, so the effect on revenue is unknown.",
            "已载入的数据中既没有订单，也没有响应带来的收入，无法衡量对收入的影响。",
        )
    if request.outcome == "response" and not is_filled(ctx, "campaign_responses"):
        raise UnsupportedQuestion(
            "The loaded data have no responses to campaigns; ask for the effect on orders or revenue instead.",
            "已载入的数据中没有活动响应记录；可以改问对下单或收入的影响。",
        )


def _statements(ctx: ToolContext, request: MeasureUplift) -> tuple[Statement, Statement]:
    return (
        Statement(sql=read_sql("arms"), parameters={"horizon": request.horizon_days, "as_of": ctx.as_of}),
        Statement(sql=read_sql("arm_sums"), parameters={"unkinded": UNKINDED}),
    )


def _asked(ctx: ToolContext, effects: list[Effect], campaign: str | None) -> list[Effect]:
    if not effects:
        raise UnsupportedQuestion(
            f"By {ctx.as_of} no campaign with a control group has reached both arms, so there is no effect to measure.",
            f"截至{ctx.as_of}，没有同时包含触达组和对照组的活动，无法衡量效果。",
        )
    if campaign is None:
        return effects
    wanted = campaign.strip().casefold()
    found = [one for one in effects if wanted in (str(one.campaign_id).casefold(), one.name.casefold())]
    if found:
        return found[:1]
    names = [row[0] for row in ctx.engine.rows("SELECT coalesce(name, campaign_id) FROM campaigns ORDER BY campaign_id")]
    known = [str(row[0]).casefold() for row in ctx.engine.rows("SELECT campaign_id FROM campaign_contacts GROUP BY campaign_id")]
    if wanted in {*(name.casefold() for name in names), *known}:
        others = [one.name for one in effects[:5]]
        raise InputError(
            f"{campaign} has no control group, so its effect cannot be told apart from what would have happened anyway; with one: "
            f"{', '.join(others)}.",
            f"{campaign}没有对照组，无法区分活动的效果与本来就会发生的购买；有对照组的活动：{'、'.join(others)}。",
        )
    raise UnknownName("campaign", "营销活动", campaign, [one.name for one in effects])


def _types(ctx: ToolContext, request: MeasureUplift, effects: list[Effect]) -> Types | None:
    """Types of customers, for one campaign and an outcome that is had or not."""
    if len(effects) != 1 or request.outcome == "revenue" or lacks(effects[0]):
        return None
    return find_types(ctx.engine, effects[0], "responded" if request.outcome == "response" else "ordered", ctx.config)


def _selection(types: Types | None) -> Selection | None:
    if types is None or not types.separates or not types.persuadable:
        return None
    return Selection(rule=Condition(field="customer_id", op="in", value=list(types.persuadable[:MOST_IDS])))
