"""Two groups of customers side by side."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.contracts import Chart, Column, CustomerQuery, Figure, Outcome, Statement, Table, Text, ToolResult, Unit
from tools.requests import CompareSegments
from tools.rules import Selection
from tools.segments.checks import union_checks
from tools.segments.compiler import compile_selection
from tools.segments.profile import SegmentProfile, profile
from tools.segments.reporting import bars, figure, selection_name
from tools.segments.resolve import resolve_customers
from tools.warehouse.context import ToolContext

TOOL = "compare_segments"
_AVERAGED = (
    "recency_days",
    "orders",
    "amount",
    "average_order_value",
    "orders_90d",
    "amount_90d",
    "gap_median_days",
    "discount_share",
    "category_count",
    "responses",
    "churn_probability",
)
_ROWS = ("first", "second", "all")
_FIRST_TABLE = 8
"""Measures in the first table: sizes, and what customers spend."""
_DEFINITION = Text(
    zh="两组客户并列比较：规模、消费额与其在全部客户中的占比，以及每位客户的平均值；消费额为全部有效订单净额。",
    en="Both groups side by side: size, revenue, their shares of all customers, and averages per customer; revenue is the net "
    "amount of all counted orders.",
)


@dataclass(frozen=True)
class _Side:
    """One of the two groups."""

    id: str
    name: Text
    selection: Selection
    profile: SegmentProfile


@dataclass(frozen=True)
class _Measure:
    """One number of both groups and of all customers."""

    id: str
    label: Text
    unit: Unit
    values: tuple[int | float | Decimal | None, ...]

    @property
    def ratio(self) -> float | None:
        """First ÷ second."""
        first, second = self.values[:2]
        return float(first) / float(second) if first is not None and second else None


def compare_segments(ctx: ToolContext, request: CompareSegments) -> ToolResult:
    """Two segments: sizes, revenue, averages, the ratio of each, and how many customers are in both.

    Raises:
        UnknownName: A segment does not exist.
        UnsupportedQuestion: Features were never computed.
    """
    sides = [_side(ctx, name, customers) for name, customers in (("first", request.first), ("second", request.second))]
    arguments = request.model_dump(mode="json", by_alias=True)
    queries = _queries(ctx, sides)
    overlap = _overlap_statement(queries)
    receipt = ctx.receipt(TOOL, arguments, _DEFINITION, *(one for side in sides for one in side.profile.statements), overlap)
    common: dict[str, Any] = {"tool": TOOL, "receipts": (receipt,), "caveats": sides[0].profile.caveats}
    first, second = sides
    common["interpretation"] = Text(
        zh=f"{first.profile.sentence.zh}，对比{second.profile.sentence.zh}",
        en=f"{first.profile.sentence.en}, against {second.profile.sentence.en}",
    )
    empty = [side for side in sides if not side.profile.customers]
    if empty:
        return ToolResult(outcome=Outcome.EMPTY, message=_nobody(empty[0]), **common)
    both = int(ctx.engine.rows(overlap.sql, overlap.parameters)[0][0])
    measures = _measures(sides)
    return ToolResult(
        figures=(*_figures(sides, measures), figure("overlap", "同时属于两组的客户数", "customers in both", both, Unit.COUNT)),
        tables=_tables(sides, measures),
        charts=(_chart(sides, measures),),
        checks=union_checks(ctx, queries, [side.profile.customers for side in sides], both),
        details={"first": first.name.model_dump(), "second": second.name.model_dump(), "measures": [one.id for one in measures]},
        **common,
    )


def _side(ctx: ToolContext, side_id: str, customers: Any) -> _Side:
    selection = resolve_customers(ctx, customers)
    return _Side(side_id, selection_name(ctx, selection), selection, profile(ctx, selection, detail=False))


def _queries(ctx: ToolContext, sides: list[_Side]) -> tuple[CustomerQuery, CustomerQuery]:
    first, second = (compile_selection(ctx, side.selection) for side in sides)
    # Both queries number their parameters from 0, so those of the second get names of their own.
    renamed = second.sql
    for name in sorted(second.parameters, key=len, reverse=True):
        renamed = renamed.replace(f"${name}", f"$second_{name}")
    bound = {f"second_{name}": value for name, value in second.parameters.items()}
    return first, second.model_copy(update={"sql": renamed, "parameters": bound})


def _overlap_statement(queries: tuple[CustomerQuery, CustomerQuery]) -> Statement:
    first, second = queries
    sql = f"SELECT count(*) FROM (\n{first.sql}\n) AS a INNER JOIN (\n{second.sql}\n) AS b ON b.customer_id = a.customer_id"
    return Statement(sql=sql, parameters=first.parameters | second.parameters)


def _measures(sides: list[_Side]) -> list[_Measure]:
    profiles = [side.profile for side in sides]
    base = profiles[0]
    found = [
        _Measure("customers", Text(zh="客户数", en="customers"), Unit.COUNT, (*(p.customers for p in profiles), base.base_customers)),
        _Measure("share_of_customers", Text(zh="客户占比", en="share of customers"), Unit.SHARE, (*(p.share for p in profiles), 1.0)),
        _Measure("revenue", Text(zh="消费额", en="revenue"), Unit.MONEY, (*(p.revenue for p in profiles), base.base_revenue)),
        _Measure(
            "share_of_revenue", Text(zh="消费额占比", en="share of revenue"), Unit.SHARE, (*(p.share_of_revenue for p in profiles), 1.0)
        ),
    ]
    for name in _AVERAGED:
        averages = [p.average(name) for p in profiles]
        first, second = averages
        if first and second:
            found.append(_Measure(name, _mean_label(first.label), _mean_unit(first.unit), (first.mean, second.mean, first.base_mean)))
    return found


def _mean_label(label: Text) -> Text:
    return Text(zh=f"平均{label.zh}" if not label.zh.startswith(("平均", "客单价")) else label.zh, en=_mean_en(label.en))


def _mean_en(label: str) -> str:
    return label if label.startswith("average") else f"average {label}"


def _mean_unit(unit: Unit) -> Unit:
    return Unit.NUMBER if unit is Unit.COUNT else unit


def _figures(sides: list[_Side], measures: list[_Measure]) -> list[Figure]:
    found = []
    for measure in measures:
        for side, value in zip(sides, measure.values, strict=False):
            if value is not None:
                zh, en = f"{side.name.zh}：{measure.label.zh}", f"{side.name.en}: {measure.label.en}"
                found.append(figure(f"{side.id}.{measure.id}", zh, en, value, measure.unit))
        if measure.ratio is not None:
            zh, en = f"{measure.label.zh}之比（前者÷后者）", f"{measure.label.en}: first ÷ second"
            found.append(figure(f"ratio.{measure.id}", zh, en, measure.ratio, Unit.RATIO))
    return found


def _tables(sides: list[_Side], measures: list[_Measure]) -> tuple[Table, ...]:
    title = Text(zh=f"{sides[0].name.zh}对比{sides[1].name.zh}", en=f"{sides[0].name.en} and {sides[1].name.en}")
    per_customer = Text(zh=f"{title.zh}：习惯", en=f"{title.en}: habits")
    split = (("comparison", title, measures[:_FIRST_TABLE]), ("habits", per_customer, measures[_FIRST_TABLE:]))
    return tuple(_table(table_id, name, sides, part) for table_id, name, part in split if part)


def _table(table_id: str, title: Text, sides: list[_Side], measures: list[_Measure]) -> Table:
    everyone = Text(zh="全部客户", en="All customers")
    names = dict(zip(_ROWS, [*(side.name for side in sides), everyone], strict=True))
    columns = (
        Column(id="segment", label=Text(zh="分群", en="segment"), unit=Unit.TEXT, names=names),
        *(Column(id=measure.id, label=measure.label, unit=measure.unit) for measure in measures),
    )
    rows = tuple((name, *(measure.values[place] for measure in measures)) for place, name in enumerate(_ROWS))
    return Table(id=table_id, title=title, columns=columns, rows=rows, row_count=len(rows))


def _chart(sides: list[_Side], measures: list[_Measure]) -> Chart:
    shown = [measure for measure in measures if measure.id in _AVERAGED and measure.values[2]]
    series = [(side.name, [_index(measure, place) for measure in shown]) for place, side in enumerate(sides)]
    title = Text(zh="与全部客户平均值之比（1 = 平均）", en="Compared with the average customer (1 = average)")
    return bars("comparison", title, [measure.label for measure in shown], series, ".1f")


def _index(measure: _Measure, place: int) -> float | None:
    value, base = measure.values[place], measure.values[2]
    return float(value) / float(base) if value is not None and base else None


def _nobody(side: _Side) -> Text:
    return Text(zh=f"{side.name.zh}中没有客户，无法比较。", en=f"There is nobody in {side.name.en}, so there is nothing to compare.")
