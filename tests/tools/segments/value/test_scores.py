"""The step of the refresh: on the demo, a simulated shop and tiny data."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tools.models.lifetime.judging import Judged, JudgedChance
from tools.segments.model_runs import model_runs, run_in_use
from tools.segments.refresh import refresh
from tools.segments.value import scores as value_scores
from tools.segments.value.judge import JudgedOld, cut_offs, period_of
from tools.segments.value.run import MODEL
from tools.segments.value.scores import predict_value, score_value
from tools.settings import Settings
from tools.warehouse.context import ToolContext
from tools.warehouse.warehouse import Warehouse

LAST = dt.date(2024, 6, 30)


@pytest.fixture
def demo_scores(demo: ToolContext) -> pd.DataFrame:
    return demo.engine.query("SELECT * FROM scores ORDER BY customer_id").to_pandas()


def test_every_customer_of_the_demo_has_sensible_values(demo_scores: pd.DataFrame) -> None:
    numbers = demo_scores[["alive_probability", "expected_orders", "expected_order_value", "predicted_value"]].astype(float)
    assert len(numbers) == 2469
    assert np.isfinite(numbers.to_numpy()).all()
    assert (numbers.to_numpy() >= 0).all()
    assert (numbers["alive_probability"] <= 1).all()
    assert (demo_scores["predicted_value_low"] <= demo_scores["predicted_value"]).all()
    assert (demo_scores["predicted_value"] <= demo_scores["predicted_value_high"]).all()
    assert numbers["predicted_value"].tolist() == pytest.approx(
        (numbers["expected_orders"] * numbers["expected_order_value"]).tolist(), rel=0.05
    )


def test_total_is_the_exact_historic_value_and_the_predicted(demo: ToolContext, demo_facts: Callable[..., pd.DataFrame]) -> None:
    told = demo_facts(dt.date(1990, 1, 1), dt.date(2018, 1, 1))["amount"]
    rows = demo.engine.rows("SELECT customer_id, total_value - predicted_value FROM scores ORDER BY customer_id")
    assert [row[0] for row in rows] == told.index.tolist()
    assert [row[1] for row in rows] == [Decimal(str(round(amount, 2))).quantize(Decimal("0.01")) for amount in told]


def test_the_test_of_the_demo_is_what_its_source_files_say(demo: ToolContext, demo_facts: Callable[..., pd.DataFrame]) -> None:
    run = run_in_use(demo.engine, MODEL)
    assert run is not None
    quality = run.quality
    assert (quality["test_cut_off"], quality["horizon_days"]) == ("2017-10-03", 90)
    before, after = demo_facts(dt.date(1990, 1, 1), dt.date(2017, 10, 3)), demo_facts(dt.date(2017, 10, 4), dt.date(2018, 1, 1))
    actual = after["amount"].reindex(before.index).fillna(0.0)
    assert quality["customers"] == len(before)
    # The pace of each customer, of 90 days at least, ranks them; its top tenth is recomputed here.
    days = ((pd.Timestamp("2017-10-03") - before["first"]).dt.days + 1).clip(lower=90)
    pace = before["amount"] / days * 90
    top = actual[pace.nlargest(int(np.ceil(len(pace) / 10))).index].sum() / actual.sum()
    historic = quality["by_kind"]["historic"]
    assert historic["captured"] == pytest.approx(top, abs=1e-6)
    assert historic["mean_error"] == pytest.approx((actual - pace).abs().mean(), rel=1e-6)
    assert historic["level"] == pytest.approx(pace.sum() / actual.sum(), rel=1e-6)


def test_the_learned_kind_is_used_on_the_demo_for_it_is_better(demo: ToolContext) -> None:
    run = run_in_use(demo.engine, MODEL)
    assert run is not None
    kinds = run.quality["by_kind"]
    assert run.quality["kind"] == "learned"
    assert set(kinds) == {"bg_nbd", "pareto_nbd", "learned", "historic"}
    for peer in ("bg_nbd", "pareto_nbd", "historic"):
        assert kinds["learned"]["explained"] > kinds[peer]["explained"] + 0.04
        assert kinds["learned"]["mean_error"] < 0.95 * kinds[peer]["mean_error"]
        assert kinds["learned"]["captured"] > kinds[peer]["captured"]
    assert run.quality["range_coverage"] == pytest.approx(0.8, abs=0.05)
    assert run.quality["next_order"]["coverage"] == pytest.approx(0.8, abs=0.07)


def test_next_dates_of_the_demo_by_its_source_files(demo: ToolContext, demo_facts: Callable[..., pd.DataFrame]) -> None:
    told = demo_facts(dt.date(1990, 1, 1), dt.date(2018, 1, 1))
    found = demo.engine.query("SELECT customer_id, next_order_date, next_order_from, next_order_to FROM scores").to_pandas()
    found = found.set_index("customer_id").reindex(told.index)
    assert (found["next_order_date"].isna() == (told["visits"] < 2)).all()
    known = found.dropna()
    dates = known.apply(pd.to_datetime)
    assert (dates["next_order_from"] <= dates["next_order_date"]).all()
    assert (dates["next_order_date"] <= dates["next_order_to"]).all()
    assert (dates["next_order_from"] > told["last"].reindex(known.index)).all()
    # A customer with hundreds of gaps is due their own median after the last order.
    often = demo.engine.rows(
        "SELECT date_diff('day', f.last_order_date, s.next_order_date), f.gap_median_days FROM scores AS s "
        "JOIN customer_features AS f ON f.customer_id = s.customer_id WHERE f.orders > 200"
    )
    assert all(abs(days - gap) <= 1 for days, gap in often)


@pytest.mark.parametrize(("days", "horizon", "period"), [(365, 365, 90), (366, 60, 60), (1460, 365, 365), (200, 365, 30), (120, 20, 20)])
def test_the_period_fits_four_times(days: int, horizon: int, period: int) -> None:
    assert period_of(days, horizon) == period


def test_cut_offs_know_their_outcomes_and_have_a_past() -> None:
    days = cut_offs(dt.date(2017, 1, 1), dt.date(2017, 10, 3), 90)
    assert days == (dt.date(2017, 7, 5), dt.date(2017, 5, 21), dt.date(2017, 4, 6))


@pytest.fixture
def shop(shop_path: Path, tmp_path: Path) -> Warehouse:
    copied = tmp_path / "shop.duckdb"
    shutil.copy(shop_path, copied)
    return Warehouse(copied, Settings(home=tmp_path))


def test_a_later_run_is_held_against_the_one_in_use(shop: Warehouse) -> None:
    with shop.reading() as engine:
        newer, older = model_runs(engine, MODEL)
    assert older.decision is None
    assert newer.decision is not None
    assert newer.decision["old_run_id"] == older.run_id
    assert newer.decision["measure"] == "explained"
    assert newer.decision["kept"] == ("new" if newer.decision["new"] >= newer.decision["old"] else "old")
    assert newer.in_use
    assert not older.in_use


def test_a_better_model_in_use_is_kept(shop: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    better = Judged(customers=900, explained=0.99, mean_error=1.0, captured=0.9, level=1.0)
    alive = JudgedChance(customers=900, happened=0.5, promised=0.5, brier=0.01, calibration_error=0.02, auc=0.99)
    monkeypatch.setattr(value_scores, "judge_old", lambda *_: JudgedOld(better, alive))
    with shop.reading() as engine:
        old = run_in_use(engine, MODEL)
        assert old is not None
        run = predict_value(engine, LAST, 365, shop.config, old)
    assert run.decision is not None
    assert (run.decision["kept"], run.decision["old"], run.decision["old_run_id"]) == ("old", 0.99, old.run_id)
    base = old.parameters["base"]
    assert (run.parameters["kind"], run.parameters[base]) == (old.parameters["kind"], old.parameters[base])
    assert run.parameters["cut_offs"] == old.parameters["cut_offs"]
    assert (run.quality["explained"], run.quality["by_kind"][run.quality["kind"]]["mean_error"]) == (0.99, 1.0)
    assert run.quality["alive_by_kind"][run.quality["kind"]]["brier"] == 0.01


def test_what_was_promised_is_judged_when_its_time_has_come(shop: Warehouse) -> None:
    with shop.reading() as engine:
        older = model_runs(engine, MODEL)[1]
        end = older.as_of + dt.timedelta(days=older.quality["horizon_days"])
        assert end <= LAST
        rows = engine.rows("SELECT run_id, judged_as_of, quality FROM model_outcomes")
        total = engine.rows(
            "SELECT CAST(sum(amount) AS DOUBLE) FROM orders WHERE CAST(ordered_at AS DATE) > $a AND CAST(ordered_at AS DATE) <= $b "
            "AND customer_id IN (SELECT customer_id FROM orders WHERE CAST(ordered_at AS DATE) <= $a)",
            {"a": older.as_of, "b": end},
        )[0][0]
        kept = engine.rows("SELECT DISTINCT run_id FROM kept_predictions")
    assert [row[:2] for row in rows] == [(older.run_id, LAST)]
    assert kept == [(older.run_id + 1,)]
    held = json.loads(rows[0][2])
    assert held["level"] == pytest.approx(1.0, abs=0.25)
    assert 0 < held["explained"] < 1
    assert held["captured"] > 0.2
    assert total > 0


def test_simulated_customers_are_predicted_as_a_shop_that_was_made_by_the_model(shop: Warehouse) -> None:
    with shop.reading() as engine:
        run = model_runs(engine, MODEL)[0]
        found = engine.query("SELECT * FROM value_kept").to_pandas()
    kinds = run.quality["by_kind"]
    assert kinds["bg_nbd"]["explained"] > kinds["historic"]["explained"]
    assert kinds["bg_nbd"]["level"] == pytest.approx(1.0, abs=0.2)
    assert run.parameters["converged"]
    assert (found["predicted_value"] >= 0).all()


TINY: dict[str, list[tuple[str, str, str]]] = {
    "ten customers": [(f"c{i}", f"2024-0{1 + j}-1{i % 9}", "20.00") for i in range(10) for j in range(1 + i % 3)],
    "one customer": [("a", "2024-01-01", "12.00"), ("a", "2024-02-01", "8.00")],
    "one date": [(f"c{i}", "2024-01-01", f"{i}.00") for i in range(12)],
    "one order": [("a", "2024-01-01", "12.00")],
    "nothing paid": [("a", "2024-01-01", "0.00"), ("b", "2024-01-09", "0.00"), ("b", "2024-02-09", "0.00")],
    "ties": [(f"c{i}", day, "5.00") for i in range(9) for day in ("2024-01-01", "2024-01-31")],
}


@pytest.mark.parametrize("case", TINY)
def test_tiny_data_give_historic_values_and_say_why(case: str, make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(TINY[case])
    refresh(warehouse)
    with warehouse.reading() as engine:
        run = run_in_use(engine, MODEL)
        found = engine.query("SELECT * FROM scores WHERE predicted_value IS NOT NULL").to_pandas()
        amounts = dict(engine.rows("SELECT customer_id, sum(amount) FROM orders GROUP BY customer_id"))
    assert run is not None
    assert run.quality["method"] == "historic"
    assert "500" in run.quality["why"]["en"]
    assert len(found) == len(amounts)
    # The horizon is longer than the data, so what was spent is expected once again, and no more.
    spent = {row.customer_id: (row.predicted_value, row.total_value) for row in found.itertuples()}
    assert spent == {name: (amount, 2 * amount) for name, amount in amounts.items()}
    assert found["alive_probability"].isna().all()
    assert found["predicted_value_low"].isna().all()


def test_next_date_of_one_customer_by_hand(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(TINY["one customer"])
    refresh(warehouse)
    with warehouse.reading() as engine:
        due = engine.rows("SELECT next_order_date, next_order_from, next_order_to FROM scores")[0]
    assert due[0] == dt.date(2024, 3, 3)
    assert dt.date(2024, 2, 2) <= due[1] < due[0] < due[2] < dt.date(2024, 7, 1)


def test_a_long_history_of_few_customers_is_expected_pro_rata(make_warehouse: Callable[..., Warehouse]) -> None:
    orders = [("a", "2020-01-01", "100.00"), ("a", "2023-12-31", "46.10")]
    warehouse = make_warehouse(orders)
    refresh(warehouse)
    with warehouse.reading() as engine:
        value = engine.rows("SELECT predicted_value FROM scores")[0][0]
    # 146.10 over 1461 days, 365 of them ahead.
    assert value == Decimal("36.50")


def test_customers_without_orders_are_left_out(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(TINY["one customer"], others=["z"])
    refresh(warehouse)
    with warehouse.reading() as engine:
        assert engine.rows("SELECT predicted_value, alive_probability, next_order_date FROM scores WHERE customer_id = 'z'") == [
            (None,) * 3
        ]


def test_nobody_by_a_date_before_the_first_order(shop: Warehouse) -> None:
    with shop.reading() as engine:
        run = predict_value(engine, dt.date(2000, 1, 1), 365, shop.config)
    assert (run.method, run.scored) == ("historic", 0)


@pytest.fixture
def one_time_buyers(make_warehouse: Callable[..., Warehouse]) -> Warehouse:
    return make_warehouse([])


def test_a_shop_of_one_time_buyers_falls_back(one_time_buyers: Warehouse) -> None:
    rows: list[Any] = [(f"c{i:03d}", dt.date(2023, 1, 1) + dt.timedelta(days=i % 400)) for i in range(700)]
    with one_time_buyers.writing() as engine, engine.transaction():
        for number, (name, day) in enumerate(rows):
            engine.execute(
                "INSERT INTO orders VALUES ($o, $c, $t, 'completed', 10, 0, 0, NULL, NULL, NULL)", {"o": f"o{number}", "c": name, "t": day}
            )
        engine.execute("INSERT INTO customers (customer_id) SELECT DISTINCT customer_id FROM orders")
        rebuilt = score_value(engine, dt.date(2024, 2, 4), one_time_buyers.config)
    assert rebuilt.method == "historic"
    assert rebuilt.reason is not None
    assert "came again" in rebuilt.reason.en
    assert rebuilt.value.max() == pytest.approx(10 * 365 / 400)
