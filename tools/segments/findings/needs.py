"""What a finding needs of the loaded data, and the sentence when it is not there."""

from __future__ import annotations

from tools.contracts import Text
from tools.errors import UnsupportedQuestion
from tools.metrics.values import is_filled, remember
from tools.warehouse.context import ToolContext

_EVENTS = {
    "view": Text(zh="浏览", en="views"),
    "cart": Text(zh="加购", en="additions to the cart"),
    "login": Text(zh="登录", en="logins"),
}


def event_kinds(ctx: ToolContext) -> list[str]:
    """The kinds of events in the data, the most frequent first."""
    sql = "SELECT kind FROM events GROUP BY kind ORDER BY count(*) DESC, kind LIMIT 50"
    return remember(ctx, "kinds of events", lambda: [str(row[0]) for row in ctx.engine.rows(sql)])


def require_events(ctx: ToolContext, kind: str) -> None:
    """Refuse where no events of that kind were loaded.

    Raises:
        UnsupportedQuestion: There are none; says what to load.
    """
    kinds, wanted = event_kinds(ctx), _EVENTS[kind]
    if kind in kinds:
        return
    if not kinds:
        raise UnsupportedQuestion(
            f"The loaded data have no events; load a file of events with {wanted.en} (customer, time, kind, product).",
            f"已载入的数据中没有行为事件；请载入含{wanted.zh}记录的行为文件（客户、时间、行为类型、商品）。",
        )
    shown = kinds[:5]
    raise UnsupportedQuestion(
        f"The loaded events have no {wanted.en} (they hold: {', '.join(shown)}); load events of the kind {kind}.",
        f"已载入的行为事件中没有{wanted.zh}（现有：{'、'.join(shown)}）；请载入类型为 {kind} 的行为事件。",
    )


def require_items(ctx: ToolContext, by: str) -> None:
    """Refuse where events name no products, products have no category, or nothing tells what was bought.

    Raises:
        UnsupportedQuestion: One of these is lacking; says what to load.
    """
    if not is_filled(ctx, "events.product_id"):
        raise UnsupportedQuestion(
            "The loaded events do not say which product they are about; load events with a product id.",
            "已载入的行为事件没有商品编号，无法知道看的是哪个商品；请载入含商品编号的行为事件。",
        )
    if by == "category" and not is_filled(ctx, "products.category"):
        raise UnsupportedQuestion(
            "The loaded products have no category; load products with one, or ask by product.",
            "已载入的商品资料没有品类；请载入含品类的商品资料，或改为按商品查询。",
        )
    if not is_filled(ctx, "order_lines.product_id") and "purchase" not in event_kinds(ctx):
        raise UnsupportedQuestion(
            "The loaded data do not say which products were bought; load order lines.",
            "已载入的数据没有说明买了哪些商品；请载入订单明细。",
        )


def require_opens(ctx: ToolContext) -> None:
    """Refuse where nobody was contacted, or no opened mail was ever recorded.

    Raises:
        UnsupportedQuestion: One of these is lacking; says what to load.
    """
    if not is_filled(ctx, "campaign_contacts"):
        raise UnsupportedQuestion(
            "The loaded data have no campaign contacts, so nobody is known to have been mailed; load a file of contacts.",
            "已载入的数据中没有营销触达记录，不知道给谁发过邮件；请载入触达记录文件。",
        )
    if not opened_responses(ctx) and not opened_events(ctx):
        raise UnsupportedQuestion(
            "The loaded data do not record who opened a mail; load responses of the kind open, or events of the kind email_open.",
            "已载入的数据没有记录谁打开了邮件；请载入类型为“打开”（open）的营销响应，或类型为 email_open 的行为事件。",
        )


def opened_events(ctx: ToolContext) -> list[str]:
    """The kinds of events in the data that say a mail was opened."""
    return [kind for kind in event_kinds(ctx) if kind in ("email_open", "email_click")]


def opened_responses(ctx: ToolContext) -> bool:
    """Whether responses in the data say that a mail was opened or clicked."""
    sql = "SELECT count(*) FROM campaign_responses WHERE kind IN ('open', 'click')"
    return remember(ctx, "opened responses", lambda: bool(ctx.engine.rows(sql)[0][0]))
