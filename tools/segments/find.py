"""Counts and lists the customers of a rule."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from tools.contracts import CustomerQuery, Figure, Outcome, Receipt, Statement, Table, Text, ToolResult, Unit
from tools.metrics.values import is_filled
from tools.requests import FindCustomers
from tools.rules import Selection
from tools.segments.compiler import compile_selection
from tools.segments.coverage import coverage_caveats
from tools.segments.fields import FieldInfo
from tools.segments.freshness import freshness_caveats, require_features
from tools.segments.grounding import ground
from tools.segments.measured import MeasuredColumns, measured_columns
from tools.segments.reporting import ROWS_SHOWN, field_column, fields_in_order, figure, row_figures, share, shown_value, with_cluster_names
from tools.segments.stored import fields_of, group_rules, known_field, negated_fields, stored_rules
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote
from tools.warehouse.whole_table import write_whole

TOOL = "find_customers"
_ALWAYS = ("recency_days", "orders", "amount", "rfm_group")


def find_customers(ctx: ToolContext, request: FindCustomers) -> ToolResult:
    """The customers of a rule: how many, their share, what they spent, and a list.

    Raises:
        UnknownName: A field, attribute or segment does not exist.
        UnsupportedQuestion: Features were never computed.
    """
    require_features(ctx)
    request = request.model_copy(update={"columns": [known_field(ctx.engine, name) for name in request.columns]})
    selection = ground(ctx, _selection(ctx, request))
    query = compile_selection(ctx, selection)
    sizes = _sizes(ctx, query)
    rule_fields = list(fields_of(selection.rule, {**group_rules(), **stored_rules(ctx.engine)}))
    infos = _columns(request, selection, rule_fields)
    measured = measured_columns(selection.rule, ctx.as_of)
    infos = with_cluster_names(ctx, [infos[0], *measured.infos, *infos[1:]])
    listing = list_statement(query, infos, selection, measured)
    receipt = _receipt(ctx, request, query, listing)
    caveats = (*freshness_caveats(ctx), *coverage_caveats(ctx, rule_fields, query, set(negated_fields(selection.rule))))
    common: dict[str, Any] = {
        "tool": TOOL,
        "receipts": (receipt,),
        "caveats": caveats,
        "interpretation": query.sentence,
        "selection": selection,
    }
    if not sizes["customers"]:
        return ToolResult(outcome=Outcome.EMPTY, figures=_figures(sizes), message=_nobody(query.sentence), **common)
    table, rows = _table(ctx, query.sentence, listing, infos, sizes["customers"])
    return ToolResult(figures=(*_figures(sizes), *row_figures(rows, infos[1:])), tables=(table,), **common)


def _selection(ctx: ToolContext, request: FindCustomers) -> Selection:
    # A list that is cut needs an order; the largest spenders come first unless something else was asked for.
    cut = request.limit or request.share
    sort_by = request.sort_by or ("amount" if cut and is_filled(ctx, "counted_orders") else None)
    limit = request.limit or (_share_of(ctx, request, sort_by) if request.share else None)
    return Selection(rule=request.rule, sort_by=sort_by, descending=request.descending, limit=limit)


def _share_of(ctx: ToolContext, request: FindCustomers, sort_by: str | None) -> int:
    """How many customers that share is: of those for whom what they are ordered by is known, rounded up."""
    query = compile_selection(ctx, Selection(rule=request.rule))
    known = f" WHERE {fields_in_order([sort_by])[1].sql} IS NOT NULL" if sort_by and sort_by != "customer_id" else ""
    sql = f"SELECT count(*) FROM customer_base AS b INNER JOIN (\n{query.sql}\n) AS g ON g.customer_id = b.customer_id{known}"
    among = int(ctx.engine.rows(sql, query.parameters)[0][0])
    return max(math.ceil(among * Decimal(str(request.share))), 1)


def _sizes(ctx: ToolContext, query: CustomerQuery) -> dict[str, Any]:
    sql = (
        "SELECT count(g.customer_id) AS customers, count(*) AS everyone, "
        "sum(CASE WHEN g.customer_id IS NOT NULL THEN b.amount END) AS revenue, sum(b.amount) AS all_revenue "
        f"FROM customer_base AS b LEFT JOIN (\n{query.sql}\n) AS g ON g.customer_id = b.customer_id"
    )
    row: dict[str, Any] = ctx.engine.query(sql, query.parameters).to_pylist()[0]
    return row


def _figures(sizes: dict[str, Any]) -> tuple[Figure, ...]:
    revenue, whole = sizes["revenue"] or Decimal("0.00"), sizes["all_revenue"] or Decimal("0.00")
    found = [
        figure("customers", "客户数", "customers", sizes["customers"], Unit.COUNT),
        figure("share_of_customers", "占全部客户", "share of all customers", share(sizes["customers"], sizes["everyone"]), Unit.SHARE),
        figure("revenue", "这些客户的累计消费额", "total spend of these customers", revenue, Unit.MONEY),
        figure("share_of_revenue", "占全部客户消费额", "share of all customers' spend", share(revenue, whole), Unit.SHARE),
    ]
    # Where nobody ever ordered, what they spent is no figure to tell.
    return tuple(one for one in found if one.value is not None and (whole or "revenue" not in one.id))


def _columns(request: FindCustomers, selection: Selection, rule_fields: list[str]) -> list[FieldInfo]:
    sorted_by = [selection.sort_by] if selection.sort_by else []
    return fields_in_order([*sorted_by, *rule_fields, *request.columns, *_ALWAYS])


def list_statement(query: CustomerQuery, infos: list[FieldInfo], selection: Selection, measured: MeasuredColumns) -> Statement:
    """The customers of ``query`` with the columns of ``infos``, in the selection's order; the largest spenders first by default."""
    columns = ", ".join(f"{info.sql} AS {quote(info.id)}" for info in infos)
    by = fields_in_order([selection.sort_by or "amount"])[1].sql if selection.sort_by != "customer_id" else "b.customer_id"
    way = "DESC" if selection.descending else "ASC"
    sql = (
        f"SELECT {columns} FROM customer_base AS b INNER JOIN (\n{query.sql}\n) AS g ON g.customer_id = b.customer_id{measured.joins}\n"
        f"ORDER BY {by} {way} NULLS LAST, b.customer_id"
    )
    return Statement(sql=sql, parameters=query.parameters | measured.parameters)


