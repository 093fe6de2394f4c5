"""The tool that shows everything known about one customer, personal data aside.

An answer should speak of figures ``orders``, ``amount``, ``average_order_value``, ``last_order_date``,
``churn_probability``, ``predicted_value``, ``next_order_date`` and ``profile_completeness`` where they are there;
``details["names"]`` names the groups, ``details["segments"]`` all of them, ``details["reasons"]`` why they may leave,
``details["next_steps"]`` what to do (``action``, ``why``, ``when``), ``details["missing"]`` what the profile lacks.
"""

from __future__ import annotations

from typing import Any

from tools.contracts import Figure, Outcome, Statement, Table, Text, ToolResult
from tools.requests import LookUpCustomer
from tools.rules import Condition, Selection
from tools.segments.churn.reasons import read_reasons
from tools.segments.fields import FieldInfo, field
from tools.segments.freshness import freshness_caveats, require_features
from tools.segments.look_up.explained import scores_table
from tools.segments.look_up.identify import find_id, near_ids, unknown
from tools.segments.look_up.lists import list_figures, lists_of, orders_chart
from tools.segments.look_up.standing import Membership, memberships, missing_parts, next_steps, segments_table, steps_table
from tools.segments.reporting import field_column, field_figure, shown_value
from tools.segments.stored import attribute_names
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote

TOOL = "look_up_customer"
_FIELDS = {
    "profile": (
        Text(zh="客户概况", en="Profile"),
        (
            "customer_id",
            "rfm_group",
            "recency_days",
            "last_order_date",
            "orders",
            "amount",
            "average_order_value",
            "churn_probability",
            "churn_band",
            "predicted_value",
            "profile_completeness",
        ),
    ),
    "predictions": (
        Text(zh="预测", en="Predictions"),
        (
            "alive_probability",
            "expected_orders",
            "expected_order_value",
            "predicted_value",
            "predicted_value_low",
            "predicted_value_high",
            "total_value",
            "next_order_date",
            "next_order_from",
            "next_order_to",
            "response_probability",
        ),
    ),
    "habits": (
        Text(zh="购买习惯", en="Habits"),
        (
            "first_order_date",
            "gap_median_days",
            "gap_ratio",
            "orders_90d",
            "amount_90d",
            "orders_365d",
            "amount_365d",
            "top_category",
            "top_category_share",
            "top_channel",
            "top_store",
            "contacts",
            "responses",
            "events_30d",
        ),
    ),
    "about": (
        Text(zh="客户属性", en="About"),
        ("gender", "age", "age_band", "income_band", "city", "region", "signup_at", "marketing_consent"),
    ),
}
_SCORED = (
    "rfm_eight",
    "recency_score",
    "frequency_score",
    "monetary_score",
    "fm_score",
    "rfm_score",
    "value_activity",
    "membership_tier",
    "lifecycle",
    "aipl_stage",
)
"""Scores that have figures of their own; their table says why, too."""
_DEFINITION = Text(
    zh="该客户截至数据日期的特征、评分及原因、预测、所在分群、时间线、最近订单、品类与营销触达；个人信息不显示。"
    "资料完整度 = 已知的资料项 ÷ 数据中存在的资料项。下一步来自策略手册，按流失风险和 RFM 分群选取。",
    en="Features, scores and why, predictions, segments, timeline, last orders, categories and campaigns of the customer up to the as-of "
    "date; personal data are not shown. Profile completeness = parts of the profile known ÷ parts that the data have. What to do next is "
    "from the playbook, by churn risk and RFM group.",
)


