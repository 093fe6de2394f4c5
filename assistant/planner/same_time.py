"""“12月买过啤酒但那个月没买过牛奶”, "… but never wine in that time": the time that was named before, said again by its name."""

from __future__ import annotations

import datetime as dt

from assistant.planner.period import Period
from assistant.planner.periods import find_periods
from assistant.planner.shapes import shape


def with_same_time(text: str, as_of: dt.date) -> str:
    """The normalised text with the time in place of the words for it; unchanged where no time, or more than one, is named before them."""
    said = shape("same_time", "again").search(text)
    if said is None:
        return text
    before = [one for one in find_periods(text, as_of) if one.end <= said.start()]
    whole = [one for one in before if not any(_within(one, other) for other in before)]
    spans = sorted({(one.start, one.end) for one in whole})
    if len(spans) != 1:
        return text
    start, end = spans[0]
    return f"{text[: said.start()]}{text[start:end]}{text[said.end() :]}"


def _within(one: Period, other: Period) -> bool:
    """Whether a span lies in another that is longer."""
    inner, outer = (one.start, one.end), (other.start, other.end)
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]
