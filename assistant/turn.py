"""One question being answered: what happened so far, and the answer that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.artifacts import json_value
from assistant.checked import failed_checks
from assistant.events import (
    Answer,
    ChartReady,
    Event,
    FileReady,
    Mark,
    Question,
    RenderedFigure,
    Source,
    StepDone,
    StepSummary,
    TableReady,
    TextDelta,
    Usage,
)
from assistant.figures import render
from assistant.marks import moved, plain, signed
from assistant.phrases import suggestions
from assistant.prose import LEFT_OUT, LEFT_OUT_NAME, Refusal
from assistant.session import handle_of
from tools.contracts import Figure, Outcome, Table, Text, ToolResult

HEADLINE_FIGURES = 6
_WORST_FIRST = (Outcome.BLOCKED, Outcome.AMBIGUOUS, Outcome.UNSUPPORTED, Outcome.EMPTY, Outcome.FAILED)


@dataclass
class Turn:
    """What one attempt at a question has led to.

    Args:
        question: As the operator typed it.
        language: Of the answer.
        currency: Symbol of money.
        brain: Who answers.
    """

    question: str
    language: str
    currency: str
    brain: str
    text: str = ""
    prefix: str = ""
    """What a brain that failed had said before this one took over."""
    steps: list[StepSummary] = field(default_factory=list)
    results: list[ToolResult] = field(default_factory=list)
    cited: list[Figure] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    """Which figure each number of ``text`` is."""
    earlier: list[ToolResult] = field(default_factory=list)
    """Results of earlier questions that the text cites."""
    asides: set[str] = field(default_factory=set)
    """Handles of results that only say what the ones after them are about: their tables are not shown."""
    notes: list[Text] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    problem: Text | None = None
    usage: Usage | None = None

    def done(self, step: StepDone, arguments: dict[str, object], *, aside: bool = False) -> Iterator[Event]:
        """A tool call ended: what there is to show of it; nothing, where it only finds what the next one is about."""
        self.steps.append(StepSummary(tool=step.tool, arguments=arguments, outcome=step.outcome, seconds=step.seconds))
        yield step
        result = step.result
        if result is None:
            return
        self.results.append(result)
        if aside and result.outcome is Outcome.ANSWERED:
            self.asides.add(handle_of(result))
            return
        yield from (TableReady(table=table) for table in result.tables)
        yield from (ChartReady(chart=chart) for chart in result.charts)
        yield from (FileReady(file=file) for file in result.files)
        if result.tool == "ask_user" and result.message:
            yield Question(text=result.message.say(self.language), choices=self._choices())

    def say(self, text: str) -> TextDelta:
        """More of the answer; ``text`` tells which figure each number is (see ``assistant.marks``)."""
        shown, marks = plain(text)
        self.marks += moved(marks, len(self.text))
        self.text += shown
        return TextDelta(text=shown, marks=marks)

    def cite(self, figures: Sequence[Figure], known: Mapping[str, ToolResult]) -> None:
        """Note the figures that the text cites; ``known`` are the conversation's results by their handles."""
        self.cited += figures
        own = {handle_of(result) for result in self.results}
        handles = dict.fromkeys(figure.id.partition(".")[0] for figure in figures)
        self.earlier += [known[handle] for handle in handles if handle in known and handle not in own]

    @property
    def counting(self) -> list[ToolResult]:
        """The results that the answer is made of: mistakes that a later call mended do not count."""
        last_good = max((index for index, result in enumerate(self.results) if result.outcome is not Outcome.FAILED), default=-1)
        return [result for index, result in enumerate(self.results) if result.outcome is not Outcome.FAILED or index > last_good]

    @property
    def outcome(self) -> Outcome:
        """How the question ended."""
        if self.problem is not None:
            return Outcome.FAILED
        outcomes = {result.outcome for result in self.counting}
        asked = next((result for result in self.counting if result.tool == "ask_user"), None)
        if asked:
            return Outcome.AMBIGUOUS
        if Outcome.ANSWERED in outcomes or not outcomes:
            return Outcome.ANSWERED
        return next(outcome for outcome in _WORST_FIRST if outcome in outcomes)

    def substitute(self) -> str:
        """Text for an answer whose brain left none: the tools' own messages, else their first figures."""
        messages = [result.message.say(self.language) for result in self.counting if result.message]
        if messages:
            return "\n\n".join(dict.fromkeys(messages))
        figures = [figure for result in self.counting for figure in result.figures[:HEADLINE_FIGURES]]
        colon = "\uff1a" if self.language == "zh" else ": "
        return "\n".join(
            f"- {figure.label.say(self.language)}{colon}{signed(self._shown(figure), figure.id)}" for figure in figures[:HEADLINE_FIGURES]
        )

    def answer(self) -> Answer:
        """The whole answer."""
        results = self.counting
        asked = next((result.message for result in results if result.tool == "ask_user" and result.message), None)
        ambiguous = [result.message for result in results if result.outcome is Outcome.AMBIGUOUS and result.message]
        clarification = asked or (ambiguous[0] if ambiguous else None)
        readings = [result.interpretation.say(self.language) for result in results if result.interpretation]
        return Answer(
            question=self.question,
            text=(self.prefix + self.text).strip(),
            language=self.language,
            outcome=self.outcome,
            steps=self.steps,
            figures=[self._rendered(figure) for figure in self._figures(results)],
            tables=[table for result in results for table in self._tables(result)],
            charts=[chart for result in results if handle_of(result) not in self.asides for chart in result.charts],
            files=[file for result in results for file in result.files],
            receipts=[receipt for result in results for receipt in result.receipts],
            interpretation=("\uff1b" if self.language == "zh" else "; ").join(dict.fromkeys(readings)) or None,
            clarification=clarification.say(self.language) if clarification else None,
            choices=self._choices(),
            caveats=self._caveats(results),
            checks=[check for result in results for check in result.checks],
            suggestions=suggestions(results, self.question, self.language),
            marks=moved(self.marks, len(self.prefix)),
            sources=self._sources(results),
            brain=self.brain,
            usage=self.usage,
            currency=self.currency,
        )

    def _tables(self, result: ToolResult) -> tuple[Table, ...]:
        return () if handle_of(result) in self.asides else result.tables

    def _figures(self, results: list[ToolResult]) -> list[Figure]:
        figures = [figure for result in results for figure in result.figures] + self.cited
        return list({figure.id: figure for figure in figures}.values())

    def _sources(self, results: list[ToolResult]) -> list[Source]:
        found, tables = [], 0
        for result in results:
            places = list(range(tables, tables + len(self._tables(result))))
            tables += len(places)
            found.append(self._source(result, tables=places))
        return found + [self._source(result, receipts=list(result.receipts)) for result in self.earlier]

    def _source(self, result: ToolResult, **values: Any) -> Source:
        reading = result.interpretation.say(self.language) if result.interpretation else None
        return Source(handle=handle_of(result), interpretation=reading, **values)

    def _rendered(self, figure: Figure) -> RenderedFigure:
        value = json_value(figure.value, figure.unit)
        return RenderedFigure(
            id=figure.id, label=figure.label.say(self.language), value=value, unit=figure.unit.value, receipt=figure.receipt
        )

    def _caveats(self, results: list[ToolResult]) -> list[str]:
        failed = failed_checks((check for result in results for check in result.checks), self.currency)
        texts = [*failed, *self.notes, *(caveat for result in results for caveat in result.caveats), *self._left_out()]
        return list(dict.fromkeys(text.say(self.language) for text in texts))

    def _left_out(self) -> list[Text]:
        told = {refusal.is_name for refusal in self.refused}
        return [text for is_name, text in ((False, LEFT_OUT), (True, LEFT_OUT_NAME)) if is_name in told]

    def _choices(self) -> list[str]:
        return [choice.question.say(self.language) for result in self.counting for choice in result.choices]

    def _shown(self, figure: Figure) -> str:
        return render(figure.value, figure.unit, self.language, self.currency)


def failed_answer(question: str, language: str, sentence: Text, brain: str) -> Answer:
    """An answer that is one sentence saying what went wrong."""
    return Answer(question=question, text=sentence.say(language), language=language, outcome=Outcome.FAILED, brain=brain)
