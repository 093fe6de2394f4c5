"""The tool that summarises one group of customers: size, revenue, averages beside all customers, traits, strategy."""

from __future__ import annotations

from typing import Any

from tools.actions.strategies import strategy_receipt, strategy_table
from tools.contracts import Chart, Column, Figure, FigureValue, Outcome, Table, Text, ToolResult, Unit
from tools.requests import SummarizeSegment
from tools.rules import Selection
from tools.segments.advice import Advice, advise
from tools.segments.profile import Contrast, SegmentProfile, profile
from tools.segments.profile_words import mean_unit, trait_label
from tools.segments.reporting import bars, figure, selection_name
from tools.segments.resolve import resolve_customers
from tools.warehouse.context import ToolContext

TOOL = "summarize_segment"
MOST_TRAITS = 6
MOST_CATEGORIES = 5
_CHARTED = ("recency_days", "orders", "amount", "average_order_value", "orders_90d", "amount_90d", "category_count", "discount_share")


def summarize_segment(ctx: ToolContext, request: SummarizeSegment) -> ToolResult:
    """Size, shares of customers and revenue, averages beside all customers, what distinguishes them, and a strategy.

    Raises:
        UnknownName: No segment, field or value has a name that the request uses.
        UnsupportedQuestion: Segments were never computed.
    """
    selection = resolve_customers(ctx, request.customers)
    name = selection_name(ctx, selection)
    found = profile(ctx, selection)
    if not found.customers:
        message = Text(zh=f"“{name.zh}”中没有客户。", en=f"There are no customers in {name.en}.")
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, caveats=found.caveats, interpretation=name, message=message)
    return _result(ctx, request, selection, name, found)


def _result(ctx: ToolContext, request: SummarizeSegment, selection: Selection, name: Text, found: SegmentProfile) -> ToolResult:
    advice, traits, arguments = advise(ctx, selection), _traits(found), request.model_dump(mode="json")
    receipt = ctx.receipt(TOOL, arguments, _definition(found), *found.statements)
    return ToolResult(
        tool=TOOL,
        figures=(*_size_figures(found), *_average_figures(found), *_trait_figures(traits), *_category_figures(found)),
        tables=(_table(name, found), strategy_table(name, advice)),
        charts=(_chart(name, found),),
        receipts=(receipt, strategy_receipt(ctx, TOOL, arguments, advice)),
        caveats=(*found.caveats, *advice.caveats, *_size_caveats(ctx, found)),
        interpretation=found.sentence,
        selection=selection,
        details=_details(name, found, traits, advice),
    )


def _definition(found: SegmentProfile) -> Text:
    return Text(
        zh=f"{found.sentence.zh}。金额为截至 {found.as_of} 的全部净消费；平均值与全部客户比较，差异经统计检验。",
        en=f"{found.sentence.en}. Revenue is all net spend up to {found.as_of}; averages stand beside those of all customers, and "
        "differences were tested statistically.",
    )


def _size_figures(found: SegmentProfile) -> list[Figure]:
    figures = [
        figure("customers", "客户数", "customers", found.customers, Unit.COUNT),
        figure("share_of_customers", "客户占比", "share of customers", found.share, Unit.SHARE),
        figure("base_customers", "全部客户数", "all customers", found.base_customers, Unit.COUNT),
        figure("revenue", "销售额", "revenue", found.revenue, Unit.MONEY),
        figure("orders", "订单数", "orders", found.orders, Unit.COUNT),
    ]
    if found.share_of_revenue is not None:
        figures.append(figure("share_of_revenue", "销售额占比", "share of revenue", found.share_of_revenue, Unit.SHARE))
    return figures


def _average_figures(found: SegmentProfile) -> list[Figure]:
    figures = []
    for one in found.averages:
        for key, value, zh, en in (
            (f"average.{one.field}", one.mean, "本群平均", "average of the group"),
            (f"base.{one.field}", one.base_mean, "全部客户平均", "average of all customers"),
        ):
            if value is not None:
                figures.append(figure(key, f"{one.label.zh}（{zh}）", f"{one.label.en} ({en})", value, mean_unit(one.unit)))
    return figures


def _traits(found: SegmentProfile) -> list[Contrast]:
    """What distinguishes the group, findings before what its own rule says."""
    return list(found.distinctions[:MOST_TRAITS])


