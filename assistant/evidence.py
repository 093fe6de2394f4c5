"""What a number in prose may rest on: figures and table cells of the tools, the operator's words, the tools' own words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from assistant.attachment import misattached
from assistant.binding import fits, group_names, nearness, same_number
from assistant.dates import DateMention, dates_in, find_dates, without_dates
from assistant.invented import invented_name
from assistant.marks import WORDS, clauses
from assistant.names import KnownNames, unvouched_name
from assistant.prompt_library import read_yaml
from assistant.quantities import Quantity, find_quantities
from assistant.session import handle_of
from assistant.tool_words import strings_in, texts_of, texts_within
from tools.contracts import Figure, Table, Text, ToolResult, Unit

_ONE_NUMBER = re.compile(r"[+\-\u2212]?\s?[$¥€£]?\s?\d[\d.,\s]*(?:%|\uff05|×|倍)?")
_PART_BEFORE, _PART_AFTER = re.compile(r"\d[.,]$"), re.compile(r"[.,]\d")
"""Digits on the other side of a point or comma: one and the same number."""
_NAMING = (Unit.ID, Unit.TEXT)
_HAS_NUMBER = re.compile(r"\d")
_TEXTS_KEPT = 4096


@dataclass(frozen=True)
class Evidence:
    """Everything of the conversation that vouches for a number.

    Args:
        results: The registered results so far, in order.
        questions: The operator's messages, the latest last.
        current: How many of ``results``, from the end, belong to the latest question.
        as_of: The as-of date.
        extra: Further texts of the product's own, whose numbers may be repeated.
        known: The names in the data; None where names are not checked, since the product itself writes.
        named: Further names that may be spoken of; numbers in them vouch for nothing.
    """

    results: Sequence[ToolResult]
    questions: Sequence[str]
    current: int = 0
    as_of: dt.date | None = None
    extra: Sequence[str] = field(default=())
    known: KnownNames | None = None
    named: Sequence[str] = field(default=())

    def figure(self, reference: str) -> Figure | None:
        """The figure or table cell that ``reference`` names; without a handle, the only one of that name."""
        if reference in self._figures:
            return self._figures[reference]
        if re.match(r"t\d+\.", reference):
            return self._cell(reference)
        endings = [figure for name, figure in self._figures.items() if name.partition(".")[2] == reference]
        return endings[0] if len(endings) == 1 else None

    def allows(self, quantity: Quantity, sentence: str) -> bool:
        """Whether the operator or a tool's own words state the same number, or it is the id of a customer."""
        if any(same_number(quantity, sentence, other, text) for other, text in self._stated):
            return True
        return quantity.kind == "plain" and str(quantity.value) in self._ids and _introduced_as_id(sentence, quantity.start)

    def bound(self, quantity: Quantity, sentence: str) -> Figure | None:
        """The one figure that the number is, rounded as it is written; None when none or several fit."""
        for results in (self._latest, self.results):
            fitting = [
                figure
                for figure in _all_figures(results)
                if fits(quantity, figure, sentence) and not self.misattached(figure, sentence, quantity.start, quantity.end)
            ]
            near = {figure: nearness(figure, quantity, sentence, self._groups) for figure in fitting}
            fitting = [figure for figure, found in near.items() if found and found == max(near.values())]
            if len({(figure.value, figure.unit) for figure in fitting}) == 1:
                return fitting[0]
            if fitting:
                return None
        return None

    def misattached(self, figure: Figure, sentence: str, start: int, end: int) -> bool:
        """Whether ``sentence`` says ``figure``, which stands at ``start`` to ``end``, of something else than its tool does."""
        return misattached(figure, self._context(figure), sentence, start, end)

    def knows_date(self, mention: DateMention, written: str) -> bool:
        """Whether a date of the data, of a tool's words or of the question lies in what is mentioned."""
        return (
            any(mention.fits(date) for date in self._dates)
            or any(_covers(other, mention) for other in self._asked_dates)
            or written in self._asked
        )

    def name_spans(self, text: str) -> list[tuple[int, int]]:
        """Where ``text`` repeats a name from the data, a label or the product that has a number in it."""
        spans = []
        # Few names are in a text, and whether one has a number in it takes longer to tell than whether it is there.
        for name in (name for name in self._names if name in text and _numbered(name)):
            start = text.find(name)
            while start >= 0:
                if _stands_alone(text, start, start + len(name)):
                    spans.append((start, start + len(name)))
                start = text.find(name, start + 1)
        return spans

    @property
    def checks_names(self) -> bool:
        """Whether the writer is not trusted with names, and with what its references are said of."""
        return self.known is not None

    def unvouched_name(self, text: str) -> str | None:
        """The first name in ``text`` that no result, question or word of the product has; what is vouched for is blanked out."""
        if self.known is None:
            return None
        return unvouched_name(text, self.known, self._said) or invented_name(text, self._said, self._called)

    def _context(self, figure: Figure) -> str:
        """What speaks of the figure: its label, its tool's own sentences and arguments, the questions."""
        results = [result for result in self.results if figure.id.startswith(f"{handle_of(result)}.")]
        said = [words for result in results for text in texts_of(result) for words in (text.zh, text.en)]
        arguments = [str(receipt.arguments) for result in results for receipt in result.receipts]
        return "\n".join([figure.label.zh, figure.label.en, *said, *arguments, *(result.tool for result in results), *self.questions])

    @cached_property
    def _said(self) -> str:
        """Every name and word of results and questions, in lower case, one a line."""
        figures = _all_figures(self.results)
        labels = [text for figure in figures for text in (figure.label.zh, figure.label.en)]
        values = [str(figure.value) for figure in figures if figure.unit in _NAMING]
        cells = [str(cell) for cell in self._cells(_NAMING)]
        names = [
            text
            for result in self.results
            for table in result.tables
            for column in table.columns
            for name in column.names.values()
            for text in (name.zh, name.en)
        ]
        files = [file.name for result in self.results for file in result.files]
        inner = [text for result in self.results for text in strings_in(result.details)]
        return "\n".join([*self.questions, *self.named, *self._words, *labels, *values, *cells, *names, *files, *inner]).lower()

    @cached_property
    def _called(self) -> str:
        """How the tools were called: a window that a model asked for may be spoken of."""
        return "\n".join(str(receipt.arguments) for result in self.results for receipt in result.receipts)

    @cached_property
    def clauses(self) -> list[tuple[str, str]]:
        """Clauses with numbers of the latest results' words, and the id of the figure that they are; ``t1.words`` where they are none."""
        words = [(str(figure.value), figure.id) for figure in _all_figures(self._latest) if figure.unit is Unit.TEXT]
        for result in self._latest:
            for text in texts_within(result.details):
                words += [(text.zh, f"{handle_of(result)}.{WORDS}"), (text.en, f"{handle_of(result)}.{WORDS}")]
        return [(clause, figure) for text, figure in words for clause in clauses(text)]

    @property
    def _latest(self) -> Sequence[ToolResult]:
        return self.results[len(self.results) - self.current :]

    @cached_property
    def _figures(self) -> dict[str, Figure]:
        return {figure.id: figure for figure in _all_figures(self.results)}

    @cached_property
    def _asked(self) -> str:
        return "\n".join(self.questions)

    @cached_property
    def _words(self) -> list[str]:
        said = [text.say(language) for result in self.results for text in texts_of(result) for language in ("zh", "en")]
        labels = [
            re.split(r"[:\uff1a]\s?", label)[-1] for figure in _all_figures(self.results) for label in (figure.label.zh, figure.label.en)
        ]
        return [*said, *dict.fromkeys(labels), *self.extra]

    @cached_property
    def _asked_dates(self) -> list[DateMention]:
        return [mention for text in self.questions for mention in find_dates(text)]

    @cached_property
    def _stated(self) -> list[tuple[Quantity, str]]:
        return [stated for text in (*self.questions, *self._words) for stated in _stated_in(text)]

    @cached_property
    def _groups(self) -> frozenset[str]:
        listed = {str(cell).strip().lower() for cell in self._cells((Unit.TEXT,))}
        grouped = {name for figure in _all_figures(self.results) for name in group_names(figure)}
        return frozenset(grouped | {name for name in listed if len(name) > 1})

    @cached_property
    def _dates(self) -> set[dt.date]:
        known = dates_in(self._words) | ({self.as_of} if self.as_of else set())
        known |= {receipt.as_of for result in self.results for receipt in result.receipts if receipt.as_of}
        values = [figure.value for figure in _all_figures(self.results)]
        values += [cell for result in self.results for table in result.tables for row in table.rows for cell in row]
        return known | {_day(value) for value in values if isinstance(value, dt.date)} | dates_in(v for v in values if isinstance(v, str))

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(str(cell) for cell in self._cells(_NAMING)) | frozenset(
            str(figure.value) for figure in _all_figures(self.results) if figure.unit in _NAMING
        )

    @cached_property
    def _names(self) -> frozenset[str]:
        names = {str(cell) for cell in self._cells(_NAMING)}
        names |= {str(figure.value) for figure in _all_figures(self.results) if figure.unit in _NAMING}
        names |= {file.name for result in self.results for file in result.files}
        for figure in _all_figures(self.results):
            for label in (figure.label.zh, figure.label.en):
                names |= {label, *re.split(r"[:\uff1a]\s?", label)}
        return frozenset(name for name in names if len(name) > 1)

    def _cells(self, units: tuple[Unit, ...]) -> Iterable[object]:
        for result in self.results:
            for table in result.tables:
                wanted = [index for index, column in enumerate(table.columns) if column.unit in units and not column.personal]
                yield from (row[index] for row in table.rows for index in wanted if row[index] is not None)

    def _cell(self, reference: str) -> Figure | None:
        match = re.fullmatch(r"(t\d+)\.(.+)\.(\d+)\.([^.]+)", reference)
        if not match:
            return None
        handle, table_id, row, column_id = match.groups()
        tables = [table for result in self.results if handle_of(result) == handle for table in result.tables if table.id == table_id]
        return _cell_figure(tables[0], int(row), column_id, reference) if tables else None


