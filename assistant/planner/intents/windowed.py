"""The times of a measurement: one call for each, or one compared with the time before, with a year before or with one that is named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from assistant.planner.contact_times import take_contact_times
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from tools.metrics.options import CHANGES
from tools.metrics.steps import STEP
from tools.windows import DateRange, Window

_EACH_TIME = re.compile(
    r"各(?=自|卖|有|是|买|花|下|来|赚|收|做|消费|多少|几)|分别|\beach\b(?= *(?:$|[?,.;]))|\brespectively\b|\bseparately\b"
)
_JUST_BEFORE = ("last_week", "last_month", "last_quarter")
_LATEST = {"week": "last_week", "周": "last_week", "quarter": "last_quarter", "季": "last_quarter"}
"""The latest whole period of the unit in which the one before it is named: “比前一周涨得最多的部门”."""


def take_windows(sentence: Sentence, *, changed: bool = False, by: Iterable[str] = ()) -> list[Window]:
    """The windows; “from Q3 to Q4” is two where growth is asked for, and one stretch of time otherwise, as by week."""
    places = [place for place, _ in sentence.free("window")]
    senses = sentence.take_all("window")
    ends = [sense.data["parts"] for place in places for sense in sentence.tokens[place].senses if sense.data.get("parts")]
    timely = any(sentence.vocabulary.levels.get(one) == "time" for one in by)
    apart = sentence.has("cue", "growth") or (sentence.has("cue", "previous") and not sentence.says("cue", "compare"))
    if len(senses) == 1 and ends and not timely and (changed or apart or _differ(sentence, places[0])):
        sentence.take_all("cue", "previous", "growth")
        return list(ends[0])
    return _without_before(sentence, places, [sense.data["window"] for sense in senses])


_BEFORE = re.compile(r"\b(?:previous|prior|preceding) (month|quarter|week)\b")


def _without_before(sentence: Sentence, places: list[int], windows: list[Window]) -> list[Window]:
    """“Growth in Q3 over the previous quarter”: the quarter before the one that is named, which is that of a comparison."""
    said = [_BEFORE.search(sentence.tokens[place].text) for place in places]
    if len(windows) != 2 or len(places) != 2 or said[0] is not None or said[1] is None:
        return windows
    named, before = windows
    if before.period != f"last_{said[1][1]}" or _length(named, sentence) != _length(before, sentence):
        return windows
    sentence.tokens[places[1]] = replace(sentence.tokens[places[1]], senses=(Sense("cue", "previous"),))
    sentence.used.discard(places[1])
    return [named]


def _length(window: Window, sentence: Sentence) -> tuple[str, int]:
    """How long a time is: whole months of the calendar, or days."""
    start, end = window.resolve(sentence.vocabulary.as_of)
    if start is None or end is None:
        return "open", 0
    whole = start.day == 1 and (end + dt.timedelta(days=1)).day == 1
    return ("months", (end.year - start.year) * 12 + end.month - start.month) if whole else ("days", (end - start).days)


def _differ(sentence: Sentence, place: int) -> bool:
    """“Difference in sales between Q3 and Q4”: of two times, where no two other things are set side by side."""
    between = sentence.tokens[place].text.startswith("between ")
    return (
        between
        and sentence.says("gap")
        and sum(1 for token in sentence.tokens if token.is_("value") or (token.is_("segment") and not token.is_("metric"))) < 2
    )


def with_windows(sentence: Sentence, args: dict[str, Any], windows: list[Window]) -> Plan:
    """The plan of a measurement in its windows: one call for each, or one compared with the window before or a year before."""
    windows = windows or take_contact_times(args)
    both = _change_words(sentence)
    named = "".join(sentence.tokens[place].text for place, _ in sentence.free("cue", "previous"))
    weekly = "week" in named
    lately = Window(period=next((one for word, one in _LATEST.items() if word in named.replace("周期", "")), "last_month"))
    if args.get("compare") == STEP:
        sentence.take_all("cue", "previous", "growth")
    elif sentence.take_all("cue", "yoy"):
        sentence.take_all("cue", "previous", "growth")
        args["compare"] = "last_year"
        timely = any(sentence.vocabulary.levels.get(one) == "time" for one in args["by"])
        windows = windows or [Window(last_days=365) if timely else Window(period="last_month")]
    elif _over_time(sentence, args) and not windows:
        sentence.take_all("cue", "previous", "growth")  # “逐季变化”: one after the other
    elif sentence.take_all("cue", "previous", "growth") or args.get("sort") in CHANGES:
        args["compare"] = "last_year" if "年" in named or "year" in named else "previous"
        windows = windows or [lately]
    if len(windows) == 2 and windows[0].last_days is None and len({one.resolve(sentence.vocabulary.as_of) for one in windows}) == 1:
        if sentence.says("cue", "compare") and any(one.period in _JUST_BEFORE for one in windows):
            args["compare"] = "previous"  # “this december compared to last month”, where these are one
        elif sentence.says("cue", "compare") and any(token.is_("window") and token.text.startswith("last ") for token in sentence.tokens):
            args["compare"] = "last_year"  # “december compared with last december”
        windows = windows[:1]  # “mother's day (14 May)”
    if len(windows) == 2 and windows[0] == windows[1]:
        args["compare"], windows = "previous", windows[:1]  # “最近7天和之前7天”
    windows = _within_whole(list(dict.fromkeys(windows)) if len(windows) > 2 else windows, sentence.vocabulary.as_of)
    if len(windows) == 2 and not _each_told(sentence, args):
        windows = _compared(args, windows, sentence.vocabulary.as_of)
    if args.get("compare") == "previous" and len(windows) == 1:
        windows = [_closed(windows[0], sentence.vocabulary.as_of)]
        args["compare"] = _week_earlier(windows[0], sentence.vocabulary.as_of) if weekly else "previous"
    shown: list[Window | None] = [*windows] or [None]
    compared = [args, {**args, "compare": "previous"}] if both and args.get("compare") == "last_year" else [args]
    calls = [Call("measure", _clean({**one, "window": _dump(window)})) for window in shown for one in compared]
    return Plan(tuple(calls))


def _closed(window: Window, as_of: dt.date) -> Window:
    """“since September”, compared with the time before: up to the last day of the data, as an open time has none before it."""
    dates = window.resolve(as_of)
    return Window(start=dates.start, end=as_of) if dates.start and not dates.end else window


def _week_earlier(window: Window, as_of: dt.date) -> dict[str, Any] | str:
    """What one day is compared with by “the week before”: the same day of it, not the day before."""
    start, end = window.resolve(as_of)
    if start is None or start != end:
        return "previous"
    day = start - dt.timedelta(days=7)
    return _dump(Window(start=day, end=day)) or "previous"


def _change_words(sentence: Sentence) -> bool:
    """“同比和环比都看一下”: whether the change from the period before is asked for beside that from a year before."""
    nearer = any("环比" in token.text for token in sentence.tokens)
    return nearer and sentence.has("cue", "yoy")


def _over_time(sentence: Sentence, args: dict[str, Any]) -> bool:
    """Whether periods are listed one after the other, so that the change from each to the next is seen."""
    listed = any(sentence.vocabulary.levels.get(one) == "time" for one in args.get("by", ()))
    return listed and args.get("sort") not in CHANGES


def _each_told(sentence: Sentence, args: dict[str, Any]) -> bool:
    """“三季度和四季度各卖了多少”: a figure for each of two times, and no change from one to the other."""
    return "compare" not in args and bool(_EACH_TIME.search(sentence.text)) and not sentence.says("cue", "compare")


def _compared(args: dict[str, Any], windows: list[Window], as_of: dt.date) -> list[Window]:
    """One window with its comparison, where the other is the one before it or that of a year before; else both."""
    later, earlier = sorted(windows, key=lambda one: str(one.resolve(as_of).end or as_of), reverse=True)
    dates = later.resolve(as_of)
    bounded = dates.start is not None and dates.end is not None
    if bounded and later.previous().resolve(as_of) == earlier.resolve(as_of):
        args["compare"] = "previous"
    elif _year_before(dates) == earlier.resolve(as_of):
        args["compare"] = "last_year"
    elif args.get("compare") == "previous" and _apart(earlier.resolve(as_of), dates):
        args["compare"] = _dump(earlier)
    else:
        args.pop("compare", None)
        return windows
    return [later]


def _within_whole(windows: list[Window], as_of: dt.date) -> list[Window]:
    """“今年下滑最厉害的部门，12月跟1月比”: the two times of a longer one that is only named around them."""
    if len(windows) != 3:
        return windows
    spans = [(one, one.resolve(as_of)) for one in windows]
    inner = [one for one, span in spans if not all(_holds(span, other) for _, other in spans)]
    return inner if len(inner) == 2 else windows


def _holds(outer: DateRange, inner: DateRange) -> bool:
    """Whether a time has all of another in it."""
    if None in (*outer, *inner):
        return False
    return outer.start <= inner.start and inner.end <= outer.end  # type: ignore[operator]


def _apart(earlier: DateRange, later: DateRange) -> bool:
    """Whether one time is over before the other begins."""
    return earlier.end is not None and later.start is not None and earlier.end < later.start


def _year_before(dates: DateRange) -> DateRange:
    return DateRange(*(one and one.replace(year=one.year - 1, day=28 if (one.month, one.day) == (2, 29) else one.day) for one in dates))


def _dump(window: Window | None) -> dict[str, Any] | None:
    return window.model_dump(mode="json", exclude_defaults=True) if window else None


def _clean(args: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in args.items() if value is not None and value not in ([], {})}
