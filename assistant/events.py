"""The typed stream that interfaces consume, in the order things happen. One Finished ends every answer."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tools.contracts import Chart, Check, FileOut, Outcome, Receipt, Table, ToolResult


class Event(BaseModel):
    """Base of all events."""

    model_config = ConfigDict(frozen=True)


class StepStarted(Event):
    """A tool was called."""

    call_id: str
    tool: str
    arguments: dict[str, Any]


class StepDone(Event):
    """A tool call ended; ``result`` has figure ids that are unique in the conversation."""

    call_id: str
    tool: str
    outcome: Outcome
    seconds: float
    result: ToolResult | None = None
    error: str | None = None


class Mark(Event):
    """Where in a text a figure stands: the characters from ``start`` up to ``end`` are the figure of that id."""

    start: int
    end: int
    figure: str


class TextDelta(Event):
    """More of the answer: rendered, checked, ready to show; ``marks`` are places in this piece."""

    text: str
    marks: list[Mark] = []


class TableReady(Event):
    """A table to show."""

    table: Table


class ChartReady(Event):
    """A chart to show."""

    chart: Chart


class FileReady(Event):
    """A file to download."""

    file: FileOut


class Question(Event):
    """The operator is asked something."""

    text: str
    choices: list[str] = []


class Problem(Event):
    """Something failed, in one sentence."""

    text: str


class RenderedFigure(Event):
    """A figure as the command line prints it: the label in the answer's language."""

    id: str
    label: str
    value: Any
    unit: str
    receipt: str


class Source(Event):
    """One result that an answer rests on.

    Args:
        handle: Begins the ids of its figures and receipts.
        interpretation: How its question was understood, in the answer's language.
        tables: Places of its tables among the answer's.
        receipts: Where it is the result of an earlier answer; those of this answer's own are among the answer's.
    """

    handle: str
    interpretation: str | None = None
    tables: list[int] = []
    receipts: list[Receipt] = []


class StepSummary(Event):
    """One tool call of an answer."""

    tool: str
    arguments: dict[str, Any]
    outcome: Outcome
    seconds: float


class Usage(Event):
    """What a language model's service reports for one answer; ``cost`` is in the prices' own currency, None without prices."""

    prompt_tokens: int
    completion_tokens: int
    calls: int = 0
    cost: float | None = None


class Answer(Event):
    """A whole answer, as every interface may read it at the end."""

    question: str
    text: str
    language: str
    outcome: Outcome
    steps: list[StepSummary] = []
    figures: list[RenderedFigure] = []
    tables: list[Table] = []
    charts: list[Chart] = []
    files: list[FileOut] = []
    receipts: list[Receipt] = []
    interpretation: str | None = None
    clarification: str | None = None
    choices: list[str] = []
    caveats: list[str] = []
    checks: list[Check] = Field(default=[], description="Cross-checks of the figures; one that does not hold is shown first.")
    suggestions: list[str] = Field(default=[], description="Questions that could follow.")
    marks: list[Mark] = Field(default=[], description="Which figure each number of the text is.")
    sources: list[Source] = Field(default=[], description="The results that its figures come from.")
    brain: str = "planner"
    usage: Usage | None = Field(default=None, description="Tokens of the language model, where its service reports them.")
    currency: str = Field(default="", description="Symbol put before money.")


class Finished(Event):
    """The end of an answer."""

    answer: Answer
