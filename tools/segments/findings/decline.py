"""When a fall from one count to another is more than chance.

Under an unchanged rate the later of two equal periods has each of ``n`` events with probability one half, whatever the
rate, so the later count is Binomial(n, 1/2): the exact conditional test of two Poisson rates (Przyborowski and
Wilenski 1940). A customer counts as declining when so few or fewer have a probability below 5 %.
"""

from __future__ import annotations

import math
from functools import lru_cache

LEVEL = 0.05
_EXACT_UP_TO = 1000
_Z = 1.6448536269514722
"""The 95 % point of the normal distribution."""


@lru_cache(maxsize=4096)
def most_when_declining(total: int) -> int:
    """The largest later count, of ``total`` in both periods, that chance explains with less than 5 %; -1 when none does.

    Above 1,000 the normal approximation with continuity correction is used.
    """
    if total > _EXACT_UP_TO:
        return math.floor(total / 2 - 0.5 - _Z * math.sqrt(total) / 2)
    limit, cumulative = 2**total, 0
    for later in range(total + 1):
        cumulative += math.comb(total, later)
        if cumulative >= LEVEL * limit:
            return later - 1
    return total


@lru_cache(maxsize=4096)
def chance_of_declining(total: int) -> float:
    """How likely a customer with ``total`` events in both periods is called declining while the rate is unchanged."""
    most = most_when_declining(total)
    if most < 0:
        return 0.0
    if total > _EXACT_UP_TO:
        return LEVEL
    return float(sum(math.comb(total, later) for later in range(most + 1)) / 2**total)
