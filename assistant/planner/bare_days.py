"""“12号那天卖了多少”: a day without its month is the latest such day, or that of the month the conversation is about."""

from __future__ import annotations

import datetime as dt
import re

from assistant.planner.dialogue import Dialogue
from assistant.planner.shapes import shape
from assistant.planner.tokenise import Mended
from tools.windows import Window

_MONTHS = 24
_LONGEST = 31


def with_month(text: str, as_of: dt.date, dialogue: Dialogue) -> tuple[str, list[Mended]]:
    """The question with a month before each such day, and how it was read; unchanged where it has none or names a month itself.

    Args:
        text: The normalised question.
        as_of: The date relative times count from.
        dialogue: The conversation so far.
    """
    days = list(shape("days", "bare").finditer(text))
    if not days or shape("days", "dated").search(text):
        return text, []
    first = _latest(max(int(one["day"]) for one in days), _month_before(dialogue, as_of) or as_of)
    if first is None:
        return text, []
    parts: list[str] = []
    at = 0
    for one in days:
        parts += [text[at : one.start()], _written(one, first)]
        at = one.end()
    return "".join([*parts, text[at:]]), [Mended(days[0][0], _written(days[0], first))]


def _written(day: re.Match[str], first: dt.date) -> str:
    return f"{first.year}年{first.month}月{int(day['day'])}日"


def _latest(day: int, until: dt.date) -> dt.date | None:
    """The first day of the latest month that has that day by then."""
    year, month = until.year, until.month
    for _ in range(_MONTHS):
        try:
            if dt.date(year, month, day) <= until:
                return dt.date(year, month, 1)
        except ValueError:
            pass  # a month without that day
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None


def _month_before(dialogue: Dialogue, as_of: dt.date) -> dt.date | None:
    """The end of the month that the latest answer was about; None where it was about no single month."""
    window = dialogue.last.call.args.get("window") if dialogue.last is not None else None
    if not isinstance(window, dict):
        return None
    dates = Window.model_validate(window).resolve(as_of)
    if dates.start is None or dates.end is None or (dates.end - dates.start).days >= _LONGEST or dates.start.month != dates.end.month:
        return None
    return (dates.start.replace(day=1) + dt.timedelta(days=_LONGEST)).replace(day=1) - dt.timedelta(days=1)
