"""Where one level ends and the next begins: the settings, or what a request asks for instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.errors import InputError
from tools.features.build import feature_query
from tools.requests import TierLimit
from tools.settings import Settings
from tools.warehouse.sql_files import sql_text

_PARTS = ("edges", "periods", "seen")


def read_sql(name: str) -> str:
    """The text of one of this package's .sql files."""
    return sql_text("tools.segments.tiers", name)


@dataclass(frozen=True)
class Limits:
    """All limits of the tiers.

    Args:
        value_high: Quantile of the last year's buyers by amount, as a fraction.
        value_middle: The lower one.
        activity_high: Orders and events of the last 30 days.
        activity_middle: The lower one.
        svip: What an SVIP member must have; a share is the top share of the last year's buyers by amount.
        vip: What a VIP member must have who is not SVIP; a share counts from the top, SVIP included.
        period_days: Length of each of the two periods of the lifecycle.
    """

    value_high: float
    value_middle: float
    activity_high: int
    activity_middle: int
    svip: TierLimit
    vip: TierLimit
    period_days: int

    def parameters(self, as_of: dt.date) -> dict[str, Any]:
        """What ``tiers_query`` binds."""
        return self.edge_parameters() | {
            "as_of": as_of,
            "period_days": self.period_days,
            "activity_high": self.activity_high,
            "activity_middle": self.activity_middle,
            **{f"{name}_amount": limit.amount for name, limit in self._tiers()},
            **{f"{name}_orders": limit.orders for name, limit in self._tiers()},
            **{f"{name}_by_share": limit.share is not None for name, limit in self._tiers()},
        }

    def edge_parameters(self) -> dict[str, float]:
        """What ``edges.sql`` binds: quantiles as fractions."""
        return {
            "value_high": self.value_high,
            "value_middle": self.value_middle,
            **{f"{name}_quantile": float(1 - (limit.share or 0)) for name, limit in self._tiers()},
        }

    def _tiers(self) -> tuple[tuple[str, TierLimit], ...]:
        return (("svip", self.svip), ("vip", self.vip))


def configured(config: Settings) -> Limits:
    """The limits of the settings.

    Raises:
        InputError: Two of them are the wrong way round, or the shares of the tiers leave nobody for the others.
    """
    shares = Decimal(str(config.svip_share)), Decimal(str(config.vip_share))
    if config.value_middle >= config.value_high or config.activity_middle >= config.activity_high or sum(shares) >= 1:
        raise InputError(
            "The limits of the tiers are off: value_middle must be below value_high, activity_middle below activity_high, and "
            "svip_share and vip_share together below 1.",
            "分层界限设置有误：value_middle 应小于 value_high，activity_middle 应小于 activity_high，"
            "svip_share 与 vip_share 之和应小于 1。",
        )
    svip, vip = TierLimit(share=shares[0]), TierLimit(share=shares[0] + shares[1])
    return Limits(config.value_high, config.value_middle, config.activity_high, config.activity_middle, svip, vip, config.lifecycle_days)


def requested(config: Settings, tiers: Mapping[Any, TierLimit], period_days: int | None) -> Limits:
    """The limits of the settings with what a request gives instead.

    Raises:
        InputError: A tier is given no limit, a share beside other limits, or a VIP share that SVIP uses up.
    """
    known = configured(config)
    svip, vip = (_checked(name, tiers.get(name)) or default for name, default in (("svip", known.svip), ("vip", known.vip)))
    if "svip" in tiers and "vip" not in tiers and svip.share is not None:
        # VIP are those next to SVIP, as many as ever.
        vip = TierLimit(share=min(svip.share + Decimal(str(config.vip_share)), Decimal("0.999999")))
    if svip.share is not None and vip.share is not None and vip.share <= svip.share:
        raise InputError(
            f"The share of VIP counts from the top, SVIP included, so it must be above that of SVIP ({svip.share:.0%}); "
            f"{vip.share:.0%} is not.",
            f"VIP 占比从最高处算起、包含 SVIP，应大于 SVIP 的占比（{svip.share:.0%}），而给出的是 {vip.share:.0%}。",
        )
    return Limits(
        known.value_high, known.value_middle, known.activity_high, known.activity_middle, svip, vip, period_days or known.period_days
    )


def _checked(name: str, limit: TierLimit | None) -> TierLimit | None:
    if limit is None:
        return None
    fixed = limit.amount is not None or limit.orders is not None
    if fixed == (limit.share is not None):
        raise InputError(
            f"{name.upper()} needs either a share, or an amount or a number of orders.",
            f"{name.upper()} 需要给出占比，或者给出金额或订单数门槛，二者选一。",
        )
    return limit


def tiers_query() -> str:
    """One SELECT of every customer's levels, from ``customer_features``, orders and events.

    Columns: customer_id, value_level, activity_level, value_activity, membership_tier, lifecycle, aipl_stage. It binds
    ``Limits.parameters``.
    """
    parts = ",\n".join(f"{name}_part AS (\n{read_sql(name)}\n)" for name in _PARTS)
    return f"WITH {parts}\n{read_sql('tiers')}"


def tiers_query_as_of() -> str:
    """The same from rows dated up to ``$as_of`` alone, with edges of that day: its features are worked out in the statement."""
    parts = ",\n".join(f"{name}_part AS (\n{read_sql(name)}\n)" for name in _PARTS)
    features = f"features_then AS (\n{feature_query()}\n)"
    return f"WITH {features},\n{parts}\n{read_sql('tiers')}".replace("FROM customer_features", "FROM features_then")
