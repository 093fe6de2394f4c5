"""Whom an id that was typed means."""

from __future__ import annotations

from tools.contracts import Text
from tools.warehouse.context import ToolContext

_NEAR = 5


def find_id(ctx: ToolContext, asked: str) -> tuple[str | None, tuple[Text, ...]]:
    """The customer's id, and what to say where it is another than was asked for; None when there is no such customer."""
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


def near_ids(ctx: ToolContext, asked: str) -> list[str]:
    """The ids that are spelled most like it."""
    rows = ctx.engine.rows(
        f"SELECT customer_id FROM customers ORDER BY levenshtein(customer_id, $id), customer_id LIMIT {_NEAR}", {"id": asked}
    )
    return [str(row[0]) for row in rows]


def unknown(asked: str, near: list[str]) -> Text:
    """What to say when there is no such customer."""
    if not near:
        return Text(zh=f"没有编号为 {asked} 的客户。", en=f"There is no customer {asked}.")
    zh = f"没有编号为 {asked} 的客户；相近的编号有：{'、'.join(near)}。"
    return Text(zh=zh, en=f"There is no customer {asked}; the nearest ids are {', '.join(near)}.")
