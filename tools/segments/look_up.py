"""Everything that is known about one customer, personal data aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tools.contracts import Column, Figure, FigureValue, Outcome, Statement, Table, Text, ToolResult, Unit
from tools.requests import LookUpCustomer
from tools.rules import Condition, Selection
from tools.segments.churn.reasons import read_reasons
from tools.segments.fields import FieldInfo, field
from tools.segments.freshness import freshness_caveats, require_features
from tools.segments.reporting import field_column, field_figure, shown_value
from tools.segments.scoring import read_sql
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
        ),
    ),
    "scores": (
        Text(zh="评分与近期表现", en="Scores and recent orders"),
        (
            "rfm_eight",
            "recency_score",
            "frequency_score",
            "monetary_score",
            "orders_90d",
            "amount_90d",
            "orders_365d",
            "amount_365d",
        ),
    ),
    "habits": (
        Text(zh="购买习惯", en="Habits"),
        (
            "first_order_date",
            "gap_median_days",
            "gap_ratio",
            "top_category",
            "top_category_share",
            "top_channel",
            "top_store",
            "contacts",
            "responses",
            "events_30d",
        ),
    ),
    "about": (Text(zh="客户属性", en="About"), ("gender", "age", "age_band", "income_band", "city", "region")),
}
_DEFINITION = Text(
    zh="该客户截至数据日期的特征、评分、最近订单、品类与营销触达；个人信息不显示。",
    en="Features, scores, last orders, categories and campaigns of the customer up to the as-of date; personal data are not shown.",
)
_ORDER_COLUMNS = (
    ("order_id", "订单号", "order id", Unit.ID),
    ("order_date", "日期", "date", Unit.DATE),
    ("status", "状态", "status", Unit.TEXT),
    ("amount", "金额", "amount", Unit.MONEY),
    ("discount", "折扣", "discount", Unit.MONEY),
    ("channel", "渠道", "channel", Unit.TEXT),
    ("store_id", "门店", "store", Unit.ID),
)
_CATEGORY_COLUMNS = (
    ("category", "品类", "category", Unit.TEXT),
    ("orders", "订单数", "orders", Unit.COUNT),
    ("amount", "消费额", "spend", Unit.MONEY),
    ("share", "占比", "share", Unit.SHARE),
)
_CAMPAIGN_COLUMNS = (
    ("campaign", "营销活动", "campaign", Unit.TEXT),
    ("contacted_on", "触达日期", "contacted on", Unit.DATE),
    ("responses", "响应次数", "responses", Unit.COUNT),
)
_NEAR = 5


def look_up_customer(ctx: ToolContext, request: LookUpCustomer) -> ToolResult:
    """The profile, scores, orders, categories and campaigns of one customer.

    Raises:
        UnsupportedQuestion: Features were never computed.
    """
    require_features(ctx)
    asked = request.customer_id.strip()
    customer_id, caveats = _find_id(ctx, asked)
    if customer_id is None:
        receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), _DEFINITION)
        near = _near_ids(ctx, asked)
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, message=_unknown(asked, near), receipts=(receipt,), details={"near": near})
    infos, row, statement = _base(ctx, customer_id)
    tables = [*_one_rows(infos, row), *_lists(ctx, customer_id)]
    return ToolResult(
        tool=TOOL,
        figures=tuple(_figures(customer_id, infos, row, tables)),
        tables=tuple(tables),
        receipts=(ctx.receipt(TOOL, request.model_dump(mode="json"), _DEFINITION, statement),),
        caveats=(*caveats, *freshness_caveats(ctx)),
        interpretation=Text(zh=f"客户 {customer_id}", en=f"customer {customer_id}"),
        selection=Selection(rule=Condition(field="customer_id", op="=", value=customer_id)),
        details=_details(infos, row, ctx.config.currency),
    )


def _find_id(ctx: ToolContext, asked: str) -> tuple[str | None, tuple[Text, ...]]:
    if ctx.engine.rows("SELECT 1 FROM customers WHERE customer_id = $id LIMIT 1", {"id": asked}):
        return asked, ()
    merged = ctx.engine.rows(
        "SELECT customer_id FROM identities WHERE source_customer_id = $id ORDER BY customer_id LIMIT 1", {"id": asked}
    )
    if not merged:
        return _in_other_letters(ctx, asked), ()
    found = str(merged[0][0])
    return found, (Text(zh=f"{asked} 已合并到客户 {found}。", en=f"{asked} was merged into customer {found}."),)


def _in_other_letters(ctx: ToolContext, asked: str) -> str | None:
    """The one customer whose id differs in letter case alone; two of them are not guessed between."""
    rows = ctx.engine.rows("SELECT customer_id FROM customers WHERE lower(customer_id) = lower($id) LIMIT 2", {"id": asked})
    return str(rows[0][0]) if len(rows) == 1 else None


def _near_ids(ctx: ToolContext, asked: str) -> list[str]:
    rows = ctx.engine.rows(
        f"SELECT customer_id FROM customers ORDER BY levenshtein(customer_id, $id), customer_id LIMIT {_NEAR}", {"id": asked}
    )
    return [str(row[0]) for row in rows]


def _unknown(asked: str, near: list[str]) -> Text:
    if not near:
        return Text(zh=f"没有编号为 {asked} 的客户。", en=f"There is no customer {asked}.")
    zh = f"没有编号为 {asked} 的客户；相近的编号有：{'、'.join(near)}。"
    return Text(zh=zh, en=f"There is no customer {asked}; the nearest ids are {', '.join(near)}.")


def _base(ctx: ToolContext, customer_id: str) -> tuple[list[FieldInfo], dict[str, Any], Statement]:
    named = [name for _, names in _FIELDS.values() for name in names]
    infos = [field(name) for name in (*named, *(f"attribute.{name}" for name in attribute_names(ctx.engine)))]
    columns = ", ".join(f"{info.sql} AS {quote(info.id)}" for info in infos)
    sql = f"SELECT {columns}, b.churn_reasons FROM customer_base AS b WHERE b.customer_id = $customer_id"
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


def _lists(ctx: ToolContext, customer_id: str) -> list[Table]:
    dated = {"customer_id": customer_id, "as_of": ctx.as_of}
    found = [
        _list(ctx, "last_orders", Text(zh="最近的订单", en="Last orders"), _ORDER_COLUMNS, dated),
        _list(ctx, "top_categories", Text(zh="购买最多的品类", en="Top categories"), _CATEGORY_COLUMNS, dated),
        _list(ctx, "campaigns_of", Text(zh="营销触达与响应", en="Campaigns"), _CAMPAIGN_COLUMNS, dated),
    ]
    return [table for table in found if table.rows]


def _list(ctx: ToolContext, name: str, title: Text, columns: Sequence[tuple[str, str, str, Unit]], parameters: dict[str, Any]) -> Table:
    rows = ctx.engine.query(read_sql(name), parameters).to_pylist()
    shown = [column for column in columns if any(row[column[0]] is not None for row in rows)]
    return Table(
        id=name,
        title=title,
        columns=tuple(Column(id=column_id, label=Text(zh=zh, en=en), unit=unit) for column_id, zh, en, unit in shown),
        rows=tuple(tuple(_whole(row[column_id]) for column_id, *_ in shown) for row in rows),
        row_count=len(rows),
    )


def _whole(value: Any) -> FigureValue:
    # Sums of counts come back as decimals without places.
    shown: FigureValue = int(value) if hasattr(value, "as_tuple") and not value.as_tuple().exponent else value
    return shown


def _figures(customer_id: str, infos: list[FieldInfo], row: dict[str, Any], tables: list[Table]) -> list[Figure]:
    owner = Text(zh=f"客户 {customer_id}", en=f"customer {customer_id}")
    figures = []
    for info in infos:
        prefixed = field_figure("", owner, info, shown_value(info, row[info.id]))
        figures.append(prefixed.model_copy(update={"id": info.id}))
    for table in tables:
        figures += _list_figures(table)
    return figures


def _list_figures(table: Table) -> list[Figure]:
    short = {"last_orders": "order", "top_categories": "category", "campaigns_of": "campaign"}.get(table.id)
    if short is None:
        return []
    found = []
    for number, row in enumerate(table.rows[:5], 1):
        name = row[0]
        for column, value in zip(table.columns, row, strict=True):
            if value is not None:
                label = Text(zh=f"{name}：{column.label.zh}", en=f"{name}: {column.label.en}")
                found.append(Figure(id=f"{short}{number}.{column.id}", label=label, value=value, unit=column.unit))
    return found


def _details(infos: list[FieldInfo], row: dict[str, Any], currency: str) -> dict[str, Any]:
    # Why somebody stays is nothing to act on.
    told = row["churn_reasons"] if row["churn_band"] != "low" else None
    return {
        "reasons": [{"zh": one.zh, "en": one.en} for one in read_reasons(told, currency)],
        "names": {info.id: info.names[row[info.id]].model_dump() for info in infos if info.names},
        "known": [info.id for info in infos],
    }
