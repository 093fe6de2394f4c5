"""Mends misspelt words against the vocabulary; what was mended is told to the operator."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.planner.lexicon import read_table
from assistant.planner.vocabulary import Vocabulary, sound

_LATIN = re.compile(r"[a-z]{4,}")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")


def mend_word(word: str, vocabulary: Vocabulary) -> str | None:
    """The known word that a misspelt one was meant to be: one edit up to six letters, two in longer words."""
    slips = read_table("typos")
    if word in slips["slips"]:
        return str(slips["slips"][word])
    if len(word) < 4 or word in vocabulary.known_words or not word.isalpha():
        return None
    allowed = 1 if len(word) < 9 else 2
    known = (vocabulary.words if len(word) > 6 else vocabulary.single_words) | _everyday()
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=allowed)
    if not found or (len(word) == 4 and sorted(found[0]) != sorted(word)):
        return None
    return found[0] if found[0][0] == word[0] or found[1] == 1 else None


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    return frozenset(read_table("typos")["words"].split())


def _turns(typed: str, meant: str) -> bool:
    """Whether one of two characters says which one is meant (高 or 低, 新 or 老), so that it is no slip of the pen."""
    return any(char in read_table("places")["telling_characters"] for char in (typed, meant))


def _by_sound(text: str, unknown: range, vocabulary: Vocabulary) -> tuple[int, int, str] | None:
    """The phrase that sounds like the characters typed: “消售额” is 销售额."""
    for length in range(min(6, len(text)), 1, -1):
        for start in range(max(0, unknown.start - length + 1), min(unknown.stop, len(text) - length + 1)):
            piece = text[start : start + length]
            meant = vocabulary.han_sounds.get(sound(piece))
            same = sum(typed == read for typed, read in zip(piece, meant or "", strict=False))
            if meant and meant != piece and same and 2 * same >= length:
                return start, start + length, meant
    return None


def mend_han(text: str, unknown: range, vocabulary: Vocabulary) -> tuple[int, int, str] | None:
    """The Chinese phrase meant around the unexplained characters, when one character of it is wrong."""
    by_sound = _by_sound(text, unknown, vocabulary)
    if by_sound:
        return by_sound
    for length in range(6, 3, -1):
        for start in range(max(0, unknown.stop - length), min(unknown.start, len(text) - length) + 1):
            piece = text[start : start + length]
            for index in range(length):
                if start + index in unknown:
                    rest = piece[:index] + piece[index + 1 :]
                    meant = vocabulary.han_wildcards.get(piece[:index] + "?" + piece[index + 1 :])
                    if meant and rest not in vocabulary.texts and not _turns(piece[index], meant[index]):
                        return start, start + length, meant
    return None
