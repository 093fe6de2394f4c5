"""What one kind of finding hands to the tool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tools.contracts import Chart, Figure, Statement, Table, Text
from tools.rules import Selection


@dataclass(frozen=True)
class Finding:
    """What was found.

    Args:
        interpretation: How the request was understood.
        definition: What the figures mean.
        customers: How many customers it is about.
        figures: All figures, ``customers`` among them.
        tables: Customers, and items where there are any.
        charts: At most one.
        statements: The queries.
        source_tables: The tables that they read.
        selection: The customers; None where there are none.
        caveats: What to know before acting on it.
        details: Names for the answer's template.
    """

    interpretation: Text
    definition: Text
    customers: int
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    statements: tuple[Statement, ...]
    source_tables: tuple[str, ...]
    selection: Selection | None
    caveats: tuple[Text, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
