"""One time said in two ways side by side: “国庆那七天（10月1号到7号）”, “last year, in December”."""

from __future__ import annotations

import datetime as dt

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary
from assistant.planner.windows import joined_windows
from tools.windows import DateRange, Window

_BRACKETS = frozenset("()[]\"'")
_LIGHT = frozenset({*_BRACKETS, ",", ":", "-", "即", "也就是", "就是", "ie", "aka", "的"})
_STRETCHES = ("stretch", "period", "window", "season", "run", "rush", "time", "weeks", "days", "这段", "期间", "这段时间")
"""After a time these say nothing more, where brackets with its dates follow."""
_MOST_BETWEEN = 2
_TURNING = ("却", "也", "又", "还", "再", "但", "但是", "yet", "but")
"""Words that join, and that may stand between a time and what was not done in it."""
_POINTING = ("这", "那", "的", "这一", "整", "整整", "共", "一共", "期间")
_SIDES = ("分别", "各", "各自", "每", "每天", "每个月", "比", "对比", "哪天", "哪个月", "谁", "相比", "compare", "each", "vs", "versus")
"""Words by which times are told one by one."""
_DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (365, 366)}
"""Fewest and most days of each unit."""
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
            one = (
                first
                if _says_length(tokens[-1], first, vocabulary)
                else _one(first, second, vocabulary, parted=bool(between - _BRACKETS - {"的"}), bracketed=bool(between & _BRACKETS))
            )
            return (at, merged(tokens[at:], one)) if one else None
    return None


def _window(token: Token) -> Sense | None:
    return token.get("window") if token.senses and token.senses[0].kind == "window" else None


def _one(first: Sense, second: Sense, vocabulary: Vocabulary, *, parted: bool, bracketed: bool) -> Sense | None:
    """What both mean together: the narrower one; where a comma parts them only if they are the same."""
    as_of = _until(first, second) or _until(second, first)
    if as_of:
        return as_of
    dates = [_dates(one, vocabulary) for one in (first, second)]
    if dates[0] == dates[1]:
        return second
    if bracketed and _are_days(first) and _are_days(second) and _overlap(*dates):
        return second  # “圣诞那几天（12月20日到26日）”
    if parted or not all(one.start and one.end for one in dates):
        return None
    return second if _inside(dates[1], dates[0]) else first if _inside(dates[0], dates[1]) else None


