"""Staging of delimited text: read in place by the database where every line splits, else line by line."""

from __future__ import annotations

import contextlib
import glob
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.errors import WarehouseError
from tools.ingest.formats import one_of
from tools.ingest.layout import TAIL_ROWS, TOTAL_WORDS, data_rows, is_note
from tools.ingest.repair import records
from tools.ingest.scratch import Scratch
from tools.ingest.sniff import Dialect, sniff
from tools.ingest.types import StagedTable
from tools.sources.encoding import detect_encoding, first_foreign_lines, guess_encoding
from tools.sources.long_lines import check_line_lengths
from tools.sources.problems import no_rows, no_table
from tools.sources.unpack import transcode
from tools.warehouse.identifiers import quote

_NAMES = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar", " ": "blank"}
_UTF8 = ("utf-8", "utf-8-sig")
LONGEST_SHOWN = 2_000
LARGE = 16 << 20
"""Bytes from which looking through a file beforehand is felt."""


@dataclass(frozen=True)
class TextSource:
    """A text file to stage: its (unpacked) path and the name to show."""

    path: Path
    name: str


def stage_text(scratch: Scratch, source: TextSource) -> StagedTable:
    """Stage one delimited text file; a large plain one is looked through only when its reader asks for that.

    Raises:
        FileProblem: It is no table, or has no rows.
    """
    check_line_lengths(source.path, source.name)
    encoding = detect_encoding(source.path)
    is_large = source.path.stat().st_size >= LARGE
    if is_large and encoding in _UTF8 and not glob.has_magic(str(source.path)):
        dialect = sniff(source.path, "utf-8-sig", source.name)
        if _splits(dialect) and _has_rows(scratch, source.path, dialect):
            return _unchecked(scratch, source, encoding, dialect)
    return _stage_checked(scratch, source, encoding)


def _unchecked(scratch: Scratch, source: TextSource, encoding: str, dialect: Dialect) -> StagedTable:
    """A reading without a look through the whole file, which takes as long as the reading itself."""
    notes = {"encoding": encoding.removesuffix("-sig").upper()}
    _note(dialect, notes)
    relation = f"(SELECT row_number() OVER () AS _row, * FROM {read_csv_call(source.path, dialect)})"
    return StagedTable(
        relation,
        dialect.header.names,
        source.name,
        "",
        notes=notes,
        check=lambda: _stage_checked(scratch, source, encoding),
    )


def _splits(dialect: Dialect) -> bool:
    return not dialect.ragged and dialect.newline != "\r" and dialect.width > 1


def _has_rows(scratch: Scratch, path: Path, dialect: Dialect) -> bool:
    with contextlib.suppress(WarehouseError):
        return bool(scratch.engine.rows(f"SELECT 1 FROM {read_csv_call(path, dialect)} LIMIT 1"))
    return False


def _stage_checked(scratch: Scratch, source: TextSource, encoding: str) -> StagedTable:
    notes = {"encoding": encoding.removesuffix("-sig").upper()}
    path = _plain_utf8(scratch, source.path, encoding, notes)
    staged = _stage_utf8(scratch, path, source, notes)
    if staged is None:
        # Bytes that are not UTF-8 were met beyond the samples.
        foreign = first_foreign_lines(path)
        encoding = guess_encoding(foreign) if foreign else "utf-8"
        notes["encoding"] = encoding.upper()
        path, replaced = transcode(path, encoding, scratch.folder)
        notes |= {"replaced_characters": str(replaced)} if replaced else {}
        staged = _stage_utf8(scratch, path, source, notes)
    if staged is None:
        raise no_table(source.name)
    return staged


def _plain_utf8(scratch: Scratch, path: Path, encoding: str, notes: dict[str, str]) -> Path:
    if encoding not in _UTF8:
        path, replaced = transcode(path, encoding, scratch.folder)
        notes |= {"replaced_characters": str(replaced)} if replaced else {}
        return path
    if glob.has_magic(str(path)):
        # The reader would take the name for a pattern.
        plain = scratch.folder / f"plain_{len(list(scratch.folder.iterdir()))}.csv"
        try:
            plain.symlink_to(path.resolve())
        except OSError:
            shutil.copyfile(path, plain)
        return plain
    return path


def _stage_utf8(scratch: Scratch, path: Path, source: TextSource, notes: dict[str, str]) -> StagedTable | None:
    """Stage a UTF-8 file; None when it has bytes that are not UTF-8."""
    dialect = sniff(path, "utf-8-sig", source.name)
    _note(dialect, notes)
    if _splits(dialect):
        # An error means that some line does not split; what follows finds out which, and keeps the others.
        with contextlib.suppress(WarehouseError):
            return _in_place(scratch, path, source, dialect, notes)
    if first_foreign_lines(path) is not None:
        return None
    return _line_by_line(scratch, path, source, dialect, notes)


def _note(dialect: Dialect, notes: dict[str, str]) -> None:
    notes["delimiter"] = _NAMES.get(dialect.delimiter, dialect.delimiter)
    notes["header_row"] = str(dialect.header.row + 1)
    if dialect.header.renamed:
        notes["renamed"] = "; ".join(dialect.header.renamed)


def read_csv_call(path: Path, dialect: Dialect) -> str:
    """The table function that reads the data lines; every option is told, so that nothing is guessed anew."""
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in dialect.header.names)
    options = {
        "columns": f"{{{columns}}}",
        "delim": _literal(dialect.delimiter),
        "quote": _literal(dialect.quote),
        "escape": _literal(dialect.quote),
        "skip": str(dialect.skip),
        "header": "false",
        "auto_detect": "false",
        "null_padding": "false",
        "max_line_size": "2097152",
    }
    return f"read_csv({_literal(str(path))}, {', '.join(f'{name} = {value}' for name, value in options.items())})"


