"""“… but not the week before”, “上个月来了、再上个月没来”: the time before the one that was named, of which something else is told."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary
from tools.errors import InputError
from tools.windows import Window

_HELD_AGAINST = ("compare", "growth", "yoy")


def shifted_times(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens, with the period before as a time of its own."""
    if not _denies(tokens):
        return tokens
    found, last = list(tokens), None
    for at, token in enumerate(tokens):
        window = _window(token)
        earlier = _before(last, vocabulary) if last is not None and _points_back(token, last) else None
        if earlier is not None:
            found[at] = replace(token, senses=(Sense("window", str(earlier), {"window": earlier, "parts": ()}),))
        last = window or last
    return found


def _denies(tokens: list[Token]) -> bool:
    """Whether something is said not to be done, and nothing is held against another time."""
    denied = any(token.is_("neg") for token in tokens) and any(token.is_("verb") for token in tokens)
    return denied and not any(token.is_("cue", *_HELD_AGAINST) for token in tokens)


def _window(token: Token) -> Window | None:
    sense = token.get("window")
    return sense.data["window"] if sense is not None else None


def _points_back(token: Token, last: Window) -> bool:
    """Whether a token means the period before the one that was named."""
    words = read_table("places")["period_before"]
    told = any(word in token.text for word in words)
    return told and (token.is_("cue", "previous") or _window(token) == last)


def _before(last: Window, vocabulary: Vocabulary) -> Window | None:
    """The window before, where there is one."""
    try:
        last.previous().resolve(vocabulary.as_of)
    except InputError:
        return None
    return last.previous()
