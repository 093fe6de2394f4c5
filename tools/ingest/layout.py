"""What of a sheet is data and what is layout: titles, the header row, repeated headers, totals and signatures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Cells = Sequence[str]
"""The texts of one row; an empty cell is an empty text."""

HEADER_SEARCH = 40
"""Rows at the beginning among which the header must be."""
TAIL_ROWS = 30
"""Rows at the end that may be notes and signatures."""

TOTAL_WORDS = (
    "合计", "总计", "小计", "共计", "汇总", "总和", "合計", "總計", "小計", "本页合计", "本页小计", "累计", "总合计", "本月合计", "合 计",
    "总 计", "total", "grand total", "subtotal", "sub total", "sub-total", "totals", "sum", "total:", "grand total:", "sum:",
)  # fmt: skip
_ENDS = re.compile(r"[\s:：]+$")
_TOTAL_WITH_FIGURE = re.compile(
    r"^(合计|总计|小计|共计|合計|總計|grand total|subtotal|total)\s*([:：(（].*|[-¥￥$€\d][\d,.\s元]*)$", re.IGNORECASE
)
_NOTE = re.compile(r"[:：]|\S+\s+\S+\s+\S+|[\u4e00-\u9fff]{4}|^(注|备注|说明|制表|审核|页|签字|盖章|end|note|page|source)", re.IGNORECASE)
_VALUE = re.compile(
    r"[¥$€£￥(（+-]*\d[\d,.\s]*[)）%元万千件-]*"  # numbers and money
    r"|\d{1,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?([ T].*)?"  # dates
    r"|[^@\s]+@[^@\s]+\.\w+"  # addresses
    r"|(?i:null|n/a|nan|true|false|yes|no|是|否|男|女)"
)


@dataclass(frozen=True)
class Header:
    """Where the header is and what its columns are called.

    Args:
        row: Index of the header among the rows looked at; -1 when there is none and data start at ``first_row``.
        names: Unique, non-empty column names; as many as the data have columns.
        renamed: What was made of doubled and empty names, as "position: name".
        first_row: Index of the first data row.
    """

    row: int
    names: tuple[str, ...]
    first_row: int
    renamed: tuple[str, ...] = field(default=())


def filled(cells: Cells) -> int:
    """How many cells hold text."""
    return sum(1 for cell in cells if cell.strip())


def is_value(cell: str) -> bool:
    """Whether a cell reads as a number, a date, an address or a yes or no, rather than as a name of a column."""
    return bool(_VALUE.fullmatch(cell.strip()))


def is_total(cells: Cells) -> bool:
    """Whether a row is a total: its first text is a word for it, and something is left empty."""
    texts = [cell.strip() for cell in cells]
    first = next((text for text in texts if text), "")
    if not first or filled(texts) == len(texts) > 3:
        return False
    return _ENDS.sub("", first).lower() in TOTAL_WORDS or (filled(texts) < len(texts) and bool(_TOTAL_WITH_FIGURE.match(first)))


def is_repeat(cells: Cells, header: Cells) -> bool:
    """Whether a row says the header again."""
    texts = [cell.strip() for cell in cells]
    return len(texts) >= len(header) > 0 and filled(texts) > 0 and texts[: len(header)] == [name.strip() for name in header]


def is_note(cells: Cells, width: int) -> bool:
    """Whether a row at the end of a table of ``width`` columns is a note or a signature.

    It fills few cells of a wide table, and its first text is words rather than an id or a value, which would make it a row of data
    that lacks the rest.
    """
    texts = [cell.strip() for cell in cells if cell.strip()]
    if width < 4 or not texts or len(texts) > max(1, width // 4):
        return False
    return bool(_NOTE.search(texts[0])) and not is_value(texts[0])


def find_header(rows: Sequence[Cells]) -> Header | None:
    """Find the header among the first rows of a table; None when no row has anything.

    The width is that of most rows. The header is the first row that fills it and reads as names, not values; a fuller one right
    below wins (two-line headers with merged groups). When the first full row already reads as values there is no header.
    """
    width = _usual_width(rows)
    if width == 0:
        return None
    candidates = [index for index, row in enumerate(rows[:HEADER_SEARCH]) if _fills(row, width)]
    if not candidates:
        return None
    first = candidates[0]
    if not _reads_as_names(rows[first]):
        return Header(-1, tuple(f"column_{position}" for position in range(1, width + 1)), first)
    below = first + 1
    if _is_group_line(rows, first, below):
        first = below
    names, renamed = unique_names([*rows[first][:width], *[""] * (width - len(rows[first]))])
    return Header(first, names, first + 1, renamed)


def data_rows(rows: Iterable[tuple[int, list[str]]], names: Cells, header: Cells) -> Iterator[tuple[int, list[str], bool]]:
    """Tell data from layout below the header, holding back at most ``TAIL_ROWS`` rows.

    Args:
        rows: Row numbers and cells below the header.
        names: The columns.
        header: The header as written in the source, for finding its repeats.

    Yields:
        Row number, cells, whether the row is layout. Empty rows are not yielded.
    """
    held: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        if not filled(cells):
            continue
        if is_repeat(cells, header) or is_total(cells):
            yield number, cells, True
        elif is_note(cells, len(names)) and len(held) < TAIL_ROWS:
            held.append((number, cells))
        else:
            yield from ((kept, row, False) for kept, row in held)
            held.clear()
            yield number, cells, False
    yield from ((number, row, True) for number, row in held)


def unique_names(names: Cells) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names made unique (whatever their case) and non-empty, and what was renamed."""
    seen: Counter[str] = Counter()
    taken = {_plain(name).lower() for name in names}
    result, renamed = [], []
    for position, raw in enumerate(names, start=1):
        name = _plain(raw) or f"column_{position}"
        seen[name.lower()] += 1
        chosen, number = name, 1
        while seen[name.lower()] > 1 and (chosen.lower() in taken or number == 1):
            number += 1
            chosen = f"{name} ({number})"
        taken.add(chosen.lower())
        if chosen != _plain(raw):
            renamed.append(f"{position}: {chosen}")
        result.append("_row (2)" if chosen.lower() == "_row" else chosen)
    return tuple(result), tuple(renamed)


def _plain(name: str) -> str:
    return " ".join(name.replace("\0", "").replace("\ufeff", "").split())[:120]


def _usual_width(rows: Sequence[Cells]) -> int:
    """The width that most rows reach: the last filled cell, so that trailing delimiters do not count."""
    ends = [max((position + 1 for position, cell in enumerate(row) if cell.strip()), default=0) for row in rows]
    ends = [end for end in ends if end]
    if not ends:
        return 0
    common = [end for end, count in Counter(ends).items() if count >= max(1, len(ends) // 10)]
    return max(common or ends)


def _fills(row: Cells, width: int) -> bool:
    return filled(row) >= max(1, width - max(1, width // 3)) if width > 1 else filled(row) == 1


def _reads_as_names(row: Cells) -> bool:
    texts = [cell.strip() for cell in row if cell.strip()]
    return sum(is_value(text) for text in texts) <= len(texts) // 5 and all(len(text) <= 120 for text in texts)


def _is_group_line(rows: Sequence[Cells], first: int, below: int) -> bool:
    if below + 1 >= len(rows) or filled(rows[below]) <= filled(rows[first]) or not _reads_as_names(rows[below]):
        return False
    return any(is_value(cell) for cell in rows[below + 1] if cell.strip())
