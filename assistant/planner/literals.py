"""What a text must have for a regular expression to match it, so that most of many expressions need not be tried.

The standard library's own parser of regular expressions says what an expression is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_parser: Any = re._parser  # type: ignore[attr-defined]  # the parse tree is not to be had otherwise
_MOST = 24
"""Literals of a choice; where there are more, looking for them takes longer than matching."""


def needed(pattern: str) -> tuple[str, ...]:
    """Literals of which every text that ``pattern`` matches has at least one; empty where there is no such choice."""
    found = _of_sequence(_parser.parse(pattern))
    return tuple(found) if found else ()


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The best choice among the parts of a sequence: the one whose shortest literal is longest."""
    choices: list[frozenset[str]] = []
    run = ""
    for kind, value in items:
        if str(kind) == "LITERAL":
            run += chr(value)
            continue
        choices += [frozenset({run})] if run else []
        run = ""
        choice = _of_part(str(kind), value)
        choices += [choice] if choice else []
    choices += [frozenset({run})] if run else []
    small = [choice for choice in choices if len(choice) <= _MOST]
    return max(small, key=lambda choice: (min(map(len, choice)), -len(choice)), default=None)


def _of_part(kind: str, value: Any) -> frozenset[str] | None:
    match kind:
        case "SUBPATTERN":
            return _of_sequence(value[-1])
        case "BRANCH":
            branches = [_of_sequence(branch) for branch in value[1]]
            return frozenset().union(*(branch for branch in branches if branch)) if all(branches) else None
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _of_sequence(value[2]) if value[0] > 0 else None
        case "ASSERT":
            return _of_sequence(value[1])
        case "ATOMIC_GROUP":
            return _of_sequence(value)
        case _:
            return None
