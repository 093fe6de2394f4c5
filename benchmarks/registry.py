"""Where cases are registered under their names."""

from __future__ import annotations

from collections.abc import Callable

Case = Callable[..., tuple[float, dict[str, object]]]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Register a case under its function's name."""
    CASES[function.__name__] = function
    return function
