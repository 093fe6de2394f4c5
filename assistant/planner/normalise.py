"""One spelling for one question: full-width, traditional, case, apostrophes, hyphens and spaces are evened out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from assistant.planner.numbers import with_percents
from assistant.prompt_library import read_yaml

HAN = r"\u3400-\u9fff"
_HAN = re.compile(f"[{HAN}]")
_APOSTROPHES = re.compile(r"['’‘`´](?=\w)|(?<=\w)['’‘`´]")
_OF_NUMBER = re.compile(r"(?<=\d)['’]s\b")
_HYPHEN = re.compile(r"(?<=[a-z])[-_‐‑–](?=[a-z])")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_HYPHEN_OF_RANGE = re.compile(rf"\b({_MONTH}|{_DAY})\s?[-‐‑–]\s?({_MONTH}|{_DAY})\b")
_HAN_YEAR = re.compile("(?<![〇零一二三四五六七八九十百千万])[一二][九〇零][〇零一二三四五六七八九]{2}(?=年)")
_GLUED_TIME = re.compile(r"(?<=[a-z]{3})(?=\d{1,2}月|\d{4}年)")
"""“DELI12月”: a name of Latin letters and the time after it."""
_SHORT_HAN_YEAR = re.compile(
    "(?<![〇零一二两三四五六七八九十百千万\\d近去前这那第])(?:一[〇零三四五六七八九]|二[〇零])(?=年(?![前后内以之来多半级龄]))"
)
"""“一七年”; “一二年” and “二三年” may be a year or two."""
_HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_SHORT_YEAR = re.compile(rf"(?<![a-z])({_MONTH}|q[1-4]|h[12]|spring|summer|autumn|fall|winter|of|in)[.]?\s?['’‘](\d\d)(?!\d)")
_OF_AGE = re.compile(r"\b(under|over) (?:the )?(\d\d)s\b")
_HYPHEN_OF_DAYS = re.compile(r"(?<=\d)[-‐‑–](?=(?:day|week|month|year|person|people|member)s?\b)")
_OVER_HALF = re.compile("(?:超过半数|过半数|过半|超半数)(?!年|个?月|天|小时|价)")
_LISTED_NUMBERS = re.compile(r"(?<=\d)、(?=\d)")
"""“367、406” are two numbers, and no comma of thousands."""
_SPACE_IN_HAN = re.compile(f"(?<=[{HAN}])\\s+|\\s+(?=[{HAN}])")
_SPACES = re.compile(r"\s+")
_BARE = re.compile(f"[a-z {HAN}]*")
"""Nothing but letters: no sign or digit has to be evened out."""
_QUOTES = str.maketrans({**dict.fromkeys("“”「」《》", '"'), "、": ",", "。": ".", "～": "~", "—": "-", "–": "-"})


_NAMED_GROUP = re.compile(r"\(\?P<\w+>")
_WORD = r"\b"
_ESCAPED, _BRACKET, _GROUP = re.compile(r"\\."), re.compile(r"\[[^\]]*\]"), re.compile(r"\([^()]*\)")
_SAID_BEFORE = re.compile(r"\(\?P=\w+\)")


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC  # loading its dictionaries takes a while, so only on first use

    return OpenCC("t2s")


@lru_cache(maxsize=2)
def _rewrites(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    table = read_yaml("lexicon/dialect.yaml")
    return tuple((re.compile(pattern), words) for pattern, words in table[language])


@lru_cache(maxsize=2)
def _any_rewritten(language: str) -> re.Pattern[str]:
    """What finds the first place that any of the rewrites is about; most words have none.

    Those that begin with a word are tried only where a word begins.
    """
    plain = [_SAID_BEFORE.sub(".", _NAMED_GROUP.sub("(?:", pattern.pattern)) for pattern, _ in _rewrites(language)]
    words = [one.removeprefix(_WORD) for one in plain if one.startswith(_WORD) and not _has_choices(one)]
    others = [one for one in plain if not one.startswith(_WORD) or _has_choices(one)]
    return re.compile("|".join([*others, *([f"{_WORD}(?:{'|'.join(words)})"] if words else [])]))


def _has_choices(pattern: str) -> bool:
    """Whether a regular expression has alternatives outside of all its brackets."""
    bare = _BRACKET.sub("", _ESCAPED.sub("", pattern))
    while (less := _GROUP.sub("", bare)) != bare:
        bare = less
    return "|" in bare


def _standard(text: str, language: str) -> str:
    """Other ways of writing the same words (Cantonese, Taiwanese, of chats) in the standard one."""
    if _any_rewritten(language).search(text):
        for pattern, words in _rewrites(language):
            text = pattern.sub(words, text)
    return text


def normalise(text: str) -> str:
    """``text`` in lower case, half-width, simplified Chinese, with single spaces.

    Hyphens between letters become spaces ("at-risk" is "at risk"); apostrophes go ("what's" is "whats").
    """
    plain = unicodedata.normalize("NFKC", _LISTED_NUMBERS.sub("、 ", text)).translate(_QUOTES).lower()
    if _HAN.search(plain):
        plain = _even_han(plain)
    if not _BARE.fullmatch(plain):
        plain = _even_signs(plain)
    plain = with_percents(_standard(plain, "en"))
    if not _BARE.fullmatch(plain):
        plain = "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Zs", "So") else char for char in plain)
    return _SPACE_IN_HAN.sub("", _SPACES.sub(" ", plain)).strip()


def _even_han(plain: str) -> str:
    """Chinese in simplified characters and standard words, years in digits."""
    plain = _standard(str(_simplifier().convert(plain)), "zh")
    plain = _GLUED_TIME.sub(" ", plain)
    plain = _HAN_YEAR.sub(lambda match: match[0].translate(_HAN_DIGITS), plain)
    plain = _SHORT_HAN_YEAR.sub(lambda match: f"20{match[0].translate(_HAN_DIGITS)}", plain)
    return _OVER_HALF.sub("超过一半", plain)


def _even_signs(plain: str) -> str:
    """Years, ages and ranges with digits and signs in one way, without apostrophes and hyphens."""
    plain = _SHORT_YEAR.sub(r"\1 20\2", plain)
    plain = _OF_AGE.sub(r"customers aged \1 \2", plain)
    plain = _HYPHEN_OF_RANGE.sub(r"\1 to \2", plain)
    plain = _HYPHEN_OF_DAYS.sub(" ", plain)
    return _HYPHEN.sub(" ", _APOSTROPHES.sub("", _OF_NUMBER.sub("", plain)))
