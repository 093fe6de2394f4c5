"""Frozen types that cross layers: texts, figures, receipts, tables, charts, files and tool results."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tools.rules import Selection

Language = Literal["zh", "en"]
FigureValue = bool | int | Decimal | float | dt.date | str | None


class Frozen(BaseModel):
    """An immutable value that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """One text in both languages."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The text in ``language``; anything but "zh" is English."""
        return self.zh if language == "zh" else self.en


class Unit(StrEnum):
    """What a number measures, so that it can be rendered and checked in prose."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    """A fraction of one, shown as a percentage."""
    POINTS = "points"
    """A difference of two shares, as a fraction, shown as percentage points."""
    CHANGE = "change"
    """A relative change, (later - earlier) / earlier, as a fraction, shown as a signed percentage."""
    RATIO = "ratio"
    """A multiple, shown as 2.3×."""
    PROBABILITY = "probability"
    SCORE = "score"
    DAYS = "days"
    NUMBER = "number"
    """A mean or other real number without a unit of its own, such as items per order."""
    DATE = "date"
    TEXT = "text"
    ID = "id"


class Outcome(StrEnum):
    """How a question or a tool call ended. These are never merged."""

    ANSWERED = "answered"
    EMPTY = "empty"
    AMBIGUOUS = "ambiguous"
    UNSUPPORTED = "unsupported"
    BLOCKED = "blocked"
    FAILED = "failed"


class Figure(Frozen):
    """One number (or date, or name) that prose may refer to by ``id``.

    ``value`` is exact: money is Decimal, shares are fractions. ``receipt`` names the receipt that made it.
    """

    id: str
    label: Text
    value: FigureValue
    unit: Unit
    receipt: str = "main"


class Statement(Frozen):
    """One SQL statement as it was run, with its bound parameters."""

    sql: str
    parameters: dict[str, Any] = Field(default_factory=dict)


class Receipt(Frozen):
    """What a figure rests on."""

    id: str = "main"
    tool: str
    arguments: dict[str, Any]
    statements: tuple[Statement, ...] = ()
    definition: Text
    as_of: dt.date | None = None
    data_version: str = ""
    model_version: str | None = None
    seed: int | None = None
    source_tables: tuple[str, ...] = ()


class Column(Frozen):
    """A column of a result table. ``personal`` columns never reach a language model.

    ``names`` says how stored values are shown, such as "champions" as 冠军客户; values without a name are shown as they are.
    """

    id: str
    label: Text
    unit: Unit
    personal: bool = False
    names: dict[str, Text] = Field(default_factory=dict)

    def name_of(self, value: FigureValue, language: str) -> str | None:
        """What a stored value is called; None where it has no name of its own."""
        name = None if value is None else self.names.get(str(value))
        return name.say(language) if name else None


class Table(Frozen):
    """A bounded preview of a result: at most 50 ``rows`` of ``row_count``; ``path`` holds the whole when it is longer."""

    id: str = "table"
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[FigureValue, ...], ...]
    row_count: int
    path: str | None = None


class Chart(Frozen):
    """A Plotly figure as JSON-compatible data, one in each language (labels differ)."""

    id: str = "chart"
    title: Text
    zh: dict[str, Any]
    en: dict[str, Any]

    @field_validator("zh", "en", mode="before")
    @classmethod
    def _plain(cls, figure: Any) -> Any:
        return _plain_json(figure)


def _plain_json(value: Any) -> Any:
    """``value`` with money and dates as JSON has them: what is drawn needs no exact decimals."""
    if isinstance(value, dict):
        return {key: _plain_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_json(part) for part in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


class FileOut(Frozen):
    """A file that was written for the operator."""

    path: str
    name: str
    media_type: str
    rows: int


class Choice(Frozen):
    """One reading that an ambiguous question can be sent again with."""

    label: Text
    question: Text


class Check(Frozen):
    """A cross-check of an answer by a second way, such as the groups' sum against the total measured on its own.

    ``found`` and ``expected`` are exact; ``holds`` says whether they agree (money to the cent, counts exactly).
    """

    id: str
    label: Text
    found: FigureValue
    expected: FigureValue
    unit: Unit
    holds: bool


class ToolResult(Frozen):
    """What every tool returns. The model reads a bounded text of it; the interface shows all of it."""

    tool: str
    outcome: Outcome = Outcome.ANSWERED
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    files: tuple[FileOut, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    caveats: tuple[Text, ...] = ()
    checks: tuple[Check, ...] = ()
    interpretation: Text | None = None
    """How the arguments were understood, in words, such as “orders ≥ 5 between 2017-10-01 and 2017-12-31”."""
    message: Text | None = None
    """For outcomes other than answered: what is missing or wrong, and what can be done instead."""
    choices: tuple[Choice, ...] = ()
    selection: Selection | None = None
    """The customers that the result is about, so that a later turn can say “export them”."""
    details: dict[str, Any] = Field(default_factory=dict)
    """JSON-compatible facts that an answer's template may read (names, lists of ids); numbers belong in figures."""

    def figure(self, figure_id: str) -> Figure:
        """The figure of that id.

        Raises:
            KeyError: No figure has the id.
        """
        for figure in self.figures:
            if figure.id == figure_id:
                return figure
        raise KeyError(figure_id)


class CustomerQuery(Frozen):
    """A compiled selection: SQL that yields distinct ``customer_id`` (in order, where the selection has one).

    Parameter names start with ``r_`` so that they never collide with the names of the statement around it.

    Args:
        sql: The statement.
        parameters: Bound in it.
        sentence: Who they are, in words.
        condition: The same as a condition over ``customer_base AS b`` with ``joins``, for a statement that reads these rows
            anyway; None where an order and a limit choose.
        joins: What ``condition`` needs beside ``customer_base AS b``, at most one row for each customer.
        counted: Behaviours whose values the joins have, by the names of these.
    """

    sql: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    sentence: Text
    condition: str | None = None
    joins: str = ""
    counted: dict[str, str] = Field(default_factory=dict)
