"""Where the groups come from: the stored scores, or other limits than the stored ones, worked out for one answer."""

from __future__ import annotations

from dataclasses import dataclass

from tools.contracts import Statement
from tools.requests import SegmentOverview
from tools.segments.freshness import require_features
from tools.segments.schemes import AIPL, LIFECYCLE, MEMBERSHIP, VALUE_ACTIVITY, Scheme
from tools.segments.scoring import read_sql
from tools.segments.tiers.limits import Limits, requested, tiers_query
from tools.segments.tiers.step import is_stored
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote

_TIERS = (VALUE_ACTIVITY, MEMBERSHIP, LIFECYCLE, AIPL)


@dataclass(frozen=True)
class Source:
    """The statement of an overview, by which limits its groups are made, and whether for this answer alone."""

    statement: Statement
    limits: Limits | None = None
    computed: bool = False


def read_source(ctx: ToolContext, scheme: Scheme, request: SegmentOverview) -> Source:
    """The statement that counts the groups of ``scheme``.

    Raises:
        InputError: The limits of the request do not fit each other.
    """
    if scheme not in _TIERS:
        return Source(Statement(sql=_counted(scheme, "customer_base AS b", "b")))
    limits = requested(ctx.config, request.tiers, request.period_days)
    if is_stored(ctx.engine, limits):
        return Source(Statement(sql=_counted(scheme, "customer_base AS b", "b")), limits)
    source = f"customer_base AS b LEFT JOIN (\n{tiers_query()}\n) AS t ON t.customer_id = b.customer_id"
    # Levels are worked out as of the features that they rest on.
    statement = Statement(sql=_counted(scheme, source, "t"), parameters=limits.parameters(require_features(ctx)))
    return Source(statement, limits, computed=True)


def _counted(scheme: Scheme, source: str, owner: str) -> str:
    grouped = f"SELECT {owner}.{quote(scheme.field)} AS group_value, b.orders, b.amount, b.recency_days FROM {source}"
    return f"WITH grouped AS ({grouped})\n{read_sql('overview')}"
