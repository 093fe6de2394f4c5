"""What groups are ordered by when their change counts: its amount, its percentage, or that of their share of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tools.contracts import Unit
from tools.metrics.entries import Metric

Values = Mapping[str, int | Decimal | float | None]
"""A group's values, by metric."""


@dataclass(frozen=True)
class Totals:
    """The values of all groups together, now and in the time compared with."""

    now: Values | None = None
    before: Values | None = None


def change_in(kind: str, metric: Metric, values: Values, before: Values | None, totals: Totals) -> Decimal | None:
    """The change of a group; None where it is not defined, as a percentage of nothing.

    Args:
        kind: "amount", "percent" or "share".
        metric: Whose value.
        values: Those of the group now.
        before: Those of the same group in the time compared with.
        totals: All groups together, for shares.
    """
    now, then = _of(values, metric), _of(before, metric)
    if now is None or then is None:
        return None
    if kind == "share":
        whole, was = _of(totals.now, metric), _of(totals.before, metric)
        return now / whole - then / was if whole and was else None
    if kind == "percent" and metric.unit is not Unit.SHARE:
        return (now - then) / abs(then) if then else None
    return now - then


def toward(metric: Metric, totals: Totals) -> Literal["growth", "decline"]:
    """The order in which those come first that moved the total where it went."""
    now, before = _of(totals.now, metric) or Decimal(0), _of(totals.before, metric) or Decimal(0)
    return "growth" if now >= before else "decline"


def _of(values: Values | None, metric: Metric) -> Decimal | None:
    value = values.get(metric.id) if values is not None else None
    return None if value is None else Decimal(str(value))
