"""Maximum likelihood over positive parameters, which are searched on the scale of their logarithms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from tools.models.lifetime.counts import Floats
from tools.models.threads import bounded_threads

LogLikelihood = Callable[[Floats], tuple[float, Floats]]
"""Takes the parameters themselves and returns the log-likelihood with its gradient by them."""

WIDEST_LOG = 12.0
"""Parameters stay within e^-12 .. e^12, where there is no finite optimum too."""


THINNED_ROWS = 5_000
"""Rows of the part that large data are fitted on first, to begin the search over everything where it nearly ends."""


TOLERANCE = 1e-13


def fine_enough(cases: float) -> float:
    """Tolerance for a search that begins near its end: a millionth of what chance moves the mean log-likelihood by."""
    return 1e-6 / cases


def thinned(rows: int) -> slice | None:
    """Every so many-th row, about ``THINNED_ROWS`` of them; None where there are not several times as many."""
    return slice(None, None, rows // THINNED_ROWS) if rows >= 3 * THINNED_ROWS else None


@dataclass(frozen=True)
class Optimum:
    """Where a search ended.

    Args:
        parameters: Positive, in the order of the model.
        log_likelihood: At these parameters, without any penalty.
        converged: Whether the search met its tolerance away from the limits.
    """

    parameters: Floats
    log_likelihood: float
    converged: bool


def maximise(
    log_likelihood: LogLikelihood,
    starts: Sequence[Sequence[float]],
    cases: float,
    penalty: float = 0.0,
    lowest: Sequence[float] | None = None,
    tolerance: float = TOLERANCE,
) -> Optimum:
    """The best of one search from each start (L-BFGS-B on log-parameters, scaled to the mean per case).

    Args:
        log_likelihood: Of the whole data.
        starts: Positive parameters to begin from; the penalty pulls towards the first.
        cases: Number of customers behind the data.
        penalty: Weight, in cases, of the squared distance of the log-parameters to the first start; 0 is none.
        lowest: Smallest value of each parameter.
        tolerance: The search ends when a step betters the mean log-likelihood by less than this share.
    """
    centre = np.log(np.asarray(starts[0], float))
    floor = np.full(len(centre), -WIDEST_LOG) if lowest is None else np.log(np.asarray(lowest, float))

    def loss(logs: Floats) -> tuple[float, Floats]:
        """Mean negative log-likelihood of a case, penalised, and its gradient by the log-parameters."""
        parameters = np.exp(logs)
        value, gradient = log_likelihood(parameters)
        distance = logs - centre
        return (penalty * float(distance @ distance) - value) / cases, (2.0 * penalty * distance - gradient * parameters) / cases

    bounds = [(low, WIDEST_LOG) for low in floor]
    options = {"maxiter": 300, "ftol": tolerance, "gtol": 1e-7, "maxls": 40}
    # The products are of small vectors, many times over: a second thread would only spin.
    with bounded_threads(1, 0):
        found = [
            minimize(loss, np.log(np.asarray(start, float)), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
            for start in starts
        ]
    best = min(found, key=lambda one: float(one.fun))
    parameters = np.exp(best.x)
    inside = bool(np.all((best.x > floor + 1e-6) & (best.x < WIDEST_LOG - 1e-6)))
    settled = bool(np.abs(loss(best.x)[1]).max() < 1e-4)
    return Optimum(parameters, float(log_likelihood(parameters)[0]), inside and settled)
