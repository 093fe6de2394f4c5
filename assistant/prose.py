"""Prose of either brain on its way to the operator: references rendered, numbers checked, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from assistant.binding import direction
from assistant.dates import find_dates
from assistant.events import Mark
from assistant.evidence import Evidence
from assistant.figures import render
from assistant.marks import after_changes, signed_all, without_signs, worded
from assistant.personal import PLACEHOLDER
from assistant.quantities import Quantity, find_quantities
from tools.contracts import Figure, Text, Unit

REFERENCE = re.compile(r"`?\[{1,2}\s*(?P<id>(?:t\d+\.)?[A-Za-z_][\w.\-]*?)\s*(?:\|\s*(?P<style>exact|abs|bare)\s*)?\]{1,2}`?(?!\()")
LEFT_OUT = Text(
    zh="有一句话因为含有没有依据的数字而被省略。",
    en="A sentence was left out because it had a number without evidence.",
)
LEFT_OUT_NAME = Text(
    zh="有一句话因为提到了结果中没有的名称而被省略。",
    en="A sentence was left out because it named something that no result has.",
)
_ORDINAL = re.compile(r"^\s*(?:[-*•#>]+\s*)?(?:\*\*)?(?:\d{1,2}[.)、:\uff1a\uff0e\uff09]|[(\uff08]\d{1,2}[)\uff09])(?=\D|$)")
_END = re.compile(r"[。!?\uff01\uff1f\uff1b]+[\"”’')\]\uff09]*\s*|\n+|(?<=[^\s])\.[\"”’')\]*]*(?=\s)\s*")
_LINK = re.compile(r"(?<=\])(?=[(:\[])|(?<=<)(?=[A-Za-z/!?])")
"""Where Markdown makes a link or picture of brackets, or HTML a tag."""
_ONLY_ORDINAL = re.compile(r"\s*(?:[-*•#>]+\s*)?(?:\*\*)?\d{1,2}\.\s*")
LONGEST = 2_000
"""A sentence longer than this is cut, so that endless text without an end of sentence cannot be held back for ever."""


@dataclass(frozen=True)
class Refusal:
    """A sentence that was left out.

    Args:
        sentence: As it was written.
        what: The number, reference, date or name that nothing vouches for.
        is_name: Whether it is a name.
    """

    sentence: str
    what: str
    is_name: bool = False


@dataclass
class ProseStream:
    """Takes text in pieces and gives back whole, checked sentences.

    Args:
        evidence: The figures and words that a number may rest on.
        language: "zh" or "en".
        currency: Symbol of money.
        seen: Text that was shown before; its sentences are not shown again.
        signs: Whether the text tells which figure each number is (see ``assistant.marks``).
        reveal: Turns what stands for personal data, such as ‹phone-1›, back for the operator.
    """

    evidence: Evidence
    language: str
    currency: str = "$"
    seen: str = ""
    signs: bool = False
    reveal: Callable[[str], str] = str
    refused: list[Refusal] = field(default_factory=list)
    used: list[Figure] = field(default_factory=list)
    _buffer: str = ""
    _last: str = ""

    @property
    def dropped(self) -> int:
        """How many sentences were left out."""
        return len(self.refused)

    def feed(self, piece: str) -> str:
        """Checked text that became whole with ``piece``; often empty."""
        self._buffer += without_signs(piece)
        out = []
        while end := self._sentence_end():
            sentence, self._buffer = self._buffer[:end], self._buffer[end:]
            out.append(self._checked(sentence))
        return "".join(out)

    def finish(self) -> str:
        """What is left at the end."""
        rest, self._buffer = self._buffer, ""
        return self._checked(rest) if rest else ""

    def _sentence_end(self) -> int:
        for match in _END.finditer(self._buffer):
            start = self._buffer.rfind("\n", 0, match.start()) + 1
            if _ONLY_ORDINAL.fullmatch(self._buffer[start : match.end()]) and "\n" not in match[0]:
                continue
            if match.end() == len(self._buffer) and not match[0][-1].isspace():
                return 0  # More of the same mark, or a closing quote, may follow.
            return match.end()
        return LONGEST if len(self._buffer) > LONGEST else 0

    def _checked(self, sentence: str) -> str:
        shown = check_sentence(sentence, self.evidence, self.language, self.currency)
        if isinstance(shown, Refusal):
            self.refused.append(shown)
            return "\n" * (len(sentence) - len(sentence.rstrip("\n")))
        if self.seen and shown.text.strip() in self.seen:
            return ""
        self.used.extend(shown.used)
        marks = worded(shown.text, self.evidence.clauses, shown.marks)
        before, self._last = self._last, shown.text[-1:] or self._last
        text, marks = _without_links(before, shown.text, marks)
        return self.reveal(signed_all(text, marks) if self.signs else text)


@dataclass
class _Shown:
    """A sentence in the making: ``text`` with ``safe`` spans that are already vouched for."""

    text: str
    safe: list[tuple[int, int]]
    used: list[Figure]
    marks: list[Mark] = field(default_factory=list)


def render_sentence(sentence: str, evidence: Evidence, language: str, currency: str = "$") -> _Shown | None:
    """``sentence`` with its references and bound numbers rendered; None when it states something without evidence."""
    shown = check_sentence(sentence, evidence, language, currency)
    return None if isinstance(shown, Refusal) else shown


def check_sentence(sentence: str, evidence: Evidence, language: str, currency: str = "$") -> _Shown | Refusal:
    """``sentence`` with its references and bound numbers rendered, or why it may not be shown."""
    shown = _expand(sentence, evidence, language, currency)
    if isinstance(shown, Refusal):
        return shown
    for figure, (start, end) in zip(shown.used, shown.safe, strict=True):
        if evidence.checks_names and evidence.misattached(figure, shown.text, start, end):
            return Refusal(sentence, shown.text[start:end])
    shown.safe += [match.span() for match in PLACEHOLDER.finditer(shown.text)]
    shown.safe += [match.span() for match in [_ORDINAL.match(shown.text)] if match]
    shown.safe += evidence.name_spans(shown.text)
    for mention in find_dates(shown.text):
        if not _overlaps(mention.start, mention.end, shown.safe):
            written = shown.text[mention.start : mention.end]
            if not evidence.knows_date(mention, written):
                return Refusal(sentence, written)
            shown.safe.append((mention.start, mention.end))
    name = evidence.unvouched_name(_blanked(shown.text, shown.safe))
    if name is not None:
        return Refusal(sentence, name, is_name=True)
    return _bind(shown, evidence, language, currency, sentence)


def _expand(sentence: str, evidence: Evidence, language: str, currency: str) -> _Shown | Refusal:
    shown, last = _Shown("", [], []), 0
    for match in REFERENCE.finditer(sentence):
        figure = evidence.figure(match["id"])
        if figure is None:
            if match[0].startswith(("[[", "`[[")) or (match["id"].startswith("t") and "." in match["id"]):
                return Refusal(sentence, match[0])
            continue
        shown.text += sentence[last : match.start()]
        last = _put(shown, figure, render(figure.value, figure.unit, language, currency, match["style"] or ""), sentence, match.end())
    shown.text += sentence[last:]
    return shown


_AFTER = {
    Unit.DAYS: re.compile(r"\s?(?:days?|天|日)(?![A-Za-z])"),
    Unit.POINTS: re.compile(r"\s?(?:%|个?百分点|percentage points?|points?|pp)(?![A-Za-z])"),
    Unit.RATIO: re.compile(r"\s?(?:×|x|倍|times)(?![A-Za-z])"),
    **dict.fromkeys((Unit.SHARE, Unit.CHANGE, Unit.PROBABILITY), re.compile(r"\s?(?:%|\uff05|percent)(?![A-Za-z])")),
    Unit.MONEY: re.compile(r"\s?(?:元|dollars|美元)(?![A-Za-z])"),
}


def _put(shown: _Shown, figure: Figure, text: str, sentence: str, end: int) -> int:
    """Append ``text``; a unit that the writer set around the reference a second time is swallowed. Returns where to go on."""
    if text and text[0] in "$¥€£" and shown.text.endswith(text[0]):
        shown.text = shown.text[:-1]
    start = len(shown.text)
    shown.text += without_signs(text)
    shown.safe.append((start, len(shown.text)))
    shown.used.append(figure)
    shown.marks.append(Mark(start=start, end=len(shown.text), figure=figure.id))
    again = _AFTER.get(figure.unit)
    match = again.match(sentence, end) if again else None
    return match.end() if match else end


def _bind(shown: _Shown, evidence: Evidence, language: str, currency: str, sentence: str) -> _Shown | Refusal:
    bound: list[tuple[Quantity, Figure, str]] = []
    for quantity in find_quantities(_blanked(shown.text, shown.safe)):
        written = shown.text[quantity.start : quantity.end]
        if evidence.allows(quantity, shown.text):
            continue
        figure = evidence.bound(quantity, shown.text)
        if figure is None:
            return Refusal(sentence, written.strip())
        bound.append((quantity, figure, render(figure.value, figure.unit, language, currency, _style(figure, written, shown.text))))
    return _rendered(shown, bound)


def _rendered(shown: _Shown, bound: list[tuple[Quantity, Figure, str]]) -> _Shown:
    """``shown`` with each bound number as its figure is rendered."""
    text, last, changes, marks = "", 0, [], []
    for quantity, figure, rendered in bound:
        end = quantity.start + len(shown.text[quantity.start : quantity.end].rstrip())
        text += shown.text[last : quantity.start]
        marks.append(Mark(start=len(text), end=len(text) + len(rendered), figure=figure.id))
        changes.append((quantity.start, end, len(rendered)))
        text, last = text + rendered, end
    marks += after_changes(shown.marks, changes)
    used = [*shown.used, *(figure for _, figure, _ in bound)]
    return _Shown(text + shown.text[last:], shown.safe, used, marks)


def _style(figure: Figure, written: str, sentence: str) -> str:
    """No sign where the sentence itself says which way a change went."""
    unsigned = written.lstrip()[:1] not in "+-\u2212" and direction(sentence) is not None
    return "abs" if figure.unit is Unit.CHANGE and unsigned else ""


def _without_links(before: str, text: str, marks: list[Mark]) -> tuple[str, list[Mark]]:
    """``text`` without links, pictures and tags: a page that shows a picture asks a foreign server for it.

    Args:
        before: The last character that was shown; a link may begin in one sentence and end in the next.
        text: What follows it.
        marks: Where its figures are; a space inside of one belongs to it.
    """
    places = [match.start() - len(before) for match in _LINK.finditer(before + text)]
    if not places:
        return text, marks
    spaced = [
        mark.model_copy(
            update={
                "start": mark.start + sum(place <= mark.start for place in places),
                "end": mark.end + sum(place < mark.end for place in places),
            }
        )
        for mark in marks
    ]
    return _LINK.sub(" ", before + text)[len(before) :], spaced


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    # A private-use character keeps positions and belongs to no number or word.
    for start, end in spans:
        text = text[:start] + "\ue000" * (end - start) + text[end:]
    return text


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < other_end and end > other_start for other_start, other_end in spans)
