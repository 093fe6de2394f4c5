"""The tool `describe_data`: what is loaded, how good it is, and for whom fields are known."""

from __future__ import annotations

from importlib import resources
from typing import Any

from tools.contracts import Column, Figure, FigureValue, Statement, Table, Text, ToolResult, Unit
from tools.ingest.completeness import GROUPS, Known, field_coverage, profile_completeness
from tools.ingest.defects import describe_quality
from tools.ingest.profile_report import complete_means, completeness_figures, completeness_table
from tools.ingest.quality_chart import completeness_chart, coverage_tables
from tools.ingest.quality_words import TABLES, gaps_of_data
from tools.requests import DescribeData
from tools.warehouse.context import ToolContext

TOOL = "describe_data"
_WHOLE_PROFILE = ("profile", "profile_completeness")
_COVERED = Text(
    zh="字段已知的客户数 ÷ 全部客户数；一组字段中至少一个已知即算已知。",
    en="Customers for whom the field is known ÷ all customers; a group is known when at least one of its fields is.",
)


def describe_data(ctx: ToolContext, request: DescribeData) -> ToolResult:
    """Describe the loaded data: an overview, their quality, or the share of customers with given fields.

    Args:
        ctx: The warehouse, as of a date.
        request: Which of the three, and for coverage the fields.

    Raises:
        UnknownName: A field of the request does not exist.
    """
    if request.topic == "quality":
        return describe_quality(ctx, request)
    if request.topic == "coverage":
        return _coverage(ctx, request)
    return _overview(ctx, request)


def statement(name: str) -> str:
    """The SQL of one of our files."""
    return (resources.files("tools.ingest") / "sql" / f"{name}.sql").read_text(encoding="utf-8").rstrip().rstrip(";")


def _overview(ctx: ToolContext, request: DescribeData) -> ToolResult:
    parameters: dict[str, Any] = {"as_of": ctx.as_of}
    statements = tuple(Statement(sql=statement(name), parameters=parameters) for name in ("inventory", "turnover"))
    inventory = sorted(ctx.engine.rows(statements[0].sql, parameters), key=lambda row: list(TABLES).index(row[0]))
    orders, revenue, buyers, first = ctx.engine.rows(statements[1].sql, parameters)[0]
    rows = {name: count for name, count, _, _ in inventory}
    figures = [
        Figure(id="customers", label=Text(zh="客户数", en="customers"), value=rows["customers"], unit=Unit.COUNT),
        Figure(id="buyers", label=Text(zh="下过单的客户数", en="customers with orders"), value=buyers, unit=Unit.COUNT),
        Figure(id="orders", label=Text(zh="订单数", en="orders"), value=orders, unit=Unit.COUNT),
        Figure(id="revenue", label=Text(zh="销售额", en="revenue"), value=revenue, unit=Unit.MONEY),
        Figure(id="first_date", label=Text(zh="首个订单日期", en="first order date"), value=first, unit=Unit.DATE),
        Figure(id="as_of", label=Text(zh="数据截止日期", en="as-of date"), value=ctx.as_of, unit=Unit.DATE),
        *(
            Figure(id=f"rows.{name}", label=TABLES[name], value=count, unit=Unit.COUNT)
            for name, count, _, _ in inventory
            if count and name not in ("customers", "orders")
        ),
    ]
    definition = Text(
        zh="各表的行数和日期；订单数和销售额只含已完成的订单，金额为扣除折扣和退款后的净额。",
        en="Rows and dates of each table; orders and revenue are of completed orders only, net of discounts and refunds.",
    )
    return ToolResult(
        tool=TOOL,
        figures=tuple(figures),
        tables=(_inventory_table(inventory),),
        receipts=(ctx.receipt(TOOL, request.model_dump(), definition, *statements),),
        interpretation=Text(zh=f"截至 {ctx.as_of} 的数据概览", en=f"The data as of {ctx.as_of}"),
        details={"tables": [name for name, count, _, _ in inventory if count], "cannot_answer": gaps_of_data(rows, ctx)},
    )


def _inventory_table(inventory: list[tuple[Any, ...]]) -> Table:
    rows: list[tuple[FigureValue, ...]] = [(name, count, first, last) for name, count, first, last in inventory if count]
    return Table(
        title=Text(zh="已载入的数据", en="Loaded data"),
        columns=(
            Column(id="table", label=Text(zh="表", en="table"), unit=Unit.TEXT, names=TABLES),
            Column(id="rows", label=Text(zh="行数", en="rows"), unit=Unit.COUNT),
            Column(id="first_date", label=Text(zh="最早日期", en="first date"), unit=Unit.DATE),
            Column(id="last_date", label=Text(zh="最晚日期", en="last date"), unit=Unit.DATE),
        ),
        rows=tuple(rows),
        row_count=len(rows),
    )


def _coverage(ctx: ToolContext, request: DescribeData) -> ToolResult:
    # How complete profiles are is no field of its own: it is told with the groups of fields, or when it is asked for.
    named = [name for name in dict.fromkeys(request.fields) if name not in _WHOLE_PROFILE]
    names = named or list(GROUPS)
    customers, known, counted = field_coverage(ctx, names)
    profiles = profile_completeness(ctx) if len(named) < len(set(request.fields)) or not named else None
    title = Text(zh="字段覆盖率", en="Coverage of fields")
    chart = completeness_chart(title, known, customers)
    receipts = [ctx.receipt(TOOL, request.model_dump(), _COVERED, counted)]
    if profiles:
        receipts.append(ctx.receipt(TOOL, request.model_dump(), complete_means(profiles.parts), profiles.statement, receipt_id="profile"))
    return ToolResult(
        tool=TOOL,
        figures=(*_coverage_figures(known, customers), *(completeness_figures(profiles) if profiles else ())),
        tables=(*coverage_tables(title, known, customers), *(completeness_table(profiles) if profiles else ())),
        charts=(chart,) if chart else (),
        receipts=tuple(receipts),
        interpretation=Text(
            zh=f"{'、'.join(one.label.zh for one in known)}已知的客户占比",
            en=f"Share of customers with {', '.join(one.label.en for one in known)}",
        ),
        details={
            "fields": [one.id for one in known],
            "labels": {one.id: one.label.model_dump() for one in known},
            "complete_means": complete_means(profiles.parts).model_dump() if profiles else None,
        },
    )


def _coverage_figures(known: list[Known], customers: int) -> list[Figure]:
    figures = [Figure(id="customers", label=Text(zh="客户数", en="customers"), value=customers, unit=Unit.COUNT)]
    for one in known:
        share = one.customers / customers if customers else None
        count_label = Text(zh=f"有{one.label.zh}的客户数", en=f"customers with {one.label.en}")
        share_label = Text(zh=f"有{one.label.zh}的客户占比", en=f"share of customers with {one.label.en}")
        figures.append(Figure(id=f"{one.id}.known", label=count_label, value=one.customers, unit=Unit.COUNT))
        figures.append(Figure(id=f"{one.id}.share", label=share_label, value=share, unit=Unit.SHARE))
    return figures
