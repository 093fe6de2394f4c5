"""What the planner decides: tool calls, or a short text of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NOTES = "planner_notes"
"""Where a message keeps what the operator should know of the reading."""
ASIDE = "aside"
"""Kind of the note that says that the last call of a plan is another reading, with the words of the time that makes it one."""
FOCUS = "focus"
"""Kind of the note that names the value whose share is asked for."""
PLACE = "place"
"""Kind of the note that says which place of a ranking is asked for."""

PRELUDE = "prelude"
"""Kind of the note that says how many of the first calls only find what the others are about."""

GOES_ON = "goes_on"
"""Kind of the note that names the earlier question that this one goes on from, where another one between them got no answer."""

LEVEL = "level"
"""Kind of the note that names the word which was taken for the wide level of goods."""

SUPPLY = "supply"
"""Kind of the note that says how many there are to give away to the customers."""


@dataclass(frozen=True)
class Call:
    """One tool call."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The calls of one question.

    Args:
        calls: In order; their results answer the question.
        notes: What the operator should know of the reading: (kind, words), such as ("mended", "delli → deli").
        say: Name of a text that answers without a tool, such as "help".
    """

    calls: tuple[Call, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    say: str | None = None


def plan(tool: str, /, **args: Any) -> Plan:
    """A plan of one call; arguments that are None are left out."""
    return Plan((Call(tool, {key: value for key, value in args.items() if value is not None and value not in ([], {})}),))


def of_everybody(found: Plan) -> bool:
    """Whether it lists all customers as they come, which is hardly what is left of a question."""
    return found.calls[0].name == "find_customers" and dict(found.calls[0].args) == {"rule": {"all": []}}