def dated_lengths(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“情人节那三天（2月12号到14号）”, "the three days (feb 12 to 14)": the dates after a length are what is meant."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _dates_after(tokens, at, vocabulary)
        if end is None:
            found.append(tokens[at])
            at += 1
            continue
        dates = next(sense for token in reversed(tokens[at:end]) if (sense := _window(token)) is not None)
        start = _start_of_time(found, dates, vocabulary)
        found[start:] = [merged([*found[start:], *tokens[at:end]], dates)]
        at = end
    return found


def _dates_after(tokens: list[Token], at: int, vocabulary: Vocabulary) -> int | None:
    """The place after the dates that tell which days this length is; None where they are none of that length."""
    if not tokens[at].is_("quantity") or _window(tokens[at]):
        return None
    for place in range(at + 1, min(at + 4, len(tokens))):
        dates = _window(tokens[place])
        if dates is not None:
            bracketed = any(token.text in _BRACKETS for token in tokens[at + 1 : place])
            closed = bracketed and place + 1 < len(tokens) and tokens[place + 1].text in _BRACKETS
            return place + 1 + closed if _is_length(tokens[at], [dates], vocabulary) else None
        if tokens[place].text not in _LIGHT:
            return None
    return None


def _start_of_time(found: list[Token], dates: Sense, vocabulary: Vocabulary) -> int:
    """Where the time begins that a length and its dates go on: before “那”, and before a day that lies in the dates."""
    start = len(found)
    while start and found[start - 1].text in (*_POINTING, "the", "those", "these"):
        start -= 1
    before = _window(found[start - 1]) if start else None
    return start - 1 if before is not None and _inside(_dates(before, vocabulary), _dates(dates, vocabulary)) else start


def _says_length(token: Token, time: Sense, vocabulary: Vocabulary) -> bool:
    """“10月1日到7日这七天”: the days that were named, and not the latest ones."""
    window = _window(token)
    days = window.data["window"].last_days if window else None
    return days is not None and token.text.startswith(("这", "那", "整")) and _days_of(time, vocabulary) == days


def _until(last: Sense, length: Sense) -> Sense | None:
    """“截至6月30日,最近90天”: so many days that end with a date."""
    end, days = last.data["window"], length.data["window"].last_days
    if days is None or end.end is None or end.start is not None:
        return None
    window = Window(start=end.end - dt.timedelta(days=days - 1), end=end.end)
    return Sense("window", str(window), {"window": window, "parts": ()})


def _are_days(sense: Sense) -> bool:
    """Whether a time is named by its days, as feasts and dates are."""
    window: Window = sense.data["window"]
    return window.start is not None and window.end is not None


def _overlap(one: DateRange, other: DateRange) -> bool:
    return all((one.start, one.end, other.start, other.end)) and str(one.start) <= str(other.end) and str(other.start) <= str(one.end)


def _dates(sense: Sense, vocabulary: Vocabulary) -> DateRange:
    window: Window = sense.data["window"]
    return window.resolve(vocabulary.as_of)


def _inside(one: DateRange, other: DateRange) -> bool:
    return all((one.start, one.end, other.start, other.end)) and str(other.start) <= str(one.start) and str(one.end) <= str(other.end)


def with_lengths(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“国庆七天”, “平安夜和圣诞节两天”: how long a time is, said right after it, or how many of them there are."""
    found: list[Token] = []
    for token in tokens:
        times = _times_before(found) if token.is_("quantity") and not _window(token) else []
        if times and _is_length(token, times, vocabulary):
            places = [at for at, one in enumerate(found) if _window(one)][-len(times) :]
            whole = None if len(times) == 1 or any(one.text in _SIDES for one in tokens) else _stretch(times, vocabulary)
            start = places[0] if whole else places[-1]
            found[start:] = [merged([*found[start:], token], whole or times[-1])]
        else:
            found.append(token)
    return found


def _times_before(tokens: list[Token]) -> list[Sense]:
    """The times of the list that ends here; a word such as “这” may follow it."""
    rest = tokens[:-1] if tokens and tokens[-1].text in _POINTING else tokens
    times: list[Sense] = []
    for token in reversed(rest):
        window = _window(token)
        if window is None and (not times or not (token.is_("conj", "and") or token.text == ",")):
            break
        times = [window, *times] if window else times
    return times


def _is_length(token: Token, times: list[Sense], vocabulary: Vocabulary) -> bool:
    data = token.get("quantity").data  # type: ignore[union-attr]
    days = [_days_of(one, vocabulary) for one in times]
    if data["unit"] not in _DAYS or None in days:
        return False
    low, high = (int(data["value"] * one) for one in _DAYS[data["unit"]])
    whole = days[-1] is not None and low <= days[-1] <= high
    each = len(times) == data["value"] and all(one is not None and _DAYS[data["unit"]][0] <= one <= _DAYS[data["unit"]][1] for one in days)
    return whole or (len(times) > 1 and each)


def _stretch(times: list[Sense], vocabulary: Vocabulary) -> Sense | None:
    """The times as one, where they follow each other."""
    window = joined_windows([one.data["window"] for one in times], vocabulary.as_of)
    return Sense("window", str(window), {"window": window, "parts": ()}) if window else None


def _days_of(sense: Sense, vocabulary: Vocabulary) -> int | None:
    start, end = _dates(sense, vocabulary)
    return (end - start).days + 1 if start and end else None


def denied_in_time(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“近两个月没下过单的客户”, "never ordered meat": those who never ordered are a group, others did not order something or in a time."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        group = token.get("segment", "prospects")
        before = next((one for one in reversed(found) if not (one.is_("stop") or one.text in _TURNING)), None)
        after = next((one for one in tokens[at + 1 :] if not one.is_("stop")), None)
        limited = (before is not None and _window(before)) or (after is not None and (_window(after) or after.is_("value")))
        found += _denied(token) if group and limited and any(word in token.text for word in _DENIALS) else [token]
    return found


def _denied(token: Token) -> list[Token]:
    """What the name of the group says, word for word."""
    senses = (Sense("neg", "not"), Sense("verb", "order", {"behaviour": "orders"}), Sense("noun", "customer"))
    return [Token(token.start, token.end, token.text, (sense,)) for sense in senses]
