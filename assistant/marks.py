"""Which figure each number of an answer's prose is: between signs on its way, in the end as places beside plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.dates import find_dates
from assistant.events import Mark
from assistant.quantities import find_quantities

_OPEN, _BETWEEN, _CLOSE = "\ue001", "\ue002", "\ue003"
_SIGNS = re.compile(f"[{_OPEN}{_BETWEEN}{_CLOSE}]")
_ENDS = re.compile(r"[；;]\s*|(?<=[。！？!?])|(?<=\.)\s+|\n")
WORDS = "words"
"""Ends the id of numbers in a tool's words that are no figure of their own: ``t1.words``."""
_HAS_DIGIT = re.compile(r"\d")
_SAYS = re.compile(r"[^\W\d_]{2}")
"""Words; a mere number or code, such as the size of a household, would be found inside of other numbers."""
_MARKED = re.compile(f"{_OPEN}([^{_OPEN}{_BETWEEN}{_CLOSE}]+){_BETWEEN}([^{_OPEN}{_BETWEEN}{_CLOSE}]*){_CLOSE}")


def without_signs(text: str) -> str:
    """``text`` without the signs: whoever writes them, be it a customer's name, marks nothing."""
    return _SIGNS.sub("", text)


def signed(text: str, figure_id: str) -> str:
    """A rendered figure between signs that tell which one it is."""
    return f"{_OPEN}{without_signs(figure_id)}{_BETWEEN}{without_signs(text)}{_CLOSE}"


def signed_all(text: str, marks: Iterable[Mark]) -> str:
    """``text`` with every marked figure between signs; marks are in order and do not overlap."""
    parts, last = [], 0
    for mark in marks:
        parts += [text[last : mark.start], signed(text[mark.start : mark.end], mark.figure)]
        last = mark.end
    return "".join([*parts, text[last:]])


def plain(text: str) -> tuple[str, list[Mark]]:
    """Text without signs, and where its figures are."""
    shown, marks, last = "", [], 0
    for match in _MARKED.finditer(text):
        shown += without_signs(text[last : match.start()])
        marks.append(Mark(start=len(shown), end=len(shown) + len(match[2]), figure=match[1]))
        shown, last = shown + match[2], match.end()
    return shown + without_signs(text[last:]), marks


def moved(marks: Iterable[Mark], by: int) -> list[Mark]:
    """The marks of a text that now stands ``by`` characters further on."""
    return [mark.model_copy(update={"start": mark.start + by, "end": mark.end + by}) for mark in marks]


def after_changes(marks: Iterable[Mark], changes: Sequence[tuple[int, int, int]]) -> list[Mark]:
    """The marks after parts of their text were replaced.

    Args:
        marks: Of the text before.
        changes: Start, end and new length of what was replaced; outside of every mark.
    """
    found: list[Mark] = []
    for mark in marks:
        by = sum(length - (end - start) for start, end, length in changes if end <= mark.start and start < mark.end)
        found += moved([mark], by)
    return found


def clauses(text: str) -> list[str]:
    """The parts of a text that say something with a number, without the marks at their ends."""
    parts = (found.strip().rstrip("。.") for found in _ENDS.split(text))
    return [part for part in parts if _HAS_DIGIT.search(part) and _SAYS.search(part)]


def worded(text: str, known: Iterable[tuple[str, str]], marks: Sequence[Mark]) -> list[Mark]:
    """``marks`` and those of the numbers in words of a tool, such as the reasons for a risk, that ``text`` repeats.

    Args:
        text: A sentence of the answer.
        known: Clauses of the tools' words and the id of what they belong to.
        marks: What is marked already.
    """
    found = list(marks)
    for clause, figure in known:
        start = text.find(clause)
        whole = start >= 0 and not _goes_on(text, start, start + len(clause))
        for first, last in _numbers(clause) if whole else ():
            mark = Mark(start=start + first, end=start + last, figure=figure)
            if all(mark.end <= other.start or other.end <= mark.start for other in found):
                found.append(mark)
    return sorted(found, key=lambda mark: mark.start)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a word or number goes on beyond the edges of a part."""
    edges = (text[start - 1 : start] + text[start : start + 1], text[end - 1 : end] + text[end : end + 1])
    return any(len(edge) == 2 and edge.isascii() and edge.isalnum() for edge in edges)


def _numbers(clause: str) -> list[tuple[int, int]]:
    """Where dates and numbers in digits stand."""
    dates = [(mention.start, mention.end) for mention in find_dates(clause)]
    blank = clause
    for start, end in dates:
        blank = blank[:start] + "\ue000" * (end - start) + blank[end:]
    written = [(one.start, one.start + len(clause[one.start : one.end].rstrip())) for one in find_quantities(blank)]
    return sorted(dates + [(start, end) for start, end in written if _HAS_DIGIT.search(clause[start:end])])
