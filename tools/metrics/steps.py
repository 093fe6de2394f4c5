"""Each period beside the one before it in the same table: the change from month to month."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tools.errors import InputError
from tools.metrics.catalogue import Dimension
from tools.metrics.results import Group

STEP = "step"
"""The comparison that asks for it."""


def check_steps(by: tuple[Dimension, ...]) -> None:
    """Refuse groups that do not follow each other.

    Raises:
        InputError: The groups are no days, weeks, months, quarters or years, or there are two dimensions.
    """
    if len(by) != 1 or by[0].period is None:
        raise InputError(
            "A change from each period to the next needs exactly one dimension of time: day, week, month, quarter or year.",
            "逐期变化只能按一个时间维度（日、周、月、季度、年）统计。",
        )


def predecessors(groups: list[Group], cut_off: Collection[str]) -> dict[tuple[str, ...], Group]:
    """For each period the one before it; periods that the window or the data cut off are compared with nothing."""
    whole = [group for group in sorted(groups, key=lambda group: group.keys) if group.keys[0] not in cut_off]
    return {later.keys: earlier for earlier, later in pairwise(whole)}


@dataclass(frozen=True)
class Course:
    """How a metric went from its first whole period to its last.

    Args:
        first: The first period that is compared with.
        last: The last one.
        steps: Changes from one period to the next.
        rises: Those that are rises.
        falls: Those that are falls.
    """

    first: Group
    last: Group
    steps: int
    rises: int
    falls: int


def course(groups: list[Group], before: Mapping[tuple[str, ...], Group], metric: str) -> Course | None:
    """The course of a metric over periods, each beside the one before it; None where there are fewer than two changes."""
    pairs = [(before[group.keys], group) for group in sorted(groups, key=lambda group: group.keys) if group.keys in before]
    known = [(earlier, later) for earlier, later in pairs if None not in (earlier.values.get(metric), later.values.get(metric))]
    if len(known) < 2:
        return None
    changes = [float(later.values[metric] or 0) - float(earlier.values[metric] or 0) for earlier, later in known]
    return Course(known[0][0], known[-1][1], len(known), sum(one > 0 for one in changes), sum(one < 0 for one in changes))
