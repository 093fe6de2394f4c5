"""Whether features and scores fit the question: computed at all, for its date, from the data that are loaded now."""

from __future__ import annotations

import datetime as dt

from tools.contracts import Text
from tools.errors import UnsupportedQuestion
from tools.metrics.values import is_filled
from tools.warehouse.context import ToolContext, features_current, read_meta

__all__ = ["features_current", "freshness_caveats", "require_features", "require_orders"]


def require_features(ctx: ToolContext) -> dt.date:
    """The date that features and scores were computed for.

    Raises:
        UnsupportedQuestion: They never were.
    """
    found = read_meta(ctx.engine, "features_as_of")
    if found is None:
        raise UnsupportedQuestion(
            "Features and segments have not been computed yet; run: fenqun refresh.",
            "客户特征和分群还没有计算；请先运行：fenqun refresh。",
        )
    return dt.date.fromisoformat(found)


def require_orders(ctx: ToolContext, what: Text) -> None:
    """Refuse a question about orders where none were loaded, rather than count nobody.

    Args:
        ctx: Where to look.
        what: What needs orders, such as "churn".

    Raises:
        UnsupportedQuestion: The data have no counted order of any date.
    """
    if is_filled(ctx, "counted_orders"):
        return
    lacking = Text(zh="订单", en="orders") if not is_filled(ctx, "orders") else Text(zh="已完成的订单", en="completed orders")
    raise UnsupportedQuestion(
        f"The loaded data have no {lacking.en}, and {what.en} needs them; load a file of orders.",
        f"已载入的数据中没有{lacking.zh}，而{what.zh}需要订单；请先载入订单文件。",
    )


def freshness_caveats(ctx: ToolContext) -> tuple[Text, ...]:
    """What to say when features and scores are of another date or of older data than the question's."""
    computed, version = require_features(ctx), read_meta(ctx.engine, "refreshed_data_version")
    caveats = []
    if computed != ctx.as_of:
        caveats.append(
            Text(
                zh=f"客户特征与分群按 {computed} 计算，而不是 {ctx.as_of}。",
                en=f"Features and segments are as of {computed}, not {ctx.as_of}.",
            )
        )
    if version != ctx.data_version:
        caveats.append(
            Text(
                zh="数据在上次刷新之后有更新，特征与分群尚未包含；请运行 fenqun refresh。",
                en="Data were loaded after the last refresh; features and segments do not have them yet: run fenqun refresh.",
            )
        )
    return tuple(caveats)
