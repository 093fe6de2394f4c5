"""“前一周的同一天呢”, "same day a week earlier", "三个月前": the last answer in a time told from its own."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from assistant.planner.asked import Asked, Reads
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.find_changes import rewindowed
from assistant.planner.numbers import parse_number
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape
from tools.errors import InputError
from tools.windows import Window

Args = dict[str, Any]
_UNITS = (
    ("day", ("天", "日", "day")),
    ("quarter", ("季", "quarter")),
    ("month", ("月", "month")),
    ("year", ("年", "year")),
    ("week", ("周", "星期", "礼拜", "week")),
)
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LATER = ("后", "下", "次", "再后", "later", "after", "following", "next", "subsequent")
_LONGEST_UNIT = 31


def in_moved_time(asked: Asked) -> Plan | None:
    """The plan of what was asked last in the time that is told from its own; None where no such time is told."""
    last = asked.dialogue.last
    base = _window(last) if last is not None and last.outcome in ("answered", "empty") else None
    if last is None or base is None:
        return None
    text, as_of = asked.bare, asked.vocabulary.as_of
    said = asked.said("moved_time", "told")
    moved = _moved(base, said, as_of) if said is not None else None
    if said is None or moved is None:
        return None
    around = f"{text[: said.start()]} {text[said.end() :]}".strip()
    held = shape("moved_time", "held_against").search(around) is not None
    rest = shape("moved_time", "light").sub("", shape("moved_time", "held_against").sub("", around)).strip(" ,.?!;的")
    last = _said_anew(rest, last, asked.read)
    if last is None:
        return None
    if held:
        return _compared(*_told_already(asked.dialogue, last, said, moved, as_of))
    return Plan((Call(last.call.name, _in_time(last.call, moved)),))


def _window(last: Result) -> Window | None:
    """The time of the last answer; None where it has none, or more than one."""
    given = last.call.args.get("window")
    found = [given] if given else list(_windows(last.call.args.get("rule")))
    found = [one for at, one in enumerate(found) if one not in found[:at]]
    return Window.model_validate(found[0]) if len(found) == 1 else None


def _windows(rule: Any) -> list[Any]:
    if isinstance(rule, list):
        return [one for part in rule for one in _windows(part)]
    if not isinstance(rule, dict):
        return []
    own = [rule["window"]] if rule.get("window") else []
    return own + [one for key in ("all", "any", "not") if key in rule for one in _windows(rule[key])]


def _said_anew(rest: str, last: Result, read: Reads) -> Result | None:
    """The last answer with whatever else the question says of it, in the same time."""
    if not rest:
        return last
    found = read(rest)
    if len(found.calls) != 1 or found.calls[0].name != last.call.name or found.calls[0].args.get("window") != last.call.args.get("window"):
        return None
    return Result(found.calls[0], last.handle, last.outcome, last.content)


def _in_time(call: Call, window: Window) -> Args:
    dumped = window.model_dump(mode="json", exclude_defaults=True)
    args = {key: value for key, value in call.args.items() if key != "compare"}
    if args.get("where") and window.resolve(dt.date.max).start == window.resolve(dt.date.max).end:
        args["where"] = {name: one for name, one in args["where"].items() if name != "weekday"}  # a date has its own day of the week
    return {**args, "window": dumped} if args.get("window") else {**args, "rule": rewindowed(args.get("rule"), dumped)}


def _compared(last: Result, moved: Window) -> Plan | None:
    """The last number beside the one of that time."""
    if last.call.name != "measure":
        return None
    return Plan((Call("measure", {**last.call.args, "compare": moved.model_dump(mode="json", exclude_defaults=True)}),))


def _told_already(dialogue: Dialogue, last: Result, said: re.Match[str], moved: Window, as_of: dt.date) -> tuple[Result, Window]:
    """“比前一周同一天多多少” after that day was asked for by itself: the day before it, beside that one."""
    own = _window(last)
    for result in dialogue.results:
        base = _window(result) if result.call.name == "measure" and not result.aside else None
        alike = base is not None and _in_time(result.call, base) == _in_time(last.call, base) | {"metrics": result.call.args["metrics"]}
        there = _moved(base, said, as_of) if base is not None and alike else None
        if own is not None and base is not None and there is not None and there.resolve(as_of) == own.resolve(as_of):
            return Result(Call("measure", _in_time(last.call, base)), result.handle, result.outcome, result.content), there
    return last, moved


def _moved(base: Window, said: re.Match[str], as_of: dt.date) -> Window | None:
    """The time that is so many units before or after the base, or the unit that lies right beside a longer base."""
    parts = said.groupdict()
    unit = next((name for name, words in _UNITS if parts.get("unit") and any(word in parts["unit"] for word in words)), None)
    number = _number(parts.get("n") or "1")
    try:
        dates = base.resolve(as_of)
    except InputError:
        return None
    if unit is None or number is None or dates.start is None or dates.end is None:
        return None
    later = bool(parts.get("later")) and any(word in parts["later"] for word in _LATER)
    alike = not parts.get("same")
    longer = alike and (dates.end - dates.start).days + 1 > _length(unit) * number
    if longer:
        return _beside(dates.start, dates.end, unit, number, later=later)
    sign = 1 if later else -1
    start, end = (_shifted(one, unit, sign * number) for one in (dates.start, dates.end))
    if unit in _MONTHS and _ends_month(dates.end):
        end = end.replace(day=calendar.monthrange(end.year, end.month)[1])
    return _named(start, end, base, as_of)


def _number(text: str) -> int | None:
    if text in ("a", "an", "one", "the", "一"):
        return 1
    value = parse_number(text)
    return int(value) if value is not None and value == int(value) else None


def _length(unit: str) -> int:
    return _DAYS.get(unit) or _MONTHS[unit] * _LONGEST_UNIT


def _shifted(day: dt.date, unit: str, number: int) -> dt.date:
    if unit in _DAYS:
        return day + dt.timedelta(days=_DAYS[unit] * number)
    index = day.year * 12 + day.month - 1 + _MONTHS[unit] * number
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _beside(start: dt.date, end: dt.date, unit: str, number: int, *, later: bool) -> Window:
    """The units right before or after a longer time."""
    if later:
        first = end + dt.timedelta(days=1)
        return Window(start=first, end=_shifted(first, unit, number) - dt.timedelta(days=1))
    return Window(start=_shifted(start, unit, -number), end=start - dt.timedelta(days=1))


def _ends_month(day: dt.date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _named(start: dt.date, end: dt.date, base: Window, as_of: dt.date) -> Window:
    """The dates as the calendar period that they are, where the base is one."""
    names = [base.previous()] if base.shift == 0 else []
    if base.period is not None and base.period[0].isdigit():
        names += [Window(period=f"{start:%Y-%m}"), Window(period=f"{start.year}-Q{(start.month + 2) // 3}"), Window(period=f"{start.year}")]
    return next((one for one in names if one.resolve(as_of) == (start, end)), Window(start=start, end=end))
