"""The prose of an answer as HTML: Markdown without links, pictures and raw HTML, and each figure a button that unfolds its receipt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt

from assistant.events import Mark
from assistant.marks import without_signs
from assistant.ui.grounds import Grounds, exact
from assistant.ui.pieces import piece
from assistant.ui.texts import say
from tools.contracts import Unit

_AFTER_LIST = re.compile(r"^([-*] .*\n)(?=[^\s*-])", re.MULTILINE)
"""A line right below a list: Markdown would take it into the list's last item."""
_QUIET = frozenset({Unit.DATE.value, Unit.TEXT.value, Unit.ID.value})
"""What is no number is marked as a figure only under the pointer, so that the numbers stand out."""
_OPEN, _CLOSE = "\ue001", "\ue003"
_PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_FETCHES_OR_LEADS_AWAY = ("link", "image", "autolink", "html_inline", "html_block", "reference", "entity")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable(list(_FETCHES_OR_LEADS_AWAY))
    )


def prose_html(text: str, marks: Iterable[Mark], grounds: Grounds, language: str, currency: str, spoken: str) -> str:
    """The HTML of an answer's prose. What comes from data or a model is escaped, whatever it is.

    Args:
        text: Markdown.
        marks: Which figure each number of it is, in order.
        grounds: What the figures rest on; one whose receipt is not known stays text.
        language: Of the page.
        currency: Symbol of money.
        spoken: The language of the answer.
    """
    parts: list[str] = []
    shown, last = "", 0
    for mark in marks:
        if mark.start < last:
            continue
        button = _button(text[mark.start : mark.end], mark.figure, grounds, language, currency, spoken)
        # A figure is put in after the Markdown was read: nothing in it can be taken for markup of any kind.
        shown += f"{without_signs(text[last : mark.start])}{_OPEN}{len(parts)}{_CLOSE}"
        parts.append(button)
        last = mark.end
    shown += without_signs(text[last:])
    html: str = _markdown().render(_AFTER_LIST.sub(r"\1\n", shown))
    return _PLACE.sub(lambda match: parts[int(match[1])], html)


def _button(shown: str, figure_id: str, grounds: Grounds, language: str, currency: str, spoken: str) -> str:
    receipt, figure = grounds.receipt_of(figure_id), grounds.figures.get(figure_id)
    if receipt is None:
        return escape(shown)
    label, value, quiet = say("figure_words", language), shown, False
    if figure is not None:
        label, value = figure.label[:1].upper() + figure.label[1:], exact(figure, spoken, currency)
        quiet = figure.unit in _QUIET and value == shown
    return piece("figure", language, shown=shown, figure=figure_id, label=label, value=value, receipt=receipt.id, quiet=quiet).strip()
