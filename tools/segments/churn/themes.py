"""Which themes are told as the reasons of a churn probability, for many customers at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.segments.churn.features import THEME_COLUMNS, Floats, column

THEMES = tuple(THEME_COLUMNS)
"""In the order of ``scored.sql``."""
LEAST_EFFECT = 0.05
"""Log-odds below which a theme is not worth telling."""
_ALIKE = (("silence", "rhythm"), ("recent", "trend"), ("history", "trend"), ("history", "rhythm"))
"""Themes whose words tell nearly the same of one customer."""
_SILENCE = THEMES.index("silence")


def _alike() -> NDArray[np.bool_]:
    """Shape (themes, themes): whether the second says what the first said already."""
    found = np.eye(len(THEMES), dtype=bool)
    for one, other in _ALIKE:
        i, j = THEMES.index(one), THEMES.index(other)
        found[i, j] = found[j, i] = True
    return found


@dataclass(frozen=True)
class Told:
    """The reasons of each customer, every array of shape (customers,).

    ``first`` and ``second`` are positions in ``THEMES``, ``second`` is -1 where one reason is all there is; effects are in
    log-odds, positive where the theme makes it more likely to churn.
    """

    first: NDArray[np.int64]
    first_effect: Floats
    second: NDArray[np.int64]
    second_effect: Floats


def choose(raw: pa.Table, effects: Mapping[str, Floats]) -> Told:
    """One or two themes per customer, strongest first, the second saying what the first does not.

    Where the themes raise the log-odds on the whole, the reasons are those that raise it most; else those that lower it most.

    Args:
        raw: Columns of ``features.sql``.
        effects: Theme to its contribution to the log-odds, shape (customers,).
    """
    spoken = _spoken(raw, np.column_stack([effects[theme] for theme in THEMES]))
    rows = np.arange(len(spoken))
    sign = np.where(np.nansum(spoken, axis=1) >= 0, 1.0, -1.0)
    strength = np.where(np.isnan(spoken), -np.inf, sign[:, None] * spoken)
    first = np.argmax(strength, axis=1)
    first_effect = spoken[rows, first]
    strength[_alike()[first]] = -np.inf
    second = np.argmax(strength, axis=1)
    worth = strength[rows, second] >= LEAST_EFFECT
    return Told(first, first_effect, np.where(worth, second, -1), np.where(worth, spoken[rows, second], 0.0))


def silence_alone(count: int) -> Told:
    """The one reason of the rhythm rule, for ``count`` customers."""
    nothing = np.zeros(count)
    return Told(np.full(count, _SILENCE), nothing, np.full(count, -1), nothing)


def _spoken(raw: pa.Table, effects: Floats) -> Floats:
    """Effects by the theme whose words say it, NaN where none is left: several say nothing but that somebody was long silent."""
    once = column(raw, "order_days") < 2
    quiet = {days: column(raw, f"days_{days}") == 0 for days in (60, 90)}
    said_by_silence = {"recent": once | quiet[60], "trend": once | quiet[90], "spend": quiet[90], "rhythm": once, "history": once}
    spoken = effects.copy()
    for theme, silent in said_by_silence.items():
        spoken[silent, _SILENCE] += effects[silent, THEMES.index(theme)]
        spoken[silent, THEMES.index(theme)] = np.nan
    return spoken
