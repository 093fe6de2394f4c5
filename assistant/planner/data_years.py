"""“This year” of data that end as a year begins: their own year, of which the first day of the next has nothing to tell."""

from __future__ import annotations

import datetime as dt
import re

from assistant.planner.shapes import shape
from assistant.planner.tokenise import Mended


def with_data_year(text: str, as_of: dt.date) -> tuple[str, list[Mended]]:
    """The question with the year that the data are of for “this year”, and how it was read; unchanged on any day but New Year's.

    Args:
        text: The normalised question.
        as_of: The date relative times count from.
    """
    if (as_of.month, as_of.day) != (1, 1):
        return text, []
    year = as_of.year - 1
    chinese = shape("years", "this_zh").search(text) is not None
    said = shape("years", "this_zh").search(text) or shape("years", "this_en").search(text)
    if said is None:
        return text, []
    if chinese:
        text = shape("years", "this_zh").sub(f"{year}年", shape("years", "last_zh").sub(f"{year - 1}年", text))
        return text, [Mended(said[0], f"{year}年")]
    text = shape("years", "this_en").sub(lambda match: _written(match, year), shape("years", "last_en").sub(str(year - 1), text))
    return text, [Mended(said[0].strip(), str(year))]


def _written(match: re.Match[str], year: int) -> str:
    """The year in place of “this year”, with the word before it where it needs one."""
    return f"{match['led'] or ('' if match['own'] else 'in ')}{year}"
