"""Files of what operators said: their owner's alone, whole or unchanged, and deleted for good."""

from __future__ import annotations

import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from assistant.private_file import PrivateFile


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS words (word TEXT)")


def test_it_is_made_when_first_opened(tmp_path: Path) -> None:
    file = PrivateFile(tmp_path / "deep" / "words.sqlite", _prepare)
    assert not file.there
    with file.open() as connection:
        connection.execute("INSERT INTO words VALUES ('one')")
    assert file.there
    with file.open() as connection:
        assert connection.execute("SELECT word FROM words").fetchall() == [("one",)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_reads_it(tmp_path: Path) -> None:
    file = PrivateFile(tmp_path / "words.sqlite", _prepare)
    with file.open():
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_an_error_undoes_what_was_written(tmp_path: Path) -> None:
    file = PrivateFile(tmp_path / "words.sqlite", _prepare)
    with pytest.raises(sqlite3.OperationalError, match="no such table"), file.open() as connection:
        connection.execute("INSERT INTO words VALUES ('half')")
        connection.execute("INSERT INTO nowhere VALUES (1)")
    with file.open() as connection:
        assert connection.execute("SELECT count(*) FROM words").fetchone() == (0,)


def test_what_is_deleted_is_not_left_in_the_file(tmp_path: Path) -> None:
    file = PrivateFile(tmp_path / "words.sqlite", _prepare)
    with file.open() as connection:
        connection.execute("INSERT INTO words VALUES ('a secret of the shop')")
    assert b"a secret of the shop" in file.path.read_bytes()
    with file.open() as connection:
        connection.execute("DELETE FROM words")
    assert b"a secret of the shop" not in file.path.read_bytes()
