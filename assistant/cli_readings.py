"""The command that lists confirmed readings and forgets them."""

from __future__ import annotations

import json
import sys

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from assistant.cli import ANSWERED, NOT_ANSWERED, speaking
from assistant.phrases import phrase
from assistant.reading_store import Reading
from assistant.readings import Readings, cli_user
from tools.warehouse.warehouse import Warehouse

_COLUMNS = ("number", "question", "reading", "confirmed", "state")
_PIPE_WIDTH = 250


def list_readings(warehouse: Warehouse, as_json: bool) -> None:
    """Print the readings that this account confirmed, the latest first."""
    found = Readings(warehouse).listed(cli_user())
    if as_json:
        for one in found:
            sys.stdout.write(json.dumps(one.model_dump(mode="json"), ensure_ascii=False) + "\n")
    elif not found:
        typer.echo(phrase("readings.none").say(speaking()))
    else:
        _print(found, speaking())


def forget_reading(warehouse: Warehouse, number: int) -> int:
    """Forget one reading of this account's; returns the exit status."""
    forgotten = Readings(warehouse).forget(cli_user(), number)
    typer.echo(phrase("readings.forgotten" if forgotten else "readings.unknown", number=number).say(speaking()), err=not forgotten)
    return ANSWERED if forgotten else NOT_ANSWERED


def _print(found: list[Reading], language: str) -> None:
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=_PIPE_WIDTH)
    shown = Table(show_edge=False, pad_edge=False)
    for name in _COLUMNS:
        shown.add_column(phrase(f"readings.{name}").say(language), no_wrap=name in ("number", "confirmed"))
    for one in found:
        state = phrase("readings.expired" if one.expired else "readings.current").say(language)
        cells = (str(one.number), one.question, one.interpretation, one.created_at.date().isoformat(), state)
        shown.add_row(*(RichText(cell) for cell in cells))
    console.print(shown)
