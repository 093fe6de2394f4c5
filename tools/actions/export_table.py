"""The tool that writes the table of an earlier answer, such as revenue by department, to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

from tools.actions.export_columns import FileColumn
from tools.actions.export_files import MEDIA_TYPES, safe_stem, write_file
from tools.contracts import Column, FileOut, Outcome, Receipt, Table, Text, ToolResult, Unit
from tools.errors import InputError, UnsupportedQuestion
from tools.requests import ExportTable
from tools.segments.reporting import figure
from tools.warehouse.context import ToolContext

TOOL = "export_table"
_OF_CUSTOMERS = ("customer_id", "customer")


def export_table(ctx: ToolContext, request: ExportTable, shown: ToolResult) -> ToolResult:
    """Write the first table of an earlier result to a new file under the exports folder.

    Args:
        ctx: The warehouse, as of a date.
        request: Which result, and the kind of file.
        shown: That result.

    Raises:
        UnsupportedQuestion: The result has no table.
        InputError: The table lists customers, for whom consent must be looked at.
    """
    table = _table(shown)
    columns = [column for column in table.columns if not column.personal]
    rows, header = _rows(table, columns)
    path = write_file(ctx.config.exports_dir, f"{safe_stem(_name(shown))}-{ctx.as_of.isoformat()}", request.format, header, [rows])
    said = figure("rows", "导出的行数", "rows exported", rows.num_rows, Unit.COUNT)
    return ToolResult(
        tool=TOOL,
        outcome=Outcome.ANSWERED,
        figures=(said,),
        tables=(table,),
        files=(FileOut(path=str(path), name=path.name, media_type=MEDIA_TYPES[request.format], rows=rows.num_rows),),
        receipts=(_receipt(ctx, request, shown),),
        caveats=shown.caveats,
        interpretation=shown.interpretation,
    )


def _table(shown: ToolResult) -> Table:
    if not shown.tables:
        raise UnsupportedQuestion(
            "That answer has no table to export; ask for numbers by month, department or store first.",
            "上一个结果没有可以导出的表格；请先按月份、部门或门店等看一组数。",
        )
    table = shown.tables[0]
    if any(column.id in _OF_CUSTOMERS for column in table.columns):
        raise InputError(
            "A list of customers is exported with export_customers, which looks at their consent.",
            "客户名单请用 export_customers 导出，以便检查营销授权。",
        )
    return table


def _name(shown: ToolResult) -> str:
    return "-".join([shown.tool, *shown.details.get("metrics", [])[:1], *shown.details.get("by", [])])


def _receipt(ctx: ToolContext, request: ExportTable, shown: ToolResult) -> Receipt:
    earlier = shown.receipts[0] if shown.receipts else None
    definition = earlier.definition if earlier else Text(zh="此前结果的表格", en="the table of an earlier result")
    return ctx.receipt(TOOL, request.model_dump(mode="json"), definition, *(earlier.statements if earlier else ()))


def _rows(table: Table, columns: list[Column]) -> tuple[pa.Table, list[FileColumn]]:
    """All rows of a table with the columns of the file: those shown, or the whole from where it was written."""
    if table.row_count > len(table.rows) and table.path:
        whole = csv.read_csv(Path(table.path))
        return whole, [FileColumn(name, name, Unit.TEXT) for name in whole.column_names]
    places = [table.columns.index(column) for column in columns]
    arrays: dict[str, pa.Array] = {}
    header: list[FileColumn] = []
    for place, column in zip(places, columns, strict=True):
        values = [row[place] for row in table.rows]
        arrays[column.id] = _array(values)
        header.append(FileColumn(column.id, f"{column.label.zh} {column.id}", column.unit))
        if column.names:
            name = f"{column.id}_name"
            arrays[name] = pa.array([column.name_of(value, "zh") or "" for value in values], pa.string())
            header.append(FileColumn(name, f"{column.label.zh}名称", Unit.TEXT))
    return pa.table(arrays), header


def _array(values: list[Any]) -> pa.Array:
    """Numbers as numbers, to the last cent; anything else as text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
