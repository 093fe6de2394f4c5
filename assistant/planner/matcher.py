"""Finds all phrases of a vocabulary in a text with one trie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from assistant.planner.tokens import Sense

_END = ""


class Found(NamedTuple):
    """A phrase found in a text."""

    start: int
    end: int
    senses: tuple[Sense, ...]


class Matcher:
    """A trie over phrases; a phrase of Latin letters or digits matches whole words only."""

    def __init__(self, phrases: Iterable[tuple[str, Sense]]) -> None:
        self._root: dict[str, Any] = {}
        for text, sense in phrases:
            if text:
                self._add(text, sense)

    def _add(self, text: str, sense: Sense) -> None:
        node = self._root
        for char in text:
            node = node.setdefault(char, {})
        senses = node.setdefault(_END, [])
        if sense not in senses:
            senses.append(sense)

    def find(self, text: str, start: int) -> Iterator[Found]:
        """The phrases that begin at ``start``, shortest first."""
        if start and _same_word(text[start - 1], text[start]):
            return
        node = self._root
        for end in range(start, len(text)):
            if text[end] not in node:
                return
            node = node[text[end]]
            if _END in node and not (end + 1 < len(text) and _same_word(text[end], text[end + 1])):
                yield Found(start, end + 1, tuple(node[_END]))


def _same_word(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalpha() == right.isalpha() and left.isalnum() and right.isalnum()
