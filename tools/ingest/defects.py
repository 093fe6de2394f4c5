"""The quality report: completeness, orphans, repeats, rejected rows, gaps, refunds, merges, and what cannot be answered."""

from __future__ import annotations

from importlib import resources
from typing import Any

from tools.contracts import Column, Figure, FigureValue, Receipt, Statement, Table, Text, ToolResult, Unit
from tools.ingest.completeness import FIELDS, Completeness, Known, attribute_names, field_coverage, profile_completeness
from tools.ingest.profile_report import complete_means, completeness_figures
from tools.ingest.quality_chart import completeness_chart, coverage_tables
from tools.ingest.quality_words import DEFECTS, SHARE_OF, missing_fields, missing_tables
from tools.ingest.report import REASONS
from tools.requests import DescribeData
from tools.warehouse.context import ToolContext

TOOL = "describe_data"
MOST_ATTRIBUTES = 10


def describe_quality(ctx: ToolContext, request: DescribeData) -> ToolResult:
    """The quality of the loaded data.

    Args:
        ctx: The warehouse, as of a date.
        request: Kept in the receipt.
    """
    counts, counted = _counts(ctx)
    reasons, by_reason = _reasons(ctx)
    known, customers, covered = _completeness(ctx)
    profiles = profile_completeness(ctx)
    parts = profiles.parts
    title = Text(zh="客户字段完整度", en="Completeness of customer fields")
    present = sorted((one for one in known if one.customers), key=lambda one: -one.customers)
    chart = completeness_chart(title, present, customers)
    cannot = [*missing_tables(_row_counts(ctx)), *missing_fields(ctx)]
    arguments = request.model_dump()
    return ToolResult(
        tool=TOOL,
        figures=tuple(_figures(counts, reasons, present, customers, profiles)),
        tables=(*coverage_tables(title, present, customers, "completeness"), _defects_table(counts, reasons, customers)),
        charts=(chart,) if chart else (),
        receipts=(
            ctx.receipt(TOOL, arguments, _definition(), counted, by_reason),
            _profile_receipt(ctx, arguments, parts, profiles.statement, covered),
        ),
        interpretation=Text(zh=f"截至 {ctx.as_of} 的数据质量", en=f"Quality of the data as of {ctx.as_of}"),
        details={
            "complete_means": complete_means(parts).model_dump(),
            "cannot_answer": [text.model_dump() for text in cannot],
            "reasons": list(reasons),
            "fields": [one.id for one in present],
        },
    )


def _counts(ctx: ToolContext) -> tuple[dict[str, Any], Statement]:
    sql = (resources.files("tools.ingest") / "sql" / "defects.sql").read_text(encoding="utf-8").rstrip().rstrip(";")
    row = ctx.engine.query(sql, {"as_of": ctx.as_of}).to_pylist()[0]
    whole = {name: int(value) if DEFECTS[name][1] is not Unit.MONEY else value for name, value in row.items()}
    return whole, Statement(sql=sql, parameters={"as_of": ctx.as_of})


def _reasons(ctx: ToolContext) -> tuple[dict[str, int], Statement]:
    sql = "SELECT reason, count(*) AS rejected FROM rejected_rows GROUP BY reason ORDER BY rejected DESC, reason"
    return {str(reason): int(count) for reason, count in ctx.engine.rows(sql)}, Statement(sql=sql)


def _completeness(ctx: ToolContext) -> tuple[list[Known], int, Statement]:
    attributes = attribute_names(ctx)[:MOST_ATTRIBUTES]
    customers, known, covered = field_coverage(ctx, [*FIELDS, *(f"attributes.{name}" for name in attributes)])
    return known, customers, covered


def _row_counts(ctx: ToolContext) -> dict[str, int]:
    tables = ("orders", "order_lines", "products", "events", "campaign_contacts", "campaign_responses", "feedback")
    row = ctx.engine.rows("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))[0]
    return dict(zip(tables, row, strict=True))


def _figures(counts: dict[str, Any], reasons: dict[str, int], known: list[Known], customers: int, profiles: Completeness) -> list[Figure]:
    figures = [Figure(id="customers", label=Text(zh="客户数", en="customers"), value=customers, unit=Unit.COUNT)]
    figures += completeness_figures(profiles)
    figures += [Figure(id=name, label=DEFECTS[name][0], value=value, unit=DEFECTS[name][1]) for name, value in counts.items()]
    figures += [
        Figure(
            id=f"rejected.{reason}",
            label=_set_aside(reason),
            value=count,
            unit=Unit.COUNT,
        )
        for reason, count in reasons.items()
    ]
    figures += [
        Figure(
            id=f"field.{one.id}",
            label=Text(zh=f"{one.label.zh}完整度", en=f"completeness of {one.label.en}"),
            value=_share(one.customers, customers),
            unit=Unit.SHARE,
            receipt="profile",
        )
        for one in known
    ]
    return figures


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _reason(reason: str) -> Text:
    return REASONS.get(reason, Text(zh=reason, en=reason))


def _defects_table(counts: dict[str, Any], reasons: dict[str, int], customers: int) -> Table:
    """What is off, the most first, each with its share of what it is about; what was looked for and not found comes last."""
    rows: list[tuple[FigureValue, ...]] = [
        (f"rejected.{reason}", count, _share(count, counts["rows_in"])) for reason, count in reasons.items()
    ]
    rows += [(name, counts[name], _share(counts[name], {**counts, "customers": customers}[base])) for name, base in SHARE_OF.items()]
    # Shares of nothing: what could not be off, because there is none of it.
    told = [row for row in rows if row[2] is not None]
    told.sort(key=lambda row: not row[1])
    return Table(
        id="defects",
        title=Text(zh="数据问题", en="What is off in the data"),
        columns=(
            Column(id="check", label=Text(zh="检查项", en="check"), unit=Unit.TEXT, names=_names_of_checks(reasons)),
            Column(id="count", label=Text(zh="数量", en="count"), unit=Unit.COUNT),
            Column(id="share", label=Text(zh="占比", en="share"), unit=Unit.SHARE),
        ),
        rows=tuple(told),
        row_count=len(told),
    )


def _names_of_checks(reasons: dict[str, int]) -> dict[str, Text]:
    return {name: DEFECTS[name][0] for name in SHARE_OF} | {f"rejected.{reason}": _set_aside(reason) for reason in reasons}


def _set_aside(reason: str) -> Text:
    return Text(zh=f"隔离：{_reason(reason).zh}", en=f"rows set aside: {_reason(reason).en}")


def _definition() -> Text:
    return Text(
        zh="对已载入数据的计数：隔离的行及原因、孤儿行、重复、退款、零金额订单、订单日期中断、合并的客户编号。",
        en="Counts over the loaded data: rows set aside and why, orphans, repeats, refunds, orders of zero, gaps in dates, merged ids.",
    )


def _profile_receipt(ctx: ToolContext, arguments: dict[str, object], parts: list[Text], *statements: Statement) -> Receipt:
    return ctx.receipt(TOOL, arguments, complete_means(parts), *statements, receipt_id="profile")
