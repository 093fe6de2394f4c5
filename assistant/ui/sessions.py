"""What each browser session owns: its conversation, its turns, its language and the files it may download."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.events import Event
from assistant.ui.transcripts import Transcripts
from assistant.ui.turns import Turn
from tools.contracts import Language

if TYPE_CHECKING:
    from assistant.ui.quiet_gradio import gr

SESSION_COOKIE = "fenqun_session"
"""Holds what only this browser knows; scripts of the page cannot read it."""
_GRACE_SECONDS = 900.0
"""A phone that sleeps drops its connection; its conversation stays at hand this long for its return."""
_PUT_AWAY_SECONDS = 5.0
_PATIENCE_SECONDS = 20.0
"""Work goes on this long without anybody watching, so that a page may be reloaded meanwhile."""


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
    """A file that a session may fetch.

    Args:
        path: Where it lies; where it is made when it is fetched, only what tells it from others.
        name: Under which it is saved.
        make: Makes its content.
    """

    path: Path
    name: str
    make: Callable[[], bytes] | None = field(default=None, compare=False)


class Work(Protocol):
    """Long work such as a load."""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        ...


@dataclass
class Session:
    """One browser session. Nothing in it is shared with another.

    Args:
        open_conversation: Opens the conversation when it is first needed.
        id: Names it where it is stored; empty where nothing is.
        transcripts: Where its answers are kept.
    """

    open_conversation: Callable[[], Conversation]
    id: str = ""
    transcripts: Transcripts | None = None
    language: Language = "en"
    turns: list[Turn] = field(default_factory=list)
    uploads: list[Path] = field(default_factory=list)
    downloads: dict[str, Download] = field(default_factory=dict)
    asking: threading.Lock = field(default_factory=threading.Lock)
    stop_loading: threading.Event = field(default_factory=threading.Event)
    job: Work | None = None
    stage: Callable[[str], str] | None = None
    """What the loader shows, in the language it is given, so that it can be said again in the other one."""
    search: str = ""
    """What the list of merges is searched for."""
    seen: dict[str, object] = field(default_factory=dict)
    """The version of the data that each open page shows."""
    tabs: set[str] = field(default_factory=set)
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

    def __post_init__(self) -> None:
        """Take up the answers that were kept."""
        if self.transcripts is not None:
            self.turns = [Turn.of(answer) for answer in self.transcripts.load(self.id)]

    @property
    def loading(self) -> bool:
        """Whether a load or the like is running."""
        return self.job is not None and self.job.running

    def begin(self) -> bool:
        """Take hold of the turns, to be let go with ``asking.release``; False while a question is being answered.

        An answer that has just ended is still being put away; that is waited for.
        """
        if self.turns and self.turns[-1].running:
            return self.asking.acquire(blocking=False)
        return self.asking.acquire(timeout=_PUT_AWAY_SECONDS)

    def keep(self, turn: Turn) -> None:
        """Keep the answer of a turn that has ended, unless it was forgotten meanwhile."""
        if self.transcripts is not None and turn.answer is not None and turn in self.turns:
            self.transcripts.add(self.id, turn.answer)

    def take_back(self) -> str | None:
        """Forget the latest turn and return its question; None when there is none or it is being answered."""
        if not self.begin():
            return None
        try:
            return self._take_back()
        finally:
            self.asking.release()

    def _take_back(self) -> str | None:
        if not self.turns:
            return None
        turn = self.turns.pop()
        if turn.remembered:
            self.conversation.undo()
        if self.transcripts is not None and turn.answer is not None:
            self.transcripts.drop_last(self.id)
        return turn.question

    def link(self, path: str, name: str, make: Callable[[], bytes] | None = None) -> str:
        """The address of a file of this conversation; the same file keeps its address."""
        wanted = Download(Path(path), name, make)
        for token, known in list(self.downloads.items()):
            if known == wanted:
                return f"/download/{token}"
        token = secrets.token_urlsafe(24)
        self.downloads[token] = wanted
        return f"/download/{token}"

    def stop(self) -> None:
        """Stop what is running, if anything is."""
        self.stop_loading.set()
        if self._conversation is not None and self.asking.locked():
            self._conversation.cancel()

    def reset(self) -> None:
        """Forget all turns and their files, on the page and in the conversation."""
        self.turns.clear()
        for token in [token for token, download in self.downloads.items() if download.make is None]:
            del self.downloads[token]
        if self.transcripts is not None:
            self.transcripts.clear(self.id)
            self.conversation.clear()
        elif self._conversation is not None:
            self._conversation.clear()


class Sessions:
    """The sessions of one server.

    Args:
        open_conversation: Opens the conversation of a session, given its id.
        transcripts: Where answers are kept for a browser's return; nowhere when left out.
    """

    def __init__(self, open_conversation: Callable[[str], Conversation], transcripts: Transcripts | None = None) -> None:
        self._open_conversation = open_conversation
        self._transcripts = transcripts
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def of(self, request: gr.Request) -> Session:
        """The session of the browser that asks."""
        return self.get(_key_of(request), str(request.session_hash))

    def leave_by(self, request: gr.Request) -> None:
        """A page of the browser that asks went away."""
        self.leave(_key_of(request), str(request.session_hash))

    def get(self, key: str, tab: str = "") -> Session:
        """The session of that key, made when it is new.

        Args:
            key: What only the browser knows; it is not stored anywhere.
            tab: The page that is open.
        """
        self._sweep()
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                name = hashlib.sha256(key.encode()).hexdigest()[:32]
                session = self._sessions[key] = Session(lambda: self._open_conversation(name), name, self._transcripts)
            session.left_at = None
            session.tabs.add(tab)
            return session

    def leave(self, key: str, tab: str = "") -> None:
        """A page went away; with a browser's last one, its work stops and it is forgotten, unless it comes back soon."""
        with self._lock:
            session = self._sessions.get(key)
            if session is not None:
                session.tabs.discard(tab)
                session.seen.pop(tab, None)
        if session is not None and not session.tabs:
            session.left_at = time.monotonic()
            waiting = threading.Timer(_PATIENCE_SECONDS, _stop_if_left, [session])
            waiting.daemon = True
            waiting.start()
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


def _stop_if_left(session: Session) -> None:
    if session.left_at is not None:
        session.stop()


def _key_of(request: gr.Request) -> str:
    return str(request.cookies.get(SESSION_COOKIE) or request.session_hash)


def discard(paths: list[Path]) -> None:
    """Delete uploaded files, which hold personal data, and forget them."""
    for path in paths:
        path.unlink(missing_ok=True)
    paths.clear()
