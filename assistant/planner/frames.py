"""Reads what several ideas together ask, in whatever order and wording they stand.

“Late” beside “their usual rhythm” asks who is overdue, “behind” beside “normal pace” does too: prompts/lexicon/ideas.yaml has
the words of each idea, prompts/lexicon/frames.yaml what ideas together say. The words of a frame become one token that says it;
ideas that no frame takes mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from assistant.planner.lexicon import read_phrases, read_table
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import WORD_FILES, Vocabulary

IDEA = "idea"
_PASSED = Sense("stop", "framed")
_TAKEN = Sense("framed", "")
"""A mark on what frames have read."""
_KEPT = ("horizon", "ranking", "quantity", "value", "top_customers")
_GAP = 2
"""Plain words that may stand between two neighbours of a row."""


@dataclass(frozen=True)
class _Part:
    """One idea of a frame.

    Args:
        senses: (kind, id, unit) of which a token has one; what is empty is any.
        kept: The token goes on meaning what it means.
        becomes: What the token means then.
    """

    senses: tuple[tuple[str, str, str], ...]
    kept: bool = False
    becomes: tuple[Sense, ...] = ()

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of its senses."""
        return frozenset(kind for kind, _, _ in self.senses)

    def fits(self, token: Token) -> bool:
        """Whether the token has one of the senses."""
        return any(_has(token, *sense) for sense in self.senses)


@dataclass(frozen=True)
class _Frame:
    """Ideas that together say something.

    Args:
        parts: All must be there.
        row: They stand in this order, side by side.
        unless: None of these is there.
        gives: What the first of them means then.
        also: Taken too, wherever they are.
    """

    parts: tuple[_Part, ...]
    row: bool
    unless: tuple[_Part, ...]
    gives: tuple[Sense, ...]
    also: tuple[_Part, ...]


