"""A conversation as Markdown: questions, answers, tables, caveats, and what each answer rests on."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable

from assistant.events import Answer
from assistant.ui.cells import cell_of, heading
from assistant.ui.texts import say, say_name
from assistant.ui.transcripts import Transcripts
from tools.contracts import Receipt, Statement, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
_UNFIT_FOR_NAMES = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')
_LONGEST_NAME = 60


def export(transcripts: Transcripts, owner: str, conversation_id: str, language: str) -> tuple[str, str] | None:
    """A file's name and its Markdown; None where the owner has no conversation of that id."""
    found = transcripts.find(owner, conversation_id)
    if found is None:
        return None
    title = found.title or say("talk_untitled", language)
    name = _UNFIT_FOR_NAMES.sub(" ", title)[:_LONGEST_NAME].strip(" .") or "fenqun"
    return f"{name}.md", conversation_markdown(title, transcripts.load(owner, conversation_id, most=-1), language)


def conversation_markdown(title: str, answers: Iterable[Answer], language: str) -> str:
    """The whole conversation; the words around answers in ``language``, each answer in its own."""
    parts = [f"# {_escaped(title)}", f"*{say('md_from', language, date=dt.date.today().isoformat())}*"]
    for number, answer in enumerate(answers, start=1):
        parts.append(f"## {number}. {_escaped(answer.question)}")
        parts.extend(_answer(answer, language))
    return "\n\n".join(parts) + "\n"


def _answer(answer: Answer, language: str) -> Iterable[str]:
    if answer.interpretation:
        yield f"> {say('understood', answer.language)}{'：' if answer.language == 'zh' else ': '}{_escaped(answer.interpretation)}"
    yield answer.text.replace("![", "[").strip() or say("md_unanswered", language)
    for chart in answer.charts:
        yield f"*{say('md_chart', language, title=_escaped(chart.title.say(answer.language)))}*"
    for table in answer.tables:
        yield _table(table, answer, language)
    for file in answer.files:
        yield f"- {say('md_file', language, name=_escaped(file.name), rows=f'{file.rows:,}')}"
    if answer.caveats:
        notes = "\n".join(f"- {_escaped(caveat)}" for caveat in answer.caveats)
        yield f"**{say('notes', language)}**\n\n{notes}"
    if answer.receipts:
        yield f"### {say('md_receipts', language)}"
    for receipt in answer.receipts:
        yield from _receipt(receipt, language)


def _table(table: Table, answer: Answer, language: str) -> str:
    shown = len(table.rows)
    key = "rows_all" if shown == table.row_count else "rows_shown"
    counted = say(key, language, shown=f"{shown:,}", count=f"{table.row_count:,}")
    head = [_escaped(heading(column, answer.language)) for column in table.columns]
    cells = [
        [cell_of(value, column, answer.language, answer.currency) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    rule = ["---:" if any(row[place].numeric for row in cells) else "---" for place in range(len(head))]
    rows = [head, rule, *([_escaped(cell.shown) for cell in row] for row in cells)]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"**{_escaped(table.title.say(answer.language))}** ({counted})\n\n{lines}"


def _receipt(receipt: Receipt, language: str) -> Iterable[str]:
    facts = [(say("step_definition", language), _escaped(receipt.definition.say(language)))]
    if receipt.as_of:
        facts.append((say("step_as_of", language), receipt.as_of.isoformat()))
    if receipt.data_version:
        facts.append((say("step_data_version", language), _escaped(receipt.data_version)))
    if receipt.model_version:
        facts.append((say("step_model_version", language), _escaped(receipt.model_version)))
    lines = "\n".join(f"- {name}{'：' if language == 'zh' else ': '}{value}" for name, value in facts)
    yield f"**{_escaped(say_name('tool', receipt.tool, language))}**\n\n{lines}"
    for statement in receipt.statements:
        yield _statement(statement, language)


def _statement(statement: Statement, language: str) -> str:
    sql = _fenced(statement.sql.strip(), "sql")
    if not statement.parameters:
        return sql
    bound = json.dumps(statement.parameters, ensure_ascii=False, default=str)
    return f"{sql}\n\n{say('step_parameters', language)}\n\n{_fenced(bound, 'json')}"


def _fenced(text: str, kind: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"


def _escaped(text: str) -> str:
    """On one line, and nothing in it read as Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