def _in_place(scratch: Scratch, path: Path, source: TextSource, dialect: Dialect, notes: dict[str, str]) -> StagedTable:
    names = dialect.header.names
    call = read_csv_call(path, dialect)
    layout = _layout_condition(dialect)
    sparse = _sparse_condition(names)
    counts = ", ".join(f"count({quote(name)})" for name in names)
    total, layout_rows, sparse_rows = scratch.engine.rows(
        f"SELECT count(*), count(*) FILTER (WHERE {layout}), count(*) FILTER (WHERE {sparse}), {counts} FROM {call}"
    )[0][:3]
    unwanted = [layout] if layout_rows else []
    if sparse_rows:
        notes_at_end = _notes_at_end(scratch, call, names, layout, sparse, total)
        unwanted += [_same_as(names, cells) for cells in notes_at_end]
        layout_rows += len(notes_at_end)
    relation = f"(SELECT row_number() OVER () AS _row, * FROM {call})"
    if unwanted:
        relation = f"(SELECT * FROM {relation} WHERE NOT coalesce({' OR '.join(unwanted)}, FALSE))"
    if total == layout_rows:
        raise no_rows(source.name)
    _note_layout(notes, layout_rows + _layout_above(dialect))
    return StagedTable(relation, names, source.name, "", total - layout_rows, notes)


def _notes_at_end(scratch: Scratch, call: str, names: tuple[str, ...], layout: str, sparse: str, total: int) -> list[tuple[str, ...]]:
    """The notes and signatures below the last full row."""
    numbered = f"(SELECT row_number() OVER () AS _row, * FROM {call})"
    last = f"SELECT coalesce(max(_row) FILTER (WHERE NOT ({sparse}) AND NOT coalesce({layout}, FALSE)), 0) FROM {numbered}"
    below = int(scratch.engine.rows(last)[0][0])
    if total - below > TAIL_ROWS:
        return []
    columns = ", ".join(f"coalesce({quote(name)}, '')" for name in names)
    rows = scratch.engine.rows(f"SELECT {columns} FROM {numbered} WHERE _row > {below} AND NOT coalesce({layout}, FALSE)")
    return [row for row in rows if is_note(row, len(names))]


def _same_as(names: tuple[str, ...], cells: tuple[str, ...]) -> str:
    # By content and not by number, so that reading the rest need not count rows.
    same = (f"{quote(name)} = {_literal(cell)}" if cell else f"{quote(name)} IS NULL" for name, cell in zip(names, cells, strict=True))
    return "(" + " AND ".join(same) + ")"


def _layout_condition(dialect: Dialect) -> str:
    """SQL for rows that are totals, repeated headers or empty."""
    names = dialect.header.names
    written = dialect.head[dialect.header.row] if dialect.header.row >= 0 else ()
    first, second = quote(names[0]), quote(names[1])
    empty = " AND ".join(f"{quote(name)} IS NULL" for name in names)
    incomplete = " OR ".join(f"{quote(name)} IS NULL" for name in names)
    total = f"{one_of(f'lower(trim({first}))', TOTAL_WORDS)} OR ({first} IS NULL AND {one_of(f'lower(trim({second}))', TOTAL_WORDS)})"
    parts = [f"({empty})", f"(CASE WHEN {incomplete} THEN {total} ELSE FALSE END)"]
    filled = [(name, text) for name, text in zip(names, written, strict=False) if text.strip()]
    if filled:
        parts.append("(" + " AND ".join(f"{quote(name)} = {_literal(text)}" for name, text in filled) + ")")
    return "(" + " OR ".join(parts) + ")"


def _sparse_condition(names: tuple[str, ...]) -> str:
    if len(names) < 4:
        return "FALSE"
    allowed = max(1, len(names) // 4)
    return "(" + " AND ".join(f"{quote(name)} IS NULL" for name in names[allowed:]) + ")"


def _layout_above(dialect: Dialect) -> int:
    rows = dialect.head[: dialect.header.first_row - (dialect.header.row >= 0)]
    return sum(1 for row in rows if any(cell.strip() for cell in row))


def _note_layout(notes: dict[str, str], rows: int) -> None:
    if rows:
        notes["layout_rows"] = str(rows)


def _line_by_line(scratch: Scratch, path: Path, source: TextSource, dialect: Dialect, notes: dict[str, str]) -> StagedTable:
    names = dialect.header.names
    written = dialect.head[dialect.header.row] if dialect.header.row >= 0 else ()
    table, broken = scratch.new_table(names), scratch.new_table(("reason", "line"))
    short: dict[int, str] = {}

    def rows() -> Iterator[tuple[int, list[str]]]:
        """The whole rows with their numbers; broken ones are noted and left out."""
        for record in records(path, dialect, source.name):
            if record.broken and (record.broken != "columns" or len(record.cells) > len(names)):
                broken.add(record.number, (record.broken, dialect.delimiter.join(record.cells)[:LONGEST_SHOWN]))
                continue
            if record.broken:
                # Too short for data, but it may be a total or a signature.
                short[record.number] = record.broken
            yield record.number, record.cells

    layout = _layout_above(dialect)
    for number, cells, is_layout in data_rows(rows(), names, written):
        reason = short.pop(number, None)
        if is_layout:
            layout += 1
        elif reason:
            broken.add(number, (reason, dialect.delimiter.join(cells)[:LONGEST_SHOWN]))
        else:
            table.add(number, cells)
    table.flush()
    broken.flush()
    if not table.rows:
        raise no_table(source.name) if broken.rows else no_rows(source.name)
    _note_layout(notes, layout)
    return StagedTable(table.name, names, source.name, "", table.rows, notes, broken.name if broken.rows else None)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
