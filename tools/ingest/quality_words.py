"""Names of tables and defects, and what the data cannot answer, in words."""

from __future__ import annotations

from tools.contracts import Text, Unit
from tools.warehouse.context import ToolContext

TABLES: dict[str, Text] = {
    "customers": Text(zh="客户", en="customers"),
    "orders": Text(zh="订单", en="orders"),
    "order_lines": Text(zh="订单明细", en="order lines"),
    "products": Text(zh="商品", en="products"),
    "events": Text(zh="行为事件", en="events"),
    "campaigns": Text(zh="营销活动", en="campaigns"),
    "campaign_contacts": Text(zh="活动触达", en="campaign contacts"),
    "campaign_responses": Text(zh="活动响应", en="campaign responses"),
    "feedback": Text(zh="客户反馈", en="feedback"),
}

DEFECTS: dict[str, tuple[Text, Unit]] = {
    "rows_in": (Text(zh="读入行数", en="rows read"), Unit.COUNT),
    "rows_accepted": (Text(zh="接收行数", en="rows accepted"), Unit.COUNT),
    "rows_rejected": (Text(zh="隔离行数", en="rows set aside"), Unit.COUNT),
    "orders_of_any_status": (Text(zh="全部状态的订单数", en="orders of any status"), Unit.COUNT),
    "orders": (Text(zh="已完成订单数", en="completed orders"), Unit.COUNT),
    "cancelled_orders": (Text(zh="已取消订单数", en="cancelled orders"), Unit.COUNT),
    "pending_orders": (Text(zh="待处理订单数", en="pending orders"), Unit.COUNT),
    "refunded_orders": (Text(zh="全额退款订单数", en="refunded orders"), Unit.COUNT),
    "partly_refunded_orders": (Text(zh="部分退款订单数", en="partly refunded orders"), Unit.COUNT),
    "refunded_amount": (Text(zh="退款金额", en="amount refunded"), Unit.MONEY),
    "homeless_refunds": (Text(zh="找不到订单的退款行数", en="refund rows without an order"), Unit.COUNT),
    "zero_amount_orders": (Text(zh="金额为零的订单数", en="orders with amount zero"), Unit.COUNT),
    "negative_orders": (Text(zh="净额为负的订单数", en="orders with a negative net amount"), Unit.COUNT),
    "orders_without_customer": (Text(zh="没有客户的订单数", en="orders without a customer"), Unit.COUNT),
    "customers_without_orders": (Text(zh="没有订单的客户数", en="customers without orders"), Unit.COUNT),
    "order_lines": (Text(zh="订单明细行数", en="order lines"), Unit.COUNT),
    "orphan_lines": (Text(zh="找不到订单的明细行数", en="lines without an order"), Unit.COUNT),
    "lines_of_unknown_product": (Text(zh="商品未知的明细行数", en="lines of unknown products"), Unit.COUNT),
    "order_days": (Text(zh="首末订单之间的天数", en="days between the first and the last order"), Unit.COUNT),
    "refund_rows": (Text(zh="退款行数", en="refund rows"), Unit.COUNT),
    "gaps": (Text(zh="订单日期中断次数", en="gaps in the order dates"), Unit.COUNT),
    "days_without_orders": (Text(zh="没有订单的天数", en="days without orders"), Unit.COUNT),
    "longest_gap": (Text(zh="最长中断天数", en="longest gap"), Unit.DAYS),
    "merged_ids": (Text(zh="被合并的客户编号数", en="customer ids merged"), Unit.COUNT),
}
"""Columns of defects.sql, with their names."""

SHARE_OF: dict[str, str] = {
    "orphan_lines": "order_lines",
    "lines_of_unknown_product": "order_lines",
    "orders_without_customer": "orders_of_any_status",
    "homeless_refunds": "refund_rows",
    "negative_orders": "orders_of_any_status",
    "zero_amount_orders": "orders_of_any_status",
    "cancelled_orders": "orders_of_any_status",
    "pending_orders": "orders_of_any_status",
    "refunded_orders": "orders_of_any_status",
    "partly_refunded_orders": "orders_of_any_status",
    "days_without_orders": "order_days",
    "customers_without_orders": "customers",
    "merged_ids": "customers",
}
"""Counts that show what is off, and of what each is a share."""

_MISSING: dict[str, Text] = {
    "orders": Text(zh="没有订单：无法回答销售额、RFM、流失等问题。", en="No orders: nothing on revenue, RFM or churn."),
    "order_lines": Text(zh="没有订单明细：无法回答商品和品类问题。", en="No order lines: nothing on products or categories."),
    "products": Text(zh="没有商品表：无法按品类分析。", en="No products: nothing by category."),
    "events": Text(
        zh="没有行为事件：无法回答浏览、加购、登录等问题。", en="No events: nothing on browsing, carts, logins or e-mail opens."
    ),
    "campaign_contacts": Text(
        zh="没有活动触达：无法计算响应率或活动效果。", en="No campaign contacts: no response rates and no effect of campaigns."
    ),
    "campaign_responses": Text(zh="没有活动响应：无法计算响应率。", en="No campaign responses: no response rates."),
    "feedback": Text(zh="没有客户反馈：无法回答满意度问题。", en="No feedback: nothing on satisfaction."),
}


_TOLD_BY = {"products": "order_lines", "campaign_responses": "campaign_contacts"}
"""Tables whose lack goes without saying where another is lacking."""


def missing_tables(rows: dict[str, int]) -> list[Text]:
    """What the data cannot answer for lack of tables.

    Args:
        rows: Table to its number of rows.
    """
    return [text for table, text in _MISSING.items() if not rows.get(table) and rows.get(_TOLD_BY.get(table, ""), 1)]


def missing_fields(ctx: ToolContext) -> list[Text]:
    """What the data cannot answer for lack of fields that no row has."""
    contact, profile, contacted, control, orders, channel = ctx.engine.rows(
        """
        SELECT
            (SELECT count(*) FROM customers WHERE phone IS NOT NULL OR email IS NOT NULL),
            (SELECT count(*) FROM customers WHERE COALESCE(gender, age_band, income_band, city, region) IS NOT NULL),
            (SELECT count(*) FROM campaign_contacts),
            (SELECT count(*) FROM campaign_contacts WHERE arm = 'control'),
            (SELECT count(*) FROM orders),
            (SELECT count(*) FROM orders WHERE channel IS NOT NULL)
        """
    )[0]
    found = []
    if not contact:
        found.append(
            Text(zh="没有手机号和邮箱：导出的名单不含联系方式。", en="No phones or e-mails: exported lists have no way to reach customers.")
        )
    if not profile:
        found.append(
            Text(zh="没有客户属性：无法按年龄、性别、地区等分析。", en="No attributes of customers: nothing by age, gender or place.")
        )
    if contacted and not control:
        found.append(
            Text(
                zh="没有对照组：无法区分活动效果与自然购买。",
                en="No control group: the effect of a campaign cannot be told apart from what would have happened anyway.",
            )
        )
    if orders and not channel:
        found.append(Text(zh="订单没有渠道：无法按渠道分析。", en="Orders have no channel: nothing by channel."))
    return found


def gaps_of_data(rows: dict[str, int], ctx: ToolContext) -> list[dict[str, str]]:
    """All that the data cannot answer, as JSON."""
    return [text.model_dump() for text in (*missing_tables(rows), *missing_fields(ctx))]
