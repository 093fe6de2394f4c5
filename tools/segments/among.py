"""The share that the customers of a rule have of others: “of those who bought in October, how many came back in November”."""

from __future__ import annotations

from tools.contracts import CustomerQuery, Figure, Text, Unit
from tools.rules import AllOf, SegmentRule, Selection
from tools.segments.compiler import compile_selection
from tools.segments.grounding import ground
from tools.segments.reporting import figure, share
from tools.warehouse.context import ToolContext


def among_figures(ctx: ToolContext, rule: SegmentRule, among: SegmentRule | None) -> tuple[tuple[Figure, ...], Text | None]:
    """How many ``among`` are, what part of them ``rule`` fits too, and who they are; nothing where none are named."""
    if among is None:
        return (), None
    base = compile_selection(ctx, ground(ctx, Selection(rule=among)))
    whole = _count(ctx, base)
    part = _count(ctx, compile_selection(ctx, ground(ctx, Selection(rule=AllOf(all=(among, rule))))))
    figures = (
        figure("customers_among", "作为基数的客户数", "customers who are the base", whole, Unit.COUNT),
        figure("share_among", "占基数客户的比例", "share of the base", share(part, whole), Unit.SHARE),
    )
    return tuple(one for one in figures if one.value is not None), base.sentence


def _count(ctx: ToolContext, query: CustomerQuery) -> int:
    """How many customers a query finds."""
    return int(ctx.engine.rows(f"SELECT count(*) FROM (\n{query.sql}\n) AS g", query.parameters)[0][0])
