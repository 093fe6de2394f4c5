"""“Best and worst store in December”, “销售额冠军和垫底的店”: a ranking from either end, each measured by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.normalise import HAN
from assistant.planner.plan import Call, Plan

_HAN = re.compile(f"[{HAN}]")
_SHARED = ("window", "where", "customers", "basket")
"""What limits a ranking, and is said of one end only where it holds for both."""


def with_both_ends(asked: Asked) -> Plan | None:
    """The plan with the ranking from the top and the one from the bottom; None where the question does not ask for both."""
    for top, bottom in _ends(asked):
        first, second = asked.read(top), asked.read(bottom)
        calls = _opposite(first, second)
        if calls is not None:
            return Plan(calls, tuple(dict.fromkeys((*first.notes, *second.notes))))
    return None


def _ends(asked: Asked) -> Iterator[tuple[str, str]]:
    """The question for the top and the one for the bottom, in each way that the text can be read."""
    language = asked.language
    for pattern in _patterns(language):
        said = pattern.match(asked.bare)
        if said is None:
            continue
        part = {name: words or "" for name, words in said.groupdict().items()}
        before, after = part["before"], part["after"]
        if language == "zh":
            of = part.get("of") or ""
            yield _joined_han(before, part["top"], of, after), _joined_han(before, part["bottom"], of, after)
            continue
        how = (part.get("how") or part.get("how_b") or "", part.get("how_b") or part.get("how") or "")
        number = (part.get("n") or part.get("n_b") or "", part.get("n_b") or part.get("n") or "")
        ends = [
            f"{before}{_plain(part[end], False)}{how[at]}{f' {number[at]}' if number[at] else ''}{part.get('of') or ''}{after}"
            for at, end in enumerate(("top", "bottom"))
        ]
        yield ends[0], ends[1]


def _joined_han(before: str, end: str, of: str, after: str) -> str:
    """One end between what stands around both, with 的 where it is followed by what is ranked."""
    plain = _plain(end, bool(_measured().search(before)))
    following = f"{of}{after}"
    linked = "" if not following or following[0] in "的,是各分呢?" else "的"
    return f"{before}{plain}{linked}{following}"


def _plain(end: str, measured: bool) -> str:
    """An end of a ranking in plain words: the highest of a number, the best of anything else."""
    found = next(((number, other) for pattern, number, other in _plainer() if pattern.match(end)), None)
    return end if found is None else found[0 if measured else 1]


def _opposite(first: Plan, second: Plan) -> tuple[Call, ...] | None:
    """The two calls, where they rank the same from either end; a limit that only one of them has holds for both."""
    if len(first.calls) != 1 or len(second.calls) != 1:
        return None
    one, other = first.calls[0], second.calls[0]
    if one.name == other.name == "measure" and one.args.get("by"):
        if (one.args.get("sort"), other.args.get("sort")) != ("largest", "smallest"):
            return None
        if any(one.args.get(name) != other.args.get(name) for name in ("metrics", "by")):
            return None
        return _limited(one, other), _limited(other, one)
    ordered = one.name == other.name == "find_customers" and one.args.get("sort_by") == other.args.get("sort_by")
    if ordered and one.args.get("sort_by") and (one.args.get("descending", True), other.args.get("descending", True)) == (True, False):
        return one, other
    return None


def _limited(call: Call, other: Call) -> Call:
    missing: dict[str, Any] = {name: other.args[name] for name in _SHARED if name in other.args and name not in call.args}
    return Call(call.name, {**call.args, **missing})


@lru_cache(maxsize=2)
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    table = read_table("both_ends")
    names = named_patterns(table["names"])
    return tuple(re.compile(filled(one, names)) for one in table[language])


@lru_cache(maxsize=1)
def _measured() -> re.Pattern[str]:
    return re.compile(read_table("both_ends")["measured"])


@lru_cache(maxsize=1)
def _plainer() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((re.compile(pattern), number, other) for pattern, number, other in read_table("both_ends")["plain"])
