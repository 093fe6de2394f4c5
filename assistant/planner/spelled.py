"""Tokens found and replaced by how they are spelt together: “花得更多”, "getting smaller", however they were cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.normalise import HAN
from assistant.planner.tokens import Sense, Token

_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True)
class Found:
    """Where a pattern is found.

    Args:
        first: Place of its first token.
        end: Place after its last token.
        match: What was matched.
    """

    first: int
    end: int
    match: re.Match[str]


def find(tokens: Sequence[Token], pattern: re.Pattern[str]) -> Iterator[Found]:
    """The places where whole tokens together are spelt so."""
    text, spans = _spelt(tokens)
    for match in pattern.finditer(text):
        if match.end() == match.start():
            continue
        places = [at for at, (start, end) in enumerate(spans) if start < match.end() and end > match.start()]
        if places and spans[places[0]][0] >= match.start() and spans[places[-1]][1] <= match.end():
            yield Found(places[0], places[-1] + 1, match)


def put(tokens: Sequence[Token], found: Found, *senses: Sense) -> list[Token]:
    """The tokens with one of these meanings in the place of those found; with none, as a word that says nothing."""
    start, end = tokens[found.first].start, tokens[found.end - 1].end
    said = Token(start, end, found.match[0].strip(), senses or (Sense("stop", "spelled"),))
    return [*tokens[: found.first], said, *tokens[found.end :]]


def _spelt(tokens: Sequence[Token]) -> tuple[str, list[tuple[int, int]]]:
    """The tokens as one text, and where each of them stands in it."""
    text = ""
    spans: list[tuple[int, int]] = []
    for at, token in enumerate(tokens):
        word = token.text.replace(" ", "") if _HAN.search(token.text) else token.text
        text += " " if at and tokens[at - 1].end < token.start else ""
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, spans


@lru_cache(maxsize=32)
def patterns(table: str, language: str, kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of one kind in a table of the lexicon, each with what it stands for where the table says that."""
    names = named_patterns(read_table(table)["names"])
    entry = read_table(table)[kind]
    groups = {"": entry} if "en" in entry else entry
    edge = r"\b(?:{})(?: than(?! before| previously| last| in the))?\b" if language == "en" else "(?:{})(?:吗|么)?"
    return tuple(
        (meant, re.compile(edge.format(filled(pattern, names)))) for meant, words in groups.items() for pattern in words.get(language, ())
    )
