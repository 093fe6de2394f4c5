"""Counts and lists the customers of a rule."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tools.contracts import CustomerQuery, Figure, Outcome, Receipt, Statement, Table, Text, ToolResult, Unit
from tools.metrics.values import is_filled
from tools.requests import FindCustomers
from tools.rules import Selection
from tools.segments.among import among_figures
from tools.segments.checks import list_checks
from tools.segments.compiler import compile_selection, rows_of
from tools.segments.coverage import coverage_caveats, known_among
from tools.segments.fields import FieldInfo
from tools.segments.first_days import unfinished
from tools.segments.freshness import features_current, freshness_caveats, require_features
from tools.segments.grounding import ground
from tools.segments.measured import MeasuredColumns, measured_columns
from tools.segments.reporting import ROWS_SHOWN, field_column, fields_in_order, figure, row_figures, share, shown_value, with_cluster_names
from tools.segments.stored import fields_of, group_rules, known_field, negated_fields, stored_rules
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote
from tools.warehouse.whole_table import MOST_ROWS, long_list_note, write_whole

TOOL = "find_customers"
_FOUND, _SPENT = "found_in_all", "spent_in_all"
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
    rule_fields = list(fields_of(selection.rule, {**group_rules(), **stored_rules(ctx.engine)}))
    infos = _columns(request, selection, rule_fields)
    measured = measured_columns(selection.rule, ctx.as_of, current=features_current(ctx), counted=query.counted)
    infos = with_cluster_names(ctx, [infos[0], *measured.infos, *infos[1:]])
    listing = list_statement(query, infos, selection, measured)
    listed = ctx.engine.query(listing.sql, listing.parameters)
    sizes = _sizes(ctx, listed)
    shares, base = among_figures(ctx, request.rule, request.among)
    receipt = _receipt(ctx, request, query, listing)
    caveats = (
        *freshness_caveats(ctx),
        *coverage_caveats(ctx, rule_fields, query, set(negated_fields(selection.rule))),
        *known_among(ctx, selection.rule),
        *unfinished(ctx, selection.rule),
        *long_list_note(sizes["customers"]),
    )
    common: dict[str, Any] = {
        "tool": TOOL,
        "receipts": (receipt,),
        "caveats": caveats,
        "interpretation": query.sentence if base is None else _of_base(query.sentence, base),
        "selection": selection,
    }
    if not sizes["customers"]:
        return ToolResult(outcome=Outcome.EMPTY, figures=(*shares, *_figures(sizes)), message=_nobody(query.sentence), **common)
    table, rows = _table(ctx, query.sentence, listed, infos, sizes["customers"])
    checks = list_checks(ctx, query, listed, sizes["customers"], MOST_ROWS)
    return ToolResult(figures=(*shares, *_figures(sizes), *row_figures(rows, infos[1:])), tables=(table,), checks=checks, **common)


def _selection(ctx: ToolContext, request: FindCustomers) -> Selection:
    # A list that is cut needs an order; the largest spenders come first unless something else was asked for.
    cut = request.limit or request.share
    sort_by = request.sort_by or ("amount" if cut and is_filled(ctx, "counted_orders") else None)
    limit = request.limit or (_share_of(ctx, request, sort_by) if request.share else None)
    return Selection(rule=request.rule, sort_by=sort_by, descending=request.descending, limit=limit)


def _share_of(ctx: ToolContext, request: FindCustomers, sort_by: str | None) -> int:
    """How many customers that share is: of those for whom what they are ordered by is known, rounded up."""
    query = compile_selection(ctx, Selection(rule=request.rule))
    known = fields_in_order([sort_by])[1].sql if sort_by and sort_by != "customer_id" else "*"
    sql = f"SELECT count({known}) FROM {rows_of(query)}"
    among = int(ctx.engine.rows(sql, query.parameters)[0][0])
    return max(math.ceil(among * Decimal(str(request.share))), 1)


def _sizes(ctx: ToolContext, listed: pa.Table) -> dict[str, Any]:
    """How many were found and what they spent, beside everybody."""
    sql = "SELECT count(*), sum(f.amount) FROM customers AS c LEFT JOIN customer_features AS f ON f.customer_id = c.customer_id"
    everyone, all_revenue = ctx.engine.rows(sql)[0]
    found = listed.select([_FOUND, _SPENT]).slice(0, 1).to_pylist() or [{_FOUND: 0, _SPENT: None}]
    return {"customers": found[0][_FOUND], "revenue": found[0][_SPENT], "everyone": everyone, "all_revenue": all_revenue}


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
    """The first customers of ``query`` with the columns of ``infos``, and on every row how many there are and what they spent.

    They come in the selection's order, the largest spenders first by default. What orders are counted for is read once, for
    the list and for its size.
    """
    names = [quote(info.id) for info in infos]
    columns = ", ".join(f"{info.sql} AS {name}" for info, name in zip(infos, names, strict=True))
    by = fields_in_order([selection.sort_by or "amount"])[1].sql if selection.sort_by != "customer_id" else "b.customer_id"
    order = f"ORDER BY place {'DESC' if selection.descending else 'ASC'} NULLS LAST, customer_id"
    sql = (
        f"WITH found_customers AS MATERIALIZED (\nSELECT {columns}, {by} AS place, b.amount AS spent "
        f"FROM {rows_of(query, measured.joins)}\n)\n"
        f"SELECT {', '.join(f'f.{name}' for name in names)}, w.{_FOUND}, w.{_SPENT} FROM (\n"
        f"SELECT * FROM found_customers {order} LIMIT {MOST_ROWS}\n) AS f CROSS JOIN (\n"
        f"SELECT count(*) AS {_FOUND}, sum(spent) AS {_SPENT} FROM found_customers\n) AS w\n{order}"
    )
    return Statement(sql=sql, parameters=query.parameters | measured.parameters)


def _table(ctx: ToolContext, sentence: Text, listed: pa.Table, infos: list[FieldInfo], count: int) -> tuple[Table, list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = listed.slice(0, ROWS_SHOWN).to_pylist()
    whole = listed.drop_columns([_FOUND, _SPENT])
    path = str(write_whole(ctx.config.exports_dir, "customers", whole)) if ROWS_SHOWN < count <= MOST_ROWS else None
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


def _of_base(sentence: Text, base: Text) -> Text:
    return Text(zh=f"{sentence.zh}；比例的基数：{base.zh}", en=f"{sentence.en}; the share is of: {base.en}")


def _nobody(sentence: Text) -> Text:
    return Text(zh=f"没有符合条件的客户：{sentence.zh}。", en=f"No customers match: {sentence.en}.")
