"""What each browser owns: its conversations, its language, its uploads and the files it may download."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.ui.downloads import Download, Downloads
from assistant.ui.talks import Conversation, Talk
from assistant.ui.transcripts import Listed, Transcripts
from tools.contracts import Language

if TYPE_CHECKING:
    from assistant.ui.quiet_gradio import gr

SESSION_COOKIE = "fenqun_session"
"""Holds what only this browser knows; scripts of the page cannot read it."""
_GRACE_SECONDS = 900.0
"""A phone that sleeps drops its connection; its conversation stays at hand this long for its return."""
_PATIENCE_SECONDS = 20.0
"""Work goes on this long without anybody watching, so that a page may be reloaded meanwhile."""


class Work(Protocol):
    """Long work such as a load."""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        ...


@dataclass
class Session:
    """One browser. Nothing in it is shared with another.

    Args:
        open_conversation: Opens what answers in the conversation of an id.
        owner: Names the browser where its conversations are stored.
        transcripts: Where its conversations are kept; nowhere when left out.
    """

    open_conversation: Callable[[str], Conversation]
    owner: str = ""
    transcripts: Transcripts | None = None
    language: Language = "en"
    uploads: list[Path] = field(default_factory=list)
    downloads: Downloads = field(default_factory=Downloads)
    stop_loading: threading.Event = field(default_factory=threading.Event)
    job: Work | None = None
    stage: Callable[[str], str] | None = None
    """What the loader shows, in the language it is given, so that it can be said again in the other one."""
    told: Callable[[str], str] | None = None
    """What the last undoing of a merge came to, in the language it is given, until something else is done with the lists."""
    search: str = ""
    """What the list of merges is searched for."""
    seen: dict[str, object] = field(default_factory=dict)
    """The version of the data that each open page shows."""
    tabs: set[str] = field(default_factory=set)
    searches: dict[str, str] = field(default_factory=dict)
    """What the list of conversations is searched for in each open page."""
    left_at: float | None = None
    _talks: dict[str, Talk] = field(default_factory=dict)
    _shown: dict[str, str] = field(default_factory=dict)
    _latest: str = ""
    _choosing: threading.RLock = field(default_factory=threading.RLock)

    @property
    def loading(self) -> bool:
        """Whether a load or the like is running."""
        return self.job is not None and self.job.running

    def talk(self, tab: str = "") -> Talk:
        """The conversation that a page shows: the one chosen there, else the browser's latest."""
        with self._choosing:
            shown = self._open(self._shown.get(tab, "")) or self._open(self._latest)
            if shown is None:
                stored = self.listed(most=1)
                shown = (self._open(stored[0].id) if stored else None) or self._make()
            self._shown[tab] = shown.id
            self._latest = self._latest if self._latest in self._talks else shown.id
            return shown

    def new(self, tab: str = "") -> Talk:
        """Begin a conversation, unless the page shows one in which nothing was asked yet."""
        with self._choosing:
            shown = self.talk(tab)
            return shown if shown.blank else self._show(self._make(), tab)

    def choose(self, conversation_id: str, tab: str = "") -> Talk | None:
        """Show another conversation; None where the browser has none of that id."""
        with self._choosing:
            chosen = self._open(conversation_id)
            return None if chosen is None else self._show(chosen, tab)

    def delete(self, conversation_id: str) -> bool:
        """Forget a conversation for good; False where there is none of that id, or it is busy."""
        chosen = self._open(conversation_id)
        if chosen is None or not chosen.delete():
            return False
        with self._choosing:
            self._talks.pop(conversation_id, None)
        return True

    def listed(self, search: str = "", most: int = 1_000) -> list[Listed]:
        """The browser's conversations, the latest first; those that a search finds, where there is one."""
        return self.transcripts.listed(self.owner, search, most) if self.transcripts is not None else []

    def find(self, conversation_id: str) -> Talk | None:
        """A conversation of the browser; None where it has none of that id."""
        return self._open(conversation_id)

    def _open(self, conversation_id: str) -> Talk | None:
        with self._choosing:
            known = self._talks.get(conversation_id)
            if known is None and self.transcripts is not None and self.transcripts.find(self.owner, conversation_id):
                known = self._make(conversation_id)
            return known

    def _make(self, conversation_id: str = "") -> Talk:
        name = conversation_id or secrets.token_hex(16)
        talk = self._talks[name] = Talk(partial(self.open_conversation, name), name, self.owner, self.transcripts)
        return talk

    def _show(self, talk: Talk, tab: str) -> Talk:
        left = self._talks.get(self._shown.get(tab, ""))
        self._shown[tab] = self._latest = talk.id
        if left is not None and left is not talk and left.blank and left.id not in self._shown.values():
            del self._talks[left.id]
        return talk

    def link(self, path: str, name: str, make: Callable[[], bytes] | None = None) -> str:
        """The address of a file of this browser that belongs to no conversation."""
        return self.downloads.link(path, name, make)

    def find_download(self, token: str) -> Download | None:
        """The file behind a token that this browser was given."""
        holders = [self.downloads, *(talk.downloads for talk in list(self._talks.values()))]
        return next((found for holder in holders if (found := holder.find(token)) is not None), None)

    def stop(self) -> None:
        """Stop what is running, if anything is."""
        self.stop_loading.set()
        for talk in list(self._talks.values()):
            talk.stop()

    def close(self, tab: str) -> None:
        """A page went away."""
        self.tabs.discard(tab)
        for known in (self.seen, self.searches, self._shown):
            known.pop(tab, None)


