"""Names in a row and how many they are: “367和406这两家店”, “MEAT和DELI两个部门”, “Type A B C三类活动”."""

from __future__ import annotations

import re

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_COUNTED = re.compile(r"(?:这|那)?(?P<n>[两二三四五六七八九]|\d)(?:个|家|间|种|款|类|场|次|大|号)?")
_NUMBERS = {number: value for value, number in enumerate("二三四五六七八九", start=2)} | {"两": 2}
_PAIR = 2
_LONGEST = 4
"""So many tokens may say how many names there were."""


def counted_names(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens without “这两家” between so many names and what they are names of."""
    found: list[Token] = []
    for token in tokens:
        token = _of_pair(token, vocabulary) if token.is_("pair") and _names_before(found) == _PAIR else token
        dimension = token.get("dimension")
        if dimension is not None and dimension.id in vocabulary.values:
            found = found[: len(found) - _count_length(found)]
        found.append(token)
    return found


def _of_pair(token: Token, vocabulary: Vocabulary) -> Token:
    """“这两家店” after two names as the word for what they are names of."""
    for size in range(_LONGEST, 0, -1):
        tail = token.text[-size:]
        for found in vocabulary.matcher.find(tail, 0):
            sense = next((one for one in found.senses if one.kind == "dimension"), None)
            if sense is not None and found.end == len(tail) < len(token.text):
                return Token(token.end - len(tail), token.end, tail, (sense,))
    return token


def _count_length(tokens: list[Token]) -> int:
    """How many of the last tokens count the names before them."""
    for size in range(1, min(_LONGEST, len(tokens) - 1) + 1):
        counted = _COUNTED.fullmatch("".join(token.text for token in tokens[-size:]))
        if counted is None:
            continue
        number = _NUMBERS.get(counted["n"]) or int(counted["n"])
        if number > 1 and _names_before(tokens[:-size]) == number:
            return size
    return 0


def _names_before(tokens: list[Token]) -> int:
    """How many names stand in a row at the end; what joins two of them is skipped."""
    count = 0
    joined = True
    for token in reversed(tokens):
        if _is_name(token):
            count, joined = count + 1, False
        elif joined or not _joins(token):
            return count
        else:
            joined = True
    return count


def _is_name(token: Token) -> bool:
    return token.is_("value") or token.is_("number") or _is_letter(token)


def _is_letter(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isascii() and token.text.isalpha()


def _joins(token: Token) -> bool:
    return token.is_("conj", "and", "or") or token.is_("punctuation", ",")


def lettered_values(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“Type A and B”, “Type A B C”: a letter after a named value is another one of its dimension."""
    found: list[Token] = []
    for token in tokens:
        known = _named_before(found)
        if known is None or token.is_("value") or not _is_letter(token):
            found.append(token)
            continue
        dimension = str(known.data["dimension"])
        meant = vocabulary.value_named(dimension, token.text)
        sense = Sense("value", f"{dimension}={meant}", {"dimension": dimension, "value": meant})
        found.append(merged([token], sense) if meant else token)
    return found


def _named_before(tokens: list[Token]) -> Sense | None:
    """The named value before a letter, joints and the name of its dimension aside: “Type A campaigns vs B”."""
    for token in reversed(tokens[-_LONGEST:]):
        value = token.get("value")
        if value is not None:
            return value
        if not (_joins(token) or token.is_("cue", "compare") or token.is_("dimension", "campaign", "campaign_kind", "store")):
            return None
    return None
