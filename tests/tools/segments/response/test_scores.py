"""Who responds: the demo against the source files, and warehouses where little or nothing is known."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests.tools.segments.response.conftest import insert, one_order
from tools.segments.model_runs import ModelRun, model_runs, run_in_use
from tools.segments.response.cases import COLUMNS, draw_sample, read_cases
from tools.segments.response.fit import decide, fit_on, judge, split
from tools.segments.response.scores import score_responses
from tools.segments.response.waves import Wave, known_waves, plan_waves, read_waves, usual_wait
from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.warehouse import Warehouse

Fill = Callable[..., Warehouse]
END = dt.date(2024, 12, 31)
FIRST = dt.date(2017, 1, 1)


@pytest.fixture(scope="session")
def contacted() -> pd.DataFrame:
    """Households of the demo's Type A campaigns, from the source files alone: contacted, redeemed, redemptions before."""
    files = demo_files()
    kinds = pd.read_parquet(files["campaign_descriptions"]).set_index("campaign_id")
    told = pd.read_parquet(files["campaigns"])
    redeemed = pd.read_parquet(files["coupon_redemptions"])
    told["start"] = pd.to_datetime(told["campaign_id"].map(kinds["start_date"]))
    told = told[told["campaign_id"].map(kinds["campaign_type"]) == "Type A"]
    hits = set(zip(redeemed["household_id"], redeemed["campaign_id"], strict=True))
    told["responded"] = [pair in hits for pair in zip(told["household_id"], told["campaign_id"], strict=True)]
    days = redeemed.assign(day=pd.to_datetime(redeemed["redemption_date"]))
    joined = told.merge(days[["household_id", "day"]], on="household_id", how="left")
    before = joined[joined["day"] < joined["start"]].groupby(["campaign_id", "household_id"]).size()
    return told.set_index(["campaign_id", "household_id"]).assign(before=before).fillna({"before": 0}).reset_index()


def test_demo_is_judged_on_the_latest_campaign(demo: ToolContext, contacted: pd.DataFrame) -> None:
    run = run_in_use(demo.engine, "response:Type A")
    assert run is not None
    quality = run.quality
    latest = contacted[contacted["start"] == contacted["start"].max()]
    assert quality["test_campaigns"] == ["Campaign 18"]
    assert quality["customers"] == len(latest)
    assert quality["base_rate"] == pytest.approx(latest["responded"].mean())
    assert quality["training_cases"] == len(contacted) - len(latest)
    assert quality["responded_before_auc"] == pytest.approx(roc_auc_score(latest["responded"], latest["before"]))
    assert quality["training_cut_offs"] == ["2017-08-07", "2017-05-07", "2017-02-07"]


def test_demo_beats_earlier_responses_and_recency(demo: ToolContext) -> None:
    run = run_in_use(demo.engine, "response:Type A")
    assert run is not None
    assert run.quality["auc"] >= run.quality["responded_before_auc"] + 0.04
    assert run.quality["auc"] >= run.quality["recency_auc"] + 0.2
    assert run.quality["lift_top_tenth"] > run.quality["responded_before_lift"]
    assert run.quality["calibration_error"] <= 0.05
    assert run.quality["gains"][-1] == pytest.approx(1.0)


def test_demo_scores_everybody(demo: ToolContext) -> None:
    kinds = dict(demo.engine.rows("SELECT campaign_kind, count(*) FROM response_scores GROUP BY campaign_kind"))
    everybody = demo.engine.rows("SELECT count(*) FROM customer_features WHERE orders > 0 OR contacts > 0")[0][0]
    assert kinds == {"Type A": everybody, "Type B": everybody, "Type C": everybody}
    # The kind that reached most customers is the one of the stored scores.
    assert demo.engine.rows(
        "SELECT count(*) FROM scores AS s INNER JOIN response_scores AS r ON r.customer_id = s.customer_id AND r.campaign_kind = 'Type A' "
        "WHERE s.response_probability = r.probability"
    ) == [(everybody,)]
    assert demo.engine.rows("SELECT count(*) FROM response_scores WHERE NOT (probability > 0 AND probability < 1)") == [(0,)]


def test_too_few_cases_fall_back_to_history(demo: ToolContext) -> None:
    run = run_in_use(demo.engine, "response:Type C")
    assert run is not None
    assert run.quality["method"] == "history"
    assert "at least 500 contacts" in run.quality["why"]["en"]
    assert run.quality["rate_responded_before"] > run.quality["base_rate"] > run.quality["rate_never_responded"]