class Sessions:
    """The sessions of one server.

    Args:
        open_conversation: Opens what answers in a conversation, given its id.
        transcripts: Where answers are kept for a browser's return; nowhere when left out.
        forget: Deletes what else is kept of a browser, given its owner's name, when its conversations are deleted for good.
    """

    def __init__(
        self,
        open_conversation: Callable[[str], Conversation],
        transcripts: Transcripts | None = None,
        forget: Callable[[str], object] | None = None,
    ) -> None:
        self._open_conversation = open_conversation
        self._transcripts = transcripts
        self._forget = forget
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def of(self, request: gr.Request) -> Session:
        """The session of the browser that asks."""
        return self.get(_key_of(request), str(request.session_hash))

    @property
    def transcripts(self) -> Transcripts | None:
        """Where conversations are kept."""
        return self._transcripts

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
                session = self._sessions[key] = Session(self._open_conversation, owner_of(key), self._transcripts)
                self._welcome(session.owner)
            session.left_at = None
            session.tabs.add(tab)
            return session

    def leave(self, key: str, tab: str = "") -> None:
        """A page went away; with a browser's last one, its work stops and it is forgotten, unless it comes back soon."""
        with self._lock:
            session = self._sessions.get(key)
            if session is not None:
                session.close(tab)
        if session is not None and not session.tabs:
            session.left_at = time.monotonic()
            waiting = threading.Timer(_PATIENCE_SECONDS, _stop_if_left, [session])
            waiting.daemon = True
            waiting.start()
        self._sweep()

    def find_download(self, key: str, token: str) -> Download | None:
        """The file behind a token that the browser of that key was given; a token of another browser's is none."""
        session = self._known(key)
        return session.find_download(token) if session is not None else None

    def find_talk(self, key: str, conversation_id: str) -> Talk | None:
        """A conversation of the browser of that key; None where it has none of that id."""
        session = self._known(key)
        return session.find(conversation_id) if session is not None else None

    def _known(self, key: str) -> Session | None:
        with self._lock:
            return self._sessions.get(key)

    def _welcome(self, owner: str) -> None:
        """Note that a browser is there; conversations of browsers that have stayed away too long are deleted."""
        for other, name in self._transcripts.visit(owner) if self._transcripts is not None else []:
            Talk(partial(self._open_conversation, name), name, other, self._transcripts).delete()
            if self._forget is not None:
                self._forget(other)

    def _sweep(self) -> None:
        now = time.monotonic()
        with self._lock:
            gone = [key for key, session in self._sessions.items() if session.left_at and now - session.left_at > _GRACE_SECONDS]
            ended = [self._sessions.pop(key) for key in gone]
        for session in ended:
            discard(session.uploads)


def owner_of(key: str) -> str:
    """What names a browser where its conversations are stored: nobody can tell its cookie from it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


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
