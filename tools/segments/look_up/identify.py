"""Whom an id that was typed means."""

from __future__ import annotations

import re
import unicodedata
from importlib import resources

from tools.contracts import Text
from tools.warehouse.context import ToolContext

_NEAR = 5
_CHINESE_MOBILE = 11
_PHONE = re.compile(r"[\d\s()+.\uff10-\uff19-]{7,}")
_KINDS = {
    "phone": Text(zh="手机号", en="phone number"),
    "email": Text(zh="邮箱", en="e-mail address"),
    "membership": Text(zh="会员号", en="membership number"),
    "name": Text(zh="姓名", en="name"),
}


def find_id(ctx: ToolContext, asked: str) -> tuple[str | None, tuple[Text, ...]]:
    """The customer's id, and what to say where it is another than was asked for; None when there is no such customer."""
    if ctx.engine.rows("SELECT 1 FROM customers WHERE customer_id = $id LIMIT 1", {"id": asked}):
        return asked, ()
    merged = ctx.engine.rows(
        "SELECT customer_id FROM identities WHERE source_customer_id = $id ORDER BY customer_id LIMIT 1", {"id": asked}
    )
    if not merged:
        other = _in_other_letters(ctx, asked)
        return (other, ()) if other else _by_contact(ctx, asked)
    found = str(merged[0][0])
    return found, (Text(zh=f"{asked} 已合并到客户 {found}。", en=f"{asked} was merged into customer {found}."),)


def _in_other_letters(ctx: ToolContext, asked: str) -> str | None:
    """The one customer whose id differs in letter case alone; two of them are not guessed between."""
    rows = ctx.engine.rows("SELECT customer_id FROM customers WHERE lower(customer_id) = lower($id) LIMIT 2", {"id": asked})
    return str(rows[0][0]) if len(rows) == 1 else None


def _by_contact(ctx: ToolContext, asked: str) -> tuple[str | None, tuple[Text, ...]]:
    """The one customer with this phone, e-mail, membership number or name; of several, only their ids are told."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", asked)).removeprefix("0086") if _PHONE.fullmatch(asked) else ""
    short = digits.removeprefix("86") if len(digits) > _CHINESE_MOBILE else digits
    query = (resources.files(__package__) / "sql" / "by_contact.sql").read_text(encoding="utf-8")
    rows = ctx.engine.rows(query, {"asked": asked, "digits": short})
    if not rows:
        return None, ()
    kind, ids = _KINDS[str(rows[0][1])], [str(row[0]) for row in rows]
    if len(ids) == 1:
        return ids[0], (Text(zh=f"按{kind.zh}找到客户 {ids[0]}。", en=f"Customer {ids[0]} was found by the {kind.en}."),)
    zh = f"有多位客户的{kind.zh}相同：{'、'.join(ids)}；请用客户编号查询。"
    return None, (Text(zh=zh, en=f"Several customers have this {kind.en}: {', '.join(ids)}; ask for one of them by id."),)


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
