"""Cuts a question into tokens, and cuts it again without the words of ideas that say nothing in it."""

from __future__ import annotations

from assistant.planner.amounts import reduce
from assistant.planner.frames import any_taken, idle
from assistant.planner.tokenise import Mended, cut, tokenise
from assistant.planner.tokens import Token
from assistant.planner.vocabulary import Vocabulary

_TRIES = 3


def cut_question(plain: str, vocabulary: Vocabulary) -> tuple[list[Token], list[Mended]]:
    """The tokens of a normalised question and what was mended: “look for” is two plain words where no frame takes it as one."""
    barred: frozenset[str] = frozenset()
    for _ in range(_TRIES):
        tokens, mended = tokenise(plain, vocabulary, vocabulary.as_of, barred)
        read = reduce(tokens, vocabulary)
        waiting = {text for text in idle(read) if not any_taken(read) or _is_known_apart(text, vocabulary)}
        if not waiting:
            break
        barred |= waiting
    return tokens, mended


def _is_known_apart(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the words mean something when they are not taken for an idea."""
    return not any(token.unknown for token in cut(text, vocabulary, vocabulary.as_of, frozenset((text,))))