def _table(ctx: ToolContext, sentence: Text, listing: Statement, infos: list[FieldInfo], count: int) -> tuple[Table, list[dict[str, Any]]]:
    whole = ctx.engine.query(listing.sql, listing.parameters)
    rows: list[dict[str, Any]] = whole.slice(0, ROWS_SHOWN).to_pylist()
    path = str(write_whole(ctx.config.exports_dir, "customers", whole)) if count > ROWS_SHOWN else None
    table = Table(
        id="customers",
        title=Text(zh="客户名单", en="Customers") if len(sentence.en) > 120 else sentence,
        columns=tuple(field_column(info) for info in infos),
        rows=tuple(tuple(shown_value(info, row[info.id]) for info in infos) for row in rows),
        row_count=count,
        path=path,
    )
    return table, rows


def _receipt(ctx: ToolContext, request: FindCustomers, query: CustomerQuery, listing: Statement) -> Receipt:
    definition = Text(
        zh=f"{query.sentence.zh}；消费额为截至数据日期的全部有效订单净额。",
        en=f"{query.sentence.en}; spend is the net amount of all counted orders up to the as-of date.",
    )
    arguments = request.model_dump(mode="json", by_alias=True)
    return ctx.receipt(TOOL, arguments, definition, listing)


def _nobody(sentence: Text) -> Text:
    return Text(zh=f"没有符合条件的客户：{sentence.zh}。", en=f"No customers match: {sentence.en}.")
