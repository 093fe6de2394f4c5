"""For how many customers a field is known, so that answers by attributes can say whom they are about."""

from __future__ import annotations

from collections.abc import Iterable

from tools.contracts import Text
from tools.metrics.catalogue import catalogue
from tools.segments.fields import field
from tools.warehouse.context import ToolContext

_GROUPS = {"demographics", "attributes", "profile", "churn"}


def coverage_caveats(ctx: ToolContext, fields: Iterable[str]) -> tuple[Text, ...]:
    """A sentence for each attribute among ``fields`` that is known for part of the customers only."""
    infos = [field(name) for name in dict.fromkeys(fields) if catalogue().field(name).group in _GROUPS]
    if not infos:
        return ()
    counts = ", ".join(f"count({info.sql})" for info in infos)
    total, *known = ctx.engine.rows(f"SELECT count(*), {counts} FROM customer_base AS b")[0]
    return tuple(
        Text(
            zh=f"{info.label.zh}仅对 {total} 位客户中的 {count} 位已知。",
            en=f"The {info.label.en} is known for {count} of {total} customers only.",
        )
        for info, count in zip(infos, known, strict=True)
        if count < total
    )
