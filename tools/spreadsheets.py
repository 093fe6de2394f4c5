"""Text that is safe to open in a spreadsheet."""

from __future__ import annotations

import re

FORMULA = r"^[\s\x{feff}\x{3000}]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]|^[\t\r\n]"
"""What a spreadsheet could run, as RE2 writes it: = + - @ and their full-width forms, also after spaces, and a leading tab or
line break."""
PLAIN_NUMBER = r"^-?\d+(\.\d+)?$"
"""A number is no formula, whatever its sign."""

_FORMULA = re.compile(re.sub(r"\\x\{(\w+)\}", lambda match: chr(int(match[1], 16)), FORMULA))
_PLAIN_NUMBER = re.compile(PLAIN_NUMBER, re.ASCII)


def neutralise(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet could run it as a formula."""
    return f"'{text}" if _FORMULA.search(text) and not _PLAIN_NUMBER.search(text) else text


def as_written(cell: str) -> str:
    """The text of a cell that :func:`neutralise` made; a text that began with an apostrophe and a formula itself loses it."""
    return cell[1:] if cell.startswith("'") and neutralise(cell[1:]) == cell else cell
