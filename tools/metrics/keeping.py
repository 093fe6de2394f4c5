"""Groups kept by their own figures: “departments above 10,000 in sales”, “categories bought by fewer than 100 customers”."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from tools.contracts import Text, Unit
from tools.errors import InputError
from tools.metrics.changes import Totals, Values, change_in
from tools.metrics.entries import Metric
from tools.requests import GroupCondition, Measure

_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}
_IN_SQL: dict[str, type[exp.Binary]] = {">": exp.GT, ">=": exp.GTE, "<": exp.LT, "<=": exp.LTE, "=": exp.EQ, "!=": exp.NEQ}
_ZH = {">": "大于", ">=": "不低于", "<": "小于", "<=": "不超过", "=": "等于", "!=": "不等于"}
_AVERAGE = "average"
_OF = {
    "now": Text(zh="{}", en="{}"),
    "before": Text(zh="对比期{}", en="{} in the time compared with"),
    "difference": Text(zh="{}变化额", en="the change in {}"),
    "percent": Text(zh="{}变化率", en="the change in {}"),
    "share": Text(zh="{}占比变化", en="the change of its share of {}"),
}
_EN = {">": "is above", ">=": "is at least", "<": "is below", "<=": "is at most", "=": "is", "!=": "is not"}


@dataclass(frozen=True)
class Kept:
    """A condition on the groups: a metric, how it compares, and with what."""

    metric: Metric
    op: str
    value: Decimal
    average: bool = False
    """Whether the value is the average of all groups."""
    part: Decimal | None = None
    """The share of the metric's total that the value is."""
    of: str = "now"
    """The value "now" or "before", or its change: "difference", "percent" or "share" (of the whole)."""

    def holds(self, values: Values, before: Values | None, totals: Totals) -> bool:
        """Whether a group fits; one of which the value is unknown does not."""
        value = self._value(values, before, totals)
        return value is not None and _HOLDS[self.op](Decimal(str(value)), self.value)

    def _value(self, values: Values, before: Values | None, totals: Totals) -> int | Decimal | float | None:
        if self.of == "now":
            return values.get(self.metric.id)
        if self.of == "before":
            return before.get(self.metric.id) if before else None
        return change_in(self.of, self.metric, values, before, totals)

    def condition(self, value: exp.Expr, placeholder: exp.Expr) -> exp.Expr:
        """The same in SQL, of the expression of the value."""
        return _IN_SQL[self.op](this=value, expression=placeholder)

    @property
    def text(self) -> Text:
        """The condition in words."""
        share = self.metric.unit is Unit.SHARE or self.part is not None or self.of in ("percent", "share")
        number = self.value if self.part is None else self.part
        value = f"{number * 100:f}%" if share else f"{number:,f}"
        value = value if "." not in value else value.replace("%", "").rstrip("0").rstrip(".") + ("%" if share else "")
        name, (zh, en) = _named(self.metric.name, self.of), ("平均值", "the average of") if self.average else ("", "")
        if self.part is not None:
            name = Text(zh=f"占全部{name.zh}的比例", en=f"the share of all {name.en}")
        return Text(zh=f"{name.zh}{_ZH[self.op]}{zh} {value}", en=f"{name.en} {_EN[self.op]} {f'{en} ' if en else ''}{value}")


def _named(name: Text, of: str) -> Text:
    """What is compared: a metric, the same in the time compared with, or its change."""
    words = _OF[of]
    return Text(zh=words.zh.format(name.zh), en=words.en.format(name.en))


def kept_by(
    request: Measure,
    metrics: Sequence[Metric],
    average: Callable[[Metric], Decimal | None],
    total: Callable[[Metric], Decimal | None],
) -> tuple[Kept, ...]:
    """The conditions of a request on its groups; ``average`` gives that of all groups and ``total`` their whole, where it is compared with.

    Raises:
        InputError: There are no groups to keep some of, a row of all others was asked for too, or a share is asked of what has no total.
    """
    if not request.having:
        return ()
    if not request.by:
        raise InputError(
            "A condition on groups needs a dimension to group by, such as category.",
            "对各组的条件需要一个分组维度，例如品类。",
        )
    if request.rest:
        raise InputError(
            "A row of all others goes with a limit and not with a condition on groups.",
            "“其他”一行与数量限制搭配，不与对各组的条件搭配。",
        )
    known = {metric.id: metric for metric in metrics}
    found: list[Kept] = []
    for one in request.having:
        kept = _kept(known[one.metric], one, average, total)
        if kept is not None:  # nothing was measured, so that there is no group either
            found.append(kept)
    return tuple(found)


def _kept(
    metric: Metric,
    one: GroupCondition,
    average: Callable[[Metric], Decimal | None],
    total: Callable[[Metric], Decimal | None],
) -> Kept | None:
    if one.value == _AVERAGE:
        mean = average(metric)
        return None if mean is None else Kept(metric, one.op, mean, average=True)
    if one.of != "total":
        return Kept(metric, one.op, Decimal(one.value), of=one.of)
    if not metric.counts_nothing:
        raise InputError(
            f"{metric.name.en} has no total that a group could have a share of; compare with a value instead.",
            f"“{metric.name.zh}”没有可供各组占比的总数，请改为与一个数值比较。",
        )
    whole = total(metric)
    return None if whole is None else Kept(metric, one.op, Decimal(one.value) * whole, part=Decimal(one.value))


def keep(query: exp.Select, kept: Sequence[Kept], value: Callable[[Kept], exp.Expr]) -> exp.Select:
    """The rows of a query that fit all conditions but those on changes of the share of the whole, which no row knows.

    The values are the parameters having_1, having_2, ...; ``value`` gives what each is compared with.
    """
    numbered = [(number, one) for number, one in enumerate(kept, start=1) if one.of != "share"]
    conditions = [one.condition(value(one), exp.Placeholder(this=f"having_{number}")) for number, one in numbered]
    return exp.select("*").from_(query.subquery("h")).where(*conditions)


def parameters_of(kept: Sequence[Kept]) -> dict[str, Decimal]:
    """The values that :func:`keep` refers to."""
    return {f"having_{number}": one.value for number, one in enumerate(kept, start=1)}
