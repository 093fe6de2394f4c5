"""How a text file is split into columns: delimiter, quotes, line ends and where the header is."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tools.errors import FileProblem
from tools.ingest.layout import Header, filled, find_header
from tools.sources.long_lines import LONGEST_LINE
from tools.sources.problems import long_line, no_rows, no_table

DELIMITERS = (",", "\t", ";", "|", "，", "；", "^", "~")
HEAD_BYTES = 512 * 1024
ENOUGH_LINES = 1_000


@dataclass(frozen=True)
class Dialect:
    """How one text file is written.

    Args:
        delimiter: Between cells; one character.
        quote: Around cells that hold the delimiter; empty when the file has none.
        newline: End of lines.
        header: Where the header is and the names of the columns.
        skip: Physical lines before the first line of data.
        ragged: Whether lines habitually leave out their last empty cells.
        head: The first rows, layout included.
    """

    delimiter: str
    quote: str
    newline: str
    header: Header
    skip: int
    ragged: bool
    head: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.header.names)


def sniff(path: Path, encoding: str, name: str) -> Dialect:
    """Find out how the text file at ``path`` is written, from its first 512 KB.

    Args:
        path: The file.
        encoding: Its encoding.
        name: What to call it in errors.

    Raises:
        FileProblem: It has one endless line, is no table, or has no rows.
    """
    text, newline = _head(path, encoding, name)
    delimiter = _delimiter(text, name)
    quote = _quote(text, delimiter)
    rows, lines = _rows(text, delimiter, quote)
    header = find_header(rows)
    if header is None:
        raise no_table(name)
    if not any(filled(row) for row in rows[header.first_row :]):
        raise no_rows(name) if header.row >= 0 else no_table(name)
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        newline=newline,
        header=header,
        skip=lines[header.first_row - 1] if header.first_row else 0,
        ragged=_is_ragged(rows[header.first_row :], len(header.names)),
        head=tuple(tuple(row) for row in rows),
    )


def _head(path: Path, encoding: str, name: str) -> tuple[str, str]:
    size = path.stat().st_size
    with path.open("rb") as file:
        raw = file.read(HEAD_BYTES)
        if size > len(raw) and b"\n" not in raw and b"\r" not in raw:
            raw += file.read(4 * LONGEST_LINE)
            if b"\n" not in raw and b"\r" not in raw:
                raise long_line(name, LONGEST_LINE / 1e6)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(raw, final=size <= len(raw))
    newline = "\r\n" if "\r\n" in text else "\n" if "\n" in text or "\r" not in text else "\r"
    if size > len(raw):
        # The last line may be cut.
        text = text[: text.rfind(newline) + len(newline)] or text
    return text, newline


def _delimiter(text: str, name: str) -> str:
    lines = [line for line in re.split(r"\r?\n|\r", text)[:ENOUGH_LINES] if line.strip()]
    scores = {mark: _evenness(lines, mark) for mark in DELIMITERS}
    best = max(scores, key=lambda mark: scores[mark])
    if scores[best] > 0:
        return best
    if _is_one_column(lines):
        return ","
    raise no_table(name)


def _evenness(lines: list[str], delimiter: str) -> float:
    """How evenly a delimiter splits lines: share of lines with the usual number of cells, more cells weighing a little more."""
    widths = Counter(len(row) for row in _parse(lines, delimiter, '"') if row)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    share = count / sum(widths.values())
    return share + min(width, 50) / 1000 if share >= 0.4 or (count >= 2 and share >= 0.2) else 0.0


def _is_one_column(lines: list[str]) -> bool:
    # A list of ids or e-mails is a table of one column; sentences are not.
    return len(lines) > 1 and all(len(line.split()) <= 2 and len(line) < 80 for line in lines[:50])


def _quote(text: str, delimiter: str) -> str:
    single = text.count(f"{delimiter}'") + text.count("\n'")
    double = text.count(f'{delimiter}"') + text.count('\n"')
    closed = text.count(f"'{delimiter}")
    return "'" if double == 0 and single >= 4 and closed >= single // 2 else '"'


def _parse(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    rows = []
    for line in lines:
        try:
            rows.append(next(csv.reader([line], delimiter=delimiter, quotechar=quote), []))
        except csv.Error:
            rows.append([line])
    return rows


def _rows(text: str, delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and after each of them how many physical lines have gone by."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
            if len(rows) >= ENOUGH_LINES:
                break
    except csv.Error as error:
        if not rows:
            raise FileProblem(
                f"The lines cannot be split into cells ({error}); export the file again.",
                f"无法把各行拆分成单元格（{error}）；请重新导出文件。",
            ) from error
    return rows, lines


def _is_ragged(rows: list[list[str]], width: int) -> bool:
    full = [row for row in rows if filled(row) > 1]
    short = sum(1 for row in full if len(row) < width)
    return short >= max(3, len(full) // 50)
