"""Staging of Parquet and JSON, whose columns have names already."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tools.errors import FileProblem, WarehouseError
from tools.ingest.layout import unique_names
from tools.ingest.scratch import Scratch
from tools.ingest.types import StagedTable
from tools.sources.encoding import detect_encoding
from tools.sources.long_lines import LONGEST_LINE
from tools.sources.problems import damaged, long_line, no_rows
from tools.sources.unpack import transcode
from tools.warehouse.identifiers import quote

WHOLE_JSON = 200 << 20
"""Bytes of the largest JSON document that is read as one object."""
_JSON_SAMPLE = 200_000


def stage_parquet(scratch: Scratch, path: Path, name: str) -> StagedTable:
    """Stage a Parquet file in place; its values become text (timestamps as stored, without time zone).

    Raises:
        FileProblem: It is damaged, or has no rows.
    """
    try:
        footer = parquet.read_metadata(path)
    except (pa.ArrowInvalid, pa.ArrowException, OSError) as error:
        raise damaged(name) from error
    if footer.num_rows == 0:
        raise no_rows(name)
    call = f"read_parquet({_literal(_escaped(path))}, file_row_number = true)"
    try:
        described = scratch.engine.rows(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {call}")
        raw = [str(row[0]) for row in described]
        names, renamed = unique_names(raw)
        texts = [f"{_as_text(column, str(row[1]))} AS {quote(new)}" for column, new, row in zip(raw, names, described, strict=True)]
        relation = f"(SELECT file_row_number + 1 AS _row, {', '.join(texts)} FROM {call})"
        scratch.engine.rows(f"SELECT * FROM {relation} LIMIT 1")
    except WarehouseError as error:
        raise damaged(name) from error
    notes = {"renamed": "; ".join(renamed)} if renamed else {}
    return StagedTable(relation, names, name, "", footer.num_rows, notes)


def stage_json(scratch: Scratch, path: Path, name: str) -> StagedTable:
    """Stage JSON lines, an array of objects, or one object that holds such an array.

    Raises:
        FileProblem: It is damaged, holds no objects, or has no rows.
    """
    encoding = detect_encoding(path)
    if encoding != "utf-8":
        path, _ = transcode(path, encoding, scratch.folder)
    layout = _json_layout(path)
    if layout != "document":
        try:
            return _json_in_place(scratch, path, name, layout)
        except WarehouseError as error:
            if layout == "array":
                raise damaged(name) from error
    rows = _json_lines(path, name) if layout == "newline_delimited" else _json_document(path, name)
    return _json_rows(scratch, list(rows), name)


def _as_text(column: str, kind: str) -> str:
    value = quote(column)
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"CAST(make_timestamp(epoch_us({value})) AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"CAST(TRY_CAST({value} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN abs({value}) < 1e15 AND {value} = trunc({value}) THEN {whole} ELSE CAST({value} AS VARCHAR) END"
    return f"CAST({value} AS VARCHAR)"


def _json_layout(path: Path) -> str:
    with path.open("r", encoding="utf-8", errors="replace") as file:
        first = ""
        while not first.strip():
            line = file.readline(LONGEST_LINE)
            if not line:
                break
            first = line
    if first.lstrip().startswith("["):
        return "array"
    try:
        json.loads(first)
    except ValueError:
        return "document" if len(first) < 200 and first.count('"') < 8 else "newline_delimited"
    return "newline_delimited" if path.stat().st_size > len(first.encode()) + 2 or not _holds_list(first) else "document"


def _holds_list(text: str) -> bool:
    return any(isinstance(value, list) and value and isinstance(value[0], dict) for value in json.loads(text).values())


def _json_in_place(scratch: Scratch, path: Path, name: str, layout: str) -> StagedTable:
    size = -1 if path.stat().st_size < WHOLE_JSON else _JSON_SAMPLE
    file = _literal(_escaped(path))
    described = scratch.engine.rows(
        f"DESCRIBE SELECT * FROM read_json({file}, format = '{layout}', maximum_depth = 1, sample_size = {size})"
    )
    names = tuple(str(row[0]) for row in described)
    if unique_names(names)[0] != names:
        raise WarehouseError("names of columns differ in case only", "列名只有大小写不同")
    columns = ", ".join(f"{_literal(column)}: 'VARCHAR'" for column in names)
    call = f"read_json({file}, format = '{layout}', columns = {{{columns}}})"
    counts = ", ".join(f"count({quote(column)})" for column in names)
    rows = int(scratch.engine.rows(f"SELECT count(*), {counts} FROM {call}")[0][0])
    if rows == 0:
        raise no_rows(name)
    return StagedTable(f"(SELECT row_number() OVER () AS _row, * FROM {call})", names, name, "", rows, {})


def _json_lines(path: Path, name: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    with path.open("r", encoding="utf-8", errors="replace") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            if len(line) >= LONGEST_LINE:
                raise long_line(name, LONGEST_LINE / 1e6)
            number += 1
            if line.strip():
                yield number, _parsed(line)


def _parsed(line: str) -> dict[str, Any] | str:
    try:
        value = json.loads(line)
    except ValueError:
        return line
    return value if isinstance(value, dict) else line


def _json_document(path: Path, name: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    if path.stat().st_size > WHOLE_JSON:
        raise FileProblem(
            f"{name} is one JSON object of more than {WHOLE_JSON >> 20} MB; export it as JSON lines or CSV.",
            f"{name} 是超过 {WHOLE_JSON >> 20} MB 的单个 JSON 对象；请导出为 JSON Lines 或 CSV。",
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise damaged(name) from error
    values = list(document.values()) if isinstance(document, dict) else [document]
    lists = [value for value in values if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)]
    rows = max(lists, key=len, default=[document] if isinstance(document, dict) else [])
    yield from enumerate(rows, start=1)


def _json_rows(scratch: Scratch, rows: list[tuple[int, dict[str, Any] | str]], name: str) -> StagedTable:
    keys = list(dict.fromkeys(key for _, row in rows if isinstance(row, dict) for key in row))
    if not keys:
        raise damaged(name)
    names, renamed = unique_names(keys)
    table, broken = scratch.new_table(names), scratch.new_table(("reason", "line"))
    for number, row in rows:
        if isinstance(row, str):
            broken.add(number, ("json", row.strip()[:2_000]))
        else:
            table.add(number, [_json_text(row.get(key)) for key in keys])
    table.flush()
    broken.flush()
    notes = {"renamed": "; ".join(renamed)} if renamed else {}
    return StagedTable(table.name, names, name, "", table.rows, notes, broken.name if broken.rows else None)


def _json_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _escaped(path: Path) -> str:
    return glob.escape(str(path))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
