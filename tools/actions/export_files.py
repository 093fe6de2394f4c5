"""Writing export files: CSV, XLSX and Parquet, batch by batch, atomically, never over another file."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tools.actions.export_columns import FileColumn
from tools.contracts import Unit
from tools.spreadsheets import neutralise

MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
SHEET_ROWS = 1_048_575
"""Rows of data that fit on one sheet of Excel, below its header."""
LONGEST_CELL = 32_767
_UNSAFE = re.compile(r"[^\w\u4e00-\u9fff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMATS = {Unit.MONEY: "#,##0.00", Unit.SHARE: "0.0%", Unit.PROBABILITY: "0.0%", Unit.CHANGE: "0.0%", Unit.RATIO: "0.00", Unit.DAYS: "0.#"}
_DATE_FORMAT = "yyyy-mm-dd"


def safe_stem(name: str) -> str:
    """``name`` as part of a file name: letters, digits, Chinese characters and single hyphens, at most 40 of them."""
    return _UNSAFE.sub("-", name).strip("-_")[:40].strip("-_") or "customers"


def write_file(folder: Path, stem: str, kind: str, columns: Sequence[FileColumn], batches: Iterable[pa.Table]) -> Path:
    """Write ``batches`` to a new file ``stem``.``kind`` (or ``stem``-2, ...) under ``folder`` and return its path.

    The file appears whole or not at all, readable by its owner alone. Columns of the batches are those of ``columns``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft_name = tempfile.mkstemp(prefix=".draft-", suffix=f".{kind}", dir=folder)
    os.close(handle)
    draft = Path(draft_name)
    try:
        _WRITERS[kind](draft, columns, batches)
        return _place(draft, folder, stem, kind)
    finally:
        draft.unlink(missing_ok=True)


def _place(draft: Path, folder: Path, stem: str, kind: str) -> Path:
    for number in range(1, 100_000):
        target = folder / (f"{stem}.{kind}" if number == 1 else f"{stem}-{number}.{kind}")
        try:
            # Creating exclusively reserves the name against other processes; the whole file then takes its place.
            target.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            continue
        draft.replace(target)
        return target
    raise FileExistsError(f"{folder} holds too many files named {stem}")


def _write_csv(path: Path, columns: Sequence[FileColumn], batches: Iterable[pa.Table]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([neutralise(column.header) for column in columns])
        for batch in batches:
            writer.writerows(zip(*[_plain_cells(batch.column(column.id)) for column in columns], strict=True))


def _plain_cells(values: pa.ChunkedArray) -> list[Any]:
    found: list[Any] = values.to_pylist()
    return [neutralise(value) for value in _texts(found)] if pa.types.is_string(values.type) else found


def _texts(values: list[Any]) -> Iterator[str]:
    return ("" if value is None else value for value in values)


def _write_parquet(path: Path, columns: Sequence[FileColumn], batches: Iterable[pa.Table]) -> None:
    # Data as they are: Parquet is read by programs, which run no formulas.
    writer: pq.ParquetWriter | None = None
    try:
        for batch in batches:
            table = batch.select([column.id for column in columns])
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
    finally:
        if writer:
            writer.close()


def _write_xlsx(path: Path, columns: Sequence[FileColumn], batches: Iterable[pa.Table]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheets = _Sheets(book, columns)
        for batch in batches:
            sheets.append(batch)


class _Sheets:
    """Sheets that are filled one after another, each with the header."""

    def __init__(self, book: Any, columns: Sequence[FileColumn]) -> None:
        self.book = book
        self.columns = columns
        self.bold = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": _DATE_FORMAT})
        self.formats = [book.add_format({"num_format": _FORMATS[c.unit]}) if c.unit in _FORMATS else None for c in columns]
        self.count = 0
        self.row = 0
        self.sheet: Any = None
        self._start()

    def _start(self) -> None:
        self.count += 1
        self.sheet = self.book.add_worksheet("customers" if self.count == 1 else f"customers {self.count}")
        self.sheet.freeze_panes(1, 1)
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, 60 if column.id.startswith("churn_reasons") else 18)
            self.sheet.write_string(0, index, neutralise(column.header), self.bold)
        self.row = 0

    def append(self, batch: pa.Table) -> None:
        """Write the rows of ``batch``, on a new sheet where one is full."""
        cells = [batch.column(column.id).to_pylist() for column in self.columns]
        for values in zip(*cells, strict=True):
            if self.row == SHEET_ROWS:
                self._start()
            self.row += 1
            for index, value in enumerate(values):
                if value is not None:
                    self._cell(index, value)

    def _cell(self, index: int, value: Any) -> None:
        if isinstance(value, bool):
            self.sheet.write_boolean(self.row, index, value)
        elif isinstance(value, int | float | Decimal):
            self.sheet.write_number(self.row, index, value, self.formats[index])
        elif isinstance(value, dt.date):
            self.sheet.write_datetime(self.row, index, value, self.date)
        else:
            self.sheet.write_string(self.row, index, neutralise(_CONTROL.sub("", str(value)))[:LONGEST_CELL])


_WRITERS: dict[str, Callable[[Path, Sequence[FileColumn], Iterable[pa.Table]], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
}
