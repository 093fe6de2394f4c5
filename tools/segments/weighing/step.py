"""The refresh step "weights": learns the weights, keeps the better of the new and the old, and scores everybody from 0 to 100."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tools.contracts import Text
from tools.errors import NotEnoughData
from tools.models.weights import PercentileLevels, captured_share, entropy_weights, to_curves
from tools.segments.held import judge_due, keep
from tools.segments.model_runs import ModelRun, not_worse, run_in_use, store_run
from tools.segments.weighing.dimensions import CLASSIC, raw_values
from tools.segments.weighing.learn import Fitted, Learned, Weighting, captured_by, learn_weights, texts_of
from tools.settings import Settings
from tools.warehouse.engine import Engine

MODEL = "rfm_weights"
VERSION = "1"
MEASURE = "captured_top_fifth"
_EQUAL = Weighting(dict.fromkeys(CLASSIC, 1.0 / len(CLASSIC)), {"recency": -1, "frequency": 1, "monetary": 1})
_PEERS = {
    "classic_sum": "classic_rfm",
    "predictive": "predictive",
    "entropy": "entropy",
    "spend": "past_spend",
    "recent_spend": "recent_spend",
}
"""Scores judged beside the one in use, and what they are called where it is stored."""
_FEATURES = (
    "SELECT customer_id, recency_days, orders, amount, amount_90d, views_90d, discount_share, category_count, events_90d, responses "
    "FROM customer_features WHERE orders > 0 ORDER BY customer_id"
)


@dataclass(frozen=True)
class WeightsRun:
    """What the step found.

    Args:
        method: "predictive", or "equal" where the data were too few to learn from.
        weighting: In use.
        scored: Customers with a score.
        reason: Why the weights are equal, for operators; None where they were learnt.
    """

    method: str
    weighting: Weighting
    scored: int
    reason: Text | None = None


@dataclass(frozen=True)
class _Chosen:
    """Weights to use, with what is stored beside them."""

    method: str
    weighting: Weighting
    judged: Weighting
    quality: dict[str, Any]
    parameters: dict[str, Any]
    decision: dict[str, Any] | None = None
    reason: Text | None = None


def score_weights(engine: Engine, as_of: dt.date, config: Settings) -> WeightsRun:
    """Store a run of the weights, and write the temporary table ``weights_scored`` with ``rfm_score``.

    Weights that rank the latest period worse than those in use do not replace them. Part of the caller's transaction.
    """
    judge_due(engine, MODEL, as_of, lambda run: _held(engine, run))
    chosen = _choose(engine, as_of, config, run_in_use(engine, MODEL))
    raw = engine.query(_FEATURES)
    values = chosen.weighting.oriented(raw_values(raw, chosen.weighting.names))
    levels = PercentileLevels().fit(values)
    parameters = chosen.parameters | {
        "weights": chosen.weighting.weights,
        "judged": chosen.judged.weights,
        "signs": chosen.weighting.signs,
        "judged_signs": chosen.judged.signs,
        "curves": to_curves(levels, chosen.weighting.names),
    }
    run_id = store_run(engine, MODEL, f"{MODEL}-{VERSION}-{chosen.method}", as_of, config.seed, chosen.quality, parameters, chosen.decision)
    scores = chosen.weighting.score(levels.transform(values))
    engine.register("_weights_run", pa.table({"customer_id": raw.column("customer_id"), "rfm_score": scores}))
    engine.execute("CREATE OR REPLACE TEMP TABLE weights_scored AS SELECT customer_id, rfm_score FROM _weights_run")
    if chosen.reason is None:
        keep(engine, run_id, "weights_scored", "rfm_score")
    return WeightsRun(chosen.method, chosen.weighting, raw.num_rows, chosen.reason)


def _choose(engine: Engine, as_of: dt.date, config: Settings, old: ModelRun | None) -> _Chosen:
    horizon = config.rfm_horizon_days
    try:
        learned = learn_weights(engine, as_of, horizon, config)
    except NotEnoughData as lack:
        why = texts_of(lack)
        quality = {"method": "equal", "horizon_days": horizon, "why": why.model_dump()}
        return _Chosen("equal", _EQUAL, _EQUAL, quality, {"horizon_days": horizon, "method": "equal"}, None, why)
    quality = quality_of(learned)
    new = _Chosen("predictive", learned.final.extended, learned.judged.extended, quality, _parameters(learned))
    return _kept(new, learned, old, as_of) if old is not None else new


def fitted_now(engine: Engine) -> Fitted:
    """Weights without history: equal ones, and those of the entropy method, of the customers as they are stored now."""
    values = _EQUAL.oriented(raw_values(engine.query(_FEATURES), CLASSIC))
    spread = entropy_weights(values) if len(values) else np.array(list(_EQUAL.weights.values()))
    entropy = Weighting(dict(zip(CLASSIC, spread.tolist(), strict=True)), _EQUAL.signs)
    return Fitted((), len(values), _EQUAL, _EQUAL, entropy, {}, found=False)


def quality_of(learned: Learned) -> dict[str, Any]:
    """What the weights claim, on which later period, beside what the other scores do there."""
    return {
        "method": "predictive",
        "horizon_days": learned.horizon,
        "test_cut_off": learned.test.cut_off.isoformat(),
        "training_cut_offs": [day.isoformat() for day in learned.judged.cut_offs],
        "training_cases": learned.judged.cases,
        "customers": len(learned.test),
        "next_period_buyers": int((learned.test.spent_next > 0).sum()),
        **{f"captured_{top}": share for top, share in learned.captured["extended"].items()},
        "by_score": {way: {f"captured_{top}": share for top, share in learned.captured[name].items()} for name, way in _PEERS.items()},
    }


def _parameters(learned: Learned) -> dict[str, Any]:
    return {
        "horizon_days": learned.horizon,
        "method": "predictive",
        "training_cut_offs": [day.isoformat() for day in learned.final.cut_offs],
        "predictive": learned.final.predictive.weights,
        "entropy": learned.final.entropy.weights,
        "extended": learned.final.extended.weights,
        "alone": learned.final.alone,
    }


def _kept(new: _Chosen, learned: Learned, old: ModelRun, as_of: dt.date) -> _Chosen:
    """The new weights with the decision, or the old ones where they rank the latest period better."""
    stored = old.parameters
    # Weights learnt up to the test's cut-off have not seen the test; later ones may have, so those that were judged stand in.
    seen = (as_of - old.as_of).days < learned.horizon
    weightings = [_stored(stored, part) for part in ("weights", "judged")]
    before = captured_by(learned.test, weightings[1 if seen else 0])
    results = {"new": learned.captured["extended"]["top_fifth"], "old": before["top_fifth"]}
    kept = "new" if not_worse(results["new"], results["old"], higher_is_better=True) else "old"
    decision = {"measure": MEASURE, **results, "old_run_id": old.run_id, "kept": kept}
    if kept == "new":
        return _Chosen(new.method, new.weighting, new.judged, new.quality, new.parameters, decision)
    quality = new.quality | {f"captured_{top}": share for top, share in before.items()}
    # Which cut-offs they were learnt from stays with them; what the new ones would have been stays beside.
    parameters = {name: value for name, value in stored.items() if name != "curves"} | {"declined": new.weighting.weights}
    return _Chosen(new.method, weightings[0], weightings[1], quality, parameters, decision)


def _stored(parameters: dict[str, Any], part: str) -> Weighting:
    signs = parameters["judged_signs" if part == "judged" else "signs"]
    return Weighting({name: float(weight) for name, weight in parameters[part].items()}, {name: int(sign) for name, sign in signs.items()})


def _held(engine: Engine, run: ModelRun) -> dict[str, Any] | None:
    """How well the kept scores of ``run`` ranked what happened since; None where nobody bought."""
    horizon = int(run.quality["horizon_days"])
    found = engine.query(
        "SELECT k.prediction, greatest(coalesce(n.spent, 0), 0) AS spent FROM kept_predictions AS k LEFT JOIN ("
        "SELECT customer_id, CAST(sum(amount) AS DOUBLE) AS spent FROM counted_orders "
        "WHERE order_date > $as_of AND order_date <= $until GROUP BY customer_id) AS n ON n.customer_id = k.customer_id "
        "WHERE k.run_id = $run_id",
        {"run_id": run.run_id, "as_of": run.as_of, "until": run.as_of + dt.timedelta(days=horizon)},
    )
    spent, scores = (np.asarray(found.column(name).to_numpy(zero_copy_only=False), dtype=np.float64) for name in ("spent", "prediction"))
    if spent.sum() <= 0:
        return None
    tops = {"captured_top_tenth": 0.1, "captured_top_fifth": 0.2}
    return {"horizon_days": horizon, "customers": len(spent), **{name: captured_share(spent, scores, top) for name, top in tops.items()}}
