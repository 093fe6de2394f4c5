"""Times in a list: “10月、11月和12月” one by one, or together where the whole is asked for."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.normalise import normalise
from assistant.planner.sentence import Sentence
from assistant.planner.windows import joined_windows
from tools.windows import Window

_MONTH = re.compile(r"\d{4}-\d{2}")
_QUARTER = re.compile(r"\d{4}-Q[1-4]")
_MANY = 3
_APART = ("分别", "各", "各自", "各是", "各是多少", "每个", "分开", "逐个", "respectively", "each", "separately")
_TOGETHER: tuple[str, ...] = ("合计", "合起来", "加起来", "加在一起", "一共", "总共", "总和", "总计", "共计")
_TOGETHER += ("combined", "together", "in total", "altogether")
_EACH = re.compile(r"分别|各是|各自|各有|各多少|逐个|\beach\b|respectively")
_AGAINST = re.compile(
    r"比|差|哪|谁|变化|变动|区别|不同|多还是|高还是|涨|跌|增|减|分别|各|vs|versus|compar|differ|change|grow|between|than|which|against|gap|better|more|less"
)
"""Words that set two times against each other."""
_RANGE = re.compile("到|至|-|~| to | through | until ")
_UNITS = (("quarter", re.compile("季|q[1-4]|quarter")), ("month", re.compile("月(?!\\d|[一二三四五六七八九十])|^[a-z ]+$")))
"""The unit that the ends of a range are."""
_COMPARED = ("compare", "previous", "growth", "yoy")


def listed_times(sentence: Sentence, args: dict[str, Any], windows: list[Window]) -> list[Window]:
    """One window over months or quarters that follow each other, by which they are shown; else the windows as they are."""
    if len(windows) == 1 and not args["by"] and len(args["metrics"]) == 1 and (span := _spanned(sentence)):
        args["by"] = [span]
        return windows
    unit = _unit(windows)
    whole = joined_windows(windows, sentence.vocabulary.as_of) if unit and len(set(windows)) == len(windows) > 1 else None
    if unit is None or whole is None or any(sentence.has("cue", one) for one in _COMPARED) or args.get("compare") or args.get("per"):
        return windows
    apart = args["by"] == [unit] or any(token.text in _APART for token in sentence.tokens)
    best = bool(args.get("limit")) and unit not in args["by"] and (len(windows) >= _MANY or _named_together(sentence))
    if (best or any(word in sentence.text for word in _TOGETHER)) and not apart:
        return [whole]
    if len(windows) < _MANY and args["by"] != [unit] and not (_named_together(sentence) and not args["by"]):
        return windows
    args["by"] = args["by"] if unit in args["by"] or len(args["by"]) > 1 else [unit, *args["by"]]
    return [whole]


def _named_together(sentence: Sentence) -> bool:
    """“sales in July and August”, “7月和8月的销售额”: two times joined, and nothing that sets one against the other."""
    places = [place for place, token in enumerate(sentence.tokens) if token.is_("window")]
    if len(places) != 2 or places[1] - places[0] > 3 or _AGAINST.search(normalise(sentence.typed) or sentence.text):
        return False
    between = sentence.tokens[places[0] + 1 : places[1]]
    joint = [token for token in between if token.is_("conj", "and") or token.text == ","]
    return len(joint) == 1 and all(token in joint or token.is_("stop") for token in between)


def _spanned(sentence: Sentence) -> str | None:
    """“一季度到四季度分别是多少”: the unit of a range whose parts are asked for one by one."""
    if not _EACH.search(sentence.text) or any(len(set(values)) > 1 for values in _values(sentence)):
        return None
    ranged = next((token for token in sentence.tokens if token.is_("window") and _RANGE.search(token.text)), None)
    return next((unit for unit, words in _UNITS if ranged is not None and words.search(ranged.text)), None)


def _values(sentence: Sentence) -> list[list[str]]:
    """The values that are named, by their dimension."""
    named = [sense for token in sentence.tokens for sense in token.senses if sense.kind == "value"]
    return [[str(one.data["value"]) for one in named if one.data["dimension"] == way] for way in {one.data["dimension"] for one in named}]


def _unit(windows: list[Window]) -> str | None:
    """The unit that each of the windows is one of."""
    named = [str(one.period or "") for one in windows if not one.shift]
    for unit, pattern in (("month", _MONTH), ("quarter", _QUARTER)):
        if len(named) == len(windows) and all(pattern.fullmatch(one) for one in named):
            return unit
    return None
