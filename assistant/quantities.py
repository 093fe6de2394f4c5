"""Every number that a piece of prose states: digits, percentages, 万/亿, Chinese numerals, "a third", "doubled"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from assistant.prompt_library import read_yaml

Kind = Literal["plain", "percent", "points", "money", "multiple", "days"]
_FULL_WIDTH = {0xFF0E: ".", 0xFF05: "%", 0xFF04: "$", 0xFFE5: "¥"}
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_VULGAR = re.compile(r"[\u00bc-\u00be\u2150-\u215e]")
"""Fractions in one character, such as ½."""
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NUMERAL = "".join((*_DIGITS, *_STEPS, *_MYRIADS))


@dataclass(frozen=True)
class Quantity:
    """One number as prose states it.

    Args:
        start: Where it begins in the text.
        end: Where it ends.
        value: In base units: 1.5万 is 15000, 12% is 0.12.
        tolerance: Half of its last written digit, in base units.
        kind: What its sign or word says that it measures.
    """

    start: int
    end: int
    value: Decimal
    tolerance: Decimal
    kind: Kind


def find_quantities(text: str) -> list[Quantity]:
    """The numbers in ``text``, in order, without overlaps; dates are found by :mod:`assistant.dates` and must be hidden before."""
    plain = _FOREIGN_DIGIT.sub(lambda match: _ascii_digit(match[0]), text.translate(_FULL_WIDTH))
    found = [*_percent_of(plain), *_vulgar(plain), *_digits(plain), *_phrases(plain), *_numerals(plain), *_words(plain)]
    kept: list[Quantity] = []
    for quantity in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or quantity.start >= kept[-1].end:
            kept.append(quantity)
    return kept


def _ascii_digit(character: str) -> str:
    """The digit that a character of any script stands for, so that positions stay; other characters as they are."""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _vulgar(text: str) -> list[Quantity]:
    return [
        Quantity(match.start(), match.end(), Decimal(str(round(unicodedata.numeric(match[0]), 4))), Decimal("0.005"), "percent")
        for match in _VULGAR.finditer(text)
    ]


def _unit(word: str | None) -> tuple[Kind, Decimal]:
    if not word:
        return "plain", Decimal(1)
    kind, factor = _data()["units"][word.lower()]
    return kind, Decimal(factor)


def _data() -> Any:
    return read_yaml("quantities.yaml")


def _alternatives(words: Any) -> str:
    return "|".join(
        re.escape(word) + (r"(?![A-Za-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in sorted(words, key=len, reverse=True)
    )


@lru_cache(maxsize=1)
def _number_pattern() -> re.Pattern[str]:
    data = _data()
    return re.compile(
        rf"(?P<currency>[$¥€£]\s?)?(?<![A-Za-z0-9_.])(?P<sign>[-−+])?(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        rf"(?:[\s-]?(?P<scale>{_alternatives(data['scales'])}))?(?:[\s-]?(?P<unit>{_alternatives(data['units'])})|\s?(?P<money>{_alternatives(data['money_words'])}))?",
        re.I,
    )


def _digits(text: str) -> list[Quantity]:
    return [_quantity(match) for match in _number_pattern().finditer(_spaced(text))]


def _spaced(text: str) -> str:
    # A digit after a Chinese character is a number of its own, after a Latin letter it is part of a name (K25, Q4).
    return _foreign_word().sub(" ", text)


@lru_cache(maxsize=1)
def _foreign_word() -> re.Pattern[str]:
    """Characters of other scripts but those that scales, units and money are written with."""
    data = _data()
    kept = "".join(
        sorted({each for word in (*data["scales"], *data["units"], *data["money_words"]) for each in word if not each.isascii()})
    )
    return re.compile(rf"[^\x00-\x7f¥€£−×{re.escape(kept)}]")


def _quantity(match: re.Match[str]) -> Quantity:
    data, written = _data(), match["number"].replace(",", "")
    places = len(written.partition(".")[2])
    scale = Decimal(data["scales"][match["scale"].lower()]) if match["scale"] else Decimal(1)
    kind, factor = _unit(match["unit"])
    if match["currency"] or match["money"]:
        kind = "money"
    base = scale * factor
    sign = -1 if match["sign"] and match["sign"] in "-−" else 1
    tolerance = Decimal(5).scaleb(-places - 1) * base if places or base != 1 else Decimal(0)
    return Quantity(match.start(), match.end(), sign * Decimal(written) * base, tolerance, kind)


def _percent_of(text: str) -> list[Quantity]:
    found = []
    for match in re.finditer(rf"百分之([{_NUMERAL}半]+|\d+(?:\.\d+)?)", text):
        value = Decimal(match[1]) if match[1][0].isdigit() and match[1].isascii() else Decimal(chinese_number(match[1]) or 0)
        found.append(Quantity(match.start(), match.end(), value / 100, Decimal("0.005"), "percent"))
    for match in re.finditer(rf"([{_NUMERAL}]+)分之([{_NUMERAL}]+)", text):
        below, above = chinese_number(match[1]), chinese_number(match[2])
        if below and above:
            found.append(Quantity(match.start(), match.end(), Decimal(above) / below, Decimal("0.005"), "percent"))
    return found


@lru_cache(maxsize=1)
def _phrase_patterns() -> list[tuple[re.Pattern[str], Kind, Decimal]]:
    phrases = _data()["phrases"]
    english = [(re.compile(rf"\b(?:{pattern})\b", re.I), kind, Decimal(value)) for pattern, kind, value in phrases["en"]]
    return english + [(re.compile(pattern), kind, Decimal(value)) for pattern, kind, value in phrases["zh"]]


@lru_cache(maxsize=1)
def _any_phrase() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Finds something where any of the phrases does: few sentences have one, and to try each takes longer than all else."""
    english, chinese = ("|".join(f"(?:{pattern})" for pattern, _, _ in _data()["phrases"][language]) for language in ("en", "zh"))
    return re.compile(rf"\b(?:{english})\b", re.I), re.compile(chinese)


