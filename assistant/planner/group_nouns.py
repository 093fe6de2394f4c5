"""“The 45-54 group”, “流失的那群”: a word for a group right after its name says nothing more."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token

_NAMES = ("value", "segment", "band", "condition")
_NOTHING = Sense("stop", "group")


def without_group_nouns(tokens: list[Token]) -> list[Token]:
    """The tokens, a word for a group that nothing else is known of being a filler where a name stands right before it."""
    words = read_table("turns")["group_nouns"]["after_name"]["words"]
    found = list(tokens)
    for at, token in enumerate(found):
        if token.text in words and _says_no_more(token) and _named(found, at):
            found[at] = replace(token, senses=(_NOTHING,))
    return found


def _says_no_more(token: Token) -> bool:
    return all(sense.kind == "part" or (sense.kind == "cue" and sense.id == "segments") for sense in token.senses)


def _named(tokens: list[Token], at: int) -> bool:
    """Whether the nearest word before that says something is the name of a group."""
    before = next((one for one in reversed(tokens[:at]) if not one.is_("stop")), None)
    return before is not None and any(before.is_(kind) for kind in _NAMES)
