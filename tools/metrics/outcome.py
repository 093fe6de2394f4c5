"""What was measured, ready to be shown: the groups in order, totals, and the period before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tools.contracts import Text, Unit
from tools.metrics.averages import PerTime
from tools.metrics.catalogue import Dimension, Metric
from tools.metrics.comparison import Compared
from tools.metrics.keeping import Kept
from tools.metrics.plan import Plan
from tools.metrics.results import Group, Value, value_label
from tools.metrics.steps import STEP, Course, course
from tools.windows import DateRange

OTHERS = "(others)"
"""The key of the row of all groups that are not shown."""
OTHERS_NAME = Text(zh="其他", en="others")


@dataclass(frozen=True)
class Others:
    """The groups beyond the limit taken together: how many, their values, and those in the period before."""

    count: int
    group: Group
    before: Group | None


@dataclass(frozen=True)
class Measured:
    """One measurement.

    Args:
        plan: What was asked for.
        window: The dates measured.
        before: The dates of the period before, when it was compared.
        groups: All groups, in the order shown; a single one without keys when nothing is grouped.
        limit: How many of them are shown.
        group_count: How many there are, were more than can be read.
        total: All groups together.
        previous: Groups of the period before, by their keys.
        previous_total: All of the period before together.
        names: For each dimension, names of stored values.
        incomplete: Periods among the groups that the window or the data cut off, and the dates that they cover.
        per_group: At most so many of the second dimension in each of the first are among the groups.
        by_change: By which change they are ordered, if by any: "amount", "percent" or "share".
        way: The order, where it is by a change: "growth", "decline" or "movement".
        compare: With which period they are compared.
        uncompared: Why there is no comparison, although one was asked for.
        others: The groups beyond the limit, where a row of them was asked for.
        kept: The conditions that the groups fit.
        together: What the groups shown have of the first metric together, where they are a part of all.
        per: Averages over days, weeks or months, where they were asked for.
        per_before: Those of the time compared with.
        firsts: The groups of the first dimension alone, where shares within them were asked for.
        wholes: What each group's share is told of, by its keys, where a share of a wider whole was asked for; that of all without keys.
        means: The mean of each sum or count over all groups, where it was asked for.
    """

    plan: Plan
    window: DateRange
    before: DateRange | None
    groups: list[Group]
    limit: int | None
    group_count: int
    total: Group
    previous: dict[tuple[str, ...], Group]
    previous_total: Group | None
    names: tuple[dict[str, Text], ...]
    incomplete: dict[str, DateRange]
    per_group: int | None = None
    by_change: str | None = None
    way: str | None = None
    compare: Compared | None = None
    uncompared: Text | None = None
    others: Others | None = None
    kept: tuple[Kept, ...] = ()
    together: Value = None
    per: PerTime | None = None
    per_before: PerTime | None = None
    firsts: dict[str, Group] | None = None
    wholes: dict[tuple[str, ...], Group] | None = None
    means: dict[str, Decimal | float] = field(default_factory=dict)

    @property
    def shown(self) -> list[Group]:
        """The groups that were asked for."""
        return self.groups if self.limit is None else self.groups[: self.limit]

    @property
    def rest(self) -> list[Group]:
        """The groups that the limit cut off."""
        return [] if self.limit is None else self.groups[self.limit :]

    @property
    def compared(self) -> bool:
        """Whether groups stand beside an earlier time."""
        return self.before is not None or self.compare == STEP

    @property
    def course(self) -> Course | None:
        """How the first metric went over the periods, where each is compared with the one before it."""
        return course(self.groups, self.previous, self.plan.metrics[0].id) if self.compare == STEP else None

    @property
    def grouped(self) -> bool:
        """Whether there are groups at all."""
        return bool(self.plan.by)

    def has_share(self, metric: Metric) -> bool:
        """Whether groups of the metric add up to its total."""
        return self.grouped and all(one.level in metric.additive for one in self.plan.by)

    def before_of(self, group: Group) -> Group | None:
        """The same group in the period before."""
        if self.others is not None and group is self.others.group:
            return self.others.before
        return self.previous.get(group.keys) if self.grouped else self.previous_total


def compared_values(measured: Measured, metric: Metric, group: Group, before: Group | None) -> tuple[Value, Value]:
    """What is compared of a group: its value with that of the time before, or the averages of both where those were asked for."""
    value, earlier = group.values.get(metric.id), before.values.get(metric.id) if before else None
    if measured.per is None or measured.per_before is None or before is None:
        return value, earlier
    means = measured.per.average(metric, group), measured.per_before.average(metric, before)
    return means if None not in means else (value, earlier)


def names_by_label(groups: Sequence[Group], by: Sequence[Dimension], known: Sequence[dict[str, Text]]) -> tuple[dict[str, Text], ...]:
    """For each dimension, the names of its values; labels that several values share get the value in brackets."""
    found = []
    for index, dimension in enumerate(by):
        names = dict(known[index])
        if dimension.label_sql:
            labels = {group.keys[index]: group.labels[index] for group in groups}
            often = Counter(labels.values())
            for key, label in labels.items():
                unique = label if often[label] == 1 else f"{label} ({key})" if label else key
                names[key] = value_label({}, key, unique)
        found.append(names)
    return tuple(found)


def group_name(measured: Measured, group: Group) -> Text:
    """The group's name: its values, in the order of the dimensions."""
    if not group.keys:
        return OTHERS_NAME
    parts = [value_label(names, key, None) for names, key in zip(measured.names, group.keys, strict=True)]
    return Text(zh=" · ".join(part.zh for part in parts), en=" · ".join(part.en for part in parts))


def share_of(group: Group | None, total: Group | None, metric: Metric) -> float | None:
    """The group's part of the total, as a fraction; None where the total is nothing."""
    part = group.values.get(metric.id) if group else None
    whole = total.values.get(metric.id) if total else None
    if part is None or not whole:
        return None
    return float(Decimal(str(part)) / Decimal(str(whole)))


def shares_of(measured: Measured, group: Group, metric: Metric) -> tuple[float | None, float | None]:
    """The group's part of the total now, and of that in the period compared with."""
    now = share_of(group, measured.total, metric)
    return now, share_of(measured.before_of(group), measured.previous_total, metric)


def change_of(metric: Metric, later: Value, earlier: Value) -> tuple[float | None, Unit]:
    """How a value changed: in points for shares, else relative to the earlier value; None where that is not defined."""
    if metric.unit is Unit.SHARE:
        return (None if later is None or earlier is None else float(later) - float(earlier)), Unit.POINTS
    if later is None or not earlier:
        return None, Unit.CHANGE
    old = Decimal(str(earlier))
    return float((Decimal(str(later)) - old) / abs(old)), Unit.CHANGE


def difference_of(later: Group | None, earlier: Group | None, metric: Metric) -> Value:
    """By how much a value changed, in its own unit; None where either is unknown."""
    now, before = (group.values.get(metric.id) if group else None for group in (later, earlier))
    if now is None or before is None:
        return None
    if isinstance(now, float) or isinstance(before, float):
        return float(now) - float(before)
    return now - before


def change_share(measured: Measured, group: Group, metric: Metric) -> float | None:
    """The group's part of the change of the total; None where that is no part: of another direction, or larger than the whole."""
    whole, part = (
        difference_of(now, before, metric)
        for now, before in ((measured.total, measured.previous_total), (group, measured.before_of(group)))
    )
    if not measured.has_share(metric) or part is None or not whole:
        return None
    found = float(Decimal(str(part)) / Decimal(str(whole)))
    return found if 0 <= found <= 1 else None
