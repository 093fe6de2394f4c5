"""Reads the planner's knowledge from prompts/lexicon/*.yaml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.planner.normalise import normalise
from assistant.planner.tokens import Sense
from assistant.prompt_library import read_yaml
from tools.errors import InputError

_LANGUAGES = ("zh", "en")
_HAN_TAILS = ("一下", "下", "一下子", "了", "过", "一遍", "出来", "看", "看看", "一番", "下来")
_HAN_SHORT_TAILS = ("出", "个", "一个", "一份", "份", "一张", "张", "点", "到", "完", "好", "给我", "一眼")
_SPELT = 200_000
"""Phrases whose forms are kept: those of the lexicon, of the catalogue and of the values are looked at several times."""
_DOUBLES = re.compile("[^aeiou]*[aeiou][^aeiouwxy]")
"""Verbs whose last consonant is doubled before an ending, such as "sum" and "chop"."""

_NAME = re.compile(r"\{([a-z]+)\}")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_MOST_VARIANTS = 20_000
"""Forms of one word of a phrase, one of which is said."""
_DONE = ("verb",)
_HAN_VERB = re.compile(r"[\u3400-\u9fff]+(?<![过了])")
_OBJECTS = "单券店钱账货"
"""Objects that stand after the mark of what was done."""


@dataclass(frozen=True)
class Phrase:
    """Words that mean something."""

    text: str
    sense: Sense


@lru_cache(maxsize=32)
def read_table(name: str) -> Mapping[str, Any]:
    """One file of the lexicon as it is written.

    Raises:
        UnknownName: There is no such file.
        InputError: The file is not a mapping.
    """
    table = read_yaml(f"lexicon/{name}.yaml")
    if not isinstance(table, dict):
        raise InputError(f"The lexicon {name} is not a mapping.", f"词库 {name} 不是键值结构。")
    return table


def read_phrases(*names: str) -> Iterator[Phrase]:
    """The phrases of word files: kind -> id -> {zh: [...], en: [...], verbs: [...], anything else is the sense's data}.

    Verbs are English ones, meant in all their regular forms; “活跃(客户|会员)数” is all the forms that it stands for.
    """
    for name in names:
        yield from _phrases_of(name)


@lru_cache(maxsize=64)
def _phrases_of(name: str) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    for kind, entries in read_table(name).items():
        for entry_id, entry in entries.items():
            data = {key: value for key, value in entry.items() if key not in (*_LANGUAGES, "verbs")}
            sense = Sense(kind, str(entry_id), data)
            for language in _LANGUAGES:
                for form in (form for words in entry.get(language, ()) for form in variants(_word(name, words))):
                    found += [Phrase(one, sense) for one in (_aspects(form) if kind in _DONE else (form,))]
            for verb in entry.get("verbs", ()):
                found += [Phrase(form, sense) for form in sorted({verb, *_endings(verb)})]
    return tuple(found)


def variants(words: str) -> Iterator[str]:
    """The forms that a phrase with choices stands for: “(环比|同比)(下降|)” is four.

    Raises:
        InputError: They are too many to be held; what is as open as that is a construction.
    """
    if "(" not in words:
        yield words
        return
    several = math.prod(choice[1].count("|") + 1 for choice in _CHOICE.finditer(words))
    if several > _MOST_VARIANTS:
        raise InputError(
            f"The words {words} stand for {several} forms; at most {_MOST_VARIANTS} can be held.",
            f"词条 {words} 代表 {several} 种形式；最多可以有 {_MOST_VARIANTS} 种。",
        )
    choice = _CHOICE.search(words)
    if choice is None:
        yield words
        return
    for part in choice[1].split("|"):
        yield from variants(words[: choice.start()] + part + words[choice.end() :])


def general_words() -> Iterator[tuple[str, Sense]]:
    """Ordinary words that carry no condition, verbs in all their forms; "_" stands for a space."""
    table = read_table("general")
    for language in _LANGUAGES:
        for group, words in table[language].items():
            sense = Sense("stop", "praise" if group == "adjectives" else "general")
            for word in words.split():
                plain = normalise(word.replace("_", " "))
                forms = (_endings(plain) if plain.isascii() else _han_forms(plain)) if group == "verbs" else set()
                yield from ((form, sense) for form in {plain, *forms})


def _han_forms(verb: str) -> set[str]:
    """A Chinese verb with what may follow it: 查 gives 查一下, 查查, 查出来, 查到 …; 统计 gives 统计统计 as well."""
    return {verb + verb, *(verb + tail for tail in (*_HAN_TAILS, *(_HAN_SHORT_TAILS if len(verb) == 1 else ())))}


def _endings(verb: str) -> set[str]:
    """The regular forms of an English verb, its particle kept: "sum up" gives "sums up", "summing up", "summed up"."""
    first, space, particle = verb.partition(" ")
    stem = first[:-1] if first.endswith("e") else first
    doubled = first + first[-1] if _DOUBLES.fullmatch(first) else stem
    past = first[:-1] + "ied" if first.endswith("y") and first[-2] not in "aeiou" else doubled + "ed"
    third = first[:-1] + "ies" if past.endswith("ied") else first + ("es" if first.endswith(("s", "sh", "ch", "x")) else "s")
    return {f"{form}{space}{particle}" for form in (third, doubled + "ing", past)}


def _aspects(verb: str) -> Iterator[str]:
    """The forms of a Chinese verb: 响应 gives 响应过 and 响应了, 下单 gives 下过单 and 下了单 as well."""
    yield verb
    if not _HAN_VERB.fullmatch(verb):
        return
    for mark in ("过", "了", "过了"):
        yield verb + mark
        if verb[-1] in _OBJECTS and len(verb) == 2:
            yield verb[0] + mark + verb[1]


def _word(name: str, words: object) -> str:
    if not isinstance(words, str):
        raise InputError(f"The lexicon {name} has {words!r} where a text should be; quote it.", f"词库 {name} 中的 {words!r} 应加引号。")
    return words


def named_patterns(names: Mapping[str, str]) -> dict[str, str]:
    """Named parts of patterns, in which the names above them are filled in."""
    known: dict[str, str] = {}
    for name, pattern in names.items():
        known[name] = filled(pattern, known)
    return known


def filled(pattern: str, names: Mapping[str, str]) -> str:
    """A pattern with what its names in braces stand for."""
    return _NAME.sub(lambda match: names[match[1]], pattern)


@lru_cache(maxsize=_SPELT)
def spellings(text: str) -> frozenset[str]:
    """The forms of a phrase to look for in a normalised question: as written, and its plural or singular."""
    plain = normalise(text)
    forms = {plain}
    if plain and plain[-1].isascii() and plain[-1].isalpha() and len(plain) > 2:
        forms |= _numbered(plain)
    return frozenset(forms)


def _numbered(plain: str) -> set[str]:
    if plain.endswith("ies"):
        return {plain[:-3] + "y"}
    if plain.endswith(("ss", "ch", "sh", "x")):
        return {plain + "es"}
    if plain.endswith("s"):
        return {plain[:-1]} if len(plain) > 4 else set()
    if plain.endswith("y") and plain[-2] not in "aeiou":
        return {plain[:-1] + "ies", plain + "s"}
    return {plain + "s"}
