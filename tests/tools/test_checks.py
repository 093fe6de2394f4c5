"""When two numbers agree: counts exactly, money to the cent, real numbers to nine digits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tools.checks import agree, check, gather
from tools.contracts import Text, Unit
from tools.errors import Cancelled, WarehouseError

_LABEL = Text(zh="一", en="one")


@pytest.mark.parametrize(
    ("found", "expected", "unit", "holds"),
    [
        (3, 3, Unit.COUNT, True),
        (3, 4, Unit.COUNT, False),
        (10_000_000_000, 10_000_000_001, Unit.COUNT, False),
        (3, Decimal(3), Unit.COUNT, True),
        (Decimal("26.67"), 80 / 3, Unit.MONEY, True),
        (Decimal("26.69"), 80 / 3, Unit.MONEY, False),
        (Decimal("123456789012.34"), Decimal("123456789012.36"), Unit.MONEY, False),
        (0.1 + 0.2, 0.3, Unit.NUMBER, True),
        (0.3, 0.3001, Unit.SHARE, False),
        (None, None, Unit.SHARE, True),
        (None, 1, Unit.COUNT, False),
        (1, None, Unit.COUNT, False),
        ("a", 1, Unit.TEXT, False),
    ],
)
def test_numbers_agree(found: Any, expected: Any, unit: Unit, holds: bool) -> None:
    assert agree(found, expected, unit) is holds
    assert check("id", _LABEL, found, expected, unit).holds is holds


def test_a_check_whose_statement_is_refused_is_left_out_but_a_stopped_question_stops() -> None:
    def refused() -> Any:
        raise WarehouseError("no", "不")

    def stopped() -> Any:
        raise Cancelled("stopped", "停止")

    sound = check("id", _LABEL, 1, 1, Unit.COUNT)
    assert gather(lambda: [sound], refused) == (sound,)
    with pytest.raises(Cancelled, match="stopped"):
        gather(stopped)
