"""Clusters as they are told, whether stored or computed for one answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tools.contracts import Statement
from tools.segments.clusters.run import Cluster, Found, Wanted
from tools.segments.model_runs import ModelRun


@dataclass(frozen=True)
class Overview:
    """Clusters with what the run is worth.

    Args:
        as_of: The date up to which the data counted.
        wanted: What was asked for.
        clusters: In the order of their numbers.
        customers: All customers that were clustered, noise included.
        revenue: What they spent in all.
        quality: As stored in ``model_runs``.
        points: Columns customer_id, cluster, x, y.
        run: The stored run; None where it was computed for the answer.
        statements: What read the customers, where it was computed.
        found: The assignment, where it was computed.
    """

    as_of: dt.date
    wanted: Wanted
    clusters: tuple[Cluster, ...]
    customers: int
    revenue: Decimal
    quality: dict[str, Any]
    points: pa.Table = field(repr=False)
    run: ModelRun | None = None
    statements: tuple[Statement, ...] = ()
    found: Found | None = field(default=None, repr=False)


def overview_of(found: Found, statement: Statement) -> Overview:
    """A run that was computed for an answer."""
    return Overview(
        found.as_of,
        found.wanted,
        found.clusters,
        len(found.customers),
        found.revenue,
        found.quality,
        found.points,
        statements=(statement,),
        found=found,
    )
