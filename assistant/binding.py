"""Which figure a bare number in prose can be: the same value as written, said of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from assistant.counted import counted, nouns_in
from assistant.prompt_library import read_yaml
from assistant.quantities import Kind, Quantity, find_quantities
from tools.contracts import Figure, Unit

_KINDS: dict[Kind, frozenset[Unit]] = {
    "percent": frozenset({Unit.SHARE, Unit.PROBABILITY, Unit.CHANGE, Unit.POINTS}),
    "points": frozenset({Unit.POINTS, Unit.CHANGE}),
    "money": frozenset({Unit.MONEY}),
    "multiple": frozenset({Unit.RATIO}),
    "days": frozenset({Unit.DAYS, Unit.COUNT, Unit.NUMBER}),
    "plain": frozenset({Unit.COUNT, Unit.NUMBER, Unit.SCORE, Unit.MONEY, Unit.DAYS, Unit.RATIO}),
}
_COUNTS = frozenset({Unit.COUNT, Unit.NUMBER})
_STOP = frozenset(["the", "and", "for", "with", "per", "all", "last", "total", "number", "share", "customer", "客户", "of"])
_WORD = re.compile(r"[A-Za-z]{3,}|[\u4e00-\u9fff]+")
_BELONGS = re.compile(r"\s(?:(?:for|from|in|of|by|at|the)\s)+")
_LINKED = re.compile(r"\s?(?:for|from|in|of|by|at|on|with|among|across|the|\s)+")
_CLAUSE_END = re.compile(r"[,;\uff0c\uff1b、]\s")


def fits(quantity: Quantity, figure: Figure, sentence: str) -> bool:
    """Whether ``figure``, rounded as the number is written, is that number, and counts what the sentence counts."""
    if figure.unit not in _KINDS[quantity.kind] or isinstance(figure.value, bool) or not isinstance(figure.value, int | float | Decimal):
        return False
    value, wanted = Decimal(str(figure.value)), quantity.value
    tolerance = quantity.tolerance
    if not tolerance and value != value.to_integral_value():
        tolerance = Decimal("0.5")
    if figure.unit in (Unit.CHANGE, Unit.POINTS):
        if _contradicts(value, quantity, figure.unit, sentence):
            return False
        value, wanted = abs(value), abs(wanted)
    return abs(value - wanted) <= tolerance and _counts_the_same(quantity, figure, sentence)


def _contradicts(value: Decimal, quantity: Quantity, unit: Unit, sentence: str) -> bool:
    """Whether the sentence says that a change went the other way; a difference may be told from either side."""
    if quantity.value < 0:
        return value > 0
    way = direction(sentence)
    return unit is Unit.CHANGE and way is not None and value * way < 0


def direction(sentence: str) -> int | None:
    """1 where the sentence speaks of a rise alone, -1 of a fall alone, else None."""
    up, down = (re.search("|".join(read_yaml("quantities.yaml")[name]), sentence, re.I) for name in ("up_words", "down_words"))
    return None if bool(up) == bool(down) else 1 if up else -1


def _counts_the_same(quantity: Quantity, figure: Figure, sentence: str) -> bool:
    noun = counted(sentence, quantity.end) if quantity.kind == "plain" else None
    if noun is None:
        return True
    named = nouns_in(measured(figure.label.en)) | nouns_in(measured(figure.label.zh))
    return figure.unit in _COUNTS and (not named or noun in named)


def same_number(one: Quantity, text: str, other: Quantity, other_text: str) -> bool:
    """Whether two texts state the same number, of the same kind of thing where both say of what."""
    if one.value != other.value or (one.kind != other.kind and "plain" not in (one.kind, other.kind)):
        return False
    nouns = [counted(text, one.end), counted(other_text, other.end)]
    if one.kind == other.kind:
        return None in nouns or nouns[0] == nouns[1]
    return nouns == [None, None] and "multiple" not in (one.kind, other.kind)


def nearness(figure: Figure, quantity: Quantity, sentence: str, groups: Iterable[str]) -> int:
    """How well the sentence speaks of what the label says: 2 names its group, 1 shares a word, 0 is about something else.

    Args:
        figure: Whose value fits the number.
        quantity: The number.
        sentence: Where it stands.
        groups: The groups that figures are known for, such as "DELI", in lower case.
    """
    if figure.unit in (Unit.CHANGE, Unit.POINTS) and not _change_words().search(sentence):
        return 0
    own = group_names(figure)
    said = _group_said(quantity, sentence, groups, alone=not own)
    if own:
        return 2 if said in own else 0
    if said:
        return 0
    same_money = figure.unit is Unit.MONEY and all(speaks_of_money(text) for text in (figure.label.en, sentence))
    return int(same_money or any(_shared_words(text.removesuffix("数"), sentence) for text in (figure.label.zh, figure.label.en)))


def speaks_of_money(text: str) -> bool:
    """Whether the text is about money that was spent."""
    return _worth().search(text) is not None


def group_names(figure: Figure) -> frozenset[str]:
    """The names, in lower case, of the group that the figure is about; none where it is about everybody."""
    labels = (figure.label.zh, figure.label.en)
    groups = [text.replace("\uff1a", ":").rpartition(":")[0].strip().lower() for text in labels]
    return frozenset(group for group in groups if group)


def measured(label: str) -> str:
    """What the label says is measured, without the group that it is measured of."""
    return label.replace("\uff1a", ":").rpartition(":")[2]


def _group_said(quantity: Quantity, sentence: str, groups: Iterable[str], alone: bool) -> str | None:
    """The group that the sentence says the number of; ``alone`` wants it beside the number, in the same clause.

    Names and numbers take turns: the number belongs to the name before it, unless the sentence begins with a number.
    """
    names = _mentions(sentence.lower(), groups)
    before = [(end, name) for start, end, name in names if end <= quantity.start]
    after = [(start, name) for start, _, name in names if start >= quantity.end]
    if alone:
        before = [(end, name) for end, name in before if not _apart(sentence[end : quantity.start])]
        after = [(start, name) for start, name in after if _LINKED.fullmatch(sentence, quantity.end, start)]
    first_number = min((each.start for each in find_quantities(sentence)), default=quantity.start)
    if before and (not after or names[0][0] < first_number):
        return before[-1][1]
    return after[0][1] if after else None


def _apart(between: str) -> bool:
    return _CLAUSE_END.search(between) is not None or bool(find_quantities(between)) or len(between) > 30


def _mentions(sentence: str, groups: Iterable[str]) -> list[tuple[int, int, str]]:
    """Where the sentence names groups, in order; of names within names the longest."""
    found: list[tuple[int, int, str]] = []
    for name in sorted(groups, key=len, reverse=True):
        for match in re.finditer(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name), sentence):
            if all(match.end() <= start or match.start() >= end for start, end, _ in found):
                found.append((match.start(), match.end(), name))
    return sorted(found)


def _shared_words(label: str, sentence: str) -> set[str]:
    wanted = _tokens(label)
    # Words that every label has tell nothing, unless the label has no other.
    return ((wanted - _STOP) or wanted) & _tokens(sentence)


@lru_cache(maxsize=1)
def _worth() -> re.Pattern[str]:
    return re.compile("|".join(read_yaml("quantities.yaml")["worth"]), re.I)


@lru_cache(maxsize=1)
def _change_words() -> re.Pattern[str]:
    return re.compile("|".join(read_yaml("quantities.yaml")["change_words"]), re.I)


def _tokens(text: str) -> set[str]:
    tokens: set[str] = set()
    for word in _WORD.findall(text.lower()):
        tokens |= {word.rstrip("s")} if word.isascii() else {word[index : index + 2] for index in range(max(1, len(word) - 1))}
    return tokens
