"""Answers on the command line: one JSON object per question, or text and tables for people."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from assistant.artifacts import json_value
from assistant.checked import check_json, checked_line
from assistant.cli import ANSWERED, FAILED, NOT_ANSWERED
from assistant.conversation import Conversation, open_conversation
from assistant.events import Answer, Finished, StepStarted, TextDelta
from assistant.figures import render
from assistant.readings import cli_user
from assistant.usage import usage_line
from tools.contracts import Column, FigureValue, Outcome, Table, Unit
from tools.warehouse.warehouse import Warehouse

MOST_ROWS = 50
SHOWN_ROWS = 20
_NUMERIC = frozenset(Unit) - {Unit.TEXT, Unit.ID, Unit.DATE}
_STATUS = {Outcome.ANSWERED: ANSWERED, Outcome.FAILED: FAILED}
_STYLE = {Unit.COUNT: "exact", Unit.MONEY: "exact"}
PIPE_WIDTH = 250
_WORST_FIRST = (FAILED, NOT_ANSWERED, ANSWERED)
_LABELS = {
    "understood": {"zh": "理解为", "en": "Understood"},
    "more": {"zh": "共 {count} 行，显示前 {shown} 行", "en": "first {shown} of {count} rows"},
    "whole": {"zh": "完整名单", "en": "the whole list"},
    "file": {"zh": "文件", "en": "File"},
    "next": {"zh": "可以继续问", "en": "You could ask"},
}


def ask_all(warehouse: Warehouse, questions: list[str], session: str | None, as_json: bool) -> int:
    """Ask the questions as one conversation and print the answers; returns the worst exit status."""
    conversation = open_conversation(warehouse, session)
    conversation.user = cli_user()
    show = _print_json if as_json else _print_for_people
    statuses = [_STATUS.get(show(conversation, question).outcome, NOT_ANSWERED) for question in questions]
    return next(status for status in _WORST_FIRST if status in statuses)


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer with exactly the keys that other programs read."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "language": answer.language,
        "outcome": answer.outcome.value,
        "steps": [step.model_dump(mode="json") for step in answer.steps],
        "figures": [figure.model_dump(mode="json") for figure in answer.figures],
        "tables": [_table_json(table, answer.language) for table in answer.tables],
        "charts": [{"title": chart.title.say(answer.language), "figure": getattr(chart, answer.language)} for chart in answer.charts],
        "files": [file.path for file in answer.files],
        "receipts": [receipt.model_dump(mode="json") for receipt in answer.receipts],
        "interpretation": answer.interpretation,
        "clarification": answer.clarification,
        "caveats": answer.caveats,
        "checks": [check_json(check, answer.language) for check in answer.checks],
        "brain": answer.brain,
    }


def _table_json(table: Table, language: str) -> dict[str, Any]:
    units = [column.unit for column in table.columns]
    rows = [[json_value(cell, unit) for cell, unit in zip(row, units, strict=True)] for row in table.rows[:MOST_ROWS]]
    columns = [column.id for column in table.columns]
    return {"title": table.title.say(language), "columns": columns, "rows": rows, "row_count": table.row_count}


def _print_json(conversation: Conversation, question: str) -> Answer:
    answer = conversation.answer(question)
    sys.stdout.write(json.dumps(answer_json(answer), ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return answer


def _print_for_people(conversation: Conversation, question: str) -> Answer:
    console, streamed = _console(), ""
    notices = Console(stderr=True, highlight=False)
    if len(question) and notices.is_terminal:
        notices.print(RichText(f"› {question}", style="bold"))
    for event in conversation.ask(question):
        if isinstance(event, StepStarted) and notices.is_terminal:
            notices.print(RichText(f"  · {event.tool}", style="dim"))
        if isinstance(event, TextDelta):
            streamed += event.text
            console.print(_plain(event.text), end="")
        if isinstance(event, Finished):
            if not streamed.strip():
                console.print(_plain(event.answer.text), end="")
            console.print()
            _print_rest(console, event.answer)
            return event.answer
    raise AssertionError("every answer ends with Finished")


def _print_rest(console: Console, answer: Answer) -> None:
    say = {name: words[answer.language] for name, words in _LABELS.items()}
    if answer.clarification and answer.clarification not in answer.text:
        console.print(RichText(answer.clarification))
    for index, choice in enumerate(answer.choices, 1):
        console.print(RichText(f"  {index}. {choice}"))
    for table in answer.tables:
        console.print(_rich_table(table, answer.language, answer.currency))
        if table.row_count > min(len(table.rows), SHOWN_ROWS):
            shown = say["more"].format(count=f"{table.row_count:,}", shown=min(len(table.rows), SHOWN_ROWS))
            console.print(RichText(f"  {shown}" + (f" · {say['whole']}: {table.path}" if table.path else ""), style="dim"))
    for file in answer.files:
        console.print(RichText(f"{say['file']}: {file.path}"))
    for caveat in answer.caveats:
        console.print(RichText(f"! {caveat}", style="yellow"))
    if answer.checks:
        console.print(RichText(checked_line(answer.checks).say(answer.language), style="dim"))
    if answer.interpretation:
        console.print(RichText(f"{say['understood']}: {answer.interpretation}", style="dim"))
    if answer.usage:
        console.print(RichText(f"{answer.brain}: {usage_line(answer.usage, answer.language)}", style="dim"))
    console.print()


def _console() -> Console:
    console = Console(highlight=False)
    # Into a file or a pipe, lines are as long as they are.
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def _plain(text: str) -> RichText:
    """Markdown's emphasis as a terminal shows it."""
    shown = RichText()
    for index, part in enumerate(text.split("**")):
        shown.append(part, style="bold" if index % 2 else "")
    return shown


def _cell(value: FigureValue, column: Column, language: str, currency: str) -> str:
    return column.name_of(value, language) or render(value, column.unit, language, currency, _STYLE.get(column.unit, ""))


def _rich_table(table: Table, language: str, currency: str) -> RichTable:
    shown = RichTable(title=RichText(table.title.say(language)), title_justify="left", show_edge=False, pad_edge=False)
    for column in table.columns:
        label = RichText(column.label.say(language))
        shown.add_column(label, justify="right" if column.unit in _NUMERIC else "left", no_wrap=column.unit is not Unit.TEXT)
    for row in table.rows[:SHOWN_ROWS]:
        pairs = zip(row, table.columns, strict=True)
        cells = [_cell(cell, column, language, currency) for cell, column in pairs]
        shown.add_row(*(RichText(cell) for cell in cells))
    return shown
