"""One time said in two ways side by side: “国庆那七天（10月1号到7号）”, “last year, in December”."""

from __future__ import annotations

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary
from tools.windows import DateRange, Window

_BRACKETS = frozenset("()[]\"'")
_LIGHT = frozenset({*_BRACKETS, ",", ":", "-", "即", "也就是", "就是", "ie", "aka", "的"})
_MOST_BETWEEN = 2


def restated_times(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """Two times with nothing but punctuation between them that are the same, or of which one lies in the other, as one."""
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        joined = _joined(found, vocabulary)
        if joined:
            found[joined[0] :] = [joined[1]]
    return found


def _joined(tokens: list[Token], vocabulary: Vocabulary) -> tuple[int, Token] | None:
    second = _window(tokens[-1])
    if second is None:
        return None
    for at in range(len(tokens) - 2, max(-1, len(tokens) - 3 - _MOST_BETWEEN), -1):
        first = _window(tokens[at])
        if first is None and tokens[at].text not in _LIGHT:
            return None
        if first is not None:
            between = {token.text for token in tokens[at + 1 : -1]}
            one = _one(first, second, vocabulary, bool(between - _BRACKETS - {"的"}))
            return (at, merged(tokens[at:], one)) if one else None
    return None


def _window(token: Token) -> Sense | None:
    return token.get("window") if token.senses and token.senses[0].kind == "window" else None


def _one(first: Sense, second: Sense, vocabulary: Vocabulary, parted: bool) -> Sense | None:
    """What both mean together: the narrower one; where a comma parts them only if they are the same."""
    dates = [_dates(one, vocabulary) for one in (first, second)]
    if dates[0] == dates[1]:
        return second
    if parted or not all(one.start and one.end for one in dates):
        return None
    return second if _inside(dates[1], dates[0]) else first if _inside(dates[0], dates[1]) else None


def _dates(sense: Sense, vocabulary: Vocabulary) -> DateRange:
    window: Window = sense.data["window"]
    return window.resolve(vocabulary.as_of)


def _inside(one: DateRange, other: DateRange) -> bool:
    return all((one.start, one.end, other.start, other.end)) and str(other.start) <= str(one.start) and str(one.end) <= str(other.end)
