"""“This year” of data that end as a year begins: their own year, of which the first day of the next has nothing to tell."""

from __future__ import annotations

import datetime as dt
import re

from assistant.planner.tokenise import Mended

_NOW = re.compile(
    r"(?:从|自)?(?:今年)?年初(?:以来|至今|到现在|到今天|到目前为止|到目前)|今年(?:以来|至今|到现在|到目前为止|到目前)?|本年度?(?!龄)"
)
_BEFORE = re.compile("去年(?!同期|同月|同比)|上一?年度?(?!同期|同月)")
_THIS = re.compile(
    r"\b(?P<led>(?:in|of|for|during|throughout|over|from) )?(?:(?:this|the current) year|ytd|(?:the )?year to date)(?P<own>s)?\b"
    r"(?: (?:so far|to date)\b)?"
)
_LAST = re.compile(r"(?<!same )(?<!time )(?<!period )(?<!month )(?<!week )(?<!quarter )\b(?:in )?last years?\b")


def with_data_year(text: str, as_of: dt.date) -> tuple[str, list[Mended]]:
    """The question with the year that the data are of for “this year”, and how it was read; unchanged on any day but New Year's.

    Args:
        text: The normalised question.
        as_of: The date relative times count from.
    """
    if (as_of.month, as_of.day) != (1, 1):
        return text, []
    year = as_of.year - 1
    chinese = _NOW.search(text) is not None
    said = _NOW.search(text) or _THIS.search(text)
    if said is None:
        return text, []
    if chinese:
        text = _NOW.sub(f"{year}年", _BEFORE.sub(f"{year - 1}年", text))
        return text, [Mended(said[0], f"{year}年")]
    text = _THIS.sub(lambda match: _written(match, year), _LAST.sub(str(year - 1), text))
    return text, [Mended(said[0].strip(), str(year))]


def _written(match: re.Match[str], year: int) -> str:
    """The year in place of “this year”, with the word before it where it needs one."""
    return f"{match['led'] or ('' if match['own'] else 'in ')}{year}"