def test_the_next_campaign_is_expected_after_its_gap_and_length() -> None:
    days = [dt.date(2024, 1, 10), dt.date(2024, 3, 10), dt.date(2024, 4, 9)]
    waves = [Wave("x", str(day), "", day, day, day, day + dt.timedelta(days=14), 10, 1) for day in days]
    # Gaps of 60 and 30 days, 14 days long.
    assert usual_wait(waves) == 74


def _cases(engine: DuckDBEngine, as_of: dt.date, seed: int = 7) -> list[Any]:
    waves = read_waves(engine, as_of)
    draw_sample(engine, seed)
    plan = plan_waves(known_waves(waves, "Type A", as_of))
    return [read_cases(engine, wave) for wave in (*plan.training, *plan.test)]


def test_features_never_see_the_future(demo_copy: Any) -> None:
    warehouse = Warehouse(demo_copy, Settings(threads=2))
    with warehouse.writing() as engine:
        whole = _cases(engine, dt.date(2018, 1, 1))[-1]
        cut_off = whole.wave.cut_off
        assert cut_off == dt.date(2017, 10, 29)
        engine.execute("DELETE FROM orders WHERE ordered_at > $day", {"day": cut_off + dt.timedelta(days=1)})
        engine.execute("DELETE FROM campaign_responses WHERE responded_at > $day AND campaign_id <> '18'", {"day": cut_off})
        engine.execute("DELETE FROM campaign_contacts WHERE contacted_at > $day AND campaign_id <> '18'", {"day": cut_off})
        engine.execute("DELETE FROM customer_features")
        past = _cases(engine, dt.date(2018, 1, 1))[-1]
    assert past.wave.campaign_id == "18"
    assert np.allclose(whole.matrix, past.matrix)
    assert list(whole.labels) == list(past.labels)


def test_a_planted_leak_would_show(demo: ToolContext) -> None:
    cases = _cases(demo.engine, demo.as_of)
    training, test = cases[:-1], cases[-1]
    honest = fit_on(training, demo.config, "logistic").predict_probability(test.matrix)
    column = list(COLUMNS).index("ever_responded")
    for part in cases:
        part.matrix[:, column] = part.labels
    leaking = fit_on(training, demo.config, "logistic").predict_probability(test.matrix)
    assert roc_auc_score(test.labels, honest) < 0.9 < 0.99 < roc_auc_score(test.labels, leaking)


def _campaign(engine: DuckDBEngine, name: str, start: dt.date, contacted: list[str], responded: list[str], ends: int | None = 20) -> None:
    insert(
        engine, "campaigns", campaign_id=[name], kind=["mail"], start_date=[start],
        end_date=[start + dt.timedelta(days=ends) if ends else None],
    )  # fmt: skip
    insert(engine, "campaign_contacts", campaign_id=[name] * len(contacted), customer_id=contacted, arm=["treatment"] * len(contacted))
    days = [dt.datetime.combine(start, dt.time(9)) + dt.timedelta(days=3)] * len(responded)
    insert(
        engine,
        "campaign_responses",
        campaign_id=[name] * len(responded),
        customer_id=responded,
        responded_at=days,
        kind=["click"] * len(responded),
    )


def _score(warehouse: Warehouse, as_of: dt.date = END) -> list[Any]:
    with warehouse.writing() as engine, engine.transaction():
        engine.execute("DELETE FROM customer_features")
        from tools.features.build import rebuild

        rebuild(engine, as_of)
        return score_responses(engine, as_of, warehouse.config)


def test_nothing_without_campaigns(fill: Fill) -> None:
    warehouse = fill(10, lambda engine: None)
    assert _score(warehouse) == []
    with warehouse.reading() as engine:
        assert engine.rows("SELECT count(*) FROM response_scores") == [(0,)]
        assert model_runs(engine) == []


def test_one_customer_and_one_running_campaign(fill: Fill) -> None:
    def more(engine: DuckDBEngine) -> None:
        _campaign(engine, "k", dt.date(2024, 12, 20), ["c0"], ["c0"])

    assert _score(fill(1, more)) == []


