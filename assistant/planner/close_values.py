"""Names in the data that an unplaced word may stand for: by a word of them, its other number, an abbreviation, a slip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.planner.goods import goods_names
from assistant.planner.lexicon import spellings
from assistant.planner.normalise import normalise
from assistant.planner.typos import is_ordinary
from assistant.planner.vocabulary import Vocabulary

_MOST = 5
_WORD = re.compile(r"[a-z]{2,}|\d+")
_HAN_WORD = re.compile(r"[\u3400-\u9fff]+")
_VOWELS = re.compile(r"(?<!^)[aeiou]")
_LEAST_HAN = 2
_LEAST_SKELETON = 3
_LEAST_FUZZY = 5
_LEAST_BEGINNING = 4
_DETAIL = ("product_name", "product", "top_category")
"""Dimensions whose names are offered only where no other has one."""


def close_values(words: str, vocabulary: Vocabulary) -> list[str]:
    """The names that have the words in them, the closest first; none where nothing is close."""
    for wanted in _said(words):
        found = _named(wanted, vocabulary)
        if found:
            return found
    return []


_MOST_LONGER = 4
"""Characters by which a Chinese name may be longer than what is said of it."""
_MOST_WORDS = 2
"""Words of an English name of which one is said."""


def only_name(words: str, vocabulary: Vocabulary) -> str | None:
    """The one name that has the words in it: “普洱” where the shop has 普洱熟饼 and nothing else of it; None where there are more."""
    plain = words.strip()
    if len(plain) < _LEAST_HAN or (plain.isascii() and (is_ordinary(plain) or len(plain) < _LEAST_FUZZY)):
        return None
    forms = spellings(plain) | {plain} if plain.isascii() else {plain}
    held = {place for token, places in vocabulary.words_of_values.items() if _holds(token, forms) for place in places}
    names = {value for _, value in held}
    name = next(iter(names)) if len(names) == 1 else None
    if name is None or not plain.isascii():
        return name if name is not None and len(name) <= len(plain) + _MOST_LONGER else None
    return name if len(_WORD.findall(normalise(name))) <= _MOST_WORDS else None


def _holds(token: str, forms: set[str] | frozenset[str]) -> bool:
    return token in forms or any(not form.isascii() and form in token for form in forms)


def _said(words: str) -> Iterable[list[str]]:
    """The words to look for: as typed, then the English names of the goods that are in them."""
    plain = [word for word in _WORD.findall(words) if len(word) > 1]
    han = [word for word in _HAN_WORD.findall(words) if len(word) > 1]
    goods = [name for name in _goods() if (f" {name} " in f" {' '.join(plain)} " if name.isascii() else name in words)]
    for name in goods[:1]:
        yield from (meant.split() for meant in _goods()[name])
    yield from ([word] for word in han)
    if plain:
        yield plain
        yield from ([word] for word in reversed(plain) if len(plain) > 1 and len(word) >= _LEAST_BEGINNING)


@lru_cache(maxsize=1)
def _goods() -> Mapping[str, tuple[str, ...]]:
    """Names of goods and the words for them, the longest first."""
    named = {name: meant.words for name, meant in goods_names().items()}
    return dict(sorted(named.items(), key=lambda entry: -len(entry[0])))


def _named(wanted: list[str], vocabulary: Vocabulary) -> list[str]:
    index = vocabulary.words_of_values
    sets = [{place for token in _tokens_like(word, index) for place in index[token]} for word in wanted]
    both = set.intersection(*sets) if sets else set()
    return _ordered(both, len(wanted))


def _tokens_like(word: str, index: Mapping[str, set[tuple[str, str]]]) -> list[str]:
    """The words of names that a word may be: itself or its other number; of no ordinary word also a beginning, its consonants, a slip."""
    if not word.isascii():
        return [token for token in index if word in token]
    found = [form for form in {*spellings(word), word + "es", word.removesuffix("s"), word.removesuffix("es")} if form in index]
    if len(word) >= _LEAST_BEGINNING and not is_ordinary(word):
        found += [token for token in index if token.startswith(word) and token not in found]
    bones = _VOWELS.sub("", word)
    if len(bones) >= _LEAST_SKELETON and not is_ordinary(word):
        bare = (bones, bones.removesuffix("s"))
        found += [token for token in index if token not in found and _VOWELS.sub("", token) in bare]
    if not found and len(word) >= _LEAST_FUZZY and not is_ordinary(word):
        near = process.extract(word, list(index), scorer=OSA.distance, score_cutoff=1 if len(word) < 8 else 2, limit=_MOST)
        found = [token for token, _, _ in near if token[0] == word[0]]
    return found


def _ordered(places: set[tuple[str, str]], words: int) -> list[str]:
    """The names, those with the fewest other words first; details only where there is nothing else."""
    names = [value for dimension, value in places if dimension not in _DETAIL] or [value for _, value in places]
    ranked = sorted(set(names), key=lambda value: (len(_WORD.findall(normalise(value))) - words, len(value), value))
    return ranked[:_MOST]
