"""Splitting a text file whose lines do not all split alike: line by line, setting broken lines aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools.ingest.sniff import Dialect
from tools.sources.long_lines import LONGEST_LINE
from tools.sources.problems import long_line

LONGEST_RECORD = 200
"""Lines that one quoted cell may run over; beyond it the quote was never meant to open."""


_OPEN = "unexpected end of data"


@dataclass(frozen=True)
class Record:
    """One record below the header: its number from 1, and its cells or, where it cannot be split, why not."""

    number: int
    cells: list[str]
    broken: str | None = None


def records(path: Path, dialect: Dialect, name: str) -> Iterator[Record]:
    """The records of a UTF-8 file below its header; empty lines count in the numbers but are not yielded.

    Raises:
        FileProblem: A line is longer than any row of a table.
    """
    with path.open("r", encoding="utf-8", errors="replace", newline=None if dialect.newline != "\r" else "\r") as file:
        source = _Lines(file, name)
        for _ in range(dialect.skip):
            source.next()
        number = 0
        while True:
            line = source.next()
            if line is None:
                return
            number += 1
            if line.strip():
                yield _record(number, line, source, dialect)


class _Lines:
    """Lines of a file, of bounded length, that can be put back."""

    def __init__(self, file: IO[str], name: str) -> None:
        self.file = file
        self.name = name
        self.waiting: list[str] = []

    def next(self) -> str | None:
        """The next line; None at the end."""
        if self.waiting:
            return self.waiting.pop()
        line = self.file.readline(LONGEST_LINE)
        if len(line) >= LONGEST_LINE:
            raise long_line(self.name, LONGEST_LINE / 1e6)
        return line or None

    def put_back(self, lines: list[str]) -> None:
        """Lines to be read again, in their order."""
        self.waiting.extend(reversed(lines))


def _record(number: int, line: str, source: _Lines, dialect: Dialect) -> Record:
    text = line.rstrip("\r\n")
    if not dialect.quote or dialect.quote not in text:
        return _sized(number, text.split(dialect.delimiter), dialect)
    following: list[str] = []
    joined = text
    while isinstance(parsed := _parse(joined, dialect), str):
        # More lines help only while a quote is open; and a quote that stays open for long was never meant to open.
        extra = source.next() if _OPEN in parsed and len(following) < LONGEST_RECORD else None
        if extra is None:
            source.put_back(following)
            return _lenient(number, text, dialect)
        following.append(extra)
        joined += "\n" + extra.rstrip("\r\n")
    return _sized(number, parsed, dialect)


def _parse(text: str, dialect: Dialect) -> list[str] | str:
    """The cells, or what the reader says of the quotes."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True))
    except csv.Error as error:
        return str(error)
    return rows[0] if len(rows) == 1 else "several rows"


def _lenient(number: int, text: str, dialect: Dialect) -> Record:
    """A line with a stray quote: taken when, with its quotes as plain characters, it has just the right cells."""
    cells = text.split(dialect.delimiter)
    if len(cells) == dialect.width:
        return Record(number, [_unquoted(cell, dialect.quote) for cell in cells])
    return Record(number, [text], "quote")


def _unquoted(cell: str, quote: str) -> str:
    if len(cell) > 1 and cell.startswith(quote) and cell.endswith(quote):
        return cell[1:-1].replace(quote * 2, quote)
    return cell.removeprefix(quote) if cell.count(quote) == 1 else cell


def _sized(number: int, cells: list[str], dialect: Dialect) -> Record:
    width = dialect.width
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) < width and (dialect.ragged or len(cells) == width - 1 == 0):
        cells = [*cells, *[""] * (width - len(cells))]
    return Record(number, cells) if len(cells) == width else Record(number, cells, "columns")
