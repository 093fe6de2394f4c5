"""What operators say of answers: right, wrong, a comment; kept in SQLite with everything that the answer rested on."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.events import Answer, RenderedFigure, StepSummary
from assistant.private_file import PrivateFile
from tools.contracts import Outcome, Receipt

FEEDBACK_FILE = "feedback.sqlite"
LONGEST_COMMENT = 2_000
Verdict = Literal["right", "wrong", ""]
"""Empty where there is only a comment."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    user TEXT NOT NULL, conversation TEXT NOT NULL, turn INTEGER NOT NULL, given_at TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (user, conversation, turn)
)
"""


class Feedback(BaseModel):
    """What one operator said of one answer, and the answer with its calls, figures and receipts.

    The keys that it shares with ``fenqun ask --json`` mean the same, so that it can be given to ``fenqun replay``; ``earlier``
    are the receipts of figures that the answer cites from answers before it.
    """

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    comment: str
    given_at: dt.datetime
    user: str
    conversation: str
    turn: int
    question: str
    answer: str
    language: str
    outcome: Outcome
    interpretation: str | None
    steps: list[StepSummary]
    figures: list[RenderedFigure]
    receipts: list[Receipt]
    earlier: list[Receipt]
    data_version: str
    brain: str


class FeedbackStore:
    """The feedback of all users. Whoever asks for one's names its user, and gets no one else's.

    Args:
        path: The SQLite file; made where it is missing, readable by its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._file = PrivateFile(path, _prepare)

    def record(self, user: str, conversation: str, turn: int, verdict: Verdict, comment: str, answer: Answer) -> Feedback | None:
        """Keep what a user says of an answer, instead of what they said before; nothing at all takes it back.

        Args:
            user: Who says it.
            conversation: The conversation's id.
            turn: Which answer of the conversation it is.
            verdict: "right", "wrong", or "" for a comment alone.
            comment: In the operator's words; cut where it is too long.
            answer: What it is about.

        Returns:
            What is kept; None where it was taken back.
        """
        comment = comment.strip()[:LONGEST_COMMENT]
        if not verdict and not comment:
            self.withdraw(user, conversation, turn)
            return None
        kept = _feedback(user, conversation, turn, verdict, comment, answer)
        values = (user, conversation, turn, kept.given_at.isoformat(), kept.model_dump_json())
        with self._file.open() as connection:
            connection.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?)", values)
        return kept

    def given(self, user: str, conversation: str) -> dict[int, Feedback]:
        """What a user said of the answers of a conversation, by their numbers."""
        return {one.turn: one for one in self._read("WHERE user = ? AND conversation = ?", user, conversation)}

    def listed(self) -> list[Feedback]:
        """The feedback of all users, the latest first, for whoever looks after the product."""
        return self._read("")

    def withdraw(self, user: str, conversation: str, turn: int | None = None) -> None:
        """Delete what a user said of one answer, or of a whole conversation."""
        if not self._file.there:
            return
        with self._file.open() as connection:
            connection.execute(
                "DELETE FROM feedback WHERE user = ? AND conversation = ? AND turn = coalesce(?, turn)", (user, conversation, turn)
            )

    def _read(self, where: str, *values: object) -> list[Feedback]:
        if not self._file.there:
            return []
        with self._file.open() as connection:
            rows = connection.execute(f"SELECT record FROM feedback {where} ORDER BY given_at DESC", values).fetchall()
        return [Feedback.model_validate_json(record) for (record,) in rows]


def _feedback(user: str, conversation: str, turn: int, verdict: Verdict, comment: str, answer: Answer) -> Feedback:
    earlier = [receipt for source in answer.sources for receipt in source.receipts]
    return Feedback(
        verdict=verdict,
        comment=comment,
        given_at=dt.datetime.now(dt.UTC),
        user=user,
        conversation=conversation,
        turn=turn,
        question=answer.question,
        answer=answer.text,
        language=answer.language,
        outcome=answer.outcome,
        interpretation=answer.interpretation,
        steps=answer.steps,
        figures=answer.figures,
        receipts=answer.receipts,
        earlier=earlier,
        data_version=next((receipt.data_version for receipt in (*answer.receipts, *earlier) if receipt.data_version), ""),
        brain=answer.brain,
    )


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table."""
    connection.execute(_SCHEMA)
