"""The groups of a scheme with their numbers, as rows, figures and a table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.contracts import Column, Figure, Table, Text, Unit
from tools.errors import WarehouseError
from tools.segments.playbook import playbook
from tools.segments.reporting import as_money, figure, share
from tools.segments.schemes import PROSPECTS, Group, Scheme

Number = int | float | Decimal | None

COLUMNS = (
    ("customers", "客户数", "customers", Unit.COUNT),
    ("share_of_customers", "客户占比", "share of customers", Unit.SHARE),
    ("revenue", "消费额", "revenue", Unit.MONEY),
    ("share_of_revenue", "消费额占比", "share of revenue", Unit.SHARE),
    ("average_recency", "平均距上次下单天数", "average days since the last order", Unit.DAYS),
    ("average_orders", "平均订单数", "average orders", Unit.NUMBER),
    ("average_amount", "人均消费额", "average spend", Unit.MONEY),
    ("average_order_value", "客单价", "average order value", Unit.MONEY),
)


@dataclass(frozen=True)
class GroupRow:
    """One group and its numbers, by the ids of ``COLUMNS``; None where nobody is in it."""

    group: Group
    numbers: dict[str, Number]

    @property
    def customers(self) -> int:
        """How many are in the group."""
        return int(self.numbers["customers"] or 0)

    @property
    def revenue(self) -> Decimal:
        """What they spent in all."""
        return Decimal(str(self.numbers["revenue"] or "0.00"))


@dataclass(frozen=True)
class Totals:
    """Numbers of all customers, those in no group included."""

    customers: int
    buyers: int
    revenue: Decimal


def group_rows(scheme: Scheme, found: list[dict[str, Any]]) -> tuple[list[GroupRow], int]:
    """The rows of a scheme in its order, and how many customers are in none of its groups.

    Args:
        scheme: Prospects are left out of it where there are none.
        found: What ``overview.sql`` gives.

    Raises:
        WarehouseError: The groups do not add up to all customers.
    """
    by_value = {row["group_value"]: row for row in found}
    everyone = sum(row["customers"] for row in found)
    revenue = sum((row["revenue"] or Decimal(0) for row in found), Decimal(0))
    rows = [GroupRow(group, _numbers(by_value.get(group.stored), everyone, revenue)) for group in scheme.groups]
    outside = by_value.get(None, {}).get("customers", 0)
    if sum(row.customers for row in rows) + outside != everyone:
        raise WarehouseError(
            "The groups do not add up to all customers; run: fenqun refresh.", "各分群人数之和与客户总数不符；请运行：fenqun refresh。"
        )
    return [row for row in rows if row.customers or row.group is not PROSPECTS], outside


def _numbers(row: dict[str, Any] | None, everyone: int, revenue: Decimal) -> dict[str, Number]:
    if row is None:
        empty: dict[str, Number] = dict.fromkeys((name for name, *_ in COLUMNS), None)
        return empty | {"customers": 0, "share_of_customers": 0.0, "revenue": Decimal("0.00"), "share_of_revenue": 0.0}
    return {
        "customers": row["customers"],
        "share_of_customers": share(row["customers"], everyone),
        "revenue": row["revenue"] or Decimal("0.00"),
        "share_of_revenue": share(row["revenue"] or Decimal(0), revenue),
        "average_recency": row["average_recency"],
        "average_orders": row["average_orders"],
        "average_amount": _cents(row["average_amount"]),
        "average_order_value": _cents(row["average_order_value"]),
    }


def _cents(value: float | None) -> Decimal | None:
    return None if value is None else as_money(round(value, 2))


def total_figures(totals: Totals, rows: list[GroupRow]) -> list[Figure]:
    """Figures of everybody: customers, buyers, revenue, and how many groups have members."""
    return [
        figure("customers", "客户总数", "all customers", totals.customers, Unit.COUNT),
        figure("buyers", "下过单的客户数", "customers with an order", totals.buyers, Unit.COUNT),
        figure("revenue", "全部客户消费额", "revenue of all customers", totals.revenue, Unit.MONEY),
        figure("groups", "分群数", "groups", len([row for row in rows if row.customers]), Unit.COUNT),
    ]


def group_figures(rows: list[GroupRow]) -> list[Figure]:
    """Figures ``<group>.<column>`` of every group."""
    return [
        figure(f"{row.group.id}.{name}", f"{row.group.name.zh}：{zh}", f"{row.group.name.en}: {en}", row.numbers[name], unit)
        for row in rows
        for name, zh, en, unit in COLUMNS
        if row.numbers[name] is not None
    ]


def group_table(scheme: Scheme, rows: list[GroupRow]) -> Table:
    """One row per group, with what to do about it."""
    columns = [Column(id=name, label=Text(zh=zh, en=en), unit=unit) for name, zh, en, unit in COLUMNS]
    names = {row.group.id: row.group.name for row in rows}
    first = Column(id="segment", label=Text(zh="分群", en="segment"), unit=Unit.TEXT, names=names)
    goals = {row.group.id: playbook()[row.group.id].goal for row in rows}
    last = Column(
        id="goal", label=Text(zh="建议目标", en="suggested goal"), unit=Unit.TEXT, names={goal.en: goal for goal in goals.values()}
    )
    cells = tuple((row.group.id, *(row.numbers[column.id] for column in columns), goals[row.group.id].en) for row in rows)
    return Table(id="segments", title=scheme.name, columns=(first, *columns, last), rows=cells, row_count=len(cells))
