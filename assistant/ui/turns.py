"""One question and what became of it so far, built up from the conversation's events."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from functools import singledispatchmethod
from typing import Any

from assistant.events import (
    Answer,
    ChartReady,
    Event,
    FileReady,
    Finished,
    Mark,
    Problem,
    Question,
    StepDone,
    StepStarted,
    TableReady,
    TextDelta,
)
from assistant.feedback import Feedback
from assistant.marks import moved
from assistant.ui.grounds import Grounds
from assistant.ui.texts import language_of
from tools.contracts import Chart, FileOut, Language, Outcome, Receipt, Table


@dataclass
class Step:
    """One tool call as the page shows it."""

    call_id: str
    tool: str
    arguments: dict[str, Any]
    running: bool = True
    outcome: str = "answered"
    seconds: float = 0.0
    error: str | None = None
    receipts: tuple[Receipt, ...] = ()
    began: float = field(default_factory=time.monotonic)

    @property
    def waiting(self) -> int:
        """Whole seconds that it has been running."""
        return int(time.monotonic() - self.began)


@dataclass
class Turn:
    """A question with everything that its answer has brought so far."""

    question: str
    steps: list[Step] = field(default_factory=list)
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    """Which figure each number of the text is."""
    grounds: Grounds = field(default_factory=Grounds)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    files: list[FileOut] = field(default_factory=list)
    interpretation: str | None = None
    problem: str | None = None
    asked: str | None = None
    choices: list[str] = field(default_factory=list)
    answer: Answer | None = None
    number: int | None = None
    """Its number where conversations are kept; None until it is."""
    feedback: Feedback | None = None
    ended: bool = False
    version: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition, repr=False)
    rendered: dict[tuple[str, bool], Any] = field(default_factory=dict, repr=False)
    """Messages of a finished turn by (page language, whether it is the last); emptied when the turn changes."""
    key: str = field(default_factory=lambda: secrets.token_hex(6))
    """Tells the page which answer is which while it is drawn again and again."""

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return not self.ended

    @property
    def language(self) -> Language:
        """The language of the answer: what it says of itself, else the question's."""
        if self.answer is not None:
            return "zh" if self.answer.language == "zh" else "en"
        return language_of(self.question)

    @property
    def currency(self) -> str:
        """Symbol of money; not known before the end."""
        return self.answer.currency if self.answer is not None else ""

    @classmethod
    def of(cls, answer: Answer, number: int | None = None, feedback: Feedback | None = None) -> Turn:
        """The turn that ended with ``answer``, as far as an answer tells, and what was said of it."""
        turn = cls(answer.question, number=number, feedback=feedback)
        receipts = list(answer.receipts)
        for number, step in enumerate(answer.steps):
            own = tuple(receipt for receipt in receipts if receipt.tool == step.tool)[:1]
            receipts = [receipt for receipt in receipts if receipt not in own]
            turn.steps.append(Step(str(number), step.tool, dict(step.arguments), False, str(step.outcome), step.seconds, receipts=own))
        turn.take(Finished(answer=answer))
        return turn

    @property
    def remembered(self) -> bool:
        """Whether the conversation remembers it: one that was refused, stopped or broke off left nothing there."""
        return self.answer is not None and bool(self.answer.steps or self.answer.outcome is not Outcome.FAILED)

    def take(self, event: Event) -> None:
        """Take in one event and wake whoever waits for news."""
        with self.changed:
            self._apply(event)
            self._announce()

    def fail(self, sentence: str) -> None:
        """End with a problem, unless it has ended already."""
        with self.changed:
            if self.running:
                self.problem, self.ended = sentence, True
                self._end_steps()
            self._announce()

    def kept_as(self, number: int | None) -> None:
        """Note under which number it is kept."""
        with self.changed:
            self.number = number
            self._announce()

    def judged(self, feedback: Feedback | None) -> None:
        """Note what the operator says of the answer; None where it was taken back."""
        with self.changed:
            self.feedback = feedback
            self._announce()

    def wait(self, seen: int, seconds: float) -> int:
        """Wait until there is news since version ``seen``, at most so long; the version now."""
        with self.changed:
            self.changed.wait_for(lambda: self.version != seen, seconds)
            return self.version

    def _announce(self) -> None:
        self.version += 1
        self.rendered.clear()
        self.changed.notify_all()

    @singledispatchmethod
    def _apply(self, event: Event) -> None:
        """Kinds of events that the page has no place for change nothing."""

    @_apply.register
    def _(self, event: StepStarted) -> None:
        self.steps.append(Step(event.call_id, event.tool, dict(event.arguments)))

    @_apply.register
    def _(self, event: StepDone) -> None:
        step = next((known for known in self.steps if known.call_id == event.call_id), None)
        if step is None:
            step = Step(event.call_id, event.tool, {})
            self.steps.append(step)
        step.running, step.outcome, step.seconds, step.error = False, str(event.outcome), event.seconds, event.error
        if event.result is not None:
            step.receipts = event.result.receipts
            self.grounds.add(event.result, self.language)
            if event.result.interpretation is not None:
                self.interpretation = event.result.interpretation.say(self.language)

    @_apply.register
    def _(self, event: TextDelta) -> None:
        self.marks += moved(event.marks, len(self.text))
        self.text += event.text

    @_apply.register
    def _(self, event: TableReady) -> None:
        self.tables.append(event.table)

    @_apply.register
    def _(self, event: ChartReady) -> None:
        self.charts.append(event.chart)

    @_apply.register
    def _(self, event: FileReady) -> None:
        self.files.append(event.file)

    @_apply.register
    def _(self, event: Question) -> None:
        self.asked, self.choices = event.text, list(event.choices)

    @_apply.register
    def _(self, event: Problem) -> None:
        self.problem = event.text

    @_apply.register
    def _(self, event: Finished) -> None:
        self.answer, self.ended = event.answer, True
        if event.answer.text:
            self.text, self.marks = event.answer.text, list(event.answer.marks)
        self.grounds = Grounds.of(event.answer)
        self.interpretation = event.answer.interpretation or self.interpretation
        self.tables, self.charts, self.files = list(event.answer.tables), list(event.answer.charts), list(event.answer.files)
        self.choices = list(event.answer.choices) or self.choices
        self._end_steps()

    def _end_steps(self) -> None:
        """A step that is still running when all is over did not succeed."""
        for step in self.steps:
            if step.running:
                step.running, step.outcome = False, "failed"
