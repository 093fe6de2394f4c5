"""Which results count as equal, and what is stored with a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tools.segments.model_runs import model_runs, not_worse, store_run
from tools.warehouse.context import write_meta
from tools.warehouse.warehouse import Warehouse

DAY = dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("new", "old", "higher", "answer"),
    [
        (0.81, 0.80, True, True),
        (0.80, 0.81, True, False),
        (0.28, 0.29, False, True),
        (0.29, 0.28, False, False),
        (0.79999, 0.80, True, True),
        (0.28001, 0.28, False, True),
        (-0.5, -0.4, True, False),
        (0.0, 0.0, True, True),
    ],
)
def test_differences_that_refitting_makes_do_not_count(new: float, old: float, higher: bool, answer: bool) -> None:
    assert not_worse(new, old, higher_is_better=higher) is answer


def test_a_decision_says_whether_there_was_anything_new_to_learn(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse([], others=["a"]).writing() as engine:
        first = store_run(engine, "churn", "1", DAY, 7, {})
        decision = {"measure": "log_loss", "new": 0.3, "old": 0.3, "old_run_id": first, "kept": "new"}
        store_run(engine, "churn", "1", DAY, 7, {}, decision=decision)
        store_run(engine, "churn", "1", DAY + dt.timedelta(days=30), 7, {}, decision=decision)
        write_meta(engine, "data_version", "another")
        store_run(engine, "churn", "1", DAY, 7, {}, decision=decision)
        decisions = [run.decision for run in model_runs(engine, "churn")]
    assert decisions == [decision, decision, decision | {"same_data": True}, None]
