"""The order in which groups are shown: bands by their first number, time by time, categories by size."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tools.metrics.catalogue import Dimension, Metric
from tools.metrics.changes import Totals, change_in
from tools.metrics.options import CHANGES
from tools.metrics.results import Group, Run, Value

_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([kKmM千万亿])?")
_SCALE = {"k": 1_000, "千": 1_000, "万": 10_000, "m": 1_000_000, "亿": 100_000_000}
_BELOW = re.compile(r"^\s*(<|≤|under|below|less|up to|no more)|以下|以内|不足|低于|小于", re.IGNORECASE)
_NATURAL_SHARE = 0.5
"""From this share of values with a number on, an attribute is taken for a band."""


def natural_key(text: str) -> tuple[int, Decimal, int, str]:
    """A key that sorts "Under 15K" < "15-24K" < "100-124K" < "250K+" < texts without a number."""
    found = _NUMBER.findall(text)
    if not found:
        return (1, Decimal(0), 0, text)
    number, own = found[0]
    scale = _SCALE.get((own or found[-1][1]).lower(), 1)
    return (0, Decimal(number.replace(",", "")) * scale, -1 if _BELOW.search(text) else 0, text)


def is_natural(dimension: Dimension, keys: Sequence[str]) -> bool:
    """Whether the groups of a dimension have an order of their own."""
    if dimension.kind == "time" or dimension.order is not None:
        return True
    numbered = sum(1 for key in keys if _NUMBER.search(key))
    return dimension.kind == "band" and bool(keys) and numbered / len(keys) >= _NATURAL_SHARE


def dimension_key(dimension: Dimension) -> Callable[[str], Any]:
    """The sort key of a dimension's own order."""
    if dimension.order == "listed":
        positions = {value: index for index, value in enumerate(dimension.values)}
        return lambda key: (positions.get(key, len(positions)), key)
    if dimension.period is not None or dimension.id == "hour":
        return lambda key: key
    return natural_key


@dataclass(frozen=True)
class Ranking:
    """What groups are ordered by: a metric, or its change of some kind.

    Args:
        metric: Whose values.
        sort: As in the request; the largest first when it is left out.
        change: What change counts: "amount", "percent" or "share".
        totals: All groups together, for changes of shares.
        cut_off: Periods of which some days are missing: they are never the smallest.
    """

    metric: Metric
    sort: str | None = None
    change: str = "amount"
    totals: Totals = field(default_factory=Totals)
    cut_off: frozenset[str] = frozenset()


def arranged(run: Run, by: Sequence[Dimension], ranking: Ranking, limit: int | None, per_group: int | None = None) -> list[Group]:
    """The groups in the order asked for; by default in their own order, else the largest first.

    A request for a few groups without an order means the largest ones. With ``per_group``, at most so many of the second
    dimension stay in each of the first, and ``limit`` is about the first.
    """
    if per_group is not None:
        return _top_of_each(run, by, _ranked(run, ranking), limit, per_group)
    if ranking.sort in ("largest", "smallest", *CHANGES) or (ranking.sort is None and limit is not None):
        return _ranked(run, ranking)
    keys = [_level_key(run.groups, index, one, ranking.metric.id) for index, one in enumerate(by)]
    return sorted(run.groups, key=lambda group: [key(group.keys[index]) for index, key in enumerate(keys)])


def _ranked(run: Run, ranking: Ranking) -> list[Group]:
    def rank(group: Group) -> Decimal | None:
        """What the group is ordered by: its value, or its change against the time before."""
        if ranking.sort not in CHANGES:
            return _decimal(group.values.get(ranking.metric.id))
        before = run.previous.get(group.keys)
        found = change_in(ranking.change, ranking.metric, group.values, before.values if before else None, ranking.totals)
        return abs(found) if found is not None and ranking.sort == "movement" else found

    sign = 1 if ranking.sort in ("smallest", "decline") else -1
    known = [(sign * value, group.keys, group) for group in run.groups if (value := rank(group)) is not None]
    unknown = [group for group in run.groups if rank(group) is None]
    ordered = [group for _, _, group in sorted(known, key=lambda one: one[:2])]
    if ranking.sort == "smallest" and ranking.cut_off:
        ordered.sort(key=lambda group: bool(ranking.cut_off & set(group.keys)))
    return ordered + unknown


def _top_of_each(run: Run, by: Sequence[Dimension], ranked: list[Group], limit: int | None, per_group: int) -> list[Group]:
    """The groups of each first key together; the first keys in their own order, else as they came: by size."""
    firsts = list(dict.fromkeys(group.keys[0] for group in run.groups))[:limit]
    if is_natural(by[0], firsts):
        firsts.sort(key=dimension_key(by[0]))
    inside: dict[str, list[Group]] = {}
    for group in ranked:
        inside.setdefault(group.keys[0], []).append(group)
    return [group for first in firsts for group in inside[first][:per_group]]


def _level_key(groups: Sequence[Group], index: int, dimension: Dimension, metric: str) -> Callable[[str], Any]:
    present = {group.keys[index] for group in groups}
    if is_natural(dimension, sorted(present)):
        return dimension_key(dimension)
    sizes = dict.fromkeys(present, Decimal(0))
    for group in groups:
        sizes[group.keys[index]] += _decimal(group.values.get(metric)) or Decimal(0)
    return lambda key: (-sizes[key], key)


def _decimal(value: Value) -> Decimal | None:
    return None if value is None else Decimal(str(value))