def _trait_figures(traits: list[Contrast]) -> list[Figure]:
    figures = []
    for number, one in enumerate(traits, 1):
        label = trait_label(one)
        cells: tuple[tuple[str, FigureValue, str, str, Unit], ...] = (
            ("inside", one.inside, "本群", "of the group", mean_unit(one.unit)),
            ("rest", one.rest, "其他客户", "of all others", mean_unit(one.unit)),
            ("ratio", one.ratio, "与其他客户之比", "group ÷ others", Unit.RATIO),
        )
        for key, value, zh, en, unit in cells:
            if value is not None:
                figures.append(figure(f"trait{number}.{key}", f"{label.zh}（{zh}）", f"{label.en} ({en})", value, unit))
    return figures


def _category_figures(found: SegmentProfile) -> list[Figure]:
    figures = []
    for number, one in enumerate(found.categories[:MOST_CATEGORIES], 1):
        figures += [
            figure(
                f"category{number}.lift", f"{one.category}：消费占比与全体之比", f"{one.category}: spend share ÷ all", one.lift, Unit.RATIO
            ),
            figure(f"category{number}.share", f"{one.category}：消费占比", f"{one.category}: share of spend", one.spend_share, Unit.SHARE),
        ]
    return figures


def _table(name: Text, found: SegmentProfile) -> Table:
    base = Text(zh="全部客户", en="all customers")
    averages = [one for one in found.averages if one.mean is not None]
    columns = (
        Column(id="group", label=Text(zh="客户群", en="group"), unit=Unit.TEXT, names={name.en: name, base.en: base}),
        Column(id="customers", label=Text(zh="客户数", en="customers"), unit=Unit.COUNT),
        Column(id="revenue", label=Text(zh="销售额", en="revenue"), unit=Unit.MONEY),
        *(Column(id=one.field, label=one.label, unit=mean_unit(one.unit)) for one in averages),
    )
    rows: tuple[tuple[FigureValue, ...], ...] = (
        (name.en, found.customers, found.revenue, *(one.mean for one in averages)),
        (base.en, found.base_customers, found.base_revenue, *(one.base_mean for one in averages)),
    )
    title = Text(zh=f"{name.zh}与全部客户的对比（平均值）", en=f"{name.en} beside all customers (averages)")
    return Table(id="averages", title=title, columns=columns, rows=rows, row_count=2)


def _chart(name: Text, found: SegmentProfile) -> Chart:
    charted = [one for one in found.averages if one.field in _CHARTED and one.mean is not None and one.base_mean]
    ratios = [float(one.mean) / float(one.base_mean) for one in charted if one.mean is not None and one.base_mean]
    title = Text(zh=f"{name.zh}：平均值为全部客户的多少", en=f"{name.en}: averages as a share of all customers'")
    return bars("averages", title, [one.label for one in charted], [(name, ratios)], ".0%")


def _size_caveats(ctx: ToolContext, found: SegmentProfile) -> tuple[Text, ...]:
    least, share = ctx.config.smallest_segment_size, ctx.config.smallest_segment_share
    if found.customers >= least and found.share >= share:
        return ()
    return (
        Text(
            zh=f"这群客户不足 {least} 人或不足全部客户的 {share:.0%}，规模太小，不宜单独运营；可与相近的群合并。",
            en=f"Fewer than {least} customers or {share:.0%} of all: too small to act on alone; merge it with a similar group.",
        ),
    )


def _details(name: Text, found: SegmentProfile, traits: list[Contrast], advice: Advice) -> dict[str, Any]:
    return {
        "name": name.model_dump(),
        "sentence": found.sentence.model_dump(),
        "averages": [one.field for one in found.averages if one.mean is not None],
        "traits": [
            {
                "figure": f"trait{number}",
                "field": one.field,
                "label": trait_label(one).model_dump(),
                "higher": one.inside > one.rest,
                "defining": one.defining,
                "has_ratio": one.ratio is not None,
            }
            for number, one in enumerate(traits, 1)
        ],
        "categories": [one.category for one in found.categories[:MOST_CATEGORIES]],
        "demographics": [
            {"field": one.field, "label": one.label.model_dump(), "value": one.value, "known": one.known} for one in found.demographics[:20]
        ],
        "strategy": advice.details(),
    }
