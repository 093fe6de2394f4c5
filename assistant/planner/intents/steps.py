"""Changes from each period to the next: “sales month over month in 2017”, “逐月环比”, "which months went down"."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from assistant.planner.sentence import Sentence
from tools.metrics.options import CHANGES
from tools.metrics.steps import STEP
from tools.windows import Window

_PERIODS = ("day", "week", "month", "quarter", "year")
_SAID = re.compile(r"(?P<unit>day|week|month|quarter|year)s? (?:over|on|to|by|after|vs|versus) (?P=unit)")
_SHORT = {"mom": "month", "wow": "week", "qoq": "quarter", "月环比": "month", "周环比": "week", "季环比": "quarter"}
_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
_WHICH = ("which", "what", "any", "哪")


def take_steps(sentence: Sentence, args: dict[str, Any], windows: list[Window]) -> None:
    """Puts the comparison of each period with the one before it into `args`, where the question asks for their changes."""
    if len(windows) > 1 or args.get("per") or sentence.has("cue", "yoy"):
        return
    unit = _unit(sentence)
    if not args["by"] and unit and windows and _is_longer(windows[0], unit, sentence.vocabulary.as_of):
        args["by"] = [unit]
    if len(args["by"]) != 1 or args["by"][0] not in _PERIODS:
        return
    ranked = args.get("sort") in CHANGES
    grown = ranked or sentence.has("cue", "growth") or _of_one_before(sentence, args["by"][0])
    if not grown:
        return
    way = next((token.get("direction") for token in sentence.tokens if token.is_("direction")), None)
    if way is not None and not ranked and any(token.text.startswith(_WHICH) for token in sentence.tokens):
        args["sort"] = "decline" if way.id == "down" else "growth"
    args["compare"] = STEP


def _unit(sentence: Sentence) -> str | None:
    """The unit that a word for change names: "month over month"."""
    for _, token in ((place, sentence.tokens[place]) for place, _ in sentence.free("cue", "growth")):
        said = _SAID.search(token.text)
        if said or token.text in _SHORT:
            return said["unit"] if said else _SHORT[token.text]
    return None


def _of_one_before(sentence: Sentence, unit: str) -> bool:
    """Whether the time compared with is one such period: “with change from the quarter before”."""
    return any(
        unit in sentence.tokens[place].text or sentence.tokens[place].text in ("上期", "上一期", "前一期", "previous", "the one before")
        for place, _ in sentence.free("cue", "previous")
    )


def _is_longer(window: Window, unit: str, as_of: dt.date) -> bool:
    """Whether a window holds several of the unit."""
    start, end = window.resolve(as_of)
    return start is None or ((end or as_of) - start).days + 1 > _DAYS[unit]
