"""Finding a line too long for any row of a table without reading the whole file."""

from __future__ import annotations

import mmap
from pathlib import Path

from tools.sources.problems import long_line

LONGEST_LINE = 2_000_000
"""Bytes; what the database's reader takes for one line at most."""

_STRETCH = 2 * LONGEST_LINE


def check_line_lengths(path: Path, name: str) -> None:
    """Refuse a file in which some stretch of twice the longest line has no end of a line.

    Only the end of each stretch is looked at, back to the last line in it, so that gigabytes of rows take milliseconds.

    Args:
        path: A text file in any encoding.
        name: What to call it in errors.

    Raises:
        FileProblem: It has such a line.
    """
    size = path.stat().st_size
    if size <= _STRETCH:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        begin = 0
        while size - begin > _STRETCH:
            last = content.rfind(b"\n", begin, begin + _STRETCH)
            if last < 0:
                # Old Macs end lines so.
                last = content.rfind(b"\r", begin, begin + _STRETCH)
            if last < 0:
                raise long_line(name, LONGEST_LINE / 1e6)
            begin = last + 1
