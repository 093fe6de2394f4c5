"""Mends misspelt words against the vocabulary; what was mended is told to the operator.

A well-formed word is never mended. The planner's own words (metrics, times, verbs, fillers) go before names in the data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.planner.lexicon import read_table
from assistant.planner.sounds import sound
from assistant.planner.vocabulary import Vocabulary

_LATIN = re.compile(r"[a-z]{4,}")
_VOWELS = re.compile(r"(?<!^)[aeiouy]")
_ENDINGS = ("s", "es", "d", "ed", "ing", "in")
_LEAST_BONES = 4
_LEAST_FIRST = 6
_LEAST_FAR = 9
_LEAST_TWICE = 7
"""Shorter words are mended where one edit is enough."""


def mend_word(word: str, vocabulary: Vocabulary) -> str | None:
    """The known word that a misspelt one was meant to be: an ordinary or the planner's own one, else part of a name."""
    slips = read_table("typos")["slips"]
    if word in slips:
        return str(slips[word])
    if not word.isalpha():
        return None
    if word.endswith("in") and len(word) > 4 and word + "g" in vocabulary.known_words | _ordinary():
        return word + "g"  # “lookin”
    if len(word) < 4 or word in vocabulary.known_words:
        return None
    own = vocabulary.own_words | _everyday()
    stem = next((one for one in stems(word) if one in vocabulary.own_phrases), None)
    if stem or is_ordinary(word):
        return stem
    return _closest(word, own) or _by_bones(word, own) or _name_like(word, vocabulary)


def stems(word: str) -> list[str]:
    """The words that a word may be a regular form of: “saved” of “save”, “listing” of “list”."""
    found: list[str] = []
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            found += [stem, stem + "e", *([stem[:-1]] if stem[-1] == stem[-2] else []), *([stem[:-1] + "y"] if stem[-1] == "i" else [])]
    return found


def _closest(word: str, known: Iterable[str]) -> str | None:
    """The word within one edit, or within two where both are long and begin alike."""
    allowed = 2 if len(word) >= _LEAST_TWICE else 1
    edits = ((OSA.distance(word, one), one) for one in known if abs(len(one) - len(word)) <= allowed)
    near = [(away, meant) for away, meant in edits if away <= allowed and _fits(word, meant, away)]
    fit = [(away, meant[0] != word[0], abs(len(meant) - len(word)), meant) for away, meant in near]
    return min(fit)[-1] if fit else None


def _fits(word: str, meant: str, edits: int) -> bool:
    """Whether the edits are slips: few letters differ, and the first one only in a longer word."""
    if len(word) == 4:
        return word[0] == meant[0] and (sorted(word) == sorted(meant) or len(meant) == 5)
    other = max((Counter(word) - Counter(meant)).total(), (Counter(meant) - Counter(word)).total())
    if edits == 2 and other > 1 and len(word) < _LEAST_FAR:
        return False
    return word[0] == meant[0] or (edits == 1 and len(word) >= _LEAST_FIRST)


def _by_bones(word: str, known: Iterable[str]) -> str | None:
    """The one word with the same consonants: “custmrs”, “rvnue”."""
    bones = _VOWELS.sub("", word)
    found = {one for one in known if len(one) > len(word) and _VOWELS.sub("", one) == bones} if len(bones) >= _LEAST_BONES else set()
    return found.pop() if len(found) == 1 else None


def _name_like(word: str, vocabulary: Vocabulary) -> str | None:
    """A word of a name in the data: one edit up to eight letters, two in longer words."""
    allowed = 1 if len(word) < 9 else 2
    known = vocabulary.words if len(word) > 6 else vocabulary.single_words
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=allowed)
    if not found or (len(word) == 4 and sorted(found[0]) != sorted(word)):
        return None
    return found[0] if found[0][0] == word[0] or found[1] == 1 else None


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    return frozenset(read_table("typos")["words"].split())


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    return frozenset(read_table("ordinary")["en"].split())


def is_ordinary(word: str) -> bool:
    """Whether it is a well-formed ordinary word, or a regular form of one."""
    if word in _ordinary():
        return True
    ordinary = [stem for stem in stems(word) if stem in _ordinary()]
    hissing = word.removesuffix("es").endswith(("s", "x", "z", "ch", "sh", "o"))
    return bool(ordinary) and (not word.endswith("es") or word[:-1] in ordinary or hissing or word.endswith("ies"))


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
                    if meant and not _stands(rest, vocabulary) and not _turns(piece[index], meant[index]):
                        return start, start + length, meant
    return None


def _stands(rest: str, vocabulary: Vocabulary) -> bool:
    """Whether the other characters are words by themselves, so that the odd one is a word of its own: 海 + 的 + 客户."""
    if not rest:
        return True
    return any(rest[:size] in vocabulary.texts and _stands(rest[size:], vocabulary) for size in range(len(rest), 0, -1))
