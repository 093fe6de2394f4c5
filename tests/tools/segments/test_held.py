"""What a model promised is kept until its horizon has passed, judged once, and forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tools.segments import held
from tools.segments.held import judge_due, judgements, keep
from tools.segments.model_runs import ModelRun, store_run
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

DAY = dt.date(2024, 1, 1)
OTHERS = [f"c{number}" for number in range(40)]


@pytest.fixture
def engine(make_warehouse: Callable[..., Warehouse]) -> Iterator[Engine]:
    with make_warehouse([], others=OTHERS).writing() as engine:
        engine.execute(
            "CREATE TEMP TABLE found AS SELECT customer_id, CASE WHEN customer_id <> 'c7' THEN 0.25 END AS promise FROM customers"
        )
        yield engine


def stored(engine: Engine, day: dt.date, horizon: int | None = 30, model: str = "churn") -> int:
    return store_run(engine, model, "1", day, 7, {"horizon_days": horizon} if horizon else {})


def kept(engine: Engine) -> dict[int, int]:
    return dict(engine.rows("SELECT run_id, count(*) FROM kept_predictions GROUP BY run_id ORDER BY run_id"))


def test_predictions_are_kept_but_not_the_unknown_ones(engine: Engine) -> None:
    run_id = stored(engine, DAY)
    assert keep(engine, run_id, "found", "promise") == len(OTHERS) - 1
    assert engine.rows("SELECT DISTINCT run_id, prediction FROM kept_predictions") == [(run_id, 0.25)]


def test_a_run_without_a_horizon_promises_nothing(engine: Engine) -> None:
    assert keep(engine, stored(engine, DAY, None), "found", "promise") == 0
    assert kept(engine) == {}


def test_of_one_date_the_newest_run_is_kept(engine: Engine) -> None:
    first, second, other = stored(engine, DAY), stored(engine, DAY), stored(engine, DAY, model="lifetime_value")
    for run_id in (first, second, other, second):
        keep(engine, run_id, "found", "promise")
    assert kept(engine) == {second: 39, other: 39}


def test_runs_of_nearby_dates_are_not_kept_beside_each_other(engine: Engine) -> None:
    # A twelfth of 30 days is 2.5 days.
    found = {days: keep(engine, stored(engine, DAY + dt.timedelta(days=days)), "found", "promise") for days in (0, 1, 2, 3, 5, 6)}
    assert [days for days, count in found.items() if count] == [0, 3, 6]


def test_daily_refreshes_keep_a_bounded_number_of_runs(engine: Engine) -> None:
    for days in range(0, 80, 2):
        day = DAY + dt.timedelta(days=days)
        judge_due(engine, "churn", day, lambda run: {"auc": 1.0})
        keep(engine, stored(engine, day), "found", "promise")
        assert len(kept(engine)) <= held.MOST_RUNS
    assert len(judgements(engine, "churn")) >= 10


def test_a_large_run_keeps_the_same_part_of_the_customers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "MOST_CUSTOMERS", 10)
    first, second = stored(engine, DAY), stored(engine, DAY + dt.timedelta(days=9))
    assert 0 < keep(engine, first, "found", "promise") < 39
    keep(engine, second, "found", "promise")
    chosen = [engine.rows(f"SELECT customer_id FROM kept_predictions WHERE run_id = {run_id} ORDER BY 1") for run_id in (first, second)]
    assert chosen[0] == chosen[1]


def test_a_run_is_judged_once_when_its_horizon_has_passed(engine: Engine) -> None:
    run_id, later = stored(engine, DAY), stored(engine, DAY + dt.timedelta(days=10))
    for one in (run_id, later):
        keep(engine, one, "found", "promise")
    seen: list[int] = []

    def judge(run: ModelRun) -> Mapping[str, Any]:
        rows = engine.rows("SELECT count(*) FROM kept_predictions WHERE run_id = $r", {"r": run.run_id})
        seen.append(rows[0][0])
        return {"auc": 0.8, "customers": rows[0][0]}

    assert judge_due(engine, "churn", DAY + dt.timedelta(days=29), judge) == []
    assert judge_due(engine, "lifetime_value", DAY + dt.timedelta(days=30), judge) == []
    found = judge_due(engine, "churn", DAY + dt.timedelta(days=30), judge)
    assert [(one.run_id, one.as_of, one.quality["auc"]) for one in found] == [(run_id, DAY, 0.8)]
    assert seen == [39]
    assert kept(engine) == {later: 39}
    assert judge_due(engine, "churn", DAY + dt.timedelta(days=31), judge) == []
    stored_now = judgements(engine)
    assert [(one.run_id, one.model, one.judged_as_of, one.quality) for one in stored_now] == [
        (run_id, "churn", DAY + dt.timedelta(days=30), {"auc": 0.8, "customers": 39})
    ]
    assert judgements(engine, "lifetime_value") == []


def test_what_cannot_be_judged_is_forgotten_without_a_judgement(engine: Engine) -> None:
    keep(engine, stored(engine, DAY), "found", "promise")
    assert judge_due(engine, "churn", DAY + dt.timedelta(days=60), lambda run: None) == []
    assert (kept(engine), judgements(engine)) == ({}, [])
