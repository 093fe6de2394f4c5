"""How complete profiles are, as figures, a table and words."""

from __future__ import annotations

from tools.contracts import Column, Figure, Table, Text, Unit
from tools.ingest.completeness import Completeness

USUAL = Text(zh="零售企业通常为 60%–80%。", en="Retailers usually reach 60–80%.")


def complete_means(parts: list[Text]) -> Text:
    """What a complete profile is in these data."""
    if not parts:
        return Text(
            zh="数据中没有任何客户资料字段，无法计算资料完整度。",
            en="The data hold no profile fields of customers, so nothing can be said of their completeness.",
        )
    return Text(
        zh=f"资料完整 = 以下各项都已知：{'、'.join(part.zh for part in parts)}（数据中完全没有的项不计）。{USUAL.zh}",
        en=f"Complete means that all of these are known: {', '.join(part.en for part in parts)} (fields that the data lack altogether are "
        f"not asked for). {USUAL.en}",
    )


def completeness_figures(profiles: Completeness) -> list[Figure]:
    """Complete profiles, their share, and the average completeness; none where no field of a profile is in the data.

    A share of nought would say there that profiles were left empty.
    """
    if not profiles.parts:
        return []
    cells = (
        ("complete_profiles", "资料完整的客户数", "complete profiles", profiles.whole, Unit.COUNT),
        (
            "complete_share",
            "资料完整的客户占比",
            "customers with a complete profile",
            profiles.whole / profiles.customers if profiles.customers else None,
            Unit.SHARE,
        ),
        ("average_completeness", "平均资料完整度", "average completeness of profiles", profiles.average, Unit.SHARE),
    )
    return [Figure(id=name, label=Text(zh=zh, en=en), value=value, unit=unit, receipt="profile") for name, zh, en, value, unit in cells]


def completeness_table(profiles: Completeness) -> tuple[Table, ...]:
    """How many customers have how many parts of a profile, the most complete first; none without parts."""
    total = len(profiles.parts)
    levels = sorted(profiles.levels.items(), reverse=True)
    rows = tuple((parts / total, parts, count, count / profiles.customers) for parts, count in levels)
    table = Table(
        id="completeness",
        title=Text(zh="资料完整度分布", en="How complete profiles are"),
        columns=(
            Column(id="completeness", label=Text(zh="完整度", en="completeness"), unit=Unit.SHARE),
            Column(id="parts", label=Text(zh=f"已知项数（共 {total} 项）", en=f"parts known, of {total}"), unit=Unit.COUNT),
            Column(id="customers", label=Text(zh="客户数", en="customers"), unit=Unit.COUNT),
            Column(id="share", label=Text(zh="占比", en="share"), unit=Unit.SHARE),
        ),
        rows=rows,
        row_count=len(rows),
    )
    return (table,) if rows else ()
