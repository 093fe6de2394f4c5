"""All groups of a scheme: how many customers each has, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.contracts import Column, Figure, Outcome, Statement, Table, Text, ToolResult, Unit
from tools.errors import WarehouseError
from tools.requests import SegmentOverview
from tools.rules import EVERYONE, Selection
from tools.segments.freshness import freshness_caveats, require_features, require_orders
from tools.segments.playbook import playbook
from tools.segments.reporting import as_money, bars, figure, share
from tools.segments.schemes import MERGE_WITH, SCHEMES, Group, Scheme
from tools.segments.scoring import latest_edges, read_sql
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote

TOOL = "segment_overview"
_DIMENSIONS = {
    "recency": Text(zh="R（最近购买）", en="recency"),
    "frequency": Text(zh="F（频次）", en="frequency"),
    "monetary": Text(zh="M（金额）", en="money"),
}
_NOBODY = Text(
    zh="还没有客户下过有效订单，无法进行 RFM 分群。",
    en="No customer has a counted order yet, so there are no RFM segments.",
)
_COLUMNS = (
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
    """One group and its numbers, by the ids of ``_COLUMNS``; None where nobody is in it."""

    group: Group
    numbers: dict[str, int | float | Decimal | None]

    @property
    def customers(self) -> int:
        """How many are in the group."""
        return int(self.numbers["customers"] or 0)


def segment_overview(ctx: ToolContext, request: SegmentOverview) -> ToolResult:
    """Every group of a scheme with customers, revenue, their shares and averages.

    Raises:
        UnsupportedQuestion: Features were never computed.
        WarehouseError: The groups do not add up to all customers.
    """
    require_features(ctx)
    require_orders(ctx, Text(zh="RFM 分群", en="an RFM segmentation"))
    scheme = SCHEMES[request.scheme]
    statement = _statement(scheme)
    found = ctx.engine.query(statement.sql).to_pylist()
    rows, outside = _rows(scheme, found)
    totals = _totals(ctx, found)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), scheme.definition, statement)
    common: dict[str, Any] = {"tool": TOOL, "receipts": (receipt,), "selection": Selection(rule=EVERYONE), "interpretation": scheme.name}
    if not totals["buyers"]:
        return ToolResult(outcome=Outcome.EMPTY, message=_NOBODY, **common)
    weak = {row.group.id for row in rows if _too_small(ctx, row.customers, totals["customers"])}
    # An empty group needs no merging, but is nothing to merge with either.
    merges = {row.group: merge_target(row.group.id, weak) for row in rows if row.customers and row.group.id in weak & set(MERGE_WITH)}
    return ToolResult(
        figures=(*_total_figures(totals, rows), *_group_figures(rows)),
        tables=(_table(scheme, rows),),
        charts=(_chart(scheme, rows),),
        caveats=(
            *freshness_caveats(ctx),
            *_small_caveats(ctx, merges, totals["customers"], len([row for row in rows if row.customers])),
            *_edge_caveats(ctx),
            *_outside_caveats(outside),
        ),
        details={
            "scheme": scheme.id,
            "groups": [row.group.id for row in rows],
            "names": {row.group.id: row.group.name.model_dump() for row in rows},
            "meanings": {row.group.id: row.group.meaning.model_dump() for row in rows},
            "strategies": {row.group.id: playbook()[row.group.id].model_dump(mode="json") for row in rows},
            "too_small": {group.id: target for group, target in merges.items()},
        },
        **common,
    )


def _statement(scheme: Scheme) -> Statement:
    grouped = f"SELECT {quote(scheme.field)} AS group_value, orders, amount, recency_days FROM customer_base"
    return Statement(sql=f"WITH grouped AS ({grouped})\n{read_sql('overview')}")


def _rows(scheme: Scheme, found: list[dict[str, Any]]) -> tuple[list[GroupRow], int]:
    by_value = {row["group_value"]: row for row in found}
    everyone = sum(row["customers"] for row in found)
    revenue = sum((row["revenue"] or Decimal(0) for row in found), Decimal(0))
    rows = [GroupRow(group, _numbers(by_value.get(group.stored), everyone, revenue)) for group in scheme.groups]
    outside = by_value.get(None, {}).get("customers", 0)
    if sum(row.customers for row in rows) + outside != everyone:
        raise WarehouseError(
            "The groups do not add up to all customers; run: fenqun refresh.", "各分群人数之和与客户总数不符；请运行：fenqun refresh。"
        )
    return [row for row in rows if row.customers or row.group.id != "prospects"], outside


def _numbers(row: dict[str, Any] | None, everyone: int, revenue: Decimal) -> dict[str, int | float | Decimal | None]:
    if row is None:
        empty: dict[str, int | float | Decimal | None] = dict.fromkeys((name for name, *_ in _COLUMNS), None)
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


def _totals(ctx: ToolContext, found: list[dict[str, Any]]) -> dict[str, Any]:
    buyers = ctx.engine.rows("SELECT count(*) FROM scores WHERE recency_score IS NOT NULL")[0][0]
    return {
        "customers": sum(row["customers"] for row in found),
        "buyers": buyers,
        "revenue": sum((row["revenue"] or Decimal(0) for row in found), Decimal("0.00")),
    }


def _total_figures(totals: dict[str, Any], rows: list[GroupRow]) -> list[Figure]:
    return [
        figure("customers", "客户总数", "all customers", totals["customers"], Unit.COUNT),
        figure("buyers", "下过单的客户数", "customers with an order", totals["buyers"], Unit.COUNT),
        figure("revenue", "全部客户消费额", "revenue of all customers", totals["revenue"], Unit.MONEY),
        figure("groups", "分群数", "groups", len([row for row in rows if row.customers]), Unit.COUNT),
    ]


def _group_figures(rows: list[GroupRow]) -> list[Figure]:
    return [
        figure(f"{row.group.id}.{name}", f"{row.group.name.zh}：{zh}", f"{row.group.name.en}: {en}", row.numbers[name], unit)
        for row in rows
        for name, zh, en, unit in _COLUMNS
        if row.numbers[name] is not None
    ]


def _table(scheme: Scheme, rows: list[GroupRow]) -> Table:
    columns = [Column(id=name, label=Text(zh=zh, en=en), unit=unit) for name, zh, en, unit in _COLUMNS]
    names = {row.group.id: row.group.name for row in rows}
    first = Column(id="segment", label=Text(zh="分群", en="segment"), unit=Unit.TEXT, names=names)
    goals = {row.group.id: playbook()[row.group.id].goal for row in rows}
    last = Column(
        id="goal", label=Text(zh="建议目标", en="suggested goal"), unit=Unit.TEXT, names={goal.en: goal for goal in goals.values()}
    )
    cells = tuple((row.group.id, *(row.numbers[column.id] for column in columns), goals[row.group.id].en) for row in rows)
    return Table(id="segments", title=scheme.name, columns=(first, *columns, last), rows=cells, row_count=len(cells))


def _chart(scheme: Scheme, rows: list[GroupRow]) -> Any:
    shares = [(Text(zh=zh, en=en), [_float(row.numbers[name]) for row in rows]) for name, zh, en, unit in _COLUMNS if unit is Unit.SHARE]
    title = Text(zh=f"{scheme.name.zh}：客户与消费额占比", en=f"{scheme.name.en}: shares of customers and of revenue")
    return bars("segments", title, [row.group.name for row in rows], shares, ".0%")


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _too_small(ctx: ToolContext, customers: int, everyone: int) -> bool:
    return customers < ctx.config.smallest_segment_size or customers < ctx.config.smallest_segment_share * everyone


def merge_target(group_id: str, small: set[str]) -> str | None:
    """The group to act on together with a too small one: the nearest that is large enough; None when there is none near."""
    target, seen = MERGE_WITH[group_id], {group_id}
    while target in small:
        seen.add(target)
        target = MERGE_WITH[target]
        if target in seen:
            return None
    return target


def _small_caveats(ctx: ToolContext, merges: dict[Group, str | None], everyone: int, groups: int) -> list[Text]:
    """One sentence about all small groups: what to treat them with, or that there are too few customers for so many groups."""
    if not merges:
        return []
    smallest, limit = f"{float(ctx.config.smallest_segment_share):.0%}", ctx.config.smallest_segment_size
    if 2 * len(merges) > groups:
        return [
            Text(
                zh=f"客户太少，不宜分成这么多群：{everyone:,} 位客户分在 {groups} 个群中，其中 {len(merges)} 个不足 {limit} 人（或客户的 "
                f"{smallest}）；建议合成两三组来运营，如最近买过的和很久没来的。",
                en=f"There are too few customers for so many groups: {everyone:,} customers are in {groups} groups, {len(merges)} of them "
                f"below {limit} customers (or {smallest}); act on two or three larger ones, such as recent buyers and those long away.",
            )
        ]
    names = {group.id: group.name for scheme in SCHEMES.values() for group in scheme.groups}
    zh = "、".join(group.name.zh + (f"（可并入{names[target].zh}）" if target else "") for group, target in merges.items())
    en = ", ".join(group.name.en + (f" (treat with {names[target].en})" if target else "") for group, target in merges.items())
    return [
        Text(
            zh=f"以下分群太小（不足客户的 {smallest} 或 {limit} 人），不宜单独运营：{zh}。",
            en=f"Too small to act on alone (below {smallest} of customers, or {limit}): {en}.",
        )
    ]


def _edge_caveats(ctx: ToolContext) -> list[Text]:
    edges = latest_edges(ctx.engine)
    if edges is None or not edges.collapsed:
        return []
    zh = "、".join(_DIMENSIONS[name].zh for name in edges.collapsed)
    en = ", ".join(_DIMENSIONS[name].en for name in edges.collapsed)
    return [
        Text(
            zh=f"{zh}的取值过于集中，分界不足四个，得分少于五档。",
            en=f"Many customers share the same {en}: there are fewer than four distinct edges, hence fewer than five scores.",
        )
    ]


def _outside_caveats(outside: int) -> list[Text]:
    if not outside:
        return []
    return [
        Text(
            zh=f"没有有效订单的客户（{outside:,} 位）不在这些分群中。",
            en=f"Customers without a counted order ({outside:,}) are in none of the groups.",
        )
    ]