def test_one_large_campaign_is_judged_on_held_out_customers(fill: Fill) -> None:
    def more(engine: DuckDBEngine) -> None:
        ids = [f"c{number}" for number in range(900)]
        # Those with even numbers order more, and respond.
        for number in range(0, 900, 2):
            if number % 20 == 0:
                one_order(engine, f"x{number}", f"c{number}", dt.datetime(2024, 2, 1 + number % 27))
        _campaign(engine, "k", dt.date(2024, 3, 1), ids, [one for one in ids if int(one[1:]) % 3 == 0])

    run = _score(fill(900, more))[0]
    assert (run.method, run.quality["judged_on"]) == ("model", "held-out customers")
    assert run.quality["customers"] + run.quality["training_cases"] == 900
    assert run.probabilities.mean() == pytest.approx(1 / 3, abs=0.05)


def test_a_campaign_without_dates_cannot_be_placed(fill: Fill) -> None:
    def more(engine: DuckDBEngine) -> None:
        insert(engine, "campaign_contacts", campaign_id=["k"] * 2, customer_id=["c0", "c1"], arm=["treatment"] * 2)

    assert _score(fill(2, more)) == []


def _monthly(months: int) -> Callable[[DuckDBEngine], None]:
    ids = [f"c{number}" for number in range(300)]

    def more(engine: DuckDBEngine) -> None:
        generator = np.random.default_rng(1)
        keen = generator.random(300) < 0.4
        for month in range(1, months + 1):
            hits = generator.random(300) < np.where(keen, 0.7, 0.05)
            _campaign(engine, f"m{month}", dt.date(2024, month, 5), ids, [one for one, hit in zip(ids, hits, strict=True) if hit])

    return more


def test_a_new_model_is_compared_with_the_one_in_use(fill: Fill) -> None:
    warehouse = fill(300, _monthly(6))
    first = _score(warehouse, dt.date(2024, 4, 30))[0]
    assert first.decision is None
    second = _score(warehouse, dt.date(2024, 6, 30))[0]
    assert second.decision is not None
    assert second.decision["measure"] == "log_loss"
    assert second.decision["kept"] == ("new" if second.decision["new"] <= second.decision["old"] else "old")
    with warehouse.reading() as engine:
        runs = model_runs(engine, "response:mail")
        assert [run.in_use for run in runs] == [True, False]
        assert runs[0].decision == second.decision


def test_the_old_model_stays_where_the_new_one_is_worse(fill: Fill) -> None:
    warehouse = fill(300, _monthly(6))
    with warehouse.writing() as engine:
        waves = read_waves(engine, END)
        draw_sample(engine, 7)
        plan = plan_waves(known_waves(waves, "mail", END))
        cases = {wave.key: read_cases(engine, wave) for wave in {*plan.known, *plan.test}}
    training, test = split(plan, cases)
    assert [part.wave.campaign_id for part in training] == ["m5", "m4", "m3", "m2", "m1"]
    shuffled = [replace(part, labels=np.random.default_rng(1).permutation(part.labels)) for part in training]
    parameters = {"kind": "logistic", "waves": [["m1", "2024-01-01"], ["m2", "2024-02-01"]]}
    old = ModelRun(3, "response:mail", "1", dt.date(2024, 3, 1), 7, "1", True, {}, parameters, None)
    found = decide(fit_on(shuffled, warehouse.config), training, test, old, plan, cases, warehouse.config)
    assert found.record is not None
    assert found.record["kept"] == "old"
    assert found.record["old"] < found.record["new"]
    assert [wave.campaign_id for wave in found.waves] == ["m2", "m1"]
    # What is told of the model in use is the old one's quality.
    assert judge(found.model, plan, found.training, test)["auc"] > 0.8


def test_a_promise_is_judged_when_its_campaigns_have_ended(fill: Fill) -> None:
    warehouse = fill(300, _monthly(6))
    run = _score(warehouse, dt.date(2024, 4, 30))[0]
    wait = run.quality["horizon_days"]
    assert wait == 31 + 20
    _score(warehouse, dt.date(2024, 4, 30) + dt.timedelta(days=wait + 10))
    with warehouse.reading() as engine:
        found = engine.rows("SELECT judged_as_of, quality FROM model_outcomes")
    assert len(found) == 1
    held = json.loads(found[0][1])
    # Campaigns of May and June were not known when it was made; June's ended on the 25th.
    assert held["customers"] == 600
    assert held["auc"] > 0.8
