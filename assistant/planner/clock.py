"""Times of day: “8 to 10 pm”, “早上十点前”, "in the evening", as hours that orders are filtered by; prompts/lexicon/clock.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assistant.planner.lexicon import read_table
from assistant.planner.numbers import parse_number
from assistant.planner.tokens import Sense

_HAN_HOUR = "二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九]"
_NO_POINTS = "(?!建议|意见|要求|原因|结论|想法|思考|启示|发现|看法|说明|需求|疑问|\\d|折)"
"""“三点建议” are three of them."""
_NOON, _DAY = 12, 24
_WORDS = {"noon": 12, "midnight": 24, "正午": 12, "午夜": 24, "零点": 24, "中午12点": 12}

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY_NAMES = {**{day[:2].lower(): day for day in _DAYS}, **dict(zip("一二三四五六日", _DAYS, strict=True)), "天": "Sunday"}
_WEEKDAY = "(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|r|rsday|urday)?s?"
_WEEKDAYS = re.compile(
    rf"(?:周|星期|礼拜)([一二三四五六日天])(?:到|至|-|~)(?:周|星期|礼拜)?([一二三四五六日天])|"
    rf"(?<![a-z])(?:from )?{_WEEKDAY} ?(?:to|through|till|until|-|~) ?{_WEEKDAY}(?![a-z])"
)


class _Time(NamedTuple):
    hour: int
    sharp: bool
    """Whether it is on the hour."""
    part: str | None
    """The part of the day that was named with it."""


def find_times(text: str) -> Iterator[tuple[int, int, Sense]]:
    """Spans of a normalised text that are a time of day, with the hours that they mean."""
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            sense = _sense(kind, match)
            if sense is not None:
                yield match.start(), match.end(), sense
    for pattern, (first, last) in _parts():
        yield from ((match.start(), match.end(), _hours(first, last)) for match in pattern.finditer(text))
    for match in _WEEKDAYS.finditer(text):
        yield match.start(), match.end(), _days(match)


def _days(match: re.Match[str]) -> Sense:
    """“周一到周四”, "Monday to Thursday": days of the week in a row, measured as a whole."""
    first, last = (_DAYS.index(_WEEKDAY_NAMES[name[:2]]) for name in match.groups() if name)
    row = [_DAYS[at % len(_DAYS)] for at in range(first, last + 1 if last >= first else last + len(_DAYS) + 1)]
    return Sense("value", f"weekday={'-'.join(row)}", {"dimension": "weekday", "value": row[0], "also": row[1:]})


def _hours(first: int, last: int) -> Sense:
    value = f"{first:02d}:00-{last:02d}:00"
    return Sense("value", f"hour={value}", {"dimension": "hour", "value": value})


@lru_cache(maxsize=1)
def _parts() -> list[tuple[re.Pattern[str], tuple[int, int]]]:
    found = []
    for entry in read_table("clock")["parts"].values():
        first, last = entry["hours"]
        found.append((re.compile(rf"(?<![a-z])(?:{entry['en']})(?![a-z])|(?:{entry['zh']})(?!好|安)"), (first, last)))
    return found


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    table, found = read_table("clock"), []
    for kind in ("at", "about", "after", "before", "ranges"):
        for pattern in table[kind]:
            written = pattern
            written = written.replace("{parts}", "|".join(f"(?:{entry['en']})" for entry in table["parts"].values()))
            for name in "tab":
                written = written.replace(f"{{{name}}}", _time_pattern(name))
            found.append((kind, re.compile(rf"(?<![a-z\d.:$])(?<!\d,){written}(?![a-z\d%])")))
    return found


def _time_pattern(name: str) -> str:
    """One time, its groups named after ``name``: a part of the day, an hour with minutes, and what follows it."""
    parts = read_table("clock")["parts"]
    zh = "|".join(f"(?:{entry['zh']})" for entry in parts.values())
    en = "|".join(f"(?:{entry['en']})" for entry in parts.values())
    written = rf"(?P<h_{name}>\d{{1,2}}|{_HAN_HOUR})(?P<dot_{name}>[点时](?!段|间|候)钟?)"
    han = rf"(?P<zh_{name}>{zh})?{written}(?P<half_{name}>半|[一三]刻|\d{{1,2}}分)?{_NO_POINTS}"
    clock = rf"(?:(?P<zc_{name}>{zh}))?(?P<c_{name}>[01]?\d|2[0-4]):(?P<m_{name}>[0-5]\d)"
    bare = rf"(?P<n_{name}>\d{{1,2}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    half = rf"(?P<past_{name}>half (?:past )?)?"
    after = rf"(?: ?(?P<ap_{name}>am|pm|a\.m\.?|p\.m\.?)| ?(?P<oc_{name}>o ?clock)| (?P<en_{name}>{en}))"
    words = "|".join(_WORDS)
    return rf"(?:{han}|(?:{clock}|{half}{bare}){after}?|(?P<w_{name}>{words}))"


def _sense(kind: str, match: re.Match[str]) -> Sense | None:
    groups = match.groupdict()
    if kind == "ranges":
        times = _pair(groups)
        if times is None:
            return None
        first, last = times
    else:
        time = _read(groups, "t", None)
        if time is None or not _said(groups, "t"):
            return None
        first = last = time
    if not (first.sharp and last.sharp):
        return _uneven(match[0])
    span = _span(kind, first.hour, last.hour)
    return _hours(*span) if span else None


def _uneven(words: str) -> Sense:
    table = read_table("clock")
    return Sense("unsupported", "half_hour", {name: table[name].format(words=words) for name in ("missing_zh", "missing_en")})


def _span(kind: str, first: int, last: int) -> tuple[int, int] | None:
    """The hours from and to; those until midnight end at 24."""
    if kind == "ranges":
        return (first % _DAY, last) if first % _DAY != last % _DAY else None
    if kind == "after":
        return (0, 6) if first == _DAY else (first, _DAY)
    if kind == "before":
        return (0, first) if first else None
    if kind == "about":
        return (first - 1) % _DAY, min(first + 1, _DAY)
    return first % _DAY, first % _DAY + 1


def _pair(groups: dict[str, str | None]) -> tuple[_Time, _Time] | None:
    """Both times of a range; what is said of one of them holds for the other."""
    if not (groups.get("lead") or _said(groups, "a") or _said(groups, "b")):
        return None
    later = groups.get("ap_b") or groups.get("en_b") or groups.get("lead")
    own = groups.get("ap_a") or groups.get("en_a") or groups.get("c_a")
    last = _read(groups, "b", _part_of(groups, "a") or groups.get("lead"))
    first = _read(groups, "a", None if own or not later else str(later))
    if first is None or last is None:
        return None
    if later and not own and first.hour > last.hour and first.hour >= _NOON and first.hour % _NOON < _NOON:
        first = first._replace(hour=first.hour - _NOON)  # “11 to 2 pm” begins before noon
    if last.part is None and last.hour < _NOON and first.hour >= _NOON and first.hour < last.hour + _NOON <= _DAY:
        last = last._replace(hour=last.hour + _NOON)  # “晚上8点到10点”
    return first, last


def _said(groups: dict[str, str | None], name: str) -> bool:
    """Whether a time is told to be one: a bare number is none."""
    return any(groups.get(f"{key}_{name}") for key in ("dot", "c", "ap", "oc", "en", "w"))


def _part_of(groups: dict[str, str | None], name: str) -> str | None:
    return groups.get(f"zh_{name}") or groups.get(f"zc_{name}")


def _read(groups: dict[str, str | None], name: str, inherited: str | None) -> _Time | None:
    word = groups.get(f"w_{name}")
    if word:
        return _Time(_WORDS[word], True, word)
    written = groups.get(f"h_{name}") or groups.get(f"c_{name}") or groups.get(f"n_{name}")
    number = parse_number(written or "")
    if number is None or number > _DAY:
        return None
    own = _part_of(groups, name) or groups.get(f"ap_{name}") or groups.get(f"en_{name}")
    minutes = groups.get(f"half_{name}") or groups.get(f"past_{name}") or (groups.get(f"m_{name}") or "00").strip("0")
    part = own or inherited
    return _Time(_of_day(int(number), part), not minutes, own)


def _of_day(hour: int, part: str | None) -> int:
    """The hour of the day: 8 in the evening is 20, noon stays 12, 12 at night is midnight."""
    if part is None or hour > _NOON:
        return hour
    part = part.replace(".", "").strip()
    if part == "am":
        return hour % _NOON
    if part == "pm":
        return hour % _NOON + _NOON
    name, entry = next((name, one) for name, one in read_table("clock")["parts"].items() if _names(one, part))
    if name in ("evening", "late") and hour == _NOON:
        return _DAY
    if name == "late" and hour < 6:
        return hour
    if name == "noon" and hour >= 10:
        return hour
    return hour % _NOON + _NOON if entry.get("pm") else hour % _NOON if name == "dawn" else hour


def _names(entry: dict[str, str], part: str) -> bool:
    return re.fullmatch(f"(?:{entry['en']})|(?:{_plain(entry['zh'])})", part) is not None


def _plain(pattern: str) -> str:
    """A pattern without what must stand beside it."""
    return re.sub(r"\(\?<?=[^()]*\)", "", pattern)