def _cell_figure(table: Table, row: int, column_id: str, reference: str) -> Figure | None:
    for index, column in enumerate(table.columns):
        if column.id == column_id and not column.personal and 1 <= row <= len(table.rows):
            first = table.rows[row - 1][0]
            label = Text(zh=f"{first}\uff1a{column.label.zh}", en=f"{first}: {column.label.en}")
            return Figure(
                id=reference, label=label, value=table.rows[row - 1][index], unit=column.unit, receipt=f"{reference.partition('.')[0]}.main"
            )
    return None


def _all_figures(results: Iterable[ToolResult]) -> list[Figure]:
    return [figure for result in results for figure in result.figures]


def _covers(asked: DateMention, mention: DateMention) -> bool:
    pairs = (
        (asked.year, mention.year),
        (asked.quarter, mention.quarter),
        (asked.half, mention.half),
        (asked.month, mention.month),
        (asked.day, mention.day),
    )
    return all(said is None or said == known for known, said in pairs)


def _introduced_as_id(sentence: str, start: int) -> bool:
    words = "|".join(re.escape(word) for word in read_yaml("quantities.yaml")["id_words"])
    return (
        re.search(rf"(?:{words})[\s:\uff1a#(\uff08]*(?:[\w\-\ue000]+(?:,\s?|、|和|与|\sand\s|,\sand\s))*[\s#]*$", sentence[:start], re.I)
        is not None
    )


def _numbered(name: str) -> bool:
    """Whether a number is part of the name; a name that is nothing but a number vouches for none."""
    return _ONE_NUMBER.fullmatch(name.strip()) is None and (_HAS_NUMBER.search(name) is not None or bool(find_quantities(name)))


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if (_PART_BEFORE.search(text, 0, start) and text[start].isdigit()) or (_PART_AFTER.match(text, end) and text[end - 1].isdigit()):
        return False
    return not (text[start].isascii() and before.isascii() and before.isalnum()) and not (
        text[end - 1].isascii() and after.isascii() and after.isalnum()
    )


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


@lru_cache(maxsize=_TEXTS_KEPT)
def _stated_in(text: str) -> tuple[tuple[Quantity, str], ...]:
    """The quantities of a text without its dates; labels and caveats come again in answer after answer."""
    rest = without_dates(text)
    return tuple((quantity, rest) for quantity in find_quantities(rest))