def look_up_customer(ctx: ToolContext, request: LookUpCustomer) -> ToolResult:
    """The profile, scores, predictions, segments, timeline and next steps of one customer.

    Raises:
        UnsupportedQuestion: Features were never computed.
    """
    require_features(ctx)
    asked = request.customer_id.strip()
    customer_id, caveats = find_id(ctx, asked)
    if customer_id is None:
        receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), _DEFINITION)
        near = near_ids(ctx, asked)
        message = caveats[0] if caveats else unknown(asked, near)
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, message=message, receipts=(receipt,), details={"near": near})
    infos, row, statement = _base(ctx, customer_id)
    segments, lists, chart = memberships(ctx, customer_id), lists_of(ctx, customer_id), orders_chart(ctx, customer_id)
    # Why somebody stays is nothing to act on.
    told = read_reasons(row["churn_reasons"], ctx.config.currency) if row["churn_band"] != "low" else []
    reasons = [Text(zh=one.zh, en=one.en) for one in told]
    steps = next_steps(row, reasons, ctx.as_of)
    one_rows = _one_rows(infos, row)
    tables = [*one_rows[:1], *steps_table(steps), *scores_table(ctx, row), *one_rows[1:], *segments_table(segments), *lists[0]]
    return ToolResult(
        tool=TOOL,
        figures=tuple(_figures(customer_id, infos, row, tables)),
        tables=tuple(tables),
        charts=chart[0],
        receipts=(ctx.receipt(TOOL, request.model_dump(mode="json"), _DEFINITION, statement, *lists[1], chart[1]),),
        caveats=(*caveats, *freshness_caveats(ctx), *_consent(row)),
        interpretation=Text(zh=f"客户 {customer_id}", en=f"customer {customer_id}"),
        selection=Selection(rule=Condition(field="customer_id", op="=", value=customer_id)),
        details={
            "customer_id": customer_id,
            "reasons": [one.model_dump() for one in reasons],
            "names": {info.id: info.names[row[info.id]].model_dump() for info in infos if row[info.id] in info.names},
            "known": [info.id for info in infos],
            "segments": [_membership(one) for one in segments],
            "next_steps": [step.model_dump() for step in steps],
            "missing": [part.model_dump() for part in missing_parts(ctx, customer_id)],
        },
    )


def _base(ctx: ToolContext, customer_id: str) -> tuple[list[FieldInfo], dict[str, Any], Statement]:
    named = dict.fromkeys([*(name for _, names in _FIELDS.values() for name in names), *_SCORED])
    infos = [field(name) for name in (*named, *(f"attribute.{name}" for name in attribute_names(ctx.engine)))]
    columns = ", ".join(f"{info.sql} AS {quote(info.id)}" for info in infos)
    sql = f"SELECT {columns}, b.churn_reasons, b.edges_version FROM customer_base AS b WHERE b.customer_id = $customer_id"
    statement = Statement(sql=sql, parameters={"customer_id": customer_id})
    row: dict[str, Any] = ctx.engine.query(sql, statement.parameters).to_pylist()[0]
    # What the data lack is left out, not shown as empty.
    return [info for info in infos if row[info.id] is not None], row, statement


def _one_rows(infos: list[FieldInfo], row: dict[str, Any]) -> list[Table]:
    tables = []
    for table_id, (title, names) in _FIELDS.items():
        shown = [info for info in infos if info.id in names or (table_id == "about" and info.is_attribute)]
        if shown:
            cells = tuple(shown_value(info, row[info.id]) for info in shown)
            columns = tuple(field_column(info) for info in shown)
            tables.append(Table(id=table_id, title=title, columns=columns, rows=(cells,), row_count=1))
    return tables


def _figures(customer_id: str, infos: list[FieldInfo], row: dict[str, Any], tables: list[Table]) -> list[Figure]:
    owner = Text(zh=f"客户 {customer_id}", en=f"customer {customer_id}")
    figures = []
    for info in infos:
        prefixed = field_figure("", owner, info, shown_value(info, row[info.id]))
        figures.append(prefixed.model_copy(update={"id": info.id}))
    for table in tables:
        figures += list_figures(table)
    return figures


def _consent(row: dict[str, Any]) -> tuple[Text, ...]:
    if row["marketing_consent"] is not False:
        return ()
    return (
        Text(
            zh="该客户没有同意接收营销信息：只能用于服务沟通。",
            en="The customer has not agreed to marketing: reach out about service only.",
        ),
    )


def _membership(one: Membership) -> dict[str, Any]:
    return {"id": one.segment, "scheme": one.scheme_name.model_dump(), "name": one.name.model_dump()}
