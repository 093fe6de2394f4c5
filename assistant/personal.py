"""Personal data in text: whether an operator asks for it, and masking what must not leave the machine."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from assistant.prompt_library import read_yaml

_ADDRESS_ZH = (
    r"(?:[\u4e00-\u9fff]{2,3}?(?:省|市|自治区))?(?:[\u4e00-\u9fff]{1,6}?(?:市|区|县|州|旗|镇|乡))*[\u4e00-\u9fff]{1,8}?(?:路|街|大道|道|巷|胡同|弄)"
    r"\s?\d{1,5}\s?(?:号|弄)(?:院|楼)?(?:[\u4e00-\u9fff]{0,8}\s?\d{1,4}\s?(?:室|楼|层|单元|栋|幢|座|户|号)?)*"
)
_STREET = r"Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Lane|Ln\.?|Drive|Dr\.?|Boulevard|Blvd\.?|Court|Ct\.?|Square|Place|Terrace|Way"
_FLAT = r"(?:,?\s(?:Apt|Apartment|Suite|Unit|Flat|#)\.?\s?\w+)?"
_ADDRESS_EN = rf"(?<![\w.,-])\d{{1,5}}[A-Za-z]?,?\s(?:[A-Z][\w'.-]*\s){{1,3}}(?:{_STREET})(?![A-Za-z]){_FLAT}"
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF20: "@", 0xFF0E: ".", 0xFF0D: "-", 0xFF0B: "+", 0x3000: " ", 0x00A0: " "}
"""Full-width characters: the same data, and as many characters."""
_PATTERNS = (
    ("address", re.compile(_ADDRESS_ZH)),
    ("address", re.compile(_ADDRESS_EN)),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("id", re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])")),
    ("id", re.compile(r"(?:护照|passport)(?:号码?|\s?(?:no\.?|number))?[\s:\uff1a#]*(?-i:[A-Z]{1,2}\d{7,8})", re.I)),
    ("card", re.compile(r"(?<![\d.,])\d(?:[ -]?\d){15,18}(?![\d.,]\d|\d)", re.ASCII)),
    ("phone", re.compile(r"(?<![\d.])(?:(?:\+|00)?\d{1,3}[\s-]?)?1[3-9]\d[\s.-]?\d{4}[\s.-]?\d{4}(?!\d|\.\d|\w)", re.ASCII)),
    ("phone", re.compile(r"(?<![\d.,\w])\+\d{1,3}[\s-]?(?:\(?\d{2,4}\)?[\s-]?){2,4}\d{2,4}(?![\d.]|\w)", re.ASCII)),
    ("phone", re.compile(r"(?<![\d.,\w-])\(?\d{3}\)?[\s-]\d{3}[\s-]\d{4}(?![\d-]|\w)", re.ASCII)),
    ("phone", re.compile(r"(?<![\d.,\w-])0\d{2,3}-\d{7,8}(?![\d-]|\w)", re.ASCII)),
)


_NEAR = 12
"""Characters before a number in which a word says what it is."""


def asks_for_personal(question: str) -> bool:
    """Whether the operator's words ask for names, phones, e-mails or the like."""
    wanted, refused = _word_patterns()
    return any(not refused.search(question[max(0, match.start() - 12) : match.start()]) for match in wanted.finditer(question))


def personal_fields(question: str) -> list[str]:
    """The personal fields that the operator's words name, such as "email"; none where they ask for personal data in general."""
    refused = _word_patterns()[1]
    named = [
        field
        for field, pattern in _field_patterns().items()
        if any(not refused.search(question[max(0, match.start() - 12) : match.start()]) for match in pattern.finditer(question))
    ]
    return list(dict.fromkeys(part for field in named for part in field.split("+")))


@lru_cache(maxsize=1)
def _field_patterns() -> dict[str, re.Pattern[str]]:
    return {field: _either(words["en"], words["zh"]) for field, words in read_yaml("personal.yaml")["fields"].items()}


@lru_cache(maxsize=1)
def _word_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = read_yaml("personal.yaml")
    wanted = _either(words["en"], words["zh"])
    return wanted, _either(words["refusals"]["en"], words["refusals"]["zh"])


def _either(english: list[str], chinese: list[str]) -> re.Pattern[str]:
    longest_first = sorted(english, key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z])|{'|'.join(map(re.escape, chinese))}", re.I)


PLACEHOLDER = re.compile(r"‹[a-z]+-\d+›")
"""What a language model sees in place of personal data."""


class Mask:
    """Replaces personal data by placeholders such as ‹phone-1›, the same one for the same value, and back again.

    Args:
        known: Further values to hide and their kinds, such as customers' names found in the question.
    """

    def __init__(self, known: dict[str, str] | None = None) -> None:
        self._known = dict(known or {})
        self._placeholders: dict[str, str] = {}
        self.searched: set[str] = set()
        """Texts in which values to hide were looked for."""

    def add(self, known: dict[str, str]) -> None:
        """Hide these values from now on; keys are the values, values their kinds."""
        self._known.update(known)

    def hide(self, text: str) -> str:
        """``text`` with every personal value replaced."""
        for value in sorted(self._known, key=len, reverse=True):
            if value in text:
                text = _whole(value).sub(self._placeholder(value, self._known[value]), text)
        for kind, pattern in _PATTERNS:
            text = self._hide_pattern(text, kind, pattern)
        return text

    def _hide_pattern(self, text: str, kind: str, pattern: re.Pattern[str]) -> str:
        pieces, last = [], 0
        for match in pattern.finditer(text.translate(_WIDE)):
            if kind != "card" or _is_card(match[0], text[max(0, match.start() - _NEAR) : match.start()]):
                pieces += [text[last : match.start()], self._placeholder(text[match.start() : match.end()], kind)]
                last = match.end()
        return "".join([*pieces, text[last:]])

    def reveal(self, text: str) -> str:
        """``text`` with the placeholders turned back into their values."""
        for value, placeholder in self._placeholders.items():
            text = text.replace(placeholder, value)
        return text

    def reveal_in(self, value: Any) -> Any:
        """``value``, such as a tool's arguments, with the placeholders of every text in it turned back."""
        if isinstance(value, str):
            return self.reveal(value)
        if isinstance(value, dict):
            return {self.reveal(key): self.reveal_in(each) for key, each in value.items()}
        return [self.reveal_in(each) for each in value] if isinstance(value, list | tuple) else value

    def hide_in(self, value: Any) -> Any:
        """``value`` with the personal data of every text in it replaced."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {self.hide(key): self.hide_in(each) for key, each in value.items()}
        return [self.hide_in(each) for each in value] if isinstance(value, list | tuple) else value

    def _placeholder(self, value: str, kind: str) -> str:
        if value not in self._placeholders:
            self._placeholders[value] = f"‹{kind}-{len(self._placeholders) + 1}›"
        return self._placeholders[value]


def _is_card(number: str, before: str) -> bool:
    """Whether so many digits are a bank card: the check digit is right, or the words before say so."""
    digits = [int(digit) for digit in reversed(number) if digit.isdigit()]
    total = sum(digit if index % 2 == 0 else sum(divmod(digit * 2, 10)) for index, digit in enumerate(digits))
    return total % 10 == 0 or re.search(r"卡|card|account|账户|账号", before, re.I) is not None


def _whole(value: str) -> re.Pattern[str]:
    """``value`` as a whole word where it is written in letters that form words."""
    before = r"(?<![A-Za-z0-9])" if value[0].isascii() else ""
    after = r"(?![A-Za-z0-9])" if value[-1].isascii() else ""
    return re.compile(before + re.escape(value) + after)
