"""Words with a number inside, by the patterns of prompts/lexicon/patterns.yaml: percentiles, months of a cohort."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant.planner.lexicon import read_table
from assistant.planner.numbers import NUMBER, parse_number
from assistant.planner.time_units import unit_name, unit_words
from assistant.planner.tokens import Sense

_COHORTS = ("month", "quarter", "week")
_OFTEN = "often"
_EARLY = "early"
"""“首单后30天内复购”, "a second order within 30 days of the first"."""
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
_YEAR = 365
_MOST_FIRST_DAYS = 730
_FEWER = ("以下", "以内", "最多", "不超过", "不到", "少于", "低于", "不足")
_CUTOFF = "cutoff"
"""“前10%的门槛” is the 90th percentile."""
_PEOPLE = "(?:客户|顾客|用户|会员|消费者|买家|客人|家庭|人)"
_RATE = "rate"
"""“每周来两次”, "twice a month": how often within each of many periods, which no rule about customers can say."""


def find_patterns(text: str) -> Iterator[tuple[int, int, Sense]]:
    """Spans of a normalised text that a pattern explains, with what they mean."""
    for kind, patterns in _patterns().items():
        for pattern in patterns:
            for match in pattern.finditer(text):
                if kind == _OFTEN:
                    often = _often(match)
                    if often is not None:
                        yield match.start(), match.end(), often
                    continue
                if kind == _EARLY:
                    early = _early(match)
                    if early is not None:
                        yield match.start(), match.end(), early
                    continue
                if kind == _RATE:
                    yield match.start(), match.end(), Sense("qualifier", kind)
                    continue
                data = _cohort(match) if kind == "cohort" else _percentile(match, above=kind == _CUTOFF)
                if data is not None:
                    yield match.start(), match.end(), Sense("cue", "cohort" if kind == "cohort" else "percentile", data)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    names = {"{n}": f"(?P<n>{NUMBER})", "{unit}": unit_words(), "{people}": _PEOPLE}
    found: dict[str, list[re.Pattern[str]]] = {}
    for kind, patterns in read_table("patterns").items():
        for pattern in patterns:
            written = pattern
            for name, words in names.items():
                written = written.replace(name, words)
            found.setdefault(kind, []).append(re.compile(written))
    return found


def _often(match: re.Match[str]) -> Sense | None:
    """“平均一个月来4次以上”: so often is a typical gap of at most so many days, and so much a month that in a year."""
    times, days = parse_number(match["n"]), _DAYS.get(unit_name(match["unit"]) or "")
    if not times or not days:
        return None
    fewer = any(word in match[0] for word in _FEWER)
    if match.groupdict().get("money"):
        rule = {"behaviour": "amount", "op": "<=" if fewer else ">=", "value": int(times * (_YEAR // days)), "window": {"last_days": _YEAR}}
        return Sense("condition", _OFTEN, {"rule": rule})
    gap = round(days / float(times), 1)
    op = ">=" if fewer else "<="
    value = int(gap) if gap == int(gap) else str(gap)
    return Sense("condition", _OFTEN, {"rule": {"field": "gap_median_days", "op": op, "value": value}})


def _early(match: re.Match[str]) -> Sense | None:
    """“首单后30天内复购”: two orders or more within so many days of the first."""
    count, days = parse_number(match["n"]), _DAYS.get(unit_name(match["unit"]) or "")
    if not count or not days or not 1 <= count * days <= _MOST_FIRST_DAYS:
        return None
    return Sense("condition", _EARLY, {"rule": {"behaviour": "orders", "op": ">=", "value": 2, "first_days": int(count * days)}})


def _percentile(match: re.Match[str], *, above: bool) -> dict[str, Any]:
    """Which percentiles are named; ``above`` where the part above it is, as in “前10%的门槛”."""
    if "n" in match.re.groupindex:
        share = int(parse_number(match["n"]) or 0)
        return {"n": [100 - share if above else share]}
    return {"n": [25, 50, 75] if "quart" in match[0] or "四" in match[0] else list(range(10, 100, 10))}


def _cohort(match: re.Match[str]) -> dict[str, Any] | None:
    count, unit = parse_number(match["n"] or "1"), unit_name(match["unit"] or "月")
    if count is None or unit not in _COHORTS or count != int(count):
        return None
    return {"cohort": unit, "periods": int(count)}
