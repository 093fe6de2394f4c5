"""What a language model reads of a tool's result: bounded JSON of figures and an anonymous preview."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from assistant.checked import failed_checks
from assistant.figures import render
from assistant.session import handle_of
from tools.contracts import Figure, Outcome, Table, ToolResult, Unit

MOST_CHARACTERS = 6_000
MOST_FIGURES = 60
PREVIEW_ROWS = 10
SHORTEST_TEXT = 300


def model_content(result: ToolResult, language: str, currency: str, mendable: bool = False) -> str:
    """The registered ``result`` as JSON of at most MOST_CHARACTERS; personal columns are left out."""
    figures, rows = MOST_FIGURES, PREVIEW_ROWS
    content = _content(result, language, currency, mendable)
    while True:
        text = json.dumps(_cut(content, figures, rows), ensure_ascii=False, separators=(",", ":"))
        if len(text) <= MOST_CHARACTERS or not (figures or rows):
            return text[:MOST_CHARACTERS]
        figures, rows = (figures, rows // 2) if rows > 3 else (figures * 2 // 3, rows if figures > 10 else rows // 2)


def citable(results: Sequence[ToolResult], language: str, currency: str) -> list[str]:
    """The references that a model may write, the latest results first, each with its label; no personal columns."""
    figures = [_figure(figure, language, currency) for result in reversed(results) for figure in _anonymous(result)]
    return [f"{figure['ref']} {figure['label']}: {figure['shown']}" for figure in figures[:MOST_FIGURES]]


def _cut(content: dict[str, Any], figures: int, rows: int) -> dict[str, Any]:
    """``content`` with so many figures, and so many rows of each table; what is empty is left out."""
    tables = [{**table, "rows": table["rows"][:rows]} for table in content["tables"]]
    cut = {**content, "figures": content["figures"][:figures], "tables": tables}
    return {key: value for key, value in cut.items() if value not in ([], False) or key == "mendable"}


def _content(result: ToolResult, language: str, currency: str, mendable: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"handle": handle_of(result), "outcome": result.outcome.value}
    if result.message:
        content["message"] = _short(result.message.say(language))
    if result.outcome is Outcome.FAILED:
        content["mendable"] = mendable
    if result.interpretation:
        content["understood"] = _short(result.interpretation.say(language))
    content["figures"] = [_figure(figure, language, currency) for figure in _anonymous(result)[:MOST_FIGURES]]
    content["tables"] = [_table(table, handle_of(result), language, currency) for table in result.tables]
    content["failed_checks"] = [text.say(language) for text in failed_checks(result.checks, currency)]
    content["caveats"] = [_short(caveat.say(language)) for caveat in result.caveats[:6]]
    content["choices"] = [choice.question.say(language) for choice in result.choices]
    content["files"] = [file.name for file in result.files]
    content["about_customers"] = result.selection is not None
    return content


def _anonymous(result: ToolResult) -> list[Figure]:
    """The figures but those of personal columns."""
    personal = tuple(f".{column.id}" for table in result.tables for column in table.columns if column.personal)
    return [figure for figure in result.figures if not figure.id.endswith(personal)] if personal else list(result.figures)


def _figure(figure: Figure, language: str, currency: str) -> dict[str, str]:
    return {
        "ref": f"[[{figure.id}]]",
        "label": figure.label.say(language),
        "shown": render(figure.value, figure.unit, language, currency),
        "unit": figure.unit.value,
    }


def _table(table: Table, handle: str, language: str, currency: str) -> dict[str, Any]:
    shown = [(index, column) for index, column in enumerate(table.columns) if not column.personal]
    preview = [[render(row[index], column.unit, language, currency) for index, column in shown] for row in table.rows[:PREVIEW_ROWS]]
    return {
        "title": table.title.say(language),
        "cell_ref": f"[[{handle}.{table.id}.ROW.COLUMN]], rows from 1",
        "columns": [column.id if column.unit is Unit.ID else f"{column.id}: {column.label.say(language)}" for _, column in shown],
        "rows": preview,
        "row_count": table.row_count,
    }


def _short(text: str) -> str:
    return text if len(text) <= SHORTEST_TEXT else text[: SHORTEST_TEXT - 1] + "…"
