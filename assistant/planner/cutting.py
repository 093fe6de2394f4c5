"""Cuts a question into tokens, and cuts it again without the words of ideas that say nothing in it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.planner.amounts import reduce
from assistant.planner.frames import any_taken, idle
from assistant.planner.guessed_verbs import with_guessed_verbs
from assistant.planner.tokenise import Mended, cut, tokenise
from assistant.planner.tokens import Token
from assistant.planner.vocabulary import Vocabulary

_TRIES = 3
_KEPT = 64
"""Texts whose tokens are kept: a question is read several times with more or less of it."""


@dataclass(frozen=True)
class Cut:
    """A question's tokens, as they are cut and as they are reduced, and what was mended."""

    tokens: tuple[Token, ...]
    reduced: tuple[Token, ...]
    mended: tuple[Mended, ...]


def cut_question(plain: str, vocabulary: Vocabulary) -> Cut:
    """The tokens of a normalised question; each text is cut once."""
    kept = vocabulary.cuts
    found = kept.get(plain)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        found = kept[plain] = _cut(plain, vocabulary)
    return found


def _cut(plain: str, vocabulary: Vocabulary) -> Cut:
    """The tokens: “look for” is two plain words where no frame takes it as one."""
    barred: frozenset[str] = frozenset()
    for _ in range(_TRIES):
        tokens, mended = tokenise(plain, vocabulary, vocabulary.as_of, barred)
        read = reduce(tokens, vocabulary)
        waiting = {text for text in idle(read) if not any_taken(read) or _is_known_apart(text, vocabulary)}
        if not waiting:
            break
        barred |= waiting
    guessing, guessed = with_guessed_verbs(tokens, vocabulary)
    if guessed:
        tokens, read = guessing, reduce(guessing, vocabulary)
    return Cut(tuple(tokens), tuple(read), (*mended, *guessed))


def _is_known_apart(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the words mean something when they are not taken for an idea."""
    return not any(token.unknown for token in cut(text, vocabulary, vocabulary.as_of, frozenset((text,))))
