"""The command that lists what operators said of answers: a table for people, JSON for other programs."""

from __future__ import annotations

import json
import sys

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from assistant.cli import speaking
from assistant.feedback import FEEDBACK_FILE, Feedback, FeedbackStore
from assistant.phrases import phrase
from tools.warehouse.warehouse import Warehouse

_COLUMNS = ("given_at", "verdict", "question", "answer", "comment", "conversation")
_SHORT = 8
"""Characters of a conversation's id that tell it from others."""
_LONGEST = 160
_PIPE_WIDTH = 250


def list_feedback(warehouse: Warehouse, as_json: bool) -> None:
    """Print all feedback, the latest first."""
    found = FeedbackStore(warehouse.config.home.expanduser() / FEEDBACK_FILE).listed()
    if as_json:
        for one in found:
            sys.stdout.write(json.dumps(one.model_dump(mode="json"), ensure_ascii=False) + "\n")
    elif not found:
        typer.echo(phrase("feedback.none").say(speaking()))
    else:
        _print(found, speaking())


def _print(found: list[Feedback], language: str) -> None:
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=_PIPE_WIDTH)
    shown = Table(show_edge=False, pad_edge=False)
    for name in _COLUMNS:
        shown.add_column(phrase(f"feedback.{name}").say(language), no_wrap=name in ("given_at", "verdict", "conversation"))
    for one in found:
        verdict = phrase(f"feedback.is_{one.verdict or 'comment'}").say(language)
        given = f"{one.given_at.astimezone():%Y-%m-%d %H:%M}"
        cells = (given, verdict, one.question, one.answer.replace("**", ""), one.comment, one.conversation[:_SHORT])
        shown.add_row(*(RichText(_line(cell)) for cell in cells))
    console.print(shown)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
