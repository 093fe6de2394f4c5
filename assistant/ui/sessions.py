"""What each browser session owns: its conversation, its turns, its language and the files it may download."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assistant.events import Event
from assistant.ui.turns import Turn
from tools.contracts import Language

_GRACE_SECONDS = 900.0
"""A phone that sleeps drops its connection; its conversation is kept this long for its return."""


class Conversation(Protocol):
    """What the page needs of a conversation."""

    def ask(self, question: str) -> Iterator[Event]:
        """Answer a question; ends with one Finished."""
        ...

    def cancel(self) -> None:
        """Stop the question that is being answered; callable from another thread."""
        ...

    def undo(self) -> object:
        """Forget the last question and its answer."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...


@dataclass(frozen=True)
class Download:
    """A file that a session may fetch."""

    path: Path
    name: str


@dataclass
class Session:
    """One browser session. Nothing in it is shared with another."""

    open_conversation: Callable[[], Conversation]
    language: Language = "en"
    turns: list[Turn] = field(default_factory=list)
    uploads: list[Path] = field(default_factory=list)
    downloads: dict[str, Download] = field(default_factory=dict)
    asking: threading.Lock = field(default_factory=threading.Lock)
    stop_loading: threading.Event = field(default_factory=threading.Event)
    loading: bool = False
    stage: Callable[[str], str] | None = None
    """What the loader shows, in the language it is given, so that it can be said again in the other one."""
    left_at: float | None = None
    _conversation: Conversation | None = None
    _opening: threading.Lock = field(default_factory=threading.Lock)

    @property
    def conversation(self) -> Conversation:
        """The conversation, opened when it is first needed."""
        with self._opening:
            if self._conversation is None:
                self._conversation = self.open_conversation()
            return self._conversation

    def link(self, path: str, name: str) -> str:
        """The address of a file of this conversation; the same file keeps its address."""
        for token, known in self.downloads.items():
            if known == Download(Path(path), name):
                return f"/download/{token}"
        token = secrets.token_urlsafe(24)
        self.downloads[token] = Download(Path(path), name)
        return f"/download/{token}"

    def stop(self) -> None:
        """Stop what is running, if anything is."""
        self.stop_loading.set()
        if self._conversation is not None and self.asking.locked():
            self._conversation.cancel()

    def reset(self) -> None:
        """Forget all turns and their files, on the page and in the conversation."""
        self.turns.clear()
        self.downloads.clear()
        if self._conversation is not None:
            self._conversation.clear()


class Sessions:
    """The sessions of one server.

    Args:
        open_conversation: Opens a conversation of its own for each session.
    """

    def __init__(self, open_conversation: Callable[[], Conversation]) -> None:
        self._open_conversation = open_conversation
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Session:
        """The session of that key, made when it is new."""
        self._sweep()
        with self._lock:
            session = self._sessions.setdefault(key, Session(self._open_conversation))
            session.left_at = None
            return session

    def leave(self, key: str) -> None:
        """The browser went away: stop its work, and forget it unless it comes back soon."""
        with self._lock:
            session = self._sessions.get(key)
        if session is not None:
            session.stop()
            session.left_at = time.monotonic()
        self._sweep()

    def find_download(self, token: str) -> Download | None:
        """The file behind a token that some session was given."""
        with self._lock:
            sessions = list(self._sessions.values())
        return next((session.downloads[token] for session in sessions if token in session.downloads), None)

    def _sweep(self) -> None:
        now = time.monotonic()
        with self._lock:
            gone = [key for key, session in self._sessions.items() if session.left_at and now - session.left_at > _GRACE_SECONDS]
            ended = [self._sessions.pop(key) for key in gone]
        for session in ended:
            discard(session.uploads)


def discard(paths: list[Path]) -> None:
    """Delete uploaded files, which hold personal data, and forget them."""
    for path in paths:
        path.unlink(missing_ok=True)
    paths.clear()
