"""A window of time found in a question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from tools.windows import Window

Yearly = Callable[[int], Window]
"""Makes a window of a given year."""


class Period(NamedTuple):
    """A window found in a text, from ``start`` to ``end``."""

    start: int
    end: int
    window: Window
    parts: tuple[Window, ...] = ()
    """The two periods of a range."""
    backwards: tuple[dt.date, dt.date] | None = None
    """The first and last date of a range that was given the wrong way round; ``window`` is only its first period then."""
    yearly: Yearly | None = None
    """The same in any year, where no year was named."""
    weak: bool = False
    """Whether it is a time only together with others: “10.1到10.15”."""