def framed(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens with what their ideas say together."""
    found = list(tokens)
    meant = _kinds(found)
    for frame in _frames():
        if not all(part.kinds & meant for part in frame.parts):
            continue
        places = _places(found, frame)
        while places:
            found = _read(found, frame, places)
            meant = _kinds(found)
            places = _places(found, frame) if frame.row else []
    return found


def _kinds(tokens: list[Token]) -> set[str]:
    """All kinds of what the tokens mean: a frame that needs another is nowhere."""
    return {sense.kind for token in tokens for sense in token.senses}


def idle(tokens: list[Token]) -> frozenset[str]:
    """The words that only mean an idea which no frame took."""
    return frozenset(token.text for token in tokens if token.senses and all(sense.kind == IDEA for sense in token.senses))


def any_taken(tokens: list[Token]) -> bool:
    """Whether a frame has read any of the tokens."""
    return any(token.is_(_TAKEN.kind) for token in tokens)


def without_ideas(tokens: list[Token]) -> list[Token]:
    """The tokens without the ideas that no frame took."""
    return [_without_ideas(token) for token in tokens]


def _has(token: Token, kind: str, entry_id: str, unit: str) -> bool:
    if kind == "value" and entry_id:
        return any(sense.kind == kind and sense.data["dimension"] == entry_id for sense in token.senses)
    sense = token.get(kind, *([entry_id] if entry_id else []))
    return sense is not None and (not unit or sense.data.get("unit") == unit or bool(sense.data.get(unit)))


def _places(tokens: list[Token], frame: _Frame) -> list[int]:
    """Where the parts of the frame stand; nowhere unless all of them do, and nothing that forbids it beside them."""
    places = _in_row(tokens, frame.parts) if frame.row else _anywhere(tokens, frame.parts)
    others = [token for at, token in enumerate(tokens) if at not in places and not token.is_("noun")] if places else []
    return [] if any(part.fits(token) for part in frame.unless for token in others) else places


def _anywhere(tokens: list[Token], parts: tuple[_Part, ...]) -> list[int]:
    places: list[int] = []
    for part in parts:
        place = next((at for at, token in enumerate(tokens) if at not in places and part.fits(token)), None)
        if place is None:
            return []
        places.append(place)
    return places


def _in_row(tokens: list[Token], parts: tuple[_Part, ...]) -> list[int]:
    for start, token in enumerate(tokens):
        places = [start] if parts[0].fits(token) else []
        for part in parts[1:] if places else ():
            place = _next(tokens, places[-1], part)
            if place is None:
                break
            places.append(place)
        if len(places) == len(parts):
            return places
    return []


def _next(tokens: list[Token], at: int, part: _Part) -> int | None:
    """The place of the part right after a token, over a few plain words."""
    for place in range(at + 1, min(at + 2 + _GAP, len(tokens))):
        if part.fits(tokens[place]):
            return place
        if not tokens[place].is_("stop"):
            return None
    return None


def _read(tokens: list[Token], frame: _Frame, places: list[int]) -> list[Token]:
    """The tokens with the parts of the frame taken: the first that is not kept says what the frame says."""
    found = list(tokens)
    given = frame.gives
    for part, place in zip(frame.parts, places, strict=True):
        if not part.kept:
            found[place] = _taken(found[place], frame, part.becomes or given)
            given = given if part.becomes else ()
    for at, token in enumerate(found):
        if at not in places and any(part.fits(token) for part in frame.also):
            found[at] = _taken(token, frame, ())
    return found


def _taken(token: Token, frame: _Frame, meant: tuple[Sense, ...]) -> Token:
    """The token with what a frame makes of it; how far ahead, how many, and the choices of its tool are kept."""
    tools = tuple(f"{sense.id}." for sense in frame.gives if sense.kind == "ask")
    options = (sense for sense in token.senses if sense.kind == "option" and sense.id.startswith(tools)) if tools else ()
    named = any(sense.kind == "segment" for sense in meant)  # the large ones who are a group of their own are no ranking any more
    kept = [sense for sense in token.senses if sense.kind in _KEPT and not (named and sense.kind == "top_customers")]
    return replace(token, senses=(*((*meant, *kept, *options) or (_PASSED,)), _TAKEN))


def _without_ideas(token: Token) -> Token:
    senses = tuple(sense for sense in token.senses if sense.kind != IDEA)
    return token if len(senses) == len(token.senses) else replace(token, senses=senses)


@lru_cache(maxsize=1)
def _frames() -> tuple[_Frame, ...]:
    return tuple(_frame(entry) for entries in read_table("frames").values() for entry in entries)


def _frame(entry: Mapping[str, Any]) -> _Frame:
    parts = tuple(_part(words) for words in entry.get("row", entry.get("all", ())))
    gives = tuple(_sense(one) for one in entry.get("gives", ()))
    return _Frame(parts, "row" in entry, _parts(entry, "unless"), gives, _parts(entry, "also"))


def _parts(entry: Mapping[str, Any], name: str) -> tuple[_Part, ...]:
    return tuple(_part(words) for words in entry.get(name, ()))


def _part(words: str) -> _Part:
    """“=kind:id | kind@unit > kind:id”: the sign of a kept part, its senses, what its token becomes."""
    names, _, becomes = words.removeprefix("=").partition(">")
    senses = tuple(_named(one.strip()) for one in names.split("|"))
    return _Part(senses, words.startswith("="), becomes=(_sense(becomes.strip()),) if becomes else ())


def _named(name: str) -> tuple[str, str, str]:
    plain, _, unit = name.partition("@")
    kind, _, entry_id = plain.partition(":")
    return kind, entry_id, unit


@lru_cache(maxsize=64)
def _sense(name: str) -> Sense:
    """A sense by its kind and id, with what the lexicon says of it."""
    kind, _, entry_id = name.partition(":")
    return _known_senses().get((kind, entry_id)) or Sense(kind, entry_id)


@lru_cache(maxsize=1)
def _known_senses() -> dict[tuple[str, str], Sense]:
    """The first sense of each kind and id in the lexicon."""
    found: dict[tuple[str, str], Sense] = {}
    for phrase in read_phrases(*WORD_FILES):
        found.setdefault((phrase.sense.kind, phrase.sense.id), phrase.sense)
    return found
