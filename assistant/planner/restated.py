"""One time said in two ways side by side: “国庆那七天（10月1号到7号）”, “last year, in December”."""

from __future__ import annotations

import datetime as dt

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary
from tools.windows import DateRange, Window

_BRACKETS = frozenset("()[]\"'")
_LIGHT = frozenset({*_BRACKETS, ",", ":", "-", "即", "也就是", "就是", "ie", "aka", "的"})
_STRETCHES = ("stretch", "period", "window", "season", "run", "rush", "time", "weeks", "days", "这段", "期间", "这段时间")
"""After a time these say nothing more, where brackets with its dates follow."""
_MOST_BETWEEN = 2
_TURNING = ("却", "也", "又", "还", "再", "但", "但是", "yet", "but")
"""Words that join, and that may stand between a time and what was not done in it."""
_DENIALS = ("没", "未", "not ", "never", "no ", "without")


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
        if first is None and tokens[at].text not in _LIGHT and not (tokens[at].text in _STRETCHES and tokens[at + 1].text == "("):
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
    as_of = _until(first, second) or _until(second, first)
    if as_of:
        return as_of
    dates = [_dates(one, vocabulary) for one in (first, second)]
    if dates[0] == dates[1]:
        return second
    if parted or not all(one.start and one.end for one in dates):
        return None
    return second if _inside(dates[1], dates[0]) else first if _inside(dates[0], dates[1]) else None


def _until(last: Sense, length: Sense) -> Sense | None:
    """“截至6月30日,最近90天”: so many days that end with a date."""
    end, days = last.data["window"], length.data["window"].last_days
    if days is None or end.end is None or end.start is not None:
        return None
    window = Window(start=end.end - dt.timedelta(days=days - 1), end=end.end)
    return Sense("window", str(window), {"window": window, "parts": ()})


def _dates(sense: Sense, vocabulary: Vocabulary) -> DateRange:
    window: Window = sense.data["window"]
    return window.resolve(vocabulary.as_of)


def _inside(one: DateRange, other: DateRange) -> bool:
    return all((one.start, one.end, other.start, other.end)) and str(other.start) <= str(one.start) and str(one.end) <= str(other.end)


def denied_in_time(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“近两个月没下过单的客户”: those who never ordered are a group, those who did not order in a time are a condition."""
    found: list[Token] = []
    for token in tokens:
        group = token.get("segment", "prospects")
        before = next((one for one in reversed(found) if not (one.is_("stop") or one.text in _TURNING)), None)
        timed = before is not None and _window(before)
        found += _denied(token) if group and timed and any(word in token.text for word in _DENIALS) else [token]
    return found


def _denied(token: Token) -> list[Token]:
    """What the name of the group says, word for word."""
    senses = (Sense("neg", "not"), Sense("verb", "order", {"behaviour": "orders"}), Sense("noun", "customer"))
    return [Token(token.start, token.end, token.text, (sense,)) for sense in senses]
