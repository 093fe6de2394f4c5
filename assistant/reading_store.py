"""Confirmed readings in SQLite. Whoever asks for one names its user, and gets no one else's."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant.private_file import PrivateFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, warehouse TEXT NOT NULL, normal TEXT NOT NULL, question TEXT NOT NULL,
    language TEXT NOT NULL, calls TEXT NOT NULL, interpretation TEXT NOT NULL, data TEXT NOT NULL, definitions TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE (user, warehouse, normal)
)
"""
_COLUMNS = "number, question, language, calls, interpretation, data, definitions, created_at"


class ReadCall(BaseModel):
    """One tool call of a reading, with its typed arguments."""

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: dict[str, Any]


class Reading(BaseModel):
    """How one user confirmed that a question is to be read.

    ``data`` and ``definitions`` are the versions that it was confirmed with; ``expired`` says that one of them is no longer so.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    question: str
    language: str
    calls: tuple[ReadCall, ...]
    interpretation: str
    data: str
    definitions: str
    created_at: dt.datetime
    expired: bool = False


class ReadingStore:
    """The file of all readings.

    Args:
        path: The SQLite file; made where it is missing, readable by its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._file = PrivateFile(path, _prepare)

    def keep(self, user: str, warehouse: str, normal: str, reading: Reading) -> Reading:
        """Keep a reading instead of the one that the user confirmed for the same question before; returns it with its number."""
        values = reading.model_dump(mode="json")
        calls = json.dumps(values.pop("calls"), ensure_ascii=False)
        bound = {**values, "user": user, "warehouse": warehouse, "normal": normal, "calls": calls}
        with self._file.open() as connection:
            connection.execute("DELETE FROM readings WHERE user = :user AND warehouse = :warehouse AND normal = :normal", bound)
            number = connection.execute(
                "INSERT INTO readings (user, warehouse, normal, question, language, calls, interpretation, data, definitions, created_at) "
                "VALUES (:user, :warehouse, :normal, :question, :language, :calls, :interpretation, :data, :definitions, :created_at)",
                bound,
            ).lastrowid
        return reading.model_copy(update={"number": number})

    def find(self, user: str, warehouse: str, normal: str) -> Reading | None:
        """The user's reading of a question in its normal form; None where there is none."""
        return next(iter(self._read("user = ? AND warehouse = ? AND normal = ?", user, warehouse, normal)), None)

    def listed(self, user: str, warehouse: str) -> list[Reading]:
        """All readings of a user, the latest first."""
        return self._read("user = ? AND warehouse = ?", user, warehouse)

    def forget(self, user: str, number: int) -> bool:
        """Delete one reading; False where the user has none of that number."""
        return self._delete("user = ? AND number = ?", user, number)

    def forget_all(self, user: str) -> bool:
        """Delete everything that a user ever confirmed; False where there was nothing."""
        return self._delete("user = ?", user)

    def _read(self, where: str, *values: object) -> list[Reading]:
        if not self._file.there:
            return []
        with self._file.open() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM readings WHERE {where} ORDER BY number DESC", values).fetchall()
        found = [dict(zip(_COLUMNS.split(", "), row, strict=True)) for row in rows]
        return [Reading.model_validate({**one, "calls": json.loads(one["calls"])}) for one in found]

    def _delete(self, where: str, *values: object) -> bool:
        if not self._file.there:
            return False
        with self._file.open() as connection:
            return connection.execute(f"DELETE FROM readings WHERE {where}", values).rowcount > 0


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table."""
    connection.execute(_SCHEMA)
