"""Our own phrases with other words of the same meaning: “老客户” is “老买家”, "days between purchases" is "days between orders"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense

_Meant = dict[str, set[tuple[str, str]]]
"""What phrases mean: kinds and ids."""


@dataclass(frozen=True)
class _Group:
    """Words of one meaning, the first of which our phrases use.

    Args:
        found: What finds the first word in a phrase.
        others: The other words.
        kinds: Kinds of the phrases in which they are one.
    """

    found: re.Pattern[str]
    others: tuple[str, ...]
    kinds: frozenset[str]


def interchanged(phrases: Iterable[tuple[str, Sense]]) -> Iterator[tuple[str, Sense]]:
    """The phrases that have a word of a group, said with the others of it, where that means nothing else yet."""
    known = list(phrases)
    meant: _Meant = defaultdict(set)
    for text, sense in known:
        if sense.kind != "idea":
            meant[text].add((sense.kind, sense.id))
    for group in _groups():
        for text, sense in known:
            if sense.kind in group.kinds and group.found.search(text) and not _is_composed(text, group, meant):
                forms = (group.found.sub(other, text) for other in group.others)
                yield from ((form, sense) for form in forms if meant.get(form, set()) <= meant[text])


def _is_composed(text: str, group: _Group, meant: _Meant) -> bool:
    """Whether a phrase is no more than a word of the group after a phrase that stands by itself, or the word alone."""
    rest = group.found.sub("", text, count=1).strip()
    return not rest or (rest in meant and text.startswith(rest))


def _groups() -> Iterator[_Group]:
    for language, groups in read_table("interchange").items():
        for group in groups:
            first, *others = group["words"]
            found = re.compile(first if language == "zh" else rf"(?<![a-z]){first}(?=s?(?![a-z]))")
            yield _Group(found, tuple(others), frozenset(group["kinds"]))
