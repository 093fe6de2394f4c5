"""For how many customers a field is known, so that answers by attributes can say whom they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tools.contracts import CustomerQuery, Text
from tools.metrics.catalogue import catalogue
from tools.rules import AllOf, Condition, SegmentRule, Selection
from tools.segments.compiler import compile_selection, rows_of
from tools.segments.fields import FieldInfo, field
from tools.warehouse.context import ToolContext

_GROUPS = {"demographics", "attributes", "profile", "churn"}
_ATTRIBUTES = {"demographics", "attributes", "profile"}


def coverage_caveats(
    ctx: ToolContext, fields: Iterable[str], query: CustomerQuery | None = None, negated: Collection[str] = ()
) -> tuple[Text, ...]:
    """A sentence for each attribute among ``fields`` that is known for part of the customers only.

    Args:
        ctx: Where to look.
        fields: Field ids.
        query: The customers that a rule with these fields found.
        negated: Those of the fields whose condition the rule turns round, so that the unknown fit it.
    """
    infos = [field(name) for name in dict.fromkeys(fields) if catalogue().field(name).group in _GROUPS]
    if not infos:
        return ()
    counts = ", ".join(f"count({info.sql})" for info in infos)
    total, *known = ctx.engine.rows(f"SELECT count(*), {counts} FROM customer_base AS b")[0]
    return tuple(
        _sentence(ctx, info, count, total, query if info.id in negated else None)
        for info, count in zip(infos, known, strict=True)
        if count < total
    )


def known_among(ctx: ToolContext, rule: SegmentRule) -> tuple[Text, ...]:
    """“With children” of those who spent much: for how many of the others' conditions' customers it is known at all.

    Args:
        ctx: Where to look.
        rule: All of several conditions, of which some are on attributes.
    """
    parts = rule.all if isinstance(rule, AllOf) else ()
    asked = [part for part in parts if isinstance(part, Condition) and catalogue().field(part.field).group in _ATTRIBUTES]
    others = tuple(part for part in parts if part not in asked)
    if not asked or not others:
        return ()
    infos = [field(name) for name in dict.fromkeys(part.field for part in asked)]
    query = compile_selection(ctx, Selection(rule=AllOf(all=others)))
    counts = ", ".join(f"count({info.sql})" for info in infos)
    total, *known = ctx.engine.rows(f"SELECT count(*), {counts} FROM {rows_of(query)}", query.parameters)[0]
    return tuple(
        Text(
            zh=f"符合其余条件的 {total:,} 位客户中，{count:,} 位的{info.label.zh}已知。",
            en=f"Of the {total:,} customers whom the other conditions fit, the {info.label.en} is known for {count:,}.",
        )
        for info, count in zip(infos, known, strict=True)
        if count < total
    )


def _sentence(ctx: ToolContext, info: FieldInfo, count: int, total: int, query: CustomerQuery | None) -> Text:
    zh = f"{info.label.zh}仅对 {total:,} 位客户中的 {count:,} 位已知"
    en = f"The {info.label.en} is known for {count:,} of {total:,} customers only"
    if query is None:
        return Text(zh=f"{zh}。", en=f"{en}.")
    sql = f"SELECT count(*) - count({info.sql}) FROM {rows_of(query)}"
    unknown = ctx.engine.rows(sql, query.parameters)[0][0]
    return Text(
        zh=f"{zh}；结果中有 {unknown:,} 位未知，按“不是”计入。",
        en=f"{en}; it is unknown for {unknown:,} of those found, who count as “not”.",
    )
