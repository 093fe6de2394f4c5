"""Questions about two groups at once, by the patterns of among.yaml, and the group that a part of one names."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from assistant.planner.clauses import Rule
from assistant.planner.lexicon import filled, read_table
from assistant.planner.plan import Call, Plan


def said_as(kind: str, text: str) -> re.Match[str] | None:
    """The first match of the patterns of that kind in a normalised text."""
    return next((match for pattern in _patterns(kind) if (match := pattern.search(text))), None)


def asked_alone(question: str, read: Callable[[str], Plan]) -> Call | None:
    """The one call of a question that is understood without anything to be noted of it."""
    found = read(question)
    return found.calls[0] if len(found.calls) == 1 and not found.notes else None


def group_of(call: Call | None) -> Rule | None:
    """The rule of a call that lists customers and does nothing else."""
    listed = call is not None and call.name == "find_customers" and not set(call.args) - {"rule"}
    return dict(call.args["rule"]) if call is not None and listed else None


@lru_cache(maxsize=16)
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    table = read_table("among")
    written = table[kind] if isinstance(table[kind], list) else [table[kind]]
    return tuple(re.compile(filled(one, {"people": table["people"]})) for one in written)
