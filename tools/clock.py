"""Hours of the day: “20:00-22:00” as the hours that it takes in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tools.contracts import Text
from tools.errors import InputError

_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?\s?[-–—~]\s?(\d{1,2})(?::(\d{2}))?")
_HOUR = re.compile(r"(\d{1,2})(?::(\d{2}))?")
_DAY = 24


def hours_of(value: str) -> tuple[str, ...]:
    """The hours of a time of day, as two digits: “20” is one, “20:00-22:00” are 20 and 21, “22:00-02:00” runs over midnight.

    Raises:
        InputError: It is no time of day, or not on the hour.
    """
    span, hour = _SPAN.fullmatch(value.strip()), _HOUR.fullmatch(value.strip())
    if span:
        first, last = int(span[1]), int(span[3])
        minutes = {span[2] or "00", span[4] or "00"}
    elif hour:
        first, minutes = int(hour[1]), {hour[2] or "00"}
        last = first + 1
    else:
        raise _no_time(value)
    if minutes != {"00"} or first >= _DAY or last > _DAY or first == last:
        raise _no_time(value)
    return tuple(f"{at % _DAY:02d}" for at in range(first, last if last > first else last + _DAY))


def clock_text(value: str) -> Text:
    """A time of day in words, from its first moment to its last: “20:00–22:00”."""
    hours = hours_of(value)
    words = f"{hours[0]}:00–{int(hours[-1]) + 1:02d}:00"
    return Text(zh=words, en=words)


def hours_named(values: Sequence[str]) -> tuple[tuple[str, ...], tuple[Text, ...]]:
    """All hours that several times of day take in, each once, and how the times read."""
    spans = list(dict.fromkeys(values))
    return tuple(dict.fromkeys(hour for span in spans for hour in hours_of(span))), tuple(map(clock_text, spans))


def _no_time(value: str) -> InputError:
    return InputError(
        f"{value!r} is no time of day on the hour; give an hour (20) or a span of hours (20:00-22:00).",
        f"“{value}”不是整点的时间；请给出小时（20）或时段（20:00-22:00）。",
    )
