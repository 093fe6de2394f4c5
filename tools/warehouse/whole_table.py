"""Writes the whole of a list that is longer than its preview, as a CSV file that Excel opens."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pyarrow as pa

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_whole(folder: Path, name: str, table: pa.Table) -> Path:
    """Write ``table`` under ``folder`` and return the file's path.

    The name ends in a digest of the content, so that the same list is one file however often it is asked for.
    UTF-8 with a byte order mark; text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = [_cells(table.column(name_)) for name_ in table.column_names]
    rows = list(zip(*columns, strict=True))
    path = folder / f"{name}-{_digest(table.column_names, rows)}.csv"
    if path.exists():
        return path
    draft = path.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(table.column_names)
        writer.writerows(rows)
    draft.replace(path)
    return path


def _digest(header: list[str], rows: list[tuple[object, ...]]) -> str:
    digest = hashlib.sha256(repr(header).encode())
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()[:12]


def _cells(column: pa.ChunkedArray) -> list[object]:
    values: list[object] = column.to_pylist()
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return values
    return [f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value for value in values]
