"""The conversations of each browser and their answers, kept in SQLite so that a page that is opened again shows them again."""

from __future__ import annotations

import logging
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assistant.events import Answer
from assistant.feedback import FEEDBACK_FILE, FeedbackStore
from assistant.private_file import PrivateFile

log = logging.getLogger(__name__)
KEPT_SECONDS = 30 * 86400.0
"""A browser that stays away longer starts anew; its cookie ends as soon."""
LONGEST_TITLE = 60
SHOWN = 200
"""Answers of one conversation that are shown again (the latest ones), and conversations that are listed at once."""
_VERSION = 1
_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS answers (
        session_id TEXT NOT NULL, position INTEGER NOT NULL, kept_at REAL NOT NULL, answer TEXT NOT NULL,
        PRIMARY KEY (session_id, position)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS conversations (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, named INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL, updated REAL NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS conversations_of_owner ON conversations (owner, updated)",
    "CREATE TABLE IF NOT EXISTS owners (owner TEXT PRIMARY KEY, seen REAL NOT NULL)",
)
_TAKE_OVER = """
INSERT OR IGNORE INTO conversations (id, owner, title, created, updated)
SELECT session_id, session_id, '', min(kept_at), max(kept_at) FROM answers GROUP BY session_id
"""
"""Before there were several, a browser's one conversation had the browser's own name."""
_FOUND = """
owner = :owner AND (:wanted = '' OR title LIKE :wanted ESCAPE '\\' OR EXISTS (
    SELECT 1 FROM answers WHERE session_id = conversations.id AND (
        json_extract(answer, '$.question') LIKE :wanted ESCAPE '\\'
        OR replace(json_extract(answer, '$.text'), '**', '') LIKE :wanted ESCAPE '\\'
    )
))
"""


@dataclass(frozen=True)
class Listed:
    """One conversation as a list shows it; ``updated`` is in seconds since 1970."""

    id: str
    title: str
    updated: float


class Transcripts:
    """The conversations of all browsers of one server. Whoever asks for one names its owner, and gets no one else's.

    Args:
        path: The SQLite file; made where it is missing, readable by its owner alone. Feedback lies in a file beside it.
    """

    def __init__(self, path: Path) -> None:
        self._file = PrivateFile(path, _prepare)
        self.feedback = FeedbackStore(path.with_name(FEEDBACK_FILE))

    def visit(self, owner: str) -> list[tuple[str, str]]:
        """Note that a browser is there; the (owner, id) of conversations whose browser has stayed away too long."""
        now = time.time()
        with self._file.open() as connection:
            connection.execute("INSERT OR REPLACE INTO owners VALUES (?, ?)", (owner, now))
            gone = "owner IN (SELECT owner FROM owners WHERE seen < ?)"
            return connection.execute(f"SELECT owner, id FROM conversations WHERE {gone}", (now - KEPT_SECONDS,)).fetchall()

    def listed(self, owner: str, search: str = "", most: int = SHOWN) -> list[Listed]:
        """The owner's conversations, the latest first.

        Args:
            owner: Whose.
            search: Only those with it in their title, questions or answers.
            most: How many at most.
        """
        if not self._file.there:
            return []
        wanted = {"owner": owner, "wanted": _pattern(search), "most": most}
        with self._file.open() as connection:
            found = connection.execute(
                f"SELECT id, title, updated FROM conversations WHERE {_FOUND} ORDER BY updated DESC, id LIMIT :most", wanted
            ).fetchall()
        return [Listed(*row) for row in found]

    def find(self, owner: str, conversation_id: str) -> Listed | None:
        """One conversation; None where the owner has none of that id."""
        if not self._file.there:
            return None
        with self._file.open() as connection:
            found = connection.execute(
                "SELECT id, title, updated FROM conversations WHERE id = ? AND owner = ?", (conversation_id, owner)
            ).fetchone()
        return Listed(*found) if found else None

    def load(self, owner: str, conversation_id: str, most: int = SHOWN) -> list[Answer]:
        """The latest answers of one conversation, oldest first; none where they cannot be read any more."""
        return list(self.numbered(owner, conversation_id, most).values())

    def numbered(self, owner: str, conversation_id: str, most: int = SHOWN) -> dict[int, Answer]:
        """The same, each by its number in the conversation."""
        if self.find(owner, conversation_id) is None:
            return {}
        with self._file.open() as connection:
            found = connection.execute(
                "SELECT position, answer FROM answers WHERE session_id = ? ORDER BY position DESC LIMIT ?", (conversation_id, most)
            ).fetchall()
        try:
            return {position: Answer.model_validate_json(text) for position, text in reversed(found)}
        except ValidationError:
            log.warning("a transcript of an earlier version cannot be shown", exc_info=True)
            return {}

    def begin(self, owner: str, conversation_id: str, question: str) -> None:
        """Note that ``question`` was asked; a conversation's first one is its title until it is renamed."""
        now = time.time()
        with self._file.open() as connection:
            connection.execute(
                "INSERT INTO conversations (id, owner, title, created, updated) VALUES (:id, :owner, :title, :now, :now) "
                "ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, "
                "title = CASE WHEN named OR EXISTS (SELECT 1 FROM answers WHERE session_id = excluded.id) "
                "THEN title ELSE excluded.title END WHERE owner = excluded.owner",
                {"id": conversation_id, "owner": owner, "title": shortened(question), "now": now},
            )

    def add(self, owner: str, conversation_id: str, answer: Answer) -> int | None:
        """Keep one more answer and return its number; None where the conversation was deleted meanwhile."""
        values = {"id": conversation_id, "owner": owner, "now": time.time(), "answer": answer.model_dump_json()}
        with self._file.open() as connection:
            added = connection.execute(
                "INSERT INTO answers SELECT :id, (SELECT coalesce(max(position), 0) + 1 FROM answers WHERE session_id = :id), "
                ":now, :answer FROM conversations WHERE id = :id AND owner = :owner RETURNING position",
                values,
            ).fetchone()
        return added[0] if added else None

    def drop_last(self, owner: str, conversation_id: str) -> None:
        """Forget the latest answer, with what was said of it."""
        with self._file.open() as connection:
            dropped = connection.execute(
                "DELETE FROM answers WHERE session_id = :id AND position = (SELECT max(position) FROM answers WHERE session_id = :id) "
                "AND EXISTS (SELECT 1 FROM conversations WHERE id = :id AND owner = :owner) RETURNING position",
                {"id": conversation_id, "owner": owner},
            ).fetchone()
        if dropped:
            self.feedback.withdraw(owner, conversation_id, dropped[0])

    def rename(self, owner: str, conversation_id: str, title: str) -> None:
        """Give a conversation a title; a blank one changes nothing."""
        if title.strip():
            with self._file.open() as connection:
                connection.execute(
                    "UPDATE conversations SET title = ?, named = 1 WHERE id = ? AND owner = ?", (shortened(title), conversation_id, owner)
                )

    def delete(self, owner: str, conversation_id: str) -> None:
        """Forget a conversation with its answers and what was said of them."""
        with self._file.open() as connection:
            deleted = connection.execute("DELETE FROM conversations WHERE id = ? AND owner = ?", (conversation_id, owner))
            if deleted.rowcount:
                connection.execute("DELETE FROM answers WHERE session_id = ?", (conversation_id,))
        self.feedback.withdraw(owner, conversation_id)


def shortened(text: str) -> str:
    """A question or a chosen name as a title of one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def _pattern(search: str) -> str:
    line = " ".join(search.split())
    escaped = line.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if line else ""


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, and take over the conversations of before there was a table of them."""
    if connection.execute("PRAGMA user_version").fetchone()[0] >= _VERSION:
        return
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute(_TAKE_OVER)
    connection.execute("INSERT OR IGNORE INTO owners SELECT owner, max(updated) FROM conversations GROUP BY owner")
    taken = connection.execute("SELECT session_id, json_extract(answer, '$.question') FROM answers ORDER BY position DESC").fetchall()
    titles = {conversation: shortened(question or "") for conversation, question in taken}
    connection.executemany("UPDATE conversations SET title = ? WHERE id = ? AND title = ''", [(t, i) for i, t in titles.items()])
    connection.execute(f"PRAGMA user_version = {_VERSION}")
