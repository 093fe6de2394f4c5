"""What the figures of an answer rest on, found by their ids: receipts, readings, tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from assistant.artifacts import json_value
from assistant.events import Answer, RenderedFigure
from assistant.marks import WORDS
from assistant.session import handle_of
from tools.contracts import Check, Receipt, Table, ToolResult, Unit
from tools.rendering import render


@dataclass
class Grounds:
    """What an answer rests on, as far as it is known.

    Args:
        figures: By their ids.
        receipts: By their ids, which begin with the handle of their result.
        readings: How each result's question was understood, by its handle.
        tables: The tables of each result, by its handle.
    """

    figures: dict[str, RenderedFigure] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[Table]] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Answer) -> Grounds:
        """The grounds of a whole answer."""
        earlier = [receipt for source in answer.sources for receipt in source.receipts]
        return cls(
            {figure.id: figure for figure in answer.figures},
            {receipt.id: receipt for receipt in (*answer.receipts, *earlier)},
            {source.handle: source.interpretation for source in answer.sources if source.interpretation},
            {source.handle: [answer.tables[place] for place in source.tables] for source in answer.sources},
        )

    def add(self, result: ToolResult, language: str) -> None:
        """Take in a result while the answer is still being written."""
        if "handle" not in result.details:
            return
        handle = handle_of(result)
        self.receipts |= {receipt.id: receipt for receipt in result.receipts}
        self.tables[handle] = list(result.tables)
        if result.interpretation:
            self.readings[handle] = result.interpretation.say(language)
        for figure in result.figures:
            value, label = json_value(figure.value, figure.unit), figure.label.say(language)
            self.figures[figure.id] = RenderedFigure(id=figure.id, label=label, value=value, unit=figure.unit.value, receipt=figure.receipt)

    def receipt_of(self, figure_id: str) -> Receipt | None:
        """What a figure, or a number in a tool's words, rests on; None where it is not known."""
        handle, _, name = figure_id.partition(".")
        figure = self.figures.get(figure_id)
        if figure is None:
            return self.receipt_under(handle) if name == WORDS else None
        return self.receipts.get(figure.receipt) or self.receipt_under(handle)

    def receipt_under(self, handle: str) -> Receipt | None:
        """The first receipt of a result."""
        return next((receipt for name, receipt in self.receipts.items() if name.partition(".")[0] == handle), None)

    def receipt_of_table(self, table: Table) -> Receipt | None:
        """What a table rests on."""
        handle = next((handle for handle, tables in self.tables.items() if any(one is table for one in tables)), None)
        return self.receipt_under(handle) if handle else None


def tables_of(receipt: Receipt) -> tuple[str, ...]:
    """The tables that a receipt's figures came from: as its tool names them, else as its SQL reads them."""
    return receipt.source_tables or tuple(sorted({name for one in receipt.statements for name in _read_by(one.sql)}))


@lru_cache(maxsize=256)
def _read_by(sql: str) -> frozenset[str]:
    try:
        parsed = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.ParseError:
        return frozenset()  # what is shown of it is the SQL itself
    named = {one.alias for one in parsed.find_all(exp.CTE)}
    return frozenset(one.name for one in parsed.find_all(exp.Table) if one.name and one.name not in named)


def exact(figure: RenderedFigure, language: str, currency: str) -> str:
    """The exact value with its unit; where a unit's usual form rounds, the stored number too."""
    return exact_value(figure.value, Unit(figure.unit), language, currency)


def exact_value(value: Any, unit: Unit, language: str, currency: str) -> str:
    """A value with its unit, unrounded."""
    number = _number(value) if unit not in (Unit.TEXT, Unit.ID, Unit.DATE) else None
    if number is None:
        return render(value, unit, language, currency)
    shown = render(number, unit, language, currency, "exact")
    stored = f"{number.normalize():f}"
    return shown if _digits(shown) == _digits(stored) or unit is Unit.MONEY else f"{shown} ({stored})"


def disagreement(check: Check, language: str, currency: str) -> tuple[str, str]:
    """What a check found and what it expected, unrounded."""
    found, expected = (exact_value(value, check.unit, language, currency) for value in (check.found, check.expected))
    return found, expected


def _number(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _digits(text: str) -> str:
    digits = "".join(one for one in text if one.isdigit() or one == ".")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
