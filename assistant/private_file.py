"""SQLite files that hold what operators said: readable by their owner alone, and what is deleted is overwritten."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

_PATIENCE_SECONDS = 10


class PrivateFile:
    """One such file.

    Args:
        path: Where it lies; it is made when it is first opened.
        prepare: Makes its tables; called each time it is opened.
    """

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], object]) -> None:
        self.path = path
        self._prepare = prepare
        self._lock = threading.Lock()

    @property
    def there(self) -> bool:
        """Whether anything was ever kept in it."""
        return self.path.exists()

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept at the end, or undone by an error; one at a time in this process."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.path.touch(mode=0o600, exist_ok=False)
        with self._lock, closing(sqlite3.connect(self.path, timeout=_PATIENCE_SECONDS)) as connection, connection:
            connection.execute("PRAGMA secure_delete = ON")
            self._prepare(connection)
            yield connection
