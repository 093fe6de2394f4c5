"""The tool that writes customers to a file, with consent applied and personal data only on request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from tools.actions.export_columns import ExportColumn, choose_columns, file_columns, file_table
from tools.actions.export_files import MEDIA_TYPES, SHEET_ROWS, safe_stem, write_file
from tools.contracts import Column, CustomerQuery, Figure, FileOut, Outcome, Statement, Table, Text, ToolResult, Unit
from tools.requests import ExportCustomers
from tools.rules import Selection
from tools.segments.checks import export_checks
from tools.segments.compiler import compile_selection
from tools.segments.freshness import freshness_caveats
from tools.segments.reporting import figure, plain_group, selection_name
from tools.segments.resolve import resolve_customers
from tools.segments.stored import known_field, stored_names
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote

TOOL = "export_customers"
BATCH = 50_000
PREVIEW = 20
_IDS = "export_ids"
_CONTACTS = ("email", "phone", "address")


@dataclass(frozen=True)
class _Chosen:
    """Who is exported: ids in order, and how many consent left out or could not judge."""

    ids: pa.Table
    matched: int
    removed: int
    unknown: int

    @property
    def rows(self) -> int:
        """How many customers are in the file."""
        return int(self.ids.num_rows)


def export_customers(ctx: ToolContext, request: ExportCustomers) -> ToolResult:
    """Write customers to a new file under the exports folder.

    Customers who refused marketing are left out unless the export is not for marketing; those whose consent is unknown stay,
    and both numbers are stated.

    Raises:
        UnknownName: No segment, field or value has a name that the request uses.
        Blocked: Personal columns are asked for without ``include_personal``.
    """
    selection = resolve_customers(ctx, request.customers)
    named = [known_field(ctx.engine, name) for name in request.columns]
    columns, lacking = _held(ctx, choose_columns(named, request.include_personal, request.personal_columns))
    clusters = stored_names(ctx.engine)
    columns = [replace(column, names=clusters) if column.id == "cluster" else column for column in columns]
    query = compile_selection(ctx, selection)
    name = selection_name(ctx, selection)
    chosen = _choose(ctx, query, bool(selection.sort_by), request.for_marketing)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), _definition(query, request), _statement(query))
    if not chosen.rows:
        figures, message = tuple(_figures(chosen)), _nothing(name, chosen)
        return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, figures=figures, receipts=(receipt,), interpretation=name, message=message)
    stem = f"{safe_stem(plain_group(selection) or 'customers')}-{ctx.as_of.isoformat()}"
    path = write_file(ctx.config.exports_dir, stem, request.format, file_columns(columns), _batches(ctx, chosen, columns))
    return ToolResult(
        tool=TOOL,
        figures=tuple(_figures(chosen)),
        tables=(_preview(ctx, chosen, columns, name),),
        files=(FileOut(path=str(path), name=path.name, media_type=MEDIA_TYPES[request.format], rows=chosen.rows),),
        receipts=(receipt,),
        caveats=(*freshness_caveats(ctx), *_caveats(request, chosen, columns, lacking)),
        checks=export_checks(ctx, query, chosen.rows, for_marketing=request.for_marketing),
        interpretation=query.sentence,
        selection=selection,
        details=_details(request, selection, name, path.name, columns),
    )


def _held(ctx: ToolContext, columns: list[ExportColumn]) -> tuple[list[ExportColumn], list[ExportColumn]]:
    """The columns to write, and the personal ones that no customer of the data has a value for."""
    personal = [column for column in columns if column.personal]
    if not personal:
        return columns, []
    counts = ", ".join(f"count({column.sql})" for column in personal)
    known = ctx.engine.rows(f"SELECT {counts} FROM customers AS c")[0]
    lacking = [column for column, count in zip(personal, known, strict=True) if not count]
    return [column for column in columns if column not in lacking], lacking


def _choose(ctx: ToolContext, query: CustomerQuery, ordered: bool, for_marketing: bool) -> _Chosen:
    # The selection's own order is only sure at the top level of a query, so positions are given here.
    listed = ctx.engine.query(query.sql, query.parameters)
    if not ordered:
        listed = listed.sort_by("customer_id")
    ctx.engine.register(_IDS, listed.append_column("position", pa.array(range(listed.num_rows), pa.int64())))
    found = ctx.engine.query(
        f"SELECT e.customer_id, e.position, c.marketing_consent AS consent FROM {_IDS} AS e "
        "INNER JOIN customers AS c ON c.customer_id = e.customer_id ORDER BY e.position"
    )
    consent = found.column("consent").to_pylist()
    kept = pa.array([not (for_marketing and answer is False) for answer in consent], pa.bool_())
    unknown = sum(answer is None for answer in consent)
    ids = found.select(["customer_id", "position"]).filter(kept)
    return _Chosen(ids, len(consent), len(consent) - ids.num_rows, unknown)


def _batches(ctx: ToolContext, chosen: _Chosen, columns: Sequence[ExportColumn], limit: int | None = None) -> Iterator[pa.Table]:
    selected = ", ".join(f"{column.sql} AS {quote(column.id)}" for column in columns)
    sql = (
        f"SELECT {selected} FROM {_IDS} AS e INNER JOIN customer_base AS b ON b.customer_id = e.customer_id "
        "INNER JOIN customers AS c ON c.customer_id = e.customer_id ORDER BY e.position"
    )
    total = min(chosen.rows, limit or chosen.rows)
    for start in range(0, total, BATCH):
        ctx.engine.register(_IDS, chosen.ids.slice(start, min(BATCH, total - start)))
        yield file_table(ctx.engine.query(sql), columns, ctx.config.currency)


def _preview(ctx: ToolContext, chosen: _Chosen, columns: Sequence[ExportColumn], name: Text) -> Table:
    shown = [column for column in columns if not column.personal and column.id != "churn_reasons"]
    rows = next(_batches(ctx, chosen, shown, PREVIEW)).select([column.id for column in shown]).to_pylist()
    return Table(
        id="preview",
        title=Text(zh=f"导出预览：{name.zh}", en=f"Preview of the export: {name.en}"),
        columns=tuple(Column(id=column.id, label=column.label, unit=column.unit, names=column.names) for column in shown),
        rows=tuple(tuple(row.values()) for row in rows),
        row_count=chosen.rows,
    )


def _figures(chosen: _Chosen) -> list[Figure]:
    return [
        figure("rows", "导出行数", "rows exported", chosen.rows, Unit.COUNT),
        figure("matched", "符合条件的客户", "customers who match", chosen.matched, Unit.COUNT),
        figure("removed_no_consent", "因拒绝营销而剔除", "left out for lack of consent", chosen.removed, Unit.COUNT),
        figure("unknown_consent", "营销授权未知", "consent unknown", chosen.unknown, Unit.COUNT),
    ]


def _definition(query: CustomerQuery, request: ExportCustomers) -> Text:
    if not request.for_marketing:
        return query.sentence
    return Text(
        zh=f"{query.sentence.zh}；已剔除拒绝营销的客户。",
        en=f"{query.sentence.en}; customers who refused marketing are left out.",
    )


def _statement(query: CustomerQuery) -> Statement:
    return Statement(sql=query.sql, parameters=query.parameters)


def _caveats(request: ExportCustomers, chosen: _Chosen, columns: Sequence[ExportColumn], lacking: Sequence[ExportColumn]) -> list[Text]:
    found: list[Text] = []
    if chosen.removed:
        zh, en = f"已剔除 {chosen.removed:,} 位拒绝营销的客户。", f"{chosen.removed:,} customers who refused marketing were left out."
        found.append(Text(zh=zh, en=en))
    if lacking:
        zh, en = "、".join(column.label.zh for column in lacking), ", ".join(column.label.en for column in lacking)
        found.append(
            Text(
                zh=f"数据中没有任何客户的{zh}，文件中没有这些列。",
                en=f"The data hold no {en} of any customer, so the file has no such column.",
            )
        )
    # Whether somebody may be contacted matters where the file says how.
    if request.for_marketing and chosen.unknown and any(column.id in _CONTACTS for column in columns):
        found.append(
            Text(
                zh=f"{chosen.unknown:,} 位客户的营销授权未知，仍在文件中；发送前请确认。",
                en=f"Consent is unknown for {chosen.unknown:,} customers; they are in the file, so check before contacting them.",
            )
        )
    if any(column.personal for column in columns):
        zh, en = "文件包含个人信息，请妥善保管。", "The file holds personal data; keep it safe."
        found.append(Text(zh=zh, en=en))
    if request.format == "xlsx" and chosen.rows > SHEET_ROWS:
        zh, en = "超过 Excel 单表行数上限，已分为多个工作表。", "More rows than one Excel sheet holds: they are split over several sheets."
        found.append(Text(zh=zh, en=en))
    return found


def _nothing(name: Text, chosen: _Chosen) -> Text:
    if chosen.removed:
        return Text(
            zh=f"“{name.zh}”的 {chosen.removed:,} 位客户都拒绝了营销，没有可导出的客户。",
            en=f"All {chosen.removed:,} customers of {name.en} refused marketing, so there is nobody to export.",
        )
    return Text(zh=f"“{name.zh}”中没有客户，未生成文件。", en=f"There are no customers in {name.en}, so no file was written.")


def _details(
    request: ExportCustomers, selection: Selection, name: Text, file_name: str, columns: Sequence[ExportColumn]
) -> dict[str, object]:
    return {
        "name": name.model_dump(),
        "file": file_name,
        "format": request.format,
        "segment": plain_group(selection),
        "columns": [column.id for column in columns],
        "personal": [column.id for column in columns if column.personal],
        "personal_names": [column.label.model_dump() for column in columns if column.personal],
    }
