"""The messages of conversations, kept with LangGraph's SQLite checkpointer: one checkpoint per conversation."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from langchain_core.messages import AnyMessage
from langgraph.checkpoint.base import CheckpointMetadata, empty_checkpoint
from langgraph.checkpoint.sqlite import SqliteSaver

CHANNEL = "messages"


class History(Protocol):
    """Where the messages of one conversation are kept."""

    def load(self) -> list[AnyMessage]:
        """The messages, oldest first."""
        ...

    def save(self, messages: Sequence[AnyMessage]) -> None:
        """Keep these messages instead."""
        ...

    def delete(self) -> None:
        """Forget the conversation for good; nothing is kept of it from now on."""
        ...


class MemoryHistory:
    """Keeps the messages as long as the conversation is open."""

    def __init__(self) -> None:
        self._messages: list[AnyMessage] = []

    def load(self) -> list[AnyMessage]:
        """The messages, oldest first."""
        return list(self._messages)

    def save(self, messages: Sequence[AnyMessage]) -> None:
        """Keep these messages instead."""
        self._messages = list(messages)

    def delete(self) -> None:
        """Forget the messages."""
        self._messages = []


class StoredHistory:
    """Keeps the messages in a SQLite file.

    Args:
        path: The file; made where it is missing.
        session_id: Names the conversation.
    """

    def __init__(self, path: Path, session_id: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._session_id = session_id
        self._lock = threading.Lock()
        self._deleted = False

    def load(self) -> list[AnyMessage]:
        """The messages, oldest first."""
        with self._lock, SqliteSaver.from_conn_string(str(self._path)) as saver:
            found = saver.get_tuple({"configurable": {"thread_id": self._session_id, "checkpoint_ns": ""}})
            return list(found.checkpoint["channel_values"].get(CHANNEL, [])) if found else []

    def save(self, messages: Sequence[AnyMessage]) -> None:
        """Keep these messages instead; the state before is dropped in the same transaction."""
        checkpoint = empty_checkpoint()
        checkpoint["channel_values"] = {CHANNEL: list(messages)}
        metadata: CheckpointMetadata = {"source": "update", "step": len(messages), "parents": {}}
        config: Any = {"configurable": {"thread_id": self._session_id, "checkpoint_ns": ""}}
        with self._lock, SqliteSaver.from_conn_string(str(self._path)) as saver:
            if self._deleted:  # an answer that was under way when its conversation was deleted
                return
            saver.setup()
            saver.put(config, checkpoint, metadata, {})
            _forget_older(saver.conn, self._session_id, checkpoint["id"])

    def delete(self) -> None:
        """Forget the conversation for good; its messages are overwritten in the file, and later ones are not kept."""
        with self._lock, SqliteSaver.from_conn_string(str(self._path)) as saver:
            self._deleted = True
            saver.setup()
            saver.conn.execute("PRAGMA secure_delete = ON")
            saver.delete_thread(self._session_id)


def _forget_older(connection: sqlite3.Connection, session_id: str, kept: str) -> None:
    with connection:
        connection.execute("DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id <> ?", (session_id, kept))
