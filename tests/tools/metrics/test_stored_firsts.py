"""New customers by the days of first orders that features have are those by the orders themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.contracts import ToolResult
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.settings import Settings
from tools.warehouse.context import ToolContext, features_current, open_context
from tools.warehouse.warehouse import Warehouse

ASKED: list[dict[str, Any]] = [
    {"by": ["month"]},
    {"by": ["quarter"], "compare": "previous", "window": {"last_days": 180}},
    {"by": ["week"], "window": {"period": "2017"}},
    {"by": ["day"], "window": {"last_days": 400}},
    {"by": ["age_band"]},
    {"by": ["year", "income_band"]},
    {"by": ["weekday"]},
    {"by": ["hour"]},
    {"window": {"start": "2017-02-10", "end": "2017-04-03"}},
    {"metrics": ["new_customers", "orders", "returning_customers"], "by": ["month"], "window": {"period": "2017"}},
]


@pytest.fixture
def refreshed(demo_path: Path, tmp_path: Path) -> Iterator[ToolContext]:
    """A reading context over the refreshed demo."""
    with open_context(Warehouse(demo_path, Settings(home=tmp_path))) as ctx:
        yield ctx


def _told(result: ToolResult) -> tuple[Any, ...]:
    return (
        [(one.id, one.label, one.value) for one in result.figures],
        [table.rows for table in result.tables],
        result.caveats,
        result.message,
    )


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_stored_first_days_say_what_the_orders_say(refreshed: ToolContext, asked: dict[str, Any]) -> None:
    assert features_current(refreshed)
    request = Measure.model_validate({"metrics": ["new_customers"], **asked})
    counting = dataclasses.replace(refreshed, kept={**refreshed.kept, "features are current": False})
    stored, counted = measure(refreshed, request), measure(counting, request)
    assert stored.figures
    assert _told(stored) == _told(counted)
    assert all(check.holds for check in stored.checks)


def test_only_what_is_told_by_the_day_reads_the_stored_days(refreshed: ToolContext) -> None:
    def sql(**asked: Any) -> str:
        return " ".join(one.sql for one in measure(refreshed, Measure(metrics=["new_customers"], **asked)).receipts[0].statements)

    assert "counted_orders" not in sql(by=["month"])
    assert "counted_orders" in sql(by=["hour"])
    earlier = dataclasses.replace(refreshed, as_of=refreshed.as_of - dt.timedelta(days=1), kept={})
    assert not features_current(earlier)
