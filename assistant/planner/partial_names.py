"""Names that are said in part: “the July mail campaign”, “7月邮件活动”."""

from __future__ import annotations

from assistant.planner.normalise import normalise
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_DIMENSIONS = ("campaign",)
"""Dimensions whose values have names of several words, which are seldom said in full."""
_CAMPAIGN = Sense("dimension", "campaign")
"""What “那次活动” stands for."""
_ARTICLES = ("the", "our", "my", "of", "in", "for", "by", "from", "的")
_MOST_TOKENS = 4


def partly_named(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens, words of the name of one campaign beside the word for campaigns as that campaign."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = next((one for size in range(_MOST_TOKENS, 1, -1) if (one := _named(tokens[at : at + size], size, vocabulary))), None)
        found.append(joined or tokens[at])
        at = at + 1 if joined is None else next(place for place, token in enumerate(tokens) if token.end == joined.end) + 1
    return found


def _named(part: list[Token], size: int, vocabulary: Vocabulary) -> Token | None:
    if len(part) < size:
        return None
    for kind, words in ((part[-1], part[:-1]), (part[0], part[1:])):
        sense = kind.get("dimension", *_DIMENSIONS) or (_CAMPAIGN if kind.is_("part", "history") else None)
        if sense is None or kind.text.endswith("s") or any(one.is_("value") or one.is_("punctuation") for one in words):
            continue
        meant = _value_with(" ".join(one.text for one in words).split(), vocabulary.values.get(sense.id, []))
        if meant:
            return merged(part, Sense("value", f"{sense.id}={meant}", {"dimension": sense.id, "value": meant}))
    return None


def _value_with(words: list[str], values: list[str]) -> str | None:
    """The only value whose name has all these words."""
    wanted = [word for word in words if word not in _ARTICLES]
    if not any(char.isalpha() for word in wanted for char in word):
        return None
    found = [value for value in dict.fromkeys(values) if all(_holds(normalise(value), word) for word in wanted)]
    return found[0] if len(found) == 1 else None


def _holds(name: str, word: str) -> bool:
    return word in name.split() if word.isascii() else word in name
