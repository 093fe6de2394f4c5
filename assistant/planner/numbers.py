"""Numbers as people write them: 2,000, 1.5万, 2k, 三百, a dozen, 20%, 两成, 三分之一."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

_HAN_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "俩": 2, "仨": 3}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "k": 1000, "w": 10**4, "m": 10**6, "hundred": 100}
_SCALES |= {"thousand": 1000, "grand": 1000, "million": 10**6, "mn": 10**6, "billion": 10**9}
_WORDS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_WORDS |= {"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16}
_WORDS |= {"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18}
_WORDS |= {
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "dozen": 12,
    "couple": 2,
    "pair": 2,
}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_HAN_NUMBER = "(?:[零〇一二两三四五六七八九十百千万亿]+|(?<![们咱你他她我])[俩仨])"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_LARGE = "hundred|thousand|grand|million"
_ENGLISH = rf"(?:(?:{_WORD}|a|half a)[ -])?(?:(?:{_WORD})|{_LARGE})(?:[ -](?:and )?(?:{_WORD}|{_LARGE}))*"
_SCALE = "mn|hundred|thousand|grand|million|billion"
NUMBER = rf"(?:(?:{_DIGITS})(?:\s?(?:[百千万亿]|{_SCALE})(?![a-z])|[kwm](?![a-z]))?|{_HAN_NUMBER}|\b{_ENGLISH}\b)"
"""A pattern of one number, to be built into larger patterns."""

_NUMBER = re.compile(rf"\b(?:a )?(?:couple|pair)(?: of)?\b|{NUMBER}")
_SCALED = re.compile(rf"({_DIGITS})\s?([^\d\s.]*)")
_NO_SHARE = r"the (?:year|month)|years?|months?|days?|hours?|dozen|hundred|thousand|million|price|(?:19|20)\d\d"
"""What half of is no share: a time or another number."""
_SHARES = (
    re.compile(rf"(?P<n>{_DIGITS})\s?(?:%|percent\b|per cent\b|pct\b)"),
    re.compile(rf"百分之(?P<n>{_DIGITS}|{_HAN_NUMBER})"),
    re.compile(rf"(?P<tenths>{_DIGITS}|[一二两三四五六七八九])成(?P<half>半)?(?!为|本|员|交|功|都)"),
    re.compile(r"(?P<halved>一半|半数)"),
    re.compile(rf"(?<!first )(?<!second )(?<!other )\b(?P<half_of>(?:one )?half)\b(?! (?:an? |of )?(?:{_NO_SHARE}))"),
    re.compile(r"(?P<below>[二三四五六七八九十])分之(?P<above>[一二三四五六七八九])"),
    re.compile(r"(?<![\d/.])(?P<over>[1-9])/(?P<under>[2-9])(?![\d/.]|月)"),
    re.compile(r"\b(?P<many>a|one|two|three) (?P<part>third|fourth|fifth|tenth|quarter)s?\b(?: of(?! (?:the year|20\d\d)))?"),
)


_SPELT_PERCENT = re.compile(rf"\b({_ENGLISH})[ -](?=(?:percent|per cent|pct)\b)")
_PERCENT = re.compile(r"(?<=\d) ?(?:percent|per cent|pct)\b(?! points?)")
_PARTS = {"third": 3, "fourth": 4, "quarter": 4, "fifth": 5, "tenth": 10}


class Number(NamedTuple):
    """A number found in a text, from ``start`` to ``end``; a share is a fraction."""

    start: int
    end: int
    value: Decimal
    share: bool


def find_numbers(text: str) -> Iterator[Number]:
    """All numbers and shares of a normalised text; they may overlap, the longest reading wins later."""
    for pattern in _SHARES:
        for match in pattern.finditer(text):
            yield Number(match.start(), match.end(), _share(match.groupdict()), True)
    for match in _NUMBER.finditer(text):
        value = parse_number(match[0])
        if value is not None and not _inside_word(text, match):
            yield Number(match.start(), match.end(), value, False)


def parse_number(text: str) -> Decimal | None:
    """The value of one number, or None where the text is not one."""
    scaled = _SCALED.fullmatch(text)
    if scaled:
        scale = _SCALES.get(scaled[2], 1) if scaled[2] else 1
        return _plain(Decimal(scaled[1].replace(",", "")) * scale)
    if text[:1] in _HAN_DIGITS or text[:1] in _HAN_UNITS:
        return _han(text)
    return _english(text)


def with_percents(text: str) -> str:
    """“Top ten percent” as “top 10%”: the number of a percentage in digits, and its sign."""
    return _PERCENT.sub("%", _SPELT_PERCENT.sub(lambda match: f"{parse_number(match[1]) or match[1]} ", text))


def _inside_word(text: str, match: re.Match[str]) -> bool:
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return (before.isascii() and before.isalpha() and match[0][0].isascii()) or (after.isascii() and after.isalpha())


def _share(parts: dict[str, str | None]) -> Decimal:
    if parts.get("halved") or parts.get("half_of"):
        return Decimal("0.5")
    if parts.get("over"):
        return Decimal(str(parts["over"])) / Decimal(str(parts["under"]))
    if parts.get("many"):
        return Decimal({"a": 1, "one": 1, "two": 2, "three": 3}[str(parts["many"])]) / _PARTS[str(parts["part"])]
    if parts.get("tenths"):
        return (parse_number(str(parts["tenths"])) or Decimal(0)) / 10 + (Decimal("0.05") if parts["half"] else 0)
    if parts.get("below"):
        return _han(str(parts["above"])) / _han(str(parts["below"]))
    return (parse_number(str(parts["n"])) or Decimal(0)) / 100


def _han(text: str) -> Decimal:
    if not any(char in text for char in "十百千万亿"):
        return Decimal("".join(str(_HAN_DIGITS[char]) for char in text))
    total = section = digit = 0
    last_unit = 1
    for char in text:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
            last_unit = 10 if char in "零〇" else last_unit
        elif char in _HAN_UNITS:
            section += (digit or 1) * _HAN_UNITS[char]
            last_unit, digit = _HAN_UNITS[char], 0
        else:
            total = (total + section + digit) * _SCALES[char]
            last_unit, section, digit = _SCALES[char], 0, 0
    return Decimal(total + section + digit * max(1, last_unit // 10 if last_unit > 10 else 1))


def _english(text: str) -> Decimal | None:
    total: Decimal = Decimal(0)
    part: Decimal = Decimal(0)
    one = Decimal(1)
    for word in re.split(r"[ -]", text):
        if word in ("and", "a", "of"):
            continue
        if word == "half":
            part = Decimal("0.5")
        elif word == "dozen":
            part = (part or one) * 12
        elif word in _WORDS:
            part += _WORDS[word]
        elif word == "hundred":
            part = (part or one) * 100
        elif word in _SCALES:
            total, part = total + (part or one) * _SCALES[word], Decimal(0)
        else:
            return None
    return _plain(total + part)


def _plain(value: Decimal) -> Decimal:
    return value.to_integral_value() if value == value.to_integral_value() else value
