"""A new model replaces the old one only where it is not worse on the latest period; and how a run has held since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from tools.segments.churn.features import read_cases
from tools.segments.churn.fitting import fit_model, fit_on
from tools.segments.churn.run import MODEL
from tools.segments.churn.scores import score_churn
from tools.segments.held import judgements
from tools.segments.model_runs import ModelRun, model_runs, run_in_use
from tools.settings import Settings
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

EARLIER, LATER = dt.date(2017, 10, 26), dt.date(2017, 12, 25)
CONFIG = Settings(threads=2)
Facts = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def warehouse(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The demo without any churn run, then scored on two days, sixty days apart."""
    copy = tmp_path_factory.mktemp("replacement") / "demo.duckdb"
    copy.write_bytes(demo_path.read_bytes())
    warehouse = Warehouse(copy, CONFIG)
    with warehouse.writing() as engine:
        for table in ("model_runs", "model_outcomes", "kept_predictions"):
            engine.execute(f"DELETE FROM {table}")
        for day in (EARLIER, LATER):
            score_churn(engine, day, CONFIG)
    return warehouse


@pytest.fixture
def engine(warehouse: Warehouse) -> Iterator[Engine]:
    with warehouse.reading() as engine:
        yield engine


@pytest.fixture
def runs(engine: Engine) -> tuple[ModelRun, ModelRun]:
    later, earlier = model_runs(engine, MODEL)
    return earlier, later


def test_the_first_run_has_nothing_to_prove(runs: tuple[ModelRun, ModelRun]) -> None:
    earlier, later = runs
    assert earlier.decision is None
    assert (earlier.in_use, later.in_use) == (False, True)
    assert earlier.parameters["training_cut_offs"][0] == "2017-09-26"


def test_both_models_are_judged_on_the_same_latest_period(runs: tuple[ModelRun, ModelRun], engine: Engine, churn_facts: Facts) -> None:
    earlier, later = runs
    decision = later.decision
    assert decision is not None
    assert (decision["measure"], decision["old_run_id"], decision["test_cut_off"]) == ("log_loss", earlier.run_id, "2017-11-25")
    assert decision["kept"] == ("new" if decision["new"] <= decision["old"] else "old")
    test = read_cases(engine, dt.date(2017, 11, 25))
    truth = churn_facts(dt.date(2017, 11, 25)).set_index("customer")["churned"].loc[test.raw.column("customer_id").to_pylist()]
    training = [read_cases(engine, dt.date.fromisoformat(day), 30) for day in earlier.parameters["training_cut_offs"]]
    old = fit_on(training, 30, CONFIG, earlier.parameters["kind"]).predict_probability(test.matrix)
    assert decision["old"] == pytest.approx(log_loss(truth, old), abs=1e-6)
    assert decision["old_auc"] == pytest.approx(roc_auc_score(truth, old), abs=1e-6)


def test_what_is_promised_is_of_the_model_that_is_kept(runs: tuple[ModelRun, ModelRun]) -> None:
    _, later = runs
    assert later.decision is not None
    assert later.quality["auc"] == pytest.approx(later.decision[f"{later.decision['kept']}_auc"], abs=1e-6)
    assert later.version.endswith(later.quality["kind"])


def test_a_worse_new_model_is_not_used(engine: Engine, runs: tuple[ModelRun, ModelRun], monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, _ = runs
    # The old one learnt from sensible cut-offs; the new one is made to learn from one early cut-off.
    monkeypatch.setattr("tools.segments.churn.fitting.cut_offs", lambda first, as_of, horizon: [dt.date(2017, 4, 10)])
    fitted = fit_model(engine, LATER, 30, CONFIG, earlier)
    assert fitted.decision is not None
    assert fitted.decision["kept"] == "old"
    assert fitted.decision["old"] < fitted.decision["new"]
    assert fitted.parameters == earlier.parameters
    assert fitted.quality["training_cut_offs"] == earlier.parameters["training_cut_offs"]
    assert fitted.quality["auc"] == pytest.approx(fitted.decision["old_auc"], abs=1e-6)
    expected = fit_on(
        [read_cases(engine, dt.date.fromisoformat(day), 30) for day in earlier.parameters["training_cut_offs"]],
        30,
        CONFIG,
        earlier.parameters["kind"],
    )
    matrix = read_cases(engine, LATER).matrix
    assert np.allclose(fitted.model.predict_probability(matrix), expected.predict_probability(matrix))


def test_an_old_model_is_not_judged_on_what_it_has_seen(engine: Engine, runs: tuple[ModelRun, ModelRun]) -> None:
    _, later = runs
    # Ten days on, the last cut-offs of the run before reach into the test period.
    fitted = fit_model(engine, LATER + dt.timedelta(days=5), 30, CONFIG, later)
    assert fitted.decision is not None
    assert fitted.decision["test_cut_off"] == "2017-11-30"
    if fitted.decision["kept"] == "old":
        assert max(fitted.quality["training_cut_offs"]) <= "2017-10-31"
    assert fitted.decision["old"] != fitted.decision["new"]


def test_the_same_model_is_not_worse_than_itself(engine: Engine, runs: tuple[ModelRun, ModelRun]) -> None:
    earlier, _ = runs
    again = fit_model(engine, EARLIER, 30, CONFIG, earlier)
    assert again.decision is not None
    assert (again.decision["new"], again.decision["kept"]) == (again.decision["old"], "new")


@pytest.mark.parametrize("change", [{"version": "0"}, {"horizon_days": 60}])
def test_what_cannot_be_made_again_is_replaced(engine: Engine, runs: tuple[ModelRun, ModelRun], change: dict[str, object]) -> None:
    earlier, _ = runs
    other = replace(earlier, parameters={**earlier.parameters, **change})
    assert fit_model(engine, LATER, 30, CONFIG, other).decision is None


def test_a_run_is_judged_by_what_happened(engine: Engine, runs: tuple[ModelRun, ModelRun], churn_facts: Facts) -> None:
    earlier, later = runs
    (held,) = judgements(engine, MODEL)
    truth = churn_facts(EARLIER).query("eligible")
    assert (held.run_id, held.as_of, held.judged_as_of) == (earlier.run_id, EARLIER, LATER)
    assert held.quality["customers"] == len(truth)
    assert held.quality["base_rate"] == pytest.approx(truth["churned"].mean())
    assert 0.84 < held.quality["auc"] < 0.92
    assert held.quality["calibration_error"] < 0.05
    waiting = engine.rows("SELECT run_id, count(*) FROM kept_predictions GROUP BY run_id")
    assert waiting == [(later.run_id, len(churn_facts(LATER).query("eligible")))]
    assert json.loads(engine.rows("SELECT quality FROM model_outcomes")[0][0])["horizon_days"] == 30


def test_the_model_in_use_is_the_latest(engine: Engine, runs: tuple[ModelRun, ModelRun]) -> None:
    assert run_in_use(engine, MODEL) == runs[1]
