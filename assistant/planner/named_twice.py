"""One thing named twice side by side: “加油（FUEL）”, “鲜花FLORAL”, "gas (FUEL)", “客单价(AOV)”."""

from __future__ import annotations

import re

from assistant.planner.normalise import HAN
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary

_KINDS = ("value", "segment", "metric", "dimension", "noun")
"""Names that may be said again in another language or with another word."""
_OPENING, _CLOSING = frozenset("([\"'"), frozenset(")]\"'")
_AGAIN = ("即", "也就是", "就是", "ie", "i.e.", "aka", "a.k.a.", "called", "/", "=", ":")
_TAILS = ("部门", "部", "类", "品类", "类目", "department", "dept", "category", "商品", "产品", "这类", "这个部门", "这个品类")
"""Words of what a name is of, which may stand after it in brackets."""
_HAN = re.compile(f"[{HAN}]")


def named_twice(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """A name and its other name, in brackets or right after it, as one token."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = _joined(tokens, at)
        if joined is None:
            found.append(tokens[at])
            at += 1
        else:
            at, one = joined
            found.append(one)
    return found


def _joined(tokens: list[Token], at: int) -> tuple[int, Token] | None:
    """The place after two names of one thing that begin here, and their one token."""
    first = tokens[at]
    if first.is_("punctuation") or at + 1 >= len(tokens):
        return None
    place, bracketed = at + 1, tokens[at + 1].text in _OPENING
    if bracketed or tokens[place].text in _AGAIN:
        place += 1
    if place >= len(tokens) or not _is_name(tokens[place]):
        return None
    second, end = tokens[place], place + 1
    if bracketed:
        end += end < len(tokens) and tokens[end].text in _TAILS
        if end >= len(tokens) or tokens[end].text not in _CLOSING:
            return None
        end += 1
    if not bracketed and place == at + 1 and bool(_HAN.search(first.text)) == bool(_HAN.search(second.text)):
        return None  # two words of one language are no name and its translation
    senses = _common(first, second) or (_translated(first, second) if bracketed or place == at + 1 else ())
    if not senses:
        return None
    text = first.text if first.senses else second.text
    return end, Token(first.start, tokens[end - 1].end, text, senses)


def _is_name(token: Token) -> bool:
    return any(token.is_(kind) for kind in _KINDS)


def _common(first: Token, second: Token) -> tuple[Sense, ...]:
    """The senses of the first that the second has, too; a value also where it is of another level in one of them."""
    if not _is_name(first):
        return ()
    ids = {(sense.kind, sense.id) for sense in second.senses if sense.kind in _KINDS}
    return tuple(sense for sense in first.senses if (sense.kind, sense.id) in ids)


def _translated(first: Token, second: Token) -> tuple[Sense, ...]:
    """What a name of the data right after a Chinese word says that the word means: “高档熟食（DELI）”."""
    named = tuple(sense for sense in second.senses if sense.kind == "value")
    chinese = bool(_HAN.search(first.text)) and not _HAN.search(second.text)
    return named if chinese and named and (first.unknown or first.is_("value")) else ()
