"""How good predicted amounts and probabilities are on a later period.

Amounts: deviance, mean error, and the share that the highest ranked brought. Probabilities: Brier score, calibration, ranking.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.models.evaluation import auc, calibration_error
from tools.models.lifetime.counts import Floats

TOP_SHARE = 0.1
_LEAST_SHARE = 1e-6
"""A prediction counts as at least this share of the mean: one of zero would be infinitely wrong about anybody who buys."""


@dataclass(frozen=True)
class Judged:
    """Quality of predicted amounts of one set of customers.

    Args:
        customers: How many.
        explained: Share of the Poisson deviance explained, 1 is perfect, 0 as good as the same amount for everybody.
        mean_error: Mean absolute error, in the unit of the amounts.
        captured: Share of the whole amount that the tenth with the highest predictions brought.
        level: Sum of predictions / sum of amounts.
    """

    customers: int
    explained: float
    mean_error: float
    captured: float
    level: float


def judge(actual: Floats, predicted: Floats) -> Judged:
    """All measures at once.

    Args:
        actual: shape (n,), not negative, not all zero
        predicted: shape (n,), not negative

    Raises:
        ValueError: Nothing happened at all, so nothing can be judged.
    """
    total = float(actual.sum())
    if not total:
        raise ValueError("predictions cannot be judged on a period in which nothing happened")
    flat = deviance(actual, np.full(len(actual), total / len(actual)))
    # Where everybody brought the same there is nothing to explain.
    explained = 1.0 - deviance(actual, predicted) / flat if flat > 1e-12 * total else 0.0
    return Judged(
        len(actual), explained, float(np.abs(actual - predicted).mean()), captured(actual, predicted), float(predicted.sum()) / total
    )


def deviance(actual: Floats, predicted: Floats) -> float:
    """Twice the Poisson log-likelihood lost against a perfect prediction; for money a quasi-deviance, lowest at the mean."""
    mean = np.maximum(predicted, _LEAST_SHARE * max(float(actual.mean()), 1e-300))
    ratio = np.divide(actual, mean, out=np.ones(len(actual)), where=actual > 0)
    return float(2.0 * np.sum(actual * np.log(ratio) - (actual - mean)))


def captured(actual: Floats, ranking: Floats, share: float = TOP_SHARE) -> float:
    """Share of the sum of ``actual`` that the ``share`` of cases with the highest ``ranking`` brought.

    The number of cases is rounded up; ties at the border count with the share of them that fits, so the value does
    not depend on the order of the cases.
    """
    taken = int(np.ceil(round(len(actual) * share, 9)))
    border = np.partition(ranking, len(ranking) - taken)[len(ranking) - taken]
    above, at = ranking > border, ranking == border
    caught = float(actual[above].sum()) + float(actual[at].mean()) * (taken - int(above.sum()))
    return caught / float(actual.sum())


@dataclass(frozen=True)
class JudgedChance:
    """Quality of probabilities that something happens, of one set of customers.

    Args:
        customers: How many.
        happened: Share of them to whom it did.
        promised: Mean of the probabilities.
        brier: Mean squared error of the probabilities, 0 is perfect.
        calibration_error: Mean distance of promised and observed share over tenths of customers by probability.
        auc: Probability that one to whom it happened ranks above one to whom it did not; None where all were alike.
    """

    customers: int
    happened: float
    promised: float
    brier: float
    calibration_error: float
    auc: float | None


def judge_chance(happened: Floats, chance: Floats) -> JudgedChance:
    """All measures at once.

    Args:
        happened: shape (n,), 1 or 0, at least one case
        chance: shape (n,), between 0 and 1
    """
    labels = happened.astype(np.int64)
    mixed = 0 < int(labels.sum()) < len(labels)
    return JudgedChance(
        customers=len(labels),
        happened=float(happened.mean()),
        promised=float(chance.mean()),
        brier=float(np.mean((chance - happened) ** 2)),
        calibration_error=calibration_error(labels, chance),
        auc=auc(labels, chance) if mixed else None,
    )
