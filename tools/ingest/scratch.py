"""Where staging keeps what it cannot read in place: a folder of files and tables that vanish with it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

BATCH_ROWS = 20_000
_numbers = itertools.count(1)


@dataclass
class Scratch:
    """Temporary files and tables of one staging; ``close`` takes them away."""

    engine: Engine
    folder: Path
    tables: list[str] = field(default_factory=list)

    def new_table(self, columns: Sequence[str]) -> TextTable:
        """An empty temporary table with a row number and text columns."""
        name = f"staged_{next(_numbers)}"
        texts = ", ".join(f"{quote(column)} VARCHAR" for column in columns)
        self.engine.execute(f"CREATE TEMP TABLE {name} (_row BIGINT, {texts})")
        self.tables.append(name)
        return TextTable(self.engine, name, tuple(columns))

    def close(self) -> None:
        """Drop the tables; the folder is its maker's."""
        for name in self.tables:
            self.engine.execute(f"DROP TABLE IF EXISTS {name}")
        self.tables.clear()


class TextTable:
    """A temporary table that takes rows of text in batches."""

    def __init__(self, engine: Engine, name: str, columns: tuple[str, ...]) -> None:
        self.engine = engine
        self.name = name
        self.columns = columns
        self.rows = 0
        self._waiting: list[tuple[str | int | None, ...]] = []

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Add one row; an empty text is stored as NULL, as the readers of files do."""
        self._waiting.append((number, *(cell or None for cell in cells)))
        if len(self._waiting) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        columns = list(zip(*self._waiting, strict=True))
        types = [pa.int64(), *[pa.string()] * len(self.columns)]
        arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
        self.engine.register("_staged_batch", pa.Table.from_arrays(arrays, names=["_row", *self.columns]))
        self.engine.execute(f"INSERT INTO {self.name} SELECT * FROM _staged_batch")
        self.rows += len(self._waiting)
        self._waiting = []


def working_folder() -> tempfile.TemporaryDirectory[str]:
    """A new folder for temporary files; removed when it is closed, or at the latest when the process ends."""
    return tempfile.TemporaryDirectory(prefix="fenqun-", ignore_cleanup_errors=True)
