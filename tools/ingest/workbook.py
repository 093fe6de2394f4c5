"""Staging of workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods): every visible sheet with a table, its cells as exact text."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from tools.errors import FileProblem
from tools.ingest.layout import HEADER_SEARCH, data_rows, filled, find_header
from tools.ingest.scratch import Scratch
from tools.ingest.types import StagedTable
from tools.sources.problems import damaged, locked, no_rows
from tools.sources.unpack import check_workbook

Value = int | float | str | bool | dt.date | dt.time | dt.datetime | dt.timedelta
_MOST_MERGED_ROWS = 10_000
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def stage_workbook(scratch: Scratch, path: Path, name: str) -> list[StagedTable]:
    """Stage the visible sheets of a workbook that hold a table.

    Raises:
        FileProblem: It is damaged, wants a password, or no visible sheet has a table with rows.
    """
    check_workbook(path)
    workbook = _open(path, name)
    try:
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
        hidden = len(workbook.sheets_metadata) - len(sheets)
        staged = []
        for sheet in sheets:
            if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            label = f"{name} [{sheet.name}]" if len(sheets) > 1 else name
            table = _stage_sheet(scratch, _sheet(workbook, sheet.name, name), label)
            if table is not None:
                staged.append(table)
    finally:
        workbook.close()
    if not staged:
        raise _no_table(name, hidden)
    for table in staged:
        table.notes.update({"hidden_sheets": str(hidden)} if hidden else {})
    return staged


def cell_text(value: Value) -> str:
    """The text that a cell shows in full: whole floats without ``.0``, no exponents, ISO dates."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, dt.datetime):
        # Times of day without their day are dates of the calendar's first days; seconds come rounded.
        value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)


def _float_text(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    # Fifteen digits are all that a workbook keeps; more are noise of binary fractions (0.1 + 0.2).
    text = f"{value:.15g}"
    return f"{value:.15f}".rstrip("0").rstrip(".") if "e" in text else text


def _open(path: Path, name: str) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise locked(name) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        with path.open("rb") as file:
            encrypted = _ENCRYPTED in file.read(8 << 20)
        raise (locked(name) if encrypted else damaged(name)) from error


def _sheet(workbook: calamine.CalamineWorkbook, sheet: str, name: str) -> calamine.CalamineSheet:
    try:
        return workbook.get_sheet_by_name(sheet)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise damaged(name) from error


def _stage_sheet(scratch: Scratch, sheet: calamine.CalamineSheet, label: str) -> StagedTable | None:
    rows = _rows(sheet)
    head = list(itertools.islice(rows, HEADER_SEARCH * 5))
    header = find_header([cells for _, cells in head])
    if header is None:
        return None
    width = len(header.names)
    written = head[header.row][1][:width] if header.row >= 0 else []
    table = scratch.new_table(header.names)
    above = [cells for _, cells in head[: header.first_row] if filled(cells)]
    layout = len(above) - (header.row >= 0)
    below = itertools.chain(head[header.first_row :], rows)
    for number, cells, is_layout in data_rows(below, header.names, written):
        if is_layout:
            layout += 1
        else:
            table.add(number, [*cells[:width], *[""] * (width - len(cells))])
    table.flush()
    if not table.rows:
        return None
    notes = {"sheet": sheet.name, "header_row": str(head[header.row][0] if header.row >= 0 else 0)}
    notes |= {"layout_rows": str(layout)} if layout else {}
    notes |= {"renamed": "; ".join(header.renamed)} if header.renamed else {}
    return StagedTable(table.name, header.names, label, "", table.rows, notes)


def _rows(sheet: calamine.CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Row numbers as in the sheet, and texts; cells merged downwards repeat their value."""
    # Rows come from the sheet's first, columns from the first that is used.
    merged = _merged_down(sheet, (sheet.start or (0, 0))[1])
    values: dict[int, str] = {}
    for index, row in enumerate(sheet.iter_rows()):
        cells = [cell_text(value) for value in row]
        for column, first in merged.get(index, {}).items():
            if column >= len(cells):
                continue
            if first:
                values[column] = cells[column]
            else:
                cells[column] = cells[column] or values.get(column, "")
        yield index + 1, cells


def _merged_down(sheet: calamine.CalamineSheet, first_column: int) -> dict[int, dict[int, bool]]:
    """Row to columns to whether the merged cell begins there."""
    marks: dict[int, dict[int, bool]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if left == right and 0 < bottom - top < _MOST_MERGED_ROWS:
            for row in range(top, bottom + 1):
                marks.setdefault(row, {})[left - first_column] = row == top
    return marks


def _no_table(name: str, hidden: int) -> FileProblem:
    if not hidden:
        return no_rows(name)
    return FileProblem(
        f"{name} has rows in hidden sheets only; unhide the sheet that should be loaded and save.",
        f"{name} 只有隐藏的工作表里有数据；请取消隐藏要载入的工作表并保存。",
    )
