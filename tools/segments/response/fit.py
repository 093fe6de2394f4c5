"""The response model of one kind of campaign: learned from earlier campaigns, judged on later ones, kept or replaced."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.errors import NotEnoughData
from tools.models.churn import Kind, log_loss
from tools.models.evaluation import auc, evaluate, lift
from tools.models.response import ResponseClassifier
from tools.segments.model_runs import ModelRun, not_worse
from tools.segments.response.cases import Cases, Floats, Labels
from tools.segments.response.waves import LEAST_TESTED, Plan, Wave
from tools.settings import Settings

LEAST_CONTACTS, LEAST_CASES = 500, 100
GAIN_SHARES = tuple(round(0.05 * step, 2) for step in range(1, 21))
ByWave = Mapping[tuple[str, str], Cases]


def lack_of(kind: str, known: Sequence[Wave]) -> NotEnoughData | None:
    """Why the known waves do not suffice for a model; None when they do."""
    contacted, responded = sum(wave.contacted for wave in known), sum(wave.responded for wave in known)
    if contacted >= LEAST_CONTACTS and min(responded, contacted - responded) >= LEAST_CASES:
        return None
    return NotEnoughData(
        f"A response model needs at least {LEAST_CONTACTS} contacts of finished campaigns, {LEAST_CASES} of them with a response and "
        f"{LEAST_CASES} without; campaigns of kind {kind} have {contacted:,} contacts and {responded:,} with a response.",
        f"响应模型至少需要已结束活动的{LEAST_CONTACTS}次触达，其中{LEAST_CASES}次有响应、{LEAST_CASES}次无响应；"
        f"{kind}类活动目前有{contacted:,}次触达，其中{responded:,}次有响应。",
    )


def fit_on(training: Sequence[Cases], config: Settings, kind: Kind | None = None) -> ResponseClassifier:
    """A classifier fitted on the cases of several waves.

    Raises:
        NotEnoughData: There are hardly any responses, or hardly anything else, in the sample.
    """
    features, labels = _stack(training)
    if min(int(labels.sum()), len(labels) - int(labels.sum())) < LEAST_TESTED:
        raise NotEnoughData(f"Fewer than {LEAST_TESTED} responses can be learned from.", f"可供学习的响应不足{LEAST_TESTED}次。")
    starts = sorted({part.wave.first_contact for part in training}, reverse=True)
    periods = np.repeat([starts.index(part.wave.first_contact) for part in training], [len(part) for part in training])
    return ResponseClassifier(kind, config.seed, config.thread_count).fit(features, labels, periods)


def _stack(parts: Sequence[Cases]) -> tuple[Floats, Labels]:
    return np.concatenate([part.matrix for part in parts]), np.concatenate([part.labels for part in parts])


def split(plan: Plan, cases: ByWave) -> tuple[list[Cases], list[Cases]]:
    """Cases to learn from and later ones to judge on; held-out customers of the same campaigns where none is later."""
    if plan.training:
        return [cases[wave.key] for wave in plan.training], [cases[wave.key] for wave in plan.test]
    known = [cases[wave.key] for wave in plan.known]
    return [part.part(held_out=False) for part in known], [part.part(held_out=True) for part in known]


def judge(model: ResponseClassifier, plan: Plan, training: Sequence[Cases], test: Sequence[Cases]) -> dict[str, Any]:
    """Ranking, calibration and lift on ``test``, beside whoever responded before and beside recency.

    Raises:
        NotEnoughData: The test holds responses alone, or none.
    """
    features, labels = _stack(test)
    if len(np.unique(labels)) < 2:
        raise NotEnoughData("The latest campaigns have no responses to judge a model on.", "最近的活动没有可用来检验模型的响应。")
    scores = model.predict_probability(features)
    found = evaluate(labels, scores)
    before = np.concatenate([part.column("response_count") for part in test])
    recency = -np.concatenate([part.column("recency_days") for part in test])
    return {
        "method": "model",
        "judged_on": "later campaigns" if plan.training else "held-out customers",
        "test_campaigns": [part.wave.name for part in test],
        "test_cut_off": min(part.wave.cut_off for part in test).isoformat(),
        "training_campaigns": [part.wave.name for part in training],
        "training_cut_offs": [part.wave.cut_off.isoformat() for part in training],
        "training_cases": sum(len(part) for part in training),
        "customers": found.cases,
        "base_rate": found.base_rate,
        "auc": found.auc,
        "calibration_error": found.calibration_error,
        "lift_top_tenth": found.lift,
        "lift_top_fifth": lift(labels, scores, 0.2),
        "responded_before_auc": auc(labels, before),
        "responded_before_lift": lift(labels, before),
        "recency_auc": auc(labels, recency),
        "recency_lift": lift(labels, recency),
        "gains": _gains(labels, scores),
        "gains_responded_before": _gains(labels, before),
        "log_loss_by_kind": dict(model.losses_),
    }


def _gains(labels: Labels, scores: Floats) -> list[float]:
    """Share of the responses among the first 5 %, 10 %, ... of the cases; each number of cases is rounded up."""
    taken = [math.ceil(round(len(labels) * share, 9)) / len(labels) for share in GAIN_SHARES]
    return [round(lift(labels, scores, share) * part, 6) for share, part in zip(GAIN_SHARES, taken, strict=True)]


@dataclass(frozen=True)
class Decision:
    """Which model is put in use.

    Args:
        record: Both results, as stored; None where there was nothing to compare with.
        model: The one to be used, as it was judged.
        training: The cases that it had learned from when it was judged.
        waves: Those that it learns from for use.
    """

    record: dict[str, Any] | None
    model: ResponseClassifier
    training: Sequence[Cases]
    waves: Sequence[Wave]


def decide(
    new: ResponseClassifier,
    training: Sequence[Cases],
    test: Sequence[Cases],
    old: ModelRun | None,
    plan: Plan,
    cases: ByWave,
    config: Settings,
) -> Decision:
    """Whether the new model replaces the one in use, both judged on the same later campaigns.

    The old one is made again from its own waves, of which those that were known before the first contact of the test count here.
    """
    fresh = Decision(None, new, training, plan.known)
    if old is None or not plan.training or "waves" not in old.parameters:
        return fresh
    kept = {tuple(key) for key in old.parameters["waves"]}
    own = [cases[wave.key] for wave in plan.training if wave.key in kept]
    before = _made_again(own, old, config)
    if before is None:
        return fresh
    losses = {"new": _loss(new, test), "old": _loss(before, test)}
    better = not_worse(losses["new"], losses["old"], higher_is_better=False)
    record = {
        "measure": "log_loss",
        **losses,
        "old_run_id": old.run_id,
        "kept": "new" if better else "old",
        "test_campaigns": [wave.name for wave in plan.test],
    }
    if better:
        return Decision(record, new, training, plan.known)
    return Decision(record, before, own, [wave for wave in plan.known if wave.key in kept])


def _made_again(own: Sequence[Cases], old: ModelRun, config: Settings) -> ResponseClassifier | None:
    """The model in use as it would have been before the test; None where what it had learned from has gone from the data."""
    if not own:
        return None
    try:
        return fit_on(own, config, old.parameters["kind"])
    except NotEnoughData:
        return None


def _loss(model: ResponseClassifier, test: Sequence[Cases]) -> float:
    features, labels = _stack(test)
    return log_loss(labels, model.log_odds(features))
