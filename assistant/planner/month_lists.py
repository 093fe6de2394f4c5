"""Months in a row that share one word: “七八月”, “6、7、8月” as “7月,8月”."""

from __future__ import annotations

import re
from itertools import pairwise

_HAN = "一二三四五六七八九"
_RUN = re.compile(f"(?<![十百千万\\d{_HAN}第])(?P<run>[{_HAN}]{{2,4}})(?=月(?!前|后|以|之|内|来))")
_ONE = "1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]"
_HEAD = f"(?<![\\d.十{_HAN}第年/-])"
_TAIL = f"(?P<tail>月份?)(?!\\d|[{_HAN}]|前|后|以|之|内)"
_LIST = re.compile(f"{_HEAD}(?P<list>(?:(?:{_ONE})月?份?[,/和、] ?){{1,11}}(?:{_ONE})){_TAIL}")
_BETWEEN = re.compile("月?份?[,/和、] ?")


def months_apart(text: str) -> str:
    """A normalised text with each month of a row written out."""
    return _LIST.sub(_listed, _RUN.sub(_run, text))


def _run(match: re.Match[str]) -> str:
    """“七八” as months, where they follow each other; “二三十” is no such row."""
    run = match["run"]
    follows = all(_HAN.index(later) == _HAN.index(earlier) + 1 for earlier, later in pairwise(run))
    return "月,".join(run) if follows else run


def _listed(match: re.Match[str]) -> str:
    return ",".join(f"{one}月" for one in _BETWEEN.split(match["list"])) + match["tail"][1:]
