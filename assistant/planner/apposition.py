"""“The hibernating bunch”, “即将沉睡客户这群人”: a word for people right after the name of their group adds nothing to it."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.frames import IDEA
from assistant.planner.tokens import Token
from assistant.planner.vocabulary import Vocabulary

_FILLERS = ("这", "那", "这个", "那个", "这一", "那一", "的这", "的", "这些", "那些")


def apposed(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The names of groups with the words for people after them joined to one token each."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        size = _length(tokens, at) if _names_group(tokens[at]) else 0
        if size:
            last = tokens[at + size]
            text = f"{tokens[at].text} {last.text}"
            senses = tuple(sense for sense in tokens[at].senses if sense.kind != "metric")  # people, and not how many they are
            found.append(replace(tokens[at], end=last.end, text=text, senses=senses))
        else:
            found.append(tokens[at])
        at += size + 1
    return found


def _names_group(token: Token) -> bool:
    return token.is_("segment") and not token.is_("verb")


def _length(tokens: list[Token], at: int) -> int:
    """How many tokens after a name say nothing but that it is of people."""
    for place in (at + 1, at + 2):
        if place >= len(tokens):
            return 0
        if _is_people(tokens[place]):
            return place - at
        if tokens[place].text not in _FILLERS:
            return 0
    return 0


def _is_people(token: Token) -> bool:
    return token.is_(IDEA, "people")
