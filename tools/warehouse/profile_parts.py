"""The parts of a customer's profile, and how much of it is filled: the one definition that loading, scores and pages share.

A part is known for a customer when at least one of its columns is. Parts that no customer has are not asked for, so
completeness is about what the data hold, not about what they might.
"""

from __future__ import annotations

from collections.abc import Sequence

from tools.contracts import Text
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

PARTS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "name": (Text(zh="姓名", en="name"), ("name",)),
    "contact": (Text(zh="联系方式", en="contact"), ("phone", "email")),
    "gender": (Text(zh="性别", en="gender"), ("gender",)),
    "age": (Text(zh="年龄", en="age"), ("age", "age_band", "birth_date")),
    "place": (Text(zh="地域", en="place"), ("city", "region")),
    "income": (Text(zh="收入", en="income"), ("income", "income_band")),
}
"""Parts of a profile: what they are called, and the columns of ``customers`` that tell them."""


def part_known(part: str) -> str:
    """The condition over ``customers AS c`` that holds where the part is known."""
    return "(" + " OR ".join(f"c.{quote(column)} IS NOT NULL" for column in PARTS[part][1]) + ")"


def present_parts(engine: Engine) -> list[str]:
    """The parts that at least one customer has, in order."""
    counts = ", ".join(f"count(*) FILTER (WHERE {part_known(part)})" for part in PARTS)
    held = engine.rows(f"SELECT {counts} FROM customers AS c")[0]
    return [part for part, count in zip(PARTS, held, strict=True) if count]


def completeness_sql(parts: Sequence[str]) -> str:
    """The share of ``parts`` that are known, between 0 and 1, over ``customers AS c``; unknown where there are no parts."""
    if not parts:
        return "CAST(NULL AS DOUBLE)"
    known = " + ".join(f"CASE WHEN {part_known(part)} THEN 1 ELSE 0 END" for part in parts)
    return f"CAST({known} AS DOUBLE) / {len(parts)}"
