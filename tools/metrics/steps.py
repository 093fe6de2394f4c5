"""Each period beside the one before it in the same table: the change from month to month."""

from __future__ import annotations

from collections.abc import Collection
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
