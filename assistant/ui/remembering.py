"""What an answer that is called right teaches: how its question is read, until the operator takes that back."""

from __future__ import annotations

import logging
import sqlite3

from assistant.events import Answer
from assistant.ui.routes import Confirm
from assistant.ui.turns import Turn
from tools.errors import FenqunError
from tools.warehouse.warehouse import Warehouse

log = logging.getLogger(__name__)


def reading_keeper(warehouse: Warehouse) -> Confirm:
    """Remembers how a question was read when its answer is called right, and forgets it when it no longer is."""

    def confirm(user: str, turn: Turn, before: Turn | None) -> bool:
        """Keep how the question was read; whether it was kept."""
        try:
            return _confirm(warehouse, user, turn, before)
        except (FenqunError, sqlite3.Error):  # what was said of the answer is kept all the same
            log.warning("a confirmed reading cannot be kept", exc_info=True)
            return False

    return confirm


def _confirm(warehouse: Warehouse, user: str, turn: Turn, before: Turn | None) -> bool:
    from assistant.readings import Readings

    readings, answer, asked = Readings(warehouse), turn.answer, _asked(turn, before)
    if answer is None:
        return False
    if turn.feedback is not None and turn.feedback.verdict == "right":
        if before is not None and asked is not None:
            readings.confirm(user, asked.question, answer, asked, first=before.number == 1)
        return readings.confirm(user, turn.question, answer) is not None
    for question in (turn.question, *([asked.question] if asked is not None else [])):
        found = readings.find(user, question)
        if found is not None:
            readings.forget(user, found.number)
    return False


def _asked(turn: Turn, before: Turn | None) -> Answer | None:
    """The answer that offered the question as one of its choices."""
    answer = before.answer if before is not None else None
    return answer if answer is not None and turn.question in answer.choices else None
