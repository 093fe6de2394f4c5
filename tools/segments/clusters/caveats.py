"""What an operator should know before acting on clusters."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.clusters.overview import Overview
from tools.segments.clusters.run import Cluster
from tools.warehouse.context import ToolContext

LOW_SILHOUETTE = 0.15
LOW_STABILITY = 0.6
LOW_FIDELITY = 0.6
_BLURRED = Text(
    zh="各聚类之间没有清晰的边界：它们是连续分布中的几个区域，而非天然分开的群体。",
    en="The clusters blend into each other: they are regions of a continuum, not groups that lie apart.",
)


def caveats(ctx: ToolContext, overview: Overview, chosen: Cluster | None) -> tuple[Text, ...]:
    """What an operator should know before acting on the clusters."""
    quality, found = overview.quality, []
    if quality["silhouette"] < LOW_SILHOUETTE:
        found.append(_BLURRED)
    if quality.get("stability") is not None and quality["stability"] < LOW_STABILITY:
        found.append(
            Text(
                zh=f"换一批样本时，客户的归属会明显变动（稳定性 {quality['stability']:.2f}），宜看大类、少看个体。",
                en=f"On other samples many customers would be grouped otherwise (stability {quality['stability']:.2f}): trust the "
                "groups more than single memberships.",
            )
        )
    if quality["noise_share"] > 0:
        found.append(
            Text(
                zh=f"{quality['noise_share']:.0%} 的客户不属于任何密集的群体（噪声），未分配。",
                en=f"{quality['noise_share']:.0%} of the customers belong to no dense group (noise) and are not assigned.",
            )
        )
    if quality["merged"]:
        found.append(
            Text(
                zh=f"{quality['merged']} 个过小的聚类已并入最近的聚类。",
                en=f"Too small clusters merged into the nearest: {quality['merged']}.",
            )
        )
    return (*found, *_small(ctx, overview), *_weak_rules([chosen] if chosen else list(overview.clusters)))


def _small(ctx: ToolContext, overview: Overview) -> tuple[Text, ...]:
    small = [one for one in overview.clusters if one.is_small]
    if not small:
        return ()
    smallest, limit = f"{float(ctx.config.smallest_segment_share):.0%}", ctx.config.smallest_segment_size
    return (
        Text(
            zh=f"以下聚类太小（不足客户的 {smallest} 或 {limit} 人），不宜单独运营：{'、'.join(one.name.zh for one in small)}。",
            en=f"Too small to act on alone (below {smallest} of customers, or {limit}): {', '.join(one.name.en for one in small)}.",
        ),
    )


def _weak_rules(listed: list[Cluster]) -> tuple[Text, ...]:
    weak = [one for one in listed if one.explanation.fidelity < LOW_FIDELITY]
    if not weak:
        return ()
    return (
        Text(
            zh=f"以下聚类的规则只是粗略近似（吻合度低于 {LOW_FIDELITY:.0%}），请以聚类成员为准：{'、'.join(one.name.zh for one in weak)}。",
            en=f"The rules of these clusters are rough (fidelity below {LOW_FIDELITY:.0%}); go by membership: "
            f"{', '.join(one.name.en for one in weak)}.",
        ),
    )
