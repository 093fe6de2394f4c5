"""Writes the whole of a list that is longer than its preview, as a CSV file that Excel opens."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from tools.contracts import Text
from tools.spreadsheets import FORMULA, PLAIN_NUMBER, neutralise

MOST_ROWS = 100_000
"""A longer list is written only when it is exported: nobody reads it beside an answer, and writing it takes longer than answering."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def long_list_note(rows: int) -> tuple[Text, ...]:
    """How to get a list that was not written because of its length; nothing for others."""
    if rows <= MOST_ROWS:
        return ()
    return (
        Text(
            zh=f"名单有 {rows:,} 行，这里只显示前面部分；需要完整文件请说“导出他们”。",
            en=f"The list has {rows:,} rows and only its beginning is shown; say “export them” for the whole file.",
        ),
    )


def write_whole(folder: Path, name: str, table: pa.Table) -> Path:
    """Write ``table`` under ``folder`` and return the file's path.

    The name ends in a digest of the content, so that the same list is one file however often it is asked for.
    UTF-8 with a byte order mark; text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    sink = pa.BufferOutputStream()
    plain = pa.table([_plain(column) for column in table.columns], names=[neutralise(column) for column in table.column_names])
    csv.write_csv(plain, sink)
    content = sink.getvalue().to_pybytes()
    path = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}.csv"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_bytes(_BYTE_ORDER_MARK + content)
        draft.replace(path)
    return path


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("s"), safe=False)
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return column
    runs = pc.and_not(pc.match_substring_regex(column, FORMULA), pc.match_substring_regex(column, PLAIN_NUMBER))
    return pc.if_else(runs, pc.binary_join_element_wise("'", column, ""), column)
