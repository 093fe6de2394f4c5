"""The four types of customers of one campaign: whom it persuades, who buys anyway, who never does, whom it puts off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.models.effects import Arm, Estimate, rate_difference
from tools.models.evaluation import Floats
from tools.models.uplift import TYPES, UpliftModel, customer_types, qini_curve
from tools.segments.response.cases import copy_sample, read_members, to_matrix
from tools.segments.response.effects import Effect
from tools.settings import Settings
from tools.warehouse.engine import Engine

MOST_SAMPLED = 20_000
LEAST_ARM, LEAST_HITS = 500, 50
"""Customers, and customers with the outcome, that each arm must have."""
CURVE_POINTS = 40


@dataclass(frozen=True)
class TypeSize:
    """One type: how many customers, and what both arms of them really did."""

    type: str
    customers: int
    share: float
    treatment: Arm | None
    control: Arm | None
    measured: Estimate | None


@dataclass(frozen=True)
class Types:
    """What the uplift model found.

    Args:
        sizes: Of each type, over the customers that were judged.
        persuadable: Their ids, the largest effect first.
        qini: Coefficient of each estimate, on customers that it had not seen.
        kind: The estimate in use.
        customers: How many were judged; a sample where the campaign reached more.
        curve: (share, incremental outcome per treated customer) points.
        separates: Whether persuadables really gained more than all others together.
    """

    sizes: Sequence[TypeSize]
    persuadable: Sequence[str]
    qini: Mapping[str, float]
    kind: str
    customers: int
    curve: Sequence[tuple[float, float]]
    separates: bool


def lacks(effect: Effect) -> bool:
    """Whether a campaign is too small to tell types of customers apart."""
    arms = (effect.treatment, effect.control)
    return min(arm.customers for arm in arms) < LEAST_ARM or min(min(arm.total, arm.customers - arm.total) for arm in arms) < LEAST_HITS


def find_types(engine: Engine, effect: Effect, column: str, config: Settings) -> Types:
    """Fit an uplift model on one campaign and sort its customers into types, each by models that had not seen it.

    Args:
        engine: Holds the table ``uplift_cases``.
        effect: Of the campaign.
        column: Of the outcome, "responded" or "ordered".
        config: Seed and threads.
    """
    campaign = {"campaign": effect.campaign_id}
    ids = engine.query("SELECT customer_id FROM uplift_cases WHERE campaign_id = $campaign ORDER BY customer_id", campaign)
    copy_sample(engine, ids, MOST_SAMPLED, config.seed)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE response_members AS SELECT u.customer_id, u.treated, u.{column} AS outcome FROM uplift_cases AS u "
        "INNER JOIN response_sample AS s ON s.customer_id = u.customer_id WHERE u.campaign_id = $campaign",
        campaign,
    )
    raw = read_members(engine, effect.kind, effect.first_contact - dt.timedelta(days=1), ("treated", "outcome"))
    treated = raw.column("treated").to_numpy().astype(np.int64)
    outcomes = raw.column("outcome").to_numpy().astype(np.float64)
    model = UpliftModel(seed=config.seed, threads=config.thread_count).fit(to_matrix(raw), treated, outcomes)
    return _sorted(model, treated, outcomes, raw.column("customer_id"))


def _sorted(model: UpliftModel, treated: Any, outcomes: Floats, ids: Any) -> Types:
    types = customer_types(model.rates_, model.effects_)
    sizes = [_size(name, types == name, treated, outcomes) for name in TYPES]
    chosen = np.flatnonzero(types == "persuadable")
    chosen = chosen[np.argsort(-model.effects_[chosen], kind="stable")]
    names = ids.take(chosen.tolist()).to_pylist()
    shares, gains = qini_curve(outcomes, treated, model.effects_)
    at = np.linspace(0.0, 1.0, CURVE_POINTS + 1)
    curve = list(zip(at.tolist(), (np.interp(at, shares, gains) / float(treated.sum())).tolist(), strict=True))
    first, others = sizes[0].measured, _size("others", types != "persuadable", treated, outcomes).measured
    separates = first is not None and others is not None and first.value > others.value and model.qini_[model.kind_] > 0
    qini: dict[str, float] = dict(model.qini_.items())
    return Types(sizes, names, qini, model.kind_, len(types), curve, separates)


def _size(name: str, mask: Any, treated: Any, outcomes: Floats) -> TypeSize:
    arms = [_arm(outcomes[mask & (treated == arm)]) for arm in (1, 0)]
    customers = int(mask.sum())
    measured = rate_difference(arms[0], arms[1]) if arms[0] and arms[1] else None
    return TypeSize(name, customers, customers / len(mask), arms[0], arms[1], measured)


def _arm(outcomes: Floats) -> Arm | None:
    return Arm(len(outcomes), float(outcomes.sum()), float(outcomes.sum())) if len(outcomes) else None
