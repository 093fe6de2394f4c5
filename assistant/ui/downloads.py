"""Files that may be fetched, each under an address that cannot be guessed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


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


class Downloads:
    """The files of one conversation or one page."""

    def __init__(self) -> None:
        self._known: dict[str, Download] = {}

    def link(self, path: str, name: str, make: Callable[[], bytes] | None = None) -> str:
        """The address of a file; the same file keeps its address."""
        wanted = Download(Path(path), name, make)
        for token, known in list(self._known.items()):
            if known == wanted:
                return f"/download/{token}"
        token = secrets.token_urlsafe(24)
        self._known[token] = wanted
        return f"/download/{token}"

    def find(self, token: str) -> Download | None:
        """The file behind a token."""
        return self._known.get(token)

    def clear(self) -> None:
        """Let none of them be fetched any more."""
        self._known.clear()
