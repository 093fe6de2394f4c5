"""What to say about groups that are too small, scores that collapsed, and customers in no group."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.overview.rows import GroupRow
from tools.segments.schemes import EIGHT, MERGE_WITH, PROSPECTS, RFM, Group, Scheme, group_of
from tools.segments.scoring import latest_edges
from tools.warehouse.context import ToolContext

_DIMENSIONS = {
    "recency": Text(zh="R（最近购买）", en="recency"),
    "frequency": Text(zh="F（频次）", en="frequency"),
    "monetary": Text(zh="M（金额）", en="money"),
}


def merges(ctx: ToolContext, rows: list[GroupRow], everyone: int) -> dict[Group, str | None]:
    """The groups that are too small to act on alone, each with the group to treat it with; None where none is near."""
    weak = {row.group.id for row in rows if _too_small(ctx, row.customers, everyone)}
    # An empty group needs no merging, but is nothing to merge with either.
    return {row.group: merge_target(row.group.id, weak) for row in rows if row.customers and row.group.id in weak - {PROSPECTS.id}}


def _too_small(ctx: ToolContext, customers: int, everyone: int) -> bool:
    return customers < ctx.config.smallest_segment_size or customers < ctx.config.smallest_segment_share * everyone


def merge_target(group_id: str, small: set[str]) -> str | None:
    """The group to act on together with a too small one: the nearest that is large enough; None when there is none near."""
    target, seen = MERGE_WITH.get(group_id), {group_id}
    while target is not None and target in small:
        seen.add(target)
        target = MERGE_WITH.get(target)
        if target in seen:
            return None
    return target


def small_caveats(ctx: ToolContext, small: dict[Group, str | None], everyone: int, groups: int) -> list[Text]:
    """One sentence about all small groups: what to treat them with, or that there are too few customers for so many groups."""
    if not small:
        return []
    smallest, limit = f"{float(ctx.config.smallest_segment_share):.0%}", ctx.config.smallest_segment_size
    if 2 * len(small) > groups:
        return [
            Text(
                zh=f"客户太少，不宜分成这么多群：{everyone:,} 位客户分在 {groups} 个群中，其中 {len(small)} 个不足 {limit} 人（或客户的 "
                f"{smallest}）；建议合成两三组来运营，如最近买过的和很久没来的。",
                en=f"There are too few customers for so many groups: {everyone:,} customers are in {groups} groups, {len(small)} of them "
                f"below {limit} customers (or {smallest}); act on two or three larger ones, such as recent buyers and those long away.",
            )
        ]
    names = {group.id: _treated_with(target) for group, target in small.items()}
    zh = "、".join(group.name.zh + names[group.id].zh for group in small)
    en = ", ".join(group.name.en + names[group.id].en for group in small)
    return [
        Text(
            zh=f"以下分群太小（不足客户的 {smallest} 或 {limit} 人），不宜单独运营：{zh}。",
            en=f"Too small to act on alone (below {smallest} of customers, or {limit}): {en}.",
        )
    ]


def _treated_with(target: str | None) -> Text:
    group = group_of(target or "")
    return Text(zh=f"（可并入{group.name.zh}）", en=f" (treat with {group.name.en})") if group else Text(zh="", en="")


def edge_caveats(ctx: ToolContext, scheme: Scheme) -> list[Text]:
    """That RFM scores have fewer than five values, where they do."""
    edges = latest_edges(ctx.engine) if scheme in (RFM, EIGHT) else None
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


def outside_caveats(scheme: Scheme, outside: int) -> list[Text]:
    """Who is in none of the groups."""
    if not outside:
        return []
    who = scheme.outside
    return [Text(zh=f"{who.zh}（{outside:,} 位）不在这些分群中。", en=f"{who.en} ({outside:,}) are in none of the groups.")]
