"""The answers that each browser was given, kept in SQLite so that a page that is opened again shows them again."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from assistant.events import Answer

log = logging.getLogger(__name__)
KEPT_SECONDS = 30 * 86400.0
"""A browser that stays away longer starts anew; its cookie ends as soon."""
_MOST = 200
"""Answers of one conversation that are shown again; the latest ones."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    session_id TEXT NOT NULL, position INTEGER NOT NULL, kept_at REAL NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (session_id, position)
)
"""


class Transcripts:
    """The transcripts of all browsers of one server.

    Args:
        path: The SQLite file; made where it is missing, readable by its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def load(self, session_id: str) -> list[Answer]:
        """The answers of one browser, oldest first; none where they cannot be read any more."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            found = connection.execute(
                "SELECT answer FROM answers WHERE session_id = ? ORDER BY position DESC LIMIT ?", (session_id, _MOST)
            ).fetchall()
        try:
            return [Answer.model_validate_json(text) for (text,) in reversed(found)]
        except ValidationError:
            log.warning("a transcript of an earlier version cannot be shown", exc_info=True)
            return []

    def add(self, session_id: str, answer: Answer) -> None:
        """Keep one more answer."""
        now = time.time()
        with self._open() as connection:
            connection.execute("DELETE FROM answers WHERE kept_at < ?", (now - KEPT_SECONDS,))
            connection.execute(
                "INSERT INTO answers SELECT ?, coalesce(max(position), 0) + 1, ?, ? FROM answers WHERE session_id = ?",
                (session_id, now, answer.model_dump_json(), session_id),
            )

    def drop_last(self, session_id: str) -> None:
        """Forget the latest answer."""
        with self._open() as connection:
            connection.execute(
                "DELETE FROM answers WHERE session_id = ?1 AND position = (SELECT max(position) FROM answers WHERE session_id = ?1)",
                (session_id,),
            )

    def clear(self, session_id: str) -> None:
        """Forget all answers of one browser."""
        if self._path.exists():
            with self._open() as connection:
                connection.execute("DELETE FROM answers WHERE session_id = ?", (session_id,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self._path.touch(mode=0o600, exist_ok=False)
        with self._lock, closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            connection.execute(_SCHEMA)
            yield connection
