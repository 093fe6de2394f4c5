"""The command that runs a saved answer again: what is the same, what differs."""

from __future__ import annotations

from pathlib import Path

import typer

from assistant.cli import ANSWERED, NOT_ANSWERED, speaking
from assistant.phrases import phrase
from assistant.replay import Replayed, replay
from tools.contracts import Text
from tools.warehouse.warehouse import Warehouse

SHOWN = 20
"""Differing figures that are listed for one answer."""


def replay_file(warehouse: Warehouse, path: Path) -> int:
    """Print what became of every saved answer; returns the exit status, 0 when all figures are the same."""
    status = ANSWERED
    for found in replay(warehouse, path):
        typer.echo(found.question)
        for text in _lines(found):
            typer.echo(f"  {text.say(speaking())}")
        if found.differing or found.failed or found.checks_differing:
            status = NOT_ANSWERED
    return status


def _lines(found: Replayed) -> list[Text]:
    lines = [*found.failed, *([phrase("replay.same", count=found.same)] if found.same or not found.differing else [])]
    if found.versions:
        lines.append(phrase("replay.data_changed", then=found.versions[0], now=found.versions[1]))
    if found.differing:
        lines.append(phrase("replay.differing", count=len(found.differing)))
    for figure_id, label, then, now in found.differing[:SHOWN]:
        kind = "replay.gone" if now is None else "replay.figure"
        lines.append(phrase(kind, id=figure_id, label=label, then=then, now=now))
    if len(found.differing) > SHOWN:
        lines.append(phrase("replay.more", count=len(found.differing) - SHOWN))
    if found.checks_differing:
        lines.append(phrase("replay.checks_differ", count=found.checks_differing))
    return lines + [phrase("replay.skipped", tool=tool) for tool in dict.fromkeys(found.skipped)]