def _phrases(text: str) -> list[Quantity]:
    english, chinese = _any_phrase()
    if english.search(text) is None and (text.isascii() or chinese.search(text) is None):
        return []
    return [
        Quantity(match.start(), match.end(), value, Decimal("0.005") if kind == "percent" else Decimal("0.05"), kind)
        for pattern, kind, value in _phrase_patterns()
        for match in pattern.finditer(text)
    ]


@lru_cache(maxsize=1)
def _numeral_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data = _data()
    classifiers, units = _alternatives(data["classifiers"]), _alternatives([unit for unit in data["units"] if not unit.isascii()])
    first = "".join((*_DIGITS, "十"))
    wanted = re.compile(
        rf"(?P<number>[{first}][{_NUMERAL}]*)(?:点(?P<part>[{_NUMERAL}]+))?(?P<half>半)?(?P<unit>{units})?(?P<classifier>{classifiers})?"
    )
    return wanted, re.compile(_alternatives(data["not_quantities"])), re.compile(_alternatives(data["structural"]["zh"]))


def _numerals(text: str) -> list[Quantity]:
    wanted, idioms, structural = _numeral_patterns()
    spared = [match.span() for match in idioms.finditer(text)]
    found = []
    for match in wanted.finditer(text):
        value = chinese_number(match["number"])
        idiom = any(start <= match.start() < end for start, end in spared) and len(match["number"]) <= 2
        counts = match["unit"] or match["classifier"] or len(match["number"]) > 1
        if value is None or idiom or not counts or (value <= 10 and structural.match(text, match.end("number"))):
            continue
        kind, factor = _unit(match["unit"])
        part = Decimal("0." + "".join(str(_DIGITS.get(digit, 0)) for digit in match["part"])) if match["part"] else Decimal(0)
        exact = (value + part + (Decimal("0.5") if match["half"] else 0)) * factor
        end = match.end() - len(match["classifier"] or "")
        found.append(Quantity(match.start(), end, exact, Decimal("0.2") * factor if factor != 1 else Decimal(0), kind))
    return found


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral, such as 三百二十 or 一万五; None when it is none."""
    total, section, digit = 0, 0, None
    step = 1
    for character in text:
        if character in _DIGITS:
            digit = (digit or 0) * 10 + _DIGITS[character]
        elif character in _STEPS:
            step = _STEPS[character]
            section, digit = section + (1 if digit is None else digit) * step, None
        elif character in _MYRIADS:
            step = _MYRIADS[character]
            here = section + (digit or 0)
            # 三亿二千万 adds, 一万亿 multiplies.
            total = total + here * step if total >= step and here else (total + here or 1) * step
            section, digit = 0, None
        else:
            return None
    # 一万五 is 15000: a last digit right after a step counts tenths of it.
    last = digit or 0
    if last and step >= 100 and len(text) > 1 and text[-2] not in "零〇" and text[-2] in {**_STEPS, **_MYRIADS}:
        last *= step // 10
    return total + section + last


@lru_cache(maxsize=1)
def _word_pattern() -> re.Pattern[str]:
    words = "|".join(sorted(_data()["words"]["en"], key=len, reverse=True))
    scales = "hundred|thousand|million|billion|dozen"
    structural = "|".join(_data()["structural"]["en"])
    return re.compile(
        rf"\b(?P<first>{words})(?:[- ](?P<second>{words}))?(?:[- ](?P<scale>{scales}))?\b(?!\s(?:\w+\s)?(?:{structural})\b)"
        r"(?:[- ](?P<unit>percent|times|fold|days?|percentage points?)\b)?",
        re.I,
    )


def _words(text: str) -> list[Quantity]:
    words, found = _data()["words"]["en"], []
    for match in _word_pattern().finditer(text):
        value = Decimal(words[match["first"].lower()] + (words[match["second"].lower()] if match["second"] else 0))
        scale = Decimal(_data()["scales"][match["scale"].lower()]) if match["scale"] else Decimal(1)
        kind, factor = _unit(match["unit"])
        found.append(Quantity(match.start(), match.end(), value * scale * factor, Decimal(0), kind))
    return found
