"""The effect of each campaign with a control group, and of all of them together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tools.models.effects import Arm, Estimate, mean_difference, rate_difference, relative_uplift, stratified_difference

Measured = Literal["response", "order", "revenue"]
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Effect:
    """What one campaign, or several together, changed.

    Args:
        campaign_id: Of one campaign; None of several together.
        name: Of the campaign.
        kind: Of the campaign.
        treatment: What the contacted did, by the outcome that was asked for.
        control: What the control group did.
        difference: Treatment - control per customer: a fraction for rates, money for revenue.
        relative: Treatment ÷ control - 1; None where the control group did nothing, or there are several campaigns.
        revenue: Difference of revenue per customer; None where no revenue is known.
        cost: Of the campaign; None where unknown.
        first_contact: The first day of contact.
        last_contact: The last one.
        before: Difference of revenue in the 90 days before, which chance alone may explain.
    """

    campaign_id: str | None
    name: str
    kind: str
    treatment: Arm
    control: Arm
    difference: Estimate
    relative: Estimate | None
    revenue: Estimate | None
    cost: Decimal | None
    first_contact: dt.date
    last_contact: dt.date
    before: Estimate | None

    @property
    def incremental(self) -> Estimate:
        """The outcome that would not have been without the campaign, over all who were contacted."""
        return _times(self.difference, self.treatment.customers)

    @property
    def incremental_revenue(self) -> Estimate | None:
        """The revenue that would not have been without the campaign."""
        return None if self.revenue is None else _times(self.revenue, self.treatment.customers)

    @property
    def roi(self) -> Estimate | None:
        """(Incremental revenue - cost) ÷ cost; None without both."""
        gained = self.incremental_revenue
        if gained is None or not self.cost or self.cost < 0:
            return None
        cost = float(self.cost)
        return Estimate(*((value - cost) / cost for value in (gained.value, gained.low, gained.high)))


def _times(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor)


def money(value: float) -> Decimal:
    """An amount to the cent."""
    return Decimal(str(value)).quantize(_CENT)


def effects_of(rows: Sequence[dict[str, Any]], outcome: Measured, revenue_from: str | None) -> list[Effect]:
    """The effect of each campaign.

    Args:
        rows: Of ``arm_sums.sql``, the control group before the treatment.
        outcome: What is compared.
        revenue_from: Column of the revenue, "revenue" (orders) or "response_revenue"; None where neither is known.
    """
    by_campaign: dict[str, dict[int, dict[str, Any]]] = {}
    for row in rows:
        by_campaign.setdefault(row["campaign_id"], {})[row["treated"]] = row
    return [_effect(arms[1], arms[0], outcome, revenue_from) for arms in by_campaign.values() if len(arms) == 2]


def _effect(treatment: dict[str, Any], control: dict[str, Any], outcome: Measured, revenue_from: str | None) -> Effect:
    column = {"response": "responded", "order": "ordered", "revenue": revenue_from}[outcome]
    assert column is not None
    arms = _arm(treatment, column), _arm(control, column)
    is_rate = outcome != "revenue"
    return Effect(
        campaign_id=treatment["campaign_id"],
        name=treatment["name"],
        kind=treatment["kind"],
        treatment=arms[0],
        control=arms[1],
        difference=rate_difference(*arms) if is_rate else mean_difference(*arms),
        relative=relative_uplift(*arms) if is_rate else _relative_mean(*arms),
        revenue=_difference(treatment, control, revenue_from),
        cost=treatment["cost"],
        first_contact=min(treatment["first_contact"], control["first_contact"]),
        last_contact=max(treatment["last_contact"], control["last_contact"]),
        before=_difference(treatment, control, "revenue_before"),
    )


def _arm(row: dict[str, Any], column: str) -> Arm:
    total = float(row[column])
    return Arm(int(row["customers"]), total, float(row.get(f"{column}_squares", total)))


def _difference(treatment: dict[str, Any], control: dict[str, Any], column: str | None) -> Estimate | None:
    if column is None or min(treatment["customers"], control["customers"]) < 2:
        return None
    return mean_difference(_arm(treatment, column), _arm(control, column))


def _relative_mean(treatment: Arm, control: Arm) -> Estimate | None:
    """The interval of the difference over the control's mean: its own spread is left out, so it is a little narrow."""
    if control.mean <= 0:
        return None
    return _times(mean_difference(treatment, control), 1.0 / control.mean)


def together(effects: Sequence[Effect]) -> Effect:
    """Several campaigns as one: each compared within itself, so that their mix and their rates of control do not matter."""
    if len(effects) == 1:
        return effects[0]
    revenues = [one.revenue for one in effects]
    costs = [one.cost for one in effects]
    treatment, control = _sum([one.treatment for one in effects]), _sum([one.control for one in effects])
    gained = [one.incremental_revenue for one in effects]
    return Effect(
        campaign_id=None,
        name="",
        kind="",
        treatment=treatment,
        control=control,
        difference=stratified_difference([(one.treatment, one.control) for one in effects]),
        relative=None,
        revenue=_times(_added([g for g in gained if g is not None]), 1.0 / treatment.customers) if None not in revenues else None,
        cost=sum((cost for cost in costs if cost is not None), Decimal(0)) if None not in costs else None,
        first_contact=min(one.first_contact for one in effects),
        last_contact=max(one.last_contact for one in effects),
        before=None,
    )


def _sum(arms: Sequence[Arm]) -> Arm:
    return Arm(sum(arm.customers for arm in arms), sum(arm.total for arm in arms), sum(arm.squares for arm in arms))


def _added(estimates: Sequence[Estimate]) -> Estimate:
    """The sum of independent estimates; margins add as their squares do."""
    value = sum(one.value for one in estimates)
    low = sum((one.value - one.low) ** 2 for one in estimates) ** 0.5
    high = sum((one.high - one.value) ** 2 for one in estimates) ** 0.5
    return Estimate(value, value - low, value + high)
