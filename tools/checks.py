"""Cross-checks of figures by a second way: when two numbers agree, and what guards an answer from a check that cannot run."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from decimal import Decimal

from tools.contracts import Check, FigureValue, Text, Unit
from tools.errors import WarehouseError

log = logging.getLogger(__name__)

CENT = Decimal("0.01")
_CLOSE = 1e-9
"""Relative difference that the order of adding real numbers may make."""
MOST_ROWS = 3_000_000
"""Rows that are read a second time for a check. Beyond, a second pass would cost a question its time: at tens of millions of
orders only what is at hand anyway is compared, such as the groups' sum with the total that has a statement of its own."""


def check(check_id: str, label: Text, found: FigureValue, expected: FigureValue, unit: Unit) -> Check:
    """A check of ``found``, the answer's figure, against ``expected``, the same by the second way."""
    return Check(id=check_id, label=label, found=found, expected=expected, unit=unit, holds=agree(found, expected, unit))


def agree(found: FigureValue, expected: FigureValue, unit: Unit) -> bool:
    """Whether two numbers are the same: counts and dates exactly, money to the cent, real numbers to nine digits."""
    if found is None or expected is None or isinstance(found, str) or not isinstance(found, int | float | Decimal):
        return found == expected
    if not isinstance(expected, int | float | Decimal):
        return False
    if unit is Unit.MONEY:
        # An average is rounded to the cent from a quotient, which may fall on either side of a half.
        return abs(Decimal(str(found)) - Decimal(str(expected))) <= CENT
    if isinstance(found, int) and isinstance(expected, int):
        return found == expected
    return math.isclose(float(found), float(expected), rel_tol=_CLOSE, abs_tol=1e-12)


def gather(*makers: Callable[[], Iterable[Check]]) -> tuple[Check, ...]:
    """The checks of all ``makers``; one whose statement the database refuses is left out, for the answer itself is sound."""
    found: list[Check] = []
    for make in makers:
        try:
            found += make()
        except WarehouseError:
            log.warning("a cross-check could not run", exc_info=True)
    return tuple(found)
