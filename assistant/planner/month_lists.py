"""Months in a row that share one word: “七八月”, “6、7、8月” as “7月,8月”."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.planner.numbers import parse_number

_HAN = "一二三四五六七八九"
_RUN = re.compile(f"(?<![十百千万\\d{_HAN}第])(?P<run>[{_HAN}]{{2,4}})(?=月(?!前|后|以|之|内|来))")
_ONE = "1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]"
_HEAD = f"(?<![\\d.十{_HAN}第年/-])"
_TAIL = f"(?P<tail>月份?)(?!\\d|[{_HAN}]|前|后|以|之|内)"
_LIST = re.compile(f"{_HEAD}(?P<list>(?:(?:{_ONE})月?份?[,/和、] ?){{1,11}}(?:{_ONE})){_TAIL}")
_DAY = "[12]?\\d|3[01]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_DAYS = re.compile(f"(?P<month>{_ONE})月(?P<first>{_DAY})(?:[号日][,和、]?|[,和、] ?)(?P<second>{_DAY})[号日](?!{_DAY}|[,和、到至-])")
_BETWEEN = re.compile("月?份?[,/和、] ?")


_SIDES = re.compile("分别|各|每|哪|谁|比|差|涨|跌|变化")
_PAIR = 2


def months_apart(text: str) -> str:
    """A normalised text with each month of a row written out; two that follow each other are one time, unless they are set side by side."""
    text = _DAYS.sub(_days, text)
    joint = "," if _SIDES.search(text) else "到"
    return _LIST.sub(lambda match: _listed(match, joint), _RUN.sub(lambda match: _run(match, joint), text))


def _days(match: re.Match[str]) -> str:
    """“12月24号25号” as the two days, or from the one to the other."""
    first, second = (int(parse_number(match[name]) or 0) for name in ("first", "second"))
    joint = "到" if second == first + 1 and not _SIDES.search(match.string) else "和"
    return f"{match['month']}月{first}日{joint}{match['month']}月{second}日"


def _run(match: re.Match[str], joint: str) -> str:
    """“七八” as months, where they follow each other; “二三十” is no such row."""
    run = match["run"]
    return _joined(list(run), joint).removesuffix("月") if _follow([_HAN.index(one) for one in run]) else run


def _listed(match: re.Match[str], joint: str) -> str:
    names = [*_BETWEEN.split(match["list"])]
    shared = "月" not in match["list"]
    months = [int(parse_number(name) or 0) for name in names]
    return _joined(names, joint if shared and _follow(months) else ",") + match["tail"][1:]


def _joined(names: list[str], joint: str) -> str:
    return (joint if len(names) == _PAIR else ",").join(f"{name}月" for name in names)


def _follow(months: list[int]) -> bool:
    return all(later == earlier + 1 for earlier, later in pairwise(months))
