"""Shops large enough for a model whose data are odd: values stay finite, never negative, and no warning is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.tools.segments.value.conftest import fill
from tools.segments.value.run import ValueRun
from tools.segments.value.scores import predict_value
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse

FIRST, LAST = dt.date(2023, 1, 1), dt.date(2023, 12, 31)
Rows = list[tuple[str, int, float]]
"""Customer, day of the year, amount."""


def _identical() -> Rows:
    return [(f"c{i:03d}", day, 20.0) for i in range(600) for day in (0, 90, 180, 270, 364)]


def _scaled(amount: float) -> Callable[[], Rows]:
    def rows() -> Rows:
        random = np.random.default_rng(3)
        return [
            (f"c{i:03d}", int(day), round(amount * random.lognormal(0, 1), 2))
            for i in range(600)
            for day in random.integers(0, 365, random.integers(1, 9))
        ]

    return rows


def _mostly_free() -> Rows:
    random = np.random.default_rng(4)
    return [
        (f"c{i:03d}", int(day), 10.0 if i < 520 and number == 0 else 0.0)
        for i in range(700)
        for number, day in enumerate(random.integers(0, 365, 6))
    ]


def _one_whale() -> Rows:
    small = [(name, day, 5.0) for name, day, _ in _scaled(1.0)()]
    return [*small, *(("whale", day, 9_999_999.0) for day in range(365))]


def _many_a_day() -> Rows:
    return [(f"c{i:03d}", (i * 7 + k // 4 * 30) % 365, 3.0) for i in range(550) for k in range(24)]


SHOPS: dict[str, Callable[[], Rows]] = {
    "everybody the same": _identical,
    "huge amounts": _scaled(1e8),
    "cents": _scaled(0.02),
    "mostly free orders": _mostly_free,
    "one whale": _one_whale,
    "several orders a day": _many_a_day,
}


def _predict(rows: Rows, home: Path, as_of: dt.date = LAST) -> ValueRun:
    warehouse = Warehouse(home / "odd.duckdb", Settings(home=home))
    names, days, amounts = zip(*rows, strict=True)
    orders = pa.table({"customer": names, "day": [FIRST + dt.timedelta(days=day) for day in days], "amount": amounts})
    with warehouse.writing() as engine:
        fill(engine, orders)
        return predict_value(engine, as_of, 365, warehouse.config)


@pytest.mark.parametrize("shop", SHOPS)
def test_odd_shops_have_sensible_values(shop: str, tmp_path: Path) -> None:
    rows = SHOPS[shop]()
    run = _predict(rows, tmp_path)
    assert run.method == "model"
    assert run.scored == len({row[0] for row in rows})
    for numbers in (run.alive, run.orders, run.order_value, run.value, run.low, run.high, run.judged_value):
        assert np.isfinite(numbers).all()
        assert (numbers >= 0).all()
    assert (run.alive <= 1).all()
    assert ((run.low <= run.value) & (run.value <= run.high)).all()
    dated = ~np.isnat(run.dates.expected)
    assert (run.dates.earliest[dated] <= run.dates.expected[dated]).all()
    assert (run.dates.expected[dated] <= run.dates.latest[dated]).all()


def test_identical_customers_get_identical_values(tmp_path: Path) -> None:
    run = _predict(_identical(), tmp_path)
    assert np.ptp(run.value) == pytest.approx(0.0, abs=1e-9)
    # Five orders of 20 in a year.
    assert run.value[0] == pytest.approx(100.0, rel=0.5)


def test_a_shop_that_closed_falls_back_and_says_so(tmp_path: Path) -> None:
    run = _predict(_scaled(20.0)(), tmp_path, as_of=dt.date(2025, 12, 31))
    assert run.method == "historic"
    assert run.reason is not None
    assert "paid" in run.reason.en
    # 1,096 days of history: a third of the past is expected of the next year.
    assert run.value.sum() == pytest.approx(sum(row[2] for row in _scaled(20.0)()) * 365 / 1096, rel=0.02)


def test_nobody_paid_at_all_falls_back(tmp_path: Path) -> None:
    run = _predict([(name, day, 0.0) for name, day, _ in _scaled(1.0)()], tmp_path)
    assert run.method == "historic"
    assert run.value.sum() == 0.0
