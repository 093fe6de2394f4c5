"""The order in which groups are shown: bands by their first number, time by time, categories by size."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from tools.metrics.catalogue import Dimension
from tools.metrics.results import Group, Run

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


def arranged(run: Run, by: Sequence[Dimension], metric: str, sort: str | None, limit: int | None) -> list[Group]:
    """The groups in the order asked for; by default in their own order, else the largest first.

    A request for a few groups without an order means the largest ones.
    """
    groups = run.groups
    if sort in ("largest", "smallest") or (sort is None and limit is not None):
        known = [group for group in groups if group.values.get(metric) is not None]
        unknown = [group for group in groups if group.values.get(metric) is None]
        sign = 1 if sort == "smallest" else -1
        return sorted(known, key=lambda group: (sign * _number(group, metric), group.keys)) + unknown
    keys = [_level_key(groups, index, one, metric) for index, one in enumerate(by)]
    return sorted(groups, key=lambda group: [key(group.keys[index]) for index, key in enumerate(keys)])


def _level_key(groups: Sequence[Group], index: int, dimension: Dimension, metric: str) -> Callable[[str], Any]:
    present = {group.keys[index] for group in groups}
    if is_natural(dimension, sorted(present)):
        return dimension_key(dimension)
    sizes = dict.fromkeys(present, Decimal(0))
    for group in groups:
        sizes[group.keys[index]] += _number(group, metric)
    return lambda key: (-sizes[key], key)


def _number(group: Group, metric: str) -> Decimal:
    value = group.values.get(metric)
    return Decimal(str(value)) if value is not None else Decimal(0)
