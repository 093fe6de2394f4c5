"""The scorers of a refresh, in order, and how what they find becomes one row of ``scores`` per customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.contracts import Text
from tools.settings import Settings
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

Scorer = Callable[[Engine, dt.date, Settings], object]
"""Scores everybody it can as of a date, stores its model run, and leaves its columns in a temporary table."""


@dataclass(frozen=True)
class Step:
    """One scorer of the refresh.

    Args:
        id: Short name.
        label: What is told while it runs.
        run: The scorer; it reads ``customer_features`` and the orders, and ``scores`` of RFM.
        columns: Columns of ``scores`` that it finds.
        needs_orders: Whether it has nothing to say where nobody has ordered yet.
    """

    id: str
    label: Text
    run: Scorer
    columns: tuple[str, ...]
    needs_orders: bool = True

    @property
    def table(self) -> str:
        """The temporary table with ``customer_id`` and ``columns``, one row per customer that was scored."""
        return f"{self.id}_scored"


def assemble(engine: Engine, steps: Sequence[Step]) -> None:
    """Write the columns that ``steps`` found into ``scores`` in one statement, and drop their temporary tables.

    Every customer has a row of ``scores`` already; those that a step left out get unknown values.
    """
    found = {name: step for step in steps for name in step.columns}
    names = engine.query("SELECT * FROM scores LIMIT 0").column_names
    columns = ", ".join(f"{found[name].table if name in found else 's'}.{quote(name)}" for name in names)
    joins = "".join(f"\nLEFT JOIN {step.table} ON {step.table}.customer_id = s.customer_id" for step in steps)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE assembled_scores AS SELECT {columns} FROM scores AS s{joins}")
    engine.execute("DELETE FROM scores")
    engine.execute(f"INSERT INTO scores ({', '.join(quote(name) for name in names)}) SELECT * FROM assembled_scores")
    for table in ("assembled_scores", *(step.table for step in steps)):
        engine.execute(f"DROP TABLE {table}")
