"""How good a probability is: ranking, calibration and lift, on cases that the model was not fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

BINS = 10
TOP_SHARE = 0.1


def auc(labels: Labels, scores: Floats) -> float:
    """Probability that a positive case scores above a negative one; ties count half.

    Args:
        labels: shape (n,), 0 or 1, both present
        scores: shape (n,), larger means more likely positive

    Raises:
        ValueError: Only one class is present, so the area is undefined.

    Note:
        Mann-Whitney statistic over mid-ranks (Hanley and McNeil 1982).
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        raise ValueError("AUC needs both positive and negative cases")
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    mid_ranks = np.cumsum(sizes) - (sizes - 1) / 2.0
    rank_sum = float(mid_ranks[group][labels == 1].sum())
    return (rank_sum - positives * (positives + 1) / 2.0) / (positives * negatives)


def calibration_error(labels: Labels, probabilities: Floats, bins: int = BINS) -> float:
    """Mean distance between promised and observed share over equal-count bins, weighted by bin size (a fraction of one).

    Args:
        labels: shape (n,), 0 or 1
        probabilities: shape (n,), between 0 and 1
        bins: number of bins; cases are sorted by probability and cut into bins whose sizes differ by at most one

    Note:
        Expected calibration error with adaptive bins (Nguyen and O'Connor 2015).
    """
    order = np.argsort(probabilities, kind="stable")
    total = 0.0
    for part in np.array_split(order, bins):
        if len(part):
            total += abs(float(labels[part].mean()) - float(probabilities[part].mean())) * len(part)
    return total / len(labels)


def lift(labels: Labels, scores: Floats, share: float = TOP_SHARE) -> float:
    """Rate of positives among the ``share`` with the highest scores, divided by the rate of all.

    The number of cases taken is rounded up. Ties at the border count with the share of them that fits, so the
    value does not depend on the order of the cases.

    Raises:
        ValueError: There is no positive case.
    """
    if not labels.sum():
        raise ValueError("lift needs at least one positive case")
    taken = int(np.ceil(round(len(labels) * share, 9)))
    border = np.partition(scores, len(scores) - taken)[len(scores) - taken]
    above, at = scores > border, scores == border
    caught = float(labels[above].sum()) + float(labels[at].mean()) * (taken - int(above.sum()))
    return caught / taken / float(labels.mean())


@dataclass(frozen=True)
class Quality:
    """Quality of probabilities on one set of cases.

    ``base_rate`` and ``calibration_error`` are fractions of one, ``auc`` is between 0 and 1, ``lift`` is a multiple.
    """

    cases: int
    base_rate: float
    auc: float
    calibration_error: float
    lift: float


def evaluate(labels: Labels, probabilities: Floats) -> Quality:
    """All measures at once.

    Raises:
        ValueError: Only one class is present.
    """
    return Quality(
        cases=len(labels),
        base_rate=float(labels.mean()),
        auc=auc(labels, probabilities),
        calibration_error=calibration_error(labels, probabilities),
        lift=lift(labels, probabilities),
    )
