"""What goes on now against a time that is named: “肉卖得比春天差吗”, "is meat selling worse than in spring?"."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.courses import listed
from assistant.planner.intents.measures import measure
from assistant.planner.intents.sides import named_apart
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from assistant.planner.spelled import find, put
from assistant.planner.tokens import Sense
from tools.metrics.options import CHANGES
from tools.windows import DateRange, Window

_THAN = ("than", "比", "相比", "versus", "vs", "against", "compared with", "compared to", "relative to")
_WITH = ("跟", "和", "与", "同", "较")
_COMPARED = ("比", "相比", "比起来", "对比", "比较", "比的话", "相比较")
_MONTH, _QUARTER, _WEEK = 31, 92, 7
_KEPT = ("last_week", "last_month", "last_quarter", "last_year", "this_week", "this_month", "this_quarter", "this_year")


def against_named(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """A metric of the latest whole weeks or months, held against the time that is named."""
    place = _named(sentence)
    if place is None:
        return None
    then: Window = sentence.tokens[place].get("window").data["window"]  # type: ignore[union-attr]
    said = (Sense("cue", "growth"),)
    tokens = [replace(one, senses=said) if one.is_("direction") and not one.is_("cue") else one for one in sentence.tokens]
    tokens[place - 1] = replace(tokens[place - 1], senses=said)
    tokens = [replace(one, senses=said) if at == place + 1 and one.text in _COMPARED else one for at, one in enumerate(tokens)]
    tokens[place] = replace(tokens[place], senses=(Sense("stop", "then"),))
    way = next((one for one in find(tokens, shape("compared", "way")) if not one.first <= place < one.end), None)
    sentence.tokens = put(tokens, way, *said) if way is not None else tokens
    sentence.used.clear()
    found = measure(sentence, dialogue)
    if found is None or len(found.calls) != 1 or found.calls[0].args.get("compare") != "previous":
        return None
    if found.calls[0].args.get("sort") in CHANGES:
        return None
    return replace(found, calls=(replace(found.calls[0], args=_held(found.calls[0].args, then, sentence.vocabulary.as_of)),))


def _named(sentence: Sentence) -> int | None:
    """The place of the only time, where it is what something is compared with."""
    named = [place for place, _ in sentence.free("window")]
    if len(named) != 1 or not named[0]:
        return None
    window = sentence.tokens[named[0]].get("window")
    one: Window | None = window.data.get("window") if window is not None else None
    before = sentence.tokens[named[0] - 1]
    if one is None or window is None or window.data.get("parts") or one.period in _KEPT or one.last_days or one.shift:
        return None
    after = sentence.tokens[named[0] + 1].text if named[0] + 1 < len(sentence.tokens) else ""
    held = before.text in _THAN or before.text.endswith(" than") or (before.text in _WITH and after in _COMPARED)
    return named[0] if held and not listed(sentence) and not named_apart(sentence) else None


def _held(args: dict[str, Any], then: Window, as_of: dt.date) -> dict[str, Any]:
    """The arguments with the latest whole time as long as the one named; month by month where the two would overlap."""
    dates = then.resolve(as_of)
    now = _latest(dates, as_of)
    by = args.get("by") or ["month"]
    if now is None and by == ["month"]:
        return {**{name: value for name, value in args.items() if name != "window"}, "by": by, "compare": "step"}
    return {**args, "window": _dump(now or then), "compare": _dump(then) if now is not None else "previous"}


def _latest(dates: DateRange, as_of: dt.date) -> Window | None:
    if dates.start is None or dates.end is None:
        return None
    days = (dates.end - dates.start).days + 1
    one = Window(last_days=days)
    for most, period in ((_WEEK, "last_week"), (_MONTH, "last_month"), (_QUARTER, "last_quarter")):
        if days <= most:
            one = Window(period=period)
            break
    start = one.resolve(as_of).start
    return one if start is not None and start > dates.end else None


def _dump(window: Window) -> dict[str, Any]:
    return window.model_dump(mode="json", exclude_defaults=True)
