"""A question as tokens, with the account of which of them the plan uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.planner.dialogue import Result
from assistant.planner.tokenise import Mended
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary
from tools.windows import Window

CONTENT = frozenset(
    {"metric", "dimension", "field", "value", "segment", "quantity", "comparison", "window", "ranking", "neg", "op", "cue", "term"}
    | {"format", "chart", "band", "definition", "scheme", "condition", "top_customers", "customer_id", "number", "share", "rank"}
    | {"off_topic", "unsupported", "absent", "vague", "ordinal", "reversed", "negative", "verb", "pronoun", "suffix_op"}
    | {"ask", "hint", "option", "part", "horizon", "cluster", "segment_name", "person", "move", "drop", "limit", "head"}
    | {"extreme_score", "later", "undated"}
    | {"that", "pair", "remain", "step", "qualifier", "flip", "gap", "higher", "further", "entire", "whole", "level"}
)
"""Kinds of tokens that say something; one that no part of the plan uses makes the planner ask."""
_LIGHT = frozenset({"stop", "conj", "punctuation", "by", "ellipsis", "noun", "unit", "between"})


@dataclass
class Sentence:
    """The tokens of one question, in order, and the set of those that were used.

    Args:
        text: The normalised question.
        tokens: Its reduced tokens.
        vocabulary: What the words mean.
        language: "zh" or "en".
        mended: Misspelt spans and how they were read.
    """

    text: str
    tokens: list[Token]
    vocabulary: Vocabulary
    language: str
    mended: list[Mended] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    spread: list[Any] = field(default_factory=list)
    """Rules that were given the window of another condition."""
    typed: str = ""
    """The question as the operator typed it."""
    refers: Result | None = None
    """The earlier result that the question says it is about."""

    def again(self) -> Sentence:
        """The same tokens with an account of their own."""
        return replace(self, used=set(self.used), spread=list(self.spread))

    def free(self, kind: str, *ids: str) -> Iterator[tuple[int, Sense]]:
        """Unused tokens that may mean that, with their places."""
        for place, token in enumerate(self.tokens):
            sense = None if place in self.used else token.get(kind, *ids)
            if sense:
                yield place, sense

    def first(self, kind: str, *ids: str) -> tuple[int, Sense] | None:
        """The first unused token that may mean that."""
        return next(self.free(kind, *ids), None)

    def has(self, kind: str, *ids: str) -> bool:
        """Whether any unused token may mean that."""
        return self.first(kind, *ids) is not None

    def says(self, kind: str, *ids: str) -> bool:
        """Whether any token, used or not, may mean that."""
        return any(token.is_(kind, *ids) for token in self.tokens)

    def use(self, *places: int) -> None:
        """Count tokens as used."""
        self.used.update(places)

    def take(self, kind: str, *ids: str) -> Sense | None:
        """The first unused token that may mean that, used from now on."""
        found = self.first(kind, *ids)
        if not found:
            return None
        self.use(found[0])
        return found[1]

    def take_all(self, kind: str, *ids: str) -> list[Sense]:
        """All unused tokens that may mean that, used from now on."""
        found = list(self.free(kind, *ids))
        self.use(*(place for place, _ in found))
        return [sense for _, sense in found]

    def take_window(self) -> Window | None:
        """The first unused window."""
        sense = self.take("window")
        return sense.data["window"] if sense else None

    def before(self, place: int, *kinds: str, within: int = 2) -> int | None:
        """The place of the nearest token of these kinds before ``place``, over at most ``within`` others."""
        return self._near(range(place - 1, max(-1, place - 2 - within), -1), kinds)

    def after(self, place: int, *kinds: str, within: int = 2) -> int | None:
        """The place of the nearest token of these kinds after ``place``, over at most ``within`` others."""
        return self._near(range(place + 1, min(len(self.tokens), place + 2 + within)), kinds)

    def _near(self, places: range, kinds: tuple[str, ...]) -> int | None:
        for place in places:
            if any(self.tokens[place].is_(kind) for kind in kinds):
                return place
        return None

    def leftover(self) -> list[Token]:
        """Tokens that say something and that nothing used."""
        return [token for place, token in enumerate(self.tokens) if place not in self.used and self._tells(place)]

    def _tells(self, place: int) -> bool:
        """Whether the token says something; a word of praise does so right before the people it is about."""
        token, following = self.tokens[place], self.tokens[place + 1 : place + 2]
        return _says_something(token) or ((token.is_("stop", "praise") or token.is_("greet")) and any(one.is_("noun") for one in following))


def _says_something(token: Token) -> bool:
    if token.unknown:
        return True
    kinds = {sense.kind for sense in token.senses}
    return bool(kinds & CONTENT) and not kinds & _LIGHT
