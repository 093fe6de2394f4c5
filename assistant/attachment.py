"""Whether a sentence says a figure of something else than its label does: of other things, of a state, or the other way round."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.binding import direction, measured, speaks_of_money
from assistant.counted import counted, nouns_in
from assistant.prompt_library import read_yaml
from tools.contracts import Figure, Unit

_PARTS = frozenset({Unit.SHARE, Unit.CHANGE, Unit.POINTS})
_COUNTS = frozenset({Unit.COUNT, Unit.NUMBER})
_WHOLES = frozenset({"customers", "orders", "items"})
"""Of what a share can be; one of a category or a store is of what was bought there."""
_CLAUSE = re.compile(r"[,;:.!?，；：。！？、\n]\s?|\s(?:and|but|while|so|whereas)\s|而|但")
_NEAR_BEFORE = re.compile(r"(?:[A-Za-z'-]+[\s-]+){0,3}$|[\u4e00-\u9fff]{0,6}\s?$")
_NEAR_AFTER = re.compile(r"\s?[\u4e00-\u9fff]{1,8}|(?:[\s-]+[A-Za-z'-]+){0,5}")


def misattached(figure: Figure, context: str, text: str, start: int, end: int) -> bool:
    """Whether the number at ``start`` to ``end`` of ``text`` cannot be ``figure``, whatever its value.

    Args:
        figure: What the number is, or is said to be.
        context: The figure's label, what its tool says of it, and the question.
        text: The sentence.
        start: Where the number begins.
        end: Where it ends.
    """
    before, after = _clause(text, start, end)
    return (
        _counts_another(figure, text, end)
        or _part_of_another(figure, before + " " + after)
        or _other_way(figure, before + " " + after)
        or _in_a_state(context, before, after)
    )


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    ends = [match.end() for match in _CLAUSE.finditer(text, 0, start)]
    following = _CLAUSE.search(text, end)
    return text[ends[-1] if ends else 0 : start], text[end : following.start() if following else len(text)]


def _named(figure: Figure) -> frozenset[str]:
    return nouns_in(measured(figure.label.en)) | nouns_in(measured(figure.label.zh))


def _counts_another(figure: Figure, text: str, end: int) -> bool:
    noun = counted(text, end) if figure.unit in _COUNTS else None
    named = _named(figure)
    return noun is not None and bool(named) and noun not in named


def _part_of_another(figure: Figure, clause: str) -> bool:
    """Whether the share or change of one thing, such as revenue, is told of another, such as customers."""
    if figure.unit not in _PARTS:
        return False
    # A metric's own name tells more than the things that its words name: a repeat rate of customers is no share of customers.
    wanted = _things(f"{measured(figure.label.zh)} {measured(figure.label.en)}")
    said = _things(clause)
    return bool(wanted) and bool(said) and not wanted & said


def _things(text: str) -> frozenset[str]:
    found = nouns_in(text) & _WHOLES
    return found | {"money"} if speaks_of_money(text) else found


def _other_way(figure: Figure, clause: str) -> bool:
    way = direction(clause) if figure.unit is Unit.CHANGE else None
    value = figure.value
    return way is not None and isinstance(value, int | float) and value * way < 0


def _in_a_state(context: str, before: str, after: str) -> bool:
    """Whether the words at the number say a state, such as lost or loyal, or a mean, that nothing around the figure speaks of."""
    near = f"{_matched(_NEAR_BEFORE.search(before))} {_matched(_NEAR_AFTER.match(after))}"
    return any(pattern.search(near) and not pattern.search(context) for pattern in _states())


def _matched(match: re.Match[str] | None) -> str:
    return match[0] if match else ""


@lru_cache(maxsize=1)
def _states() -> list[re.Pattern[str]]:
    return [re.compile("|".join(words), re.I) for words in read_yaml("quantities.yaml")["states"].values()]
