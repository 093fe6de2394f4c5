"""The groups that a question names in words, each read alone: “customers over 65”, “买过尿布的有房客户”."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone, group_of, ordered
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.shapes import shape, shapes

SECTION = "asked_of_group"
_WHO = {"zh": "{}有多少", "en": "how many {}"}
_EVERYBODY: Rule = {"all": []}
Wished = Callable[[Asked, str], bool]


@dataclass(frozen=True)
class Group:
    """Words of the question that name a group, and its rule."""

    start: int
    end: int
    rule: Rule


def named_groups(asked: Asked, wished: Wished) -> list[Group]:
    """The groups that the question names, in order, each in as many words as can be read as one.

    Args:
        asked: The question.
        wished: Whether the words around a group ask for something.
    """
    found: list[Group] = []
    for start, ends in _places(asked):
        if found and start < found[-1].end:
            continue
        group = next((one for end in ends if (one := _group(asked, start, end, wished)) is not None), None)
        if group is not None:
            found.append(group)
    return found


def _places(asked: Asked) -> Iterator[tuple[int, list[int]]]:
    """Where a group may start, and where it may end then, the longest first."""
    text = asked.bare
    ends = sorted({end for one in shapes(SECTION, f"{asked.language}_end") for match in one.finditer(text) for end in (match.end(),)})
    for start in sorted({match.end() for match in shape(SECTION, f"{asked.language}_start").finditer(text)}):
        within = [end for end in ends if start < end]
        yield start, within[::-1]


def _group(asked: Asked, start: int, end: int, wished: Wished) -> Group | None:
    """The group of these words, where they are told as people, ask nothing, and are not everybody."""
    words = asked.bare[start:end]
    if not wished(asked, f"{asked.bare[:start]} {asked.bare[end:]}"):
        return None
    named = shape(SECTION, f"{asked.language}_named").fullmatch(words) is not None
    if shape(SECTION, f"{asked.language}_people").search(words) is None:
        return None
    if not named and (shape(SECTION, "wishful").search(words) or shape(SECTION, f"{asked.language}_never").search(words)):
        return None
    if asked.language == "zh" and shape(SECTION, "zh_denied").search(words) and shape(SECTION, "zh_cut").search(asked.bare[:start]):
        return None
    read = partial(asked.read_in, dialogue=Dialogue())
    rule = group_of(asked_alone(_WHO[asked.language].format(words), read))
    return Group(start, end, rule) if rule is not None and rule not in (_EVERYBODY, ordered(None)) else None
