"""The tool `segment_overview`: all groups of a scheme, how many customers each has, and what they are worth.

An answer should speak of ``customers``, ``groups`` and each ``<group>.customers``, ``.share_of_customers`` and
``.share_of_revenue``; of a scheme of tiers also
of its own figures (``details["extra"]`` lists their ids, see ``tiers``), such as ``value_high_edge``, ``svip_amount``,
``retention_rate`` or ``aipl_interest.reached``. Where the groups were made for this answer (``details["computed"]``), those of the
stored ids are other customers: ``t1.2`` is the second of ``details["made"]``, which lists their ids, the largest first.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tools.contracts import Outcome, Text, ToolResult
from tools.errors import InputError
from tools.requests import SegmentOverview
from tools.rules import EVERYONE, Selection
from tools.segments.checks import groups_checks
from tools.segments.freshness import freshness_caveats, require_features, require_orders
from tools.segments.moves import segment_moves
from tools.segments.overview.charts import overview_chart
from tools.segments.overview.rows import GroupRow, Totals, group_figures, group_rows, group_table, total_figures
from tools.segments.overview.source import Source, read_source
from tools.segments.overview.tiers import Extra, extra
from tools.segments.overview.warnings import edge_caveats, merges, outside_caveats, small_caveats
from tools.segments.playbook import playbook
from tools.segments.schemes import AIPL, SCHEMES
from tools.segments.tiers.needs import require_events
from tools.warehouse.context import ToolContext

TOOL = "segment_overview"
_NOBODY = Text(
    zh="还没有客户下过有效订单，无法进行 RFM 分群。",
    en="No customer has a counted order yet, so there are no RFM segments.",
)


def segment_overview(ctx: ToolContext, request: SegmentOverview) -> ToolResult:
    """Every group of a scheme with customers, revenue, their shares and averages.

    Raises:
        UnsupportedQuestion: Features were never computed, or the data lack what the scheme needs.
        InputError: Limits or a period are given to a scheme that has none, or do not fit each other.
        WarehouseError: The groups do not add up to all customers.
    """
    _check(request)
    if request.since is not None:
        return segment_moves(ctx, request, request.since)
    require_features(ctx)
    scheme = SCHEMES[request.scheme]
    require_orders(ctx, Text(zh="RFM 分群", en="an RFM segmentation") if scheme.field.startswith("rfm") else scheme.name)
    if scheme is AIPL:
        require_events(ctx)
    source = read_source(ctx, scheme, request)
    found = ctx.engine.query(source.statement.sql, source.statement.parameters).to_pylist()
    rows, outside = group_rows(scheme, found)
    totals = _totals(ctx, found)
    more = extra(ctx, scheme, source, rows)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), _joined(scheme.definition, more.sentence), source.statement)
    interpretation = _joined(Text(zh=f"{scheme.name.zh}。", en=f"{scheme.name.en}. "), more.sentence) if source.computed else scheme.name
    common: dict[str, Any] = {
        "tool": TOOL,
        "receipts": (receipt,),
        "selection": Selection(rule=EVERYONE),
        "interpretation": interpretation,
    }
    if not totals.buyers:
        return ToolResult(outcome=Outcome.EMPTY, message=_NOBODY, **common)
    small = merges(ctx, rows, totals.customers)
    return ToolResult(
        figures=(*total_figures(totals, rows), *group_figures(rows), *more.figures),
        tables=(group_table(scheme, rows),),
        charts=(overview_chart(scheme, rows),),
        checks=groups_checks(ctx, sum(row.customers for row in rows) + outside, totals.revenue),
        caveats=(
            *freshness_caveats(ctx),
            *small_caveats(ctx, small, totals.customers, len([row for row in rows if row.customers])),
            *edge_caveats(ctx, scheme),
            *outside_caveats(scheme, outside),
            *more.caveats,
        ),
        details={
            "scheme": scheme.id,
            "groups": [row.group.id for row in rows],
            "names": {row.group.id: row.group.name.model_dump() for row in rows},
            "meanings": {row.group.id: row.group.meaning.model_dump() for row in rows},
            "strategies": {row.group.id: playbook()[row.group.id].model_dump(mode="json") for row in rows},
            "too_small": {group.id: target for group, target in small.items()},
            **_about(source, more, rows),
        },
        **common,
    )


def _about(source: Source, more: Extra, rows: list[GroupRow]) -> dict[str, Any]:
    """Whether the groups were made for this answer, by which limits, which further figures there are, and who is in each group.

    Groups that are stored go by their ids; those made for this answer by their number, the largest first, as they are told.
    """
    by_size = sorted((row for row in rows if row.group.id in more.rules), key=lambda row: -row.customers)
    return {
        "computed": source.computed,
        "limits": more.sentence.model_dump() if more.sentence else None,
        "made": [row.group.id for row in by_size],
        "selections": [Selection(rule=more.rules[row.group.id]).model_dump(mode="json", by_alias=True) for row in by_size],
        "extra": [one.id for one in more.figures],
    }


def _check(request: SegmentOverview) -> None:
    if request.tiers and request.scheme != "membership":
        raise InputError(
            f"Limits of tiers belong to the scheme membership, not to {request.scheme}.",
            f"会员门槛只用于会员等级（membership），不用于 {request.scheme}。",
        )
    if (request.since and (request.tiers or request.period_days)) or (
        not request.since and (request.until or request.group or request.sort)
    ):
        raise InputError(
            "Groups of an earlier day (since) take the stored limits; until, group and sort belong to them alone.",
            "回看更早日期的分群（since）只用已保存的界限；until、group、sort 只与它一起使用。",
        )
    if request.period_days and request.scheme != "lifecycle":
        raise InputError(
            f"A length of periods belongs to the scheme lifecycle, not to {request.scheme}.",
            f"周期长度只用于生命周期（lifecycle），不用于 {request.scheme}。",
        )


def _joined(first: Text, second: Text | None) -> Text:
    return Text(zh=first.zh + second.zh, en=f"{first.en.rstrip()} {second.en}") if second else first


def _totals(ctx: ToolContext, found: list[dict[str, Any]]) -> Totals:
    buyers = ctx.engine.rows("SELECT count(*) FROM scores WHERE recency_score IS NOT NULL")[0][0]
    revenue = sum((row["revenue"] or Decimal(0) for row in found), Decimal("0.00"))
    return Totals(sum(row["customers"] for row in found), buyers, revenue)
