"""The words for conditions on single orders, as data: prompts/lexicon/baskets.yaml, ready to be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.planner.clauses import plain
from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.numbers import NUMBER, parse_number

_CURRENCY = "(?:dollars|dollar|bucks|usd|euros?|yuan|rmb|块钱|块|元|刀|美元|美金|欧元)"
_SIGN = "[$¥€£]"
_TO = "(?:and|to|[-~]|到|至)"
_NUMBER = re.compile(NUMBER)
_OPS = (">=", "<=", ">", "<", "=")
"""In the order in which they are looked for: “不超过” holds “超过”."""


@dataclass(frozen=True)
class Table:
    """Patterns of what is said of single orders."""

    ops: Mapping[str, re.Pattern[str]]
    after: Mapping[str, re.Pattern[str]]
    units: Mapping[str, re.Pattern[str]]
    customers: tuple[tuple[re.Pattern[str], str], ...]
    pairs: tuple[tuple[re.Pattern[str], str, str], ...]
    orders: tuple[tuple[re.Pattern[str], str, str], ...]
    shares: tuple[tuple[re.Pattern[str], str], ...]
    without: tuple[re.Pattern[str], ...]
    behind: re.Pattern[str]
    had: re.Pattern[str]
    light: re.Pattern[str]
    fresh: re.Pattern[str]
    money: re.Pattern[str]
    bigger: re.Pattern[str]
    idle: tuple[re.Pattern[str], ...]
    means: tuple[tuple[re.Pattern[str], str], ...]
    more: re.Pattern[str]
    asks: re.Pattern[str]
    within: re.Pattern[str]
    plain: tuple[tuple[re.Pattern[str], str], ...]
    twice: Mapping[str, int]
    said: Mapping[str, Mapping[str, str]]

    def unit(self, words: str) -> str | None:
        """What is counted in an order."""
        return next((unit for unit, pattern in self.units.items() if pattern.fullmatch(words)), None)

    def say(self, op: str, *, chinese: bool) -> str:
        """An operator in words."""
        return self.said["zh" if chinese else "en"][op]

    def at_least(self, had: re.Match[str]) -> str:
        """“with an order” as "with at least one order"."""
        return had[0] if had["number"] else f"{had['verb']} {'no ' if had['none'] else 'at least 1 '}"


def compared(words: str | None, known: Table, spelt: Mapping[str, int] | None = None) -> dict[str, Any] | None:
    """The operator and the number or numbers of a comparison; a plain number is meant exactly."""
    if not words:
        return None
    for word, times in (spelt or {}).items():
        words = re.sub(rf"\b{word}\b", str(times), words)
    numbers = [value for match in _NUMBER.finditer(words) if (value := parse_number(match[0].strip())) is not None]
    if len(numbers) == 2:
        return {"op": "between", "value": [plain(one) for one in numbers]}
    if len(numbers) != 1:
        return None
    op = next((op for op in (">=", "<=", "=") if known.after[op].search(words)), None)
    op = op or next((op for op in _OPS if known.ops[op].search(words)), "=")
    return {"op": op, "value": plain(numbers[0])}


@lru_cache(maxsize=1)
def table() -> Table:
    """The lexicon's patterns."""
    raw = read_table("baskets")
    ops = "|".join(sorted((_word(one) for some in raw["ops"].values() for one in some), key=len, reverse=True))
    after = "|".join(sorted((_word(one) for some in raw["after"].values() for one in some), key=len, reverse=True))
    many = f"(?:{NUMBER})(?!\\d|[.,]\\d|[百千万亿]|k\\b)"
    known = {
        "number": many,
        "unit": "(?:" + "|".join(raw["units"].values()) + ")",
        "cmp": f"(?:(?:{ops}) ?{many}(?: ?(?:{after}))?|between {many} and {many}|{many} ?(?:{after})|{many} ?(?:[-~到至]|to) ?{many})",
        "bare": f"(?:(?:between|from|在)? ?{_SIGN}? ?{many} ?{_CURRENCY}? ?{_TO} ?{_SIGN}? ?{many} ?{_CURRENCY}?(?:之间)?"
        f"|(?:{ops}) ?{_SIGN}? ?{many}(?: ?{_CURRENCY})?(?: ?(?:{after}))?|{_SIGN}? ?{many}(?: ?{_CURRENCY})? ?(?:{after}))",
    }
    known["money"] = f"(?=[^.;?,]{{0,16}}?(?:{_SIGN} ?\\d|{many} ?{_CURRENCY})){known['bare']}"
    names = known | _named({**known, **raw["names"]})

    def compiled(pattern: str) -> re.Pattern[str]:
        """A pattern with its names filled in."""
        return re.compile(filled(pattern, names))

    return Table(
        {op: re.compile("|".join(map(_word, some))) for op, some in raw["ops"].items()},
        {op: re.compile("|".join(map(_word, some))) for op, some in raw["after"].items()},
        {unit: re.compile(pattern) for unit, pattern in raw["units"].items()},
        tuple((compiled(pattern), words) for pattern, words in raw["customers"]),
        tuple((compiled(pattern), words, kind) for pattern, words, kind in raw["pairs"]),
        tuple((compiled(pattern), words, kind) for pattern, words, kind in raw["orders"]),
        tuple((compiled(pattern), words) for pattern, words in raw["shares"]),
        tuple(map(compiled, raw["without"])),
        compiled(raw["behind"]),
        compiled(raw["had"]),
        compiled(raw["light"]),
        compiled(raw["fresh"]),
        compiled(raw["money"]),
        compiled(raw["bigger"]),
        tuple(map(compiled, raw["idle"])),
        tuple((compiled(pattern), words) for pattern, words in raw["means"]),
        compiled(raw["more"]),
        compiled(raw["asks"]),
        compiled(raw["within"]),
        tuple((compiled(pattern), words) for pattern, words in raw["plain"]),
        raw["twice"],
        raw["said"],
    )


def _word(pattern: str) -> str:
    """A word of English is no part of another."""
    return rf"\b{pattern}\b" if pattern[0].isascii() and pattern[0].isalpha() else pattern


def _named(raw: Mapping[str, str]) -> dict[str, str]:
    return named_patterns(raw)
