"""The tool that suggests a strategy: a named group's entry of the playbook, or that of the group most members are in."""

from __future__ import annotations

from typing import Any

from tools.contracts import Column, CustomerQuery, Figure, Outcome, Receipt, Statement, Table, Text, ToolResult, Unit
from tools.requests import SuggestStrategy
from tools.segments.advice import Advice, advise
from tools.segments.compiler import compile_selection
from tools.segments.freshness import freshness_caveats
from tools.segments.playbook import ASPECTS
from tools.segments.reporting import figure, plain_group, selection_name
from tools.segments.resolve import resolve_customers
from tools.segments.schemes import group_of
from tools.warehouse.context import ToolContext

TOOL = "suggest_strategy"


def suggest_strategy(ctx: ToolContext, request: SuggestStrategy) -> ToolResult:
    """The playbook's strategy for any customers.

    Raises:
        UnknownName: No segment, field or value has a name that the request uses.
        UnsupportedQuestion: Segments were never computed.
    """
    selection = resolve_customers(ctx, request.customers)
    caveats = freshness_caveats(ctx)
    query = compile_selection(ctx, selection)
    count = _count(ctx, query)
    name = selection_name(ctx, selection)
    if not count and not group_of(plain_group(selection) or ""):
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, caveats=caveats, interpretation=name, message=_nobody(name))
    advice = advise(ctx, selection)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), query.sentence, *_statements(query))
    return ToolResult(
        tool=TOOL,
        figures=tuple(_figures(count, advice)),
        tables=(strategy_table(name, advice),),
        receipts=(receipt, strategy_receipt(ctx, TOOL, request.model_dump(mode="json"), advice)),
        caveats=(*caveats, *advice.caveats),
        interpretation=name,
        selection=selection,
        details={"name": name.model_dump(), "strategy": advice.details()},
    )


def strategy_receipt(ctx: ToolContext, tool: str, arguments: dict[str, Any], advice: Advice) -> Receipt:
    """The receipt "strategy": the playbook's words, which are advice and not measurements."""
    words = advice.entry.text()
    definition = Text(zh=f"策略手册（{advice.group_id}）：{words.zh}", en=f"Strategy playbook ({advice.group_id}): {words.en}")
    return ctx.receipt(tool, arguments, definition, receipt_id="strategy")


def strategy_table(name: Text, advice: Advice) -> Table:
    """The entry as a table of aspects."""
    parts = advice.entry.aspects()
    return Table(
        id="strategy",
        title=Text(zh=f"{name.zh}的运营策略", en=f"Strategy: {name.en}"),
        columns=(
            Column(id="aspect", label=Text(zh="方面", en="aspect"), unit=Unit.TEXT, names=ASPECTS),
            Column(id="advice", label=Text(zh="建议", en="advice"), unit=Unit.TEXT, names={text.en: text for text in parts.values()}),
        ),
        rows=tuple((aspect, text.en) for aspect, text in parts.items()),
        row_count=len(parts),
    )


def _figures(count: int, advice: Advice) -> list[Figure]:
    figures = [figure("customers", "客户数", "customers", count, Unit.COUNT)]
    if advice.basis == "majority" and advice.group_name:
        label = advice.group_name
        figures.append(figure("group_share", f"其中{label.zh}占比", f"share who are in {label.en}", advice.share, Unit.SHARE))
    return figures


def _count(ctx: ToolContext, query: CustomerQuery) -> int:
    return int(ctx.engine.rows(f"SELECT count(*) FROM ({query.sql}) AS chosen", query.parameters)[0][0])


def _statements(query: CustomerQuery) -> tuple[Statement, ...]:
    return (Statement(sql=query.sql, parameters=query.parameters),)


def _nobody(name: Text) -> Text:
    return Text(zh=f"“{name.zh}”中没有客户。", en=f"There are no customers in {name.en}.")
