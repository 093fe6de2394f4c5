"""The tool that describes the typical member of a segment.

A persona describes and a segment selects: the words say what the members are like, who belongs is the segment's rule.

An answer should speak of ``details["headline"]``, ``details["paragraph"]`` (words with their figures), the first of
``details["traits"]`` (figures ``trait<n>.inside``, ``.base``, ``.ratio``), ``details["demographics"]`` (sentences that
say for how many it is known), and ``details["say"]`` and ``details["avoid"]``; figures: ``customers``,
``share_of_customers``, ``share_of_revenue``.
"""

from __future__ import annotations

from tools.contracts import Outcome, Text, ToolResult
from tools.requests import DescribePersona
from tools.rules import Selection
from tools.segments.advice import Advice, advise
from tools.segments.contrasts import LEVEL, SMALLEST_GROUP
from tools.segments.personas.demographics import demographic_lines
from tools.segments.personas.facts import TYPICAL, Facts, gather
from tools.segments.personas.report import charts_of, figures_of, tables_of, trait_details
from tools.segments.personas.words import aspects, headline, label_of, paragraph, talk
from tools.segments.profile import SegmentProfile, profile
from tools.segments.reporting import selection_name
from tools.segments.resolve import resolve_customers
from tools.warehouse.context import ToolContext

TOOL = "describe_persona"


def describe_persona(ctx: ToolContext, request: DescribePersona) -> ToolResult:
    """The typical member of any customers in words, their traits beside all customers, and how to talk to them.

    Raises:
        UnknownName: No segment, field or value has a name that the request uses.
        UnsupportedQuestion: Features were never computed.
    """
    selection = resolve_customers(ctx, request.customers)
    name = selection_name(ctx, selection)
    found = profile(ctx, selection, medians=TYPICAL)
    if not found.customers:
        message = Text(
            zh=f"“{name.zh}”中没有客户，无从描述画像。", en=f"There are no customers in {name.en}, so there is no persona to describe."
        )
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, caveats=found.caveats, interpretation=name, message=message)
    facts = gather(ctx, selection, found)
    return _result(ctx, request, selection, name, facts)


def _result(ctx: ToolContext, request: DescribePersona, selection: Selection, name: Text, facts: Facts) -> ToolResult:
    found, advice = facts.profile, advise(ctx, selection)
    currency = ctx.config.currency or "$"
    told, (say, avoid) = aspects(facts, currency), talk(facts, advice.entry)
    arguments = request.model_dump(mode="json", by_alias=True)
    return ToolResult(
        tool=TOOL,
        figures=tuple(figures_of(facts)),
        tables=tables_of(name, facts, told, say, avoid, currency),
        charts=charts_of(name, facts),
        receipts=(ctx.receipt(TOOL, arguments, _definition(found), *found.statements, *facts.statements),),
        caveats=(*found.caveats, *_caveats(ctx, found, advice)),
        interpretation=_interpretation(found),
        selection=selection,
        details={
            "name": name.model_dump(),
            "headline": headline(facts).model_dump(),
            "paragraph": paragraph(told).model_dump(),
            "aspects": [{"id": one, "label": label_of(one).model_dump(), "text": text.model_dump()} for one, text in told.items()],
            "traits": trait_details(facts),
            "demographics": [one.model_dump() for one in demographic_lines(facts)],
            "say": [one.model_dump() for one in say],
            "avoid": [one.model_dump() for one in avoid],
            "strategy_of": advice.group_name.model_dump() if advice.group_name else None,
        },
    )


def _interpretation(found: SegmentProfile) -> Text:
    return Text(
        zh=f"画像描述这群客户的典型样子，不用来圈人；圈人的是分群：{found.sentence.zh}",
        en=f"A persona describes what these customers are typically like and selects nobody; the segment selects: {found.sentence.en}",
    )


def _definition(found: SegmentProfile) -> Text:
    return Text(
        zh=f"{found.sentence.zh}的画像：订单数、金额、间隔取成员的中位数，时段、渠道、优惠按全部订单计，单价取明细行的中位数；"
        f"全体客户为对照，只有与其他客户有可信差异（p<{LEVEL}，已按比较次数校正）的特征才称为特征。截至 {found.as_of}。",
        en=f"Persona of {found.sentence.en}: orders, money and gaps are medians over the members; times, channels and discounts are over "
        "all their orders; the price of an item is the median over lines. All customers stand beside; only what credibly differs "
        f"from other customers (p < {LEVEL} divided by the number of comparisons) is called a trait. As of {found.as_of}.",
    )


def _caveats(ctx: ToolContext, found: SegmentProfile, advice: Advice) -> list[Text]:
    least = max(ctx.config.smallest_segment_size, SMALLEST_GROUP)
    if found.customers >= least:
        return list(advice.caveats)
    members = "1 member" if found.customers == 1 else f"{found.customers} members"
    return [
        Text(
            zh=f"只有 {found.customers} 位成员（不足 {least} 位）：画像只反映这几个人，无法检验与其他客户的差异。",
            en=f"Only {members} (fewer than {least}): the persona is about these few, and no difference can be tested.",
        ),
        *advice.caveats,
    ]
