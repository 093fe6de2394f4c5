"""Turns as the messages of Gradio's chat: own HTML for steps, prose, tables and files, Plotly for charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from assistant.ui.cells import Cell, cell_of, heading, is_numeric
from assistant.ui.charts import themed
from assistant.ui.evidence import checks_html, feedback_html, prose_with_receipts
from assistant.ui.pieces import piece
from assistant.ui.texts import say
from assistant.ui.turns import Turn
from assistant.usage import usage_line
from tools.contracts import Column, FileOut, Table

Message = dict[str, Any]
Link = Callable[[str, str], str]
"""Makes the address under which a file (path, shown name) can be downloaded."""


def messages(turns: Iterable[Turn], language: str, link: Link, conversation: str = "") -> list[Message]:
    """All messages of a conversation.

    Args:
        turns: The questions and answers, oldest first.
        language: Of the page; what belongs to an answer speaks the answer's language.
        link: Makes download addresses.
        conversation: Its id, where feedback on its answers can be kept.
    """
    listed = list(turns)
    found: list[Message] = []
    for turn in listed:
        found.extend(_remembered(turn, language, link, conversation, last=turn is listed[-1]))
    return found


def _remembered(turn: Turn, language: str, link: Link, conversation: str, *, last: bool) -> list[Message]:
    key = (language, last)
    if turn.running or key not in turn.rendered:
        user = {"role": "user", "content": [_html(piece("asked", language, text=turn.question))]}
        turn.rendered[key] = [user, _answer(turn, language, link, conversation, last=last)]
    rendered: list[Message] = turn.rendered[key]
    return rendered


def _answer(turn: Turn, language: str, link: Link, conversation: str, *, last: bool) -> Message:
    message: Message = {"role": "assistant", "content": list(_contents(turn, language, link, conversation))}
    questions = (turn.choices or (turn.answer.suggestions if turn.answer else [])) if last and not turn.running else []
    if questions:
        message["options"] = [{"value": question, "label": question} for question in questions]
    return message


def _contents(turn: Turn, language: str, link: Link, conversation: str) -> Iterable[Message]:
    for step in turn.steps:
        yield _html(piece("step", language, step=step))
    if turn.interpretation:
        yield _html(piece("understood", turn.language, text=turn.interpretation))
    failed, held = checks_html(turn)
    if failed:
        yield _html(failed)
    prose = turn.text or (turn.asked or "")
    if prose:
        yield _html(prose_with_receipts(prose, turn, language))
    elif turn.running and not any(step.running for step in turn.steps):
        yield _html(piece("thinking", language))
    if turn.problem and turn.problem not in prose:
        yield _html(piece("problem", language, text=turn.problem))
    yield from _evidence(turn, language, link)
    if held:
        yield _html(held)
    if turn.answer:
        yield _html(piece("footer", language, parts=_footer(turn, language)) + feedback_html(turn, conversation, language))


def _evidence(turn: Turn, language: str, link: Link) -> Iterable[Message]:
    for chart in turn.charts:
        yield _html(piece("chart_title", turn.language, title=chart.title.say(turn.language)))
        yield _component("plot", themed(chart.zh if turn.language == "zh" else chart.en, turn.language))
    for table in turn.tables:
        yield _html(table_html(table, turn, language, link))
    for file in turn.files:
        yield _html(_file_html(file, language, link))
    if turn.answer and turn.answer.caveats:
        yield _html(piece("caveats", turn.language, caveats=turn.answer.caveats))


def _footer(turn: Turn, language: str) -> list[str]:
    parts: list[str] = []
    as_of = next((receipt.as_of for step in turn.steps for receipt in step.receipts if receipt.as_of), None)
    if as_of:
        parts.append(f"{say('step_as_of', language)} {as_of.isoformat()}")
    seconds = sum(step.seconds for step in turn.steps)
    if turn.steps:
        parts.append(say("seconds", language, value=f"{seconds:.2f}"))
    brain = turn.answer.brain if turn.answer else ""
    parts.append(say("brain_planner", language) if brain == "planner" else brain)
    if turn.answer and turn.answer.usage:
        parts.append(usage_line(turn.answer.usage, language))
    return parts


def table_html(table: Table, turn: Turn, page_language: str, link: Link) -> str:
    """A result table: numbers to the right and formatted, the exact value on hover.

    Args:
        table: At most 50 rows of it are present.
        turn: What it belongs to; tells the language of its title and headings, and the currency.
        page_language: Of the words around it.
        link: Makes the address of the whole table, where there is a file of it.
    """
    shown, language = len(table.rows), turn.language
    receipt = turn.grounds.receipt_of_table(table)
    key = "rows_all" if shown == table.row_count else "rows_shown"
    return piece(
        "table",
        page_language,
        title=table.title.say(language),
        rows_text=say(key, page_language, shown=f"{shown:,}", count=f"{table.row_count:,}"),
        row_count=f"{table.row_count:,}",
        receipt=receipt.id if receipt else "",
        columns=[{"label": heading(column, language), "numeric": is_numeric(column.unit)} for column in table.columns],
        rows=[_cells(row, table.columns, language, turn.currency) for row in table.rows],
        href=link(table.path, Path(table.path).name) if table.path and table.row_count > shown else None,
    )


def _cells(row: tuple[Any, ...], columns: tuple[Column, ...], language: str, currency: str) -> list[Cell]:
    return [cell_of(value, column, language, currency) for value, column in zip(row, columns, strict=True)]


def _file_html(file: FileOut, language: str, link: Link) -> str:
    path = Path(file.path)
    size = path.stat().st_size if path.exists() else 0
    kind = path.suffix.lstrip(".").upper()
    return piece("file", language, file=file, href=link(file.path, file.name), kind=kind, size=_size(size))


def _size(size: int) -> str:
    return f"{size / 1024:,.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:,.1f} MB"


def _html(html: str) -> Message:
    return _component("html", html, apply_default_css=False)


def _component(kind: str, value: Any, **props: Any) -> Message:
    return {"type": "component", "component": kind, "value": value, "constructor_args": {}, "props": props}
