"""Tokens: spans of a question with what they may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sense:
    """One thing that a span may mean.

    Args:
        kind: Class of meaning: "metric", "dimension", "value", "segment", "cue", "number", "window", ...
        id: Which one: the catalogue's id, the cue's name, ...
        data: What else is known, such as a value's dimension or a number's value.
    """

    kind: str
    id: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Token:
    """A span of the normalised question; a span that nothing explains has no senses."""

    start: int
    end: int
    text: str
    senses: tuple[Sense, ...] = ()
    corrected: str | None = None
    """The phrase that a misspelt span was taken for."""

    def get(self, kind: str, *ids: str) -> Sense | None:
        """The first sense of that kind (and, where given, of one of these ids)."""
        for sense in self.senses:
            if sense.kind == kind and (not ids or sense.id in ids):
                return sense
        return None

    def is_(self, kind: str, *ids: str) -> bool:
        """Whether the span may mean that."""
        return self.get(kind, *ids) is not None

    @property
    def unknown(self) -> bool:
        """Whether nothing explains the span."""
        return not self.senses


def merged(tokens: list[Token], sense: Sense) -> Token:
    """One token over several neighbours."""
    text = " ".join(token.text for token in tokens)
    return Token(tokens[0].start, tokens[-1].end, text, (sense,))
