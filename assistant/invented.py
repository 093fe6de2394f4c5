"""Names that stand in prose without any word for what they are: capitalised words, strange Chinese subjects, periods nobody asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from assistant.names import HEADING, SENTENCE_START, chinese_pieces, is_ordinary, ordinary_words, stands_in
from assistant.own_words import chinese_pairs, english_words
from assistant.prompt_library import read_yaml

_CAPITAL = r"[A-Z][A-Za-z0-9'’]*(?:-[A-Za-z0-9'’]+)*"
_RUN = re.compile(rf"(?<![A-Za-z0-9_.@/\\-])(?P<bold>\*\*)?(?P<name>{_CAPITAL}(?:[ ]{_CAPITAL})*)")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<![A-Za-z0-9])[\w.+-]*@[A-Za-z0-9_][\w.-]+|(?<![\w&])#[A-Za-z]\w{2,}", re.ASCII)
_TITLE = re.compile(r"\s*(?:[-*•#>]+\s*|\d{1,2}[.)]\s*)*(?:\*\*)?[^.!?\n]{1,60}?(?:\*\*)?[:\uff1a]?(?:\*\*)?\s*")
"""A short line without an end of sentence, or what stands before a colon."""
_ENDINGS = ("", "s", "es", "ed", "d", "ing", "ly", "er", "ers", "r", "'s", "’s", "ies", "ied", "n't")
_FUNCTION = re.compile("[的了按在和与从到对把被将给向以及其各这那他她它们都也就还是有不更最很较于中为则且并而但又所]")
"""Characters that join words, and stand beside any other."""
_CONTRACTED = re.compile(r"['’](?:s|re|ve|ll|d|m|t)$", re.I)


def invented_name(text: str, said: str, called: str) -> str | None:
    """The first name or relative period in ``text`` that nothing vouches for.

    Args:
        text: A sentence; what is vouched for already is blanked out.
        said: All names and words of results and questions, in lower case, one a line.
        called: The arguments with which the tools were called.
    """
    found = (*_addresses(text, said), *_capitalised(text, said), *_strange(text, said), *_periods(text, said, called))
    return next((name for name in found if name), None)


def _addresses(text: str, said: str) -> Iterator[str]:
    """Accounts, web pages and e-mail addresses that no result has: a reader might write to them."""
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(".,;:!?)。，；：！？）")
        if address.lower() not in said:
            yield address


def _capitalised(text: str, said: str) -> Iterator[str]:
    title = HEADING.fullmatch(text) or _TITLE.fullmatch(text)
    for match in _RUN.finditer(text):
        begins = SENTENCE_START.search(text[: match.start()]) is not None
        name = match["name"]
        if title or _is_label(text, match):
            unknown = [word for word in name.split() if not _is_word(word, said)]
            yield unknown[0] if unknown else ""
        elif " " not in name:
            if not _is_word(name, said) and (match["bold"] or not begins or not _opens(text, match)):
                yield name
        else:
            yield _run(name, said, begins and not match["bold"])


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether an unknown word at the beginning is an adverb, a participle or the like, and no subject."""
    return match["name"].endswith(("ly", "ing", "wise")) or text[match.end() : match.end() + 1] in ",\uff0c"


def _is_label(text: str, match: re.Match[str]) -> bool:
    """Whether the words are a bold label of what follows, such as "**Next Steps**: ..."."""
    return bool(match["bold"]) and re.match(r"[^*\n]{0,40}(?::\*\*|\*\*\s?:)", text[match.end() :]) is not None


def _run(name: str, said: str, begins: bool) -> str:
    """The capitalised words in a row, where they are a name; a first word may owe its capital to the sentence."""
    words = name.split()
    if begins and _is_word(words[0], said) and not stands_in(name.lower(), said):
        words = words[1:]
    rest = " ".join(words).lower()
    if stands_in(rest, said) or is_ordinary(rest):
        return ""
    if len(words) == 1:
        return "" if _is_word(words[0], said) else words[0]
    return "" if all(word.lower() in ordinary_words() or _stated(word, said) for word in words) else " ".join(words)


def _is_word(word: str, said: str) -> bool:
    """Whether ``word`` is one of the product's own, or of the results'."""
    plain = _CONTRACTED.sub("", word).lower()
    return all(_known(part) for part in plain.split("-")) or _stated(word, said)


def _known(word: str) -> bool:
    own = english_words()
    if len(word) < 2 or word in own or word in ordinary_words():
        return True
    stems = {word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)} - {word}
    return any(stem in own or f"{stem}e" in own or f"{stem}y" in own for stem in stems if len(stem) > 2)


def _stated(word: str, said: str) -> bool:
    return stands_in(_CONTRACTED.sub("", word).lower(), said)


def _strange(text: str, said: str) -> Iterator[str]:
    """Chinese subjects of what prose says about customers, made of characters that the product never writes together."""
    for pattern in _subjects():
        for match in pattern.finditer(text):
            name = match["name"]
            rest = _unknown_part(name, said)
            if rest:
                yield rest


def _unknown_part(name: str, said: str) -> str:
    for piece in chinese_pieces():
        name = name.replace(piece, " ")
    for part in _FUNCTION.sub(" ", name).split():
        pairs = ["".join(pair) for pair in pairwise(part)]
        strange = [pair not in chinese_pairs() and pair not in said for pair in pairs]
        if strange and all(strange):
            return part
        if any(one and other for one, other in pairwise(strange)):
            return part
    return ""


def _periods(text: str, said: str, called: str) -> Iterator[str]:
    """Relative periods that nobody asked about, such as "last year"."""
    for key, phrases in _relative().items():
        found = phrases.search(text)
        if found and key not in called and not phrases.search(said):
            yield found[0]


@lru_cache(maxsize=1)
def _relative() -> dict[str, re.Pattern[str]]:
    return {key: re.compile("|".join(map(_phrase, phrases)), re.I) for key, phrases in read_yaml("names.yaml")["periods"].items()}


def _phrase(words: str) -> str:
    return rf"\b{words}\b" if words.isascii() else words


@lru_cache(maxsize=1)
def _subjects() -> tuple[re.Pattern[str], ...]:
    verbs = "|".join(sorted(_words("stating"), key=len, reverse=True))
    kinds = "|".join(sorted(_words("kinds", "zh"), key=len, reverse=True))
    begins = r"(?:^|(?<=[\uff0c。\uff1b\uff1a、！？\n*#•\s-])|(?<=其中)|(?<=而)|(?<=但))"
    return (
        re.compile(rf"{begins}(?P<name>[\u4e00-\u9fff]{{2,8}}?)(?:的|们|\*\*)?(?:{verbs})"),
        re.compile(rf"(?:{kinds})(?P<name>[\u4e00-\u9fff]{{2,4}}?)(?:的)?(?:{verbs})"),
    )


def _words(*path: str) -> list[str]:
    found: Any = read_yaml("names.yaml")
    for step in path:
        found = found[step]
    return [str(word) for word in found]
