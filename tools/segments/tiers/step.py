"""The refresh step "tiers", and the limits and edges that it stored."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from tools.requests import TierLimit
from tools.segments.tiers.limits import Limits, configured, read_sql, tiers_query
from tools.settings import Settings
from tools.warehouse.context import read_meta, write_meta
from tools.warehouse.engine import Engine

TIER_COLUMNS = ("value_level", "activity_level", "value_activity", "membership_tier", "lifecycle", "aipl_stage")
_META = "tier_limits"


@dataclass(frozen=True)
class Edges:
    """Amounts of the last 365 days that part the levels; None where nobody ordered in them.

    Args:
        buyers: Who ordered in the last 365 days.
        value_high: Above it, value is high.
        value_middle: Above it, value is at least middle.
        svip_edge: Above it are the SVIP members, where they are a share.
        vip_edge: Above it are the VIP members, where they are a share.
    """

    buyers: int
    value_high: float | None
    value_middle: float | None
    svip_edge: float | None
    vip_edge: float | None


def score_tiers(engine: Engine, as_of: dt.date, config: Settings) -> Limits:
    """Write the temporary table ``tiers_scored``: every customer's levels by the limits of the settings."""
    limits = configured(config)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE tiers_scored AS\n{tiers_query()}", limits.parameters(as_of))
    write_meta(engine, _META, _written(limits))
    return limits


def stored_limits(engine: Engine) -> Limits | None:
    """The limits that the stored levels were made with; None before the first refresh."""
    written = read_meta(engine, _META)
    if written is None:
        return None
    found = json.loads(written)
    return Limits(**found | {name: TierLimit.model_validate(found[name]) for name in ("svip", "vip")})


def is_stored(engine: Engine, limits: Limits) -> bool:
    """Whether the stored levels were made with these limits."""
    return read_meta(engine, _META) == _written(limits)


def read_edges(engine: Engine, limits: Limits) -> Edges:
    """The edges that the limits come to in the features as they are stored."""
    row: dict[str, Any] = engine.query(read_sql("edges"), limits.edge_parameters()).to_pylist()[0]
    return Edges(**row)


def _written(limits: Limits) -> str:
    tiers = {name: getattr(limits, name).model_dump(mode="json") for name in ("svip", "vip")}
    return json.dumps(limits.__dict__ | tiers, sort_keys=True)
