"""What tiers need of the loaded data."""

from __future__ import annotations

from tools.errors import UnsupportedQuestion
from tools.metrics.values import is_filled
from tools.warehouse.context import ToolContext


def require_events(ctx: ToolContext) -> None:
    """Refuse AIPL where no events were loaded, as orders alone show no stage before the first purchase.

    Raises:
        UnsupportedQuestion: There are no events.
    """
    if not is_filled(ctx, "events"):
        raise UnsupportedQuestion(
            "The loaded data have no events (views, clicks, carts, logins), and the AIPL stages need them; load a file of events. "
            "The lifecycle stages need orders alone.",
            "已载入的数据中没有行为数据（浏览、点击、加购、登录等），而 AIPL 阶段需要它；请先载入行为文件。"
            "只用订单的话，可以看生命周期阶段。",
        )
