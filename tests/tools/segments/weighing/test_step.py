"""The step of the refresh: scores, stored runs, which weights stay, and how they held since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tools.features.build import rebuild
from tools.models.weights import from_curves
from tools.segments.model_runs import model_runs, run_in_use
from tools.segments.weighing import step as stepping
from tools.segments.weighing.step import MODEL, WeightsRun, score_weights
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

AS_OF = dt.date(2024, 6, 30)
Shop = Callable[..., Warehouse]


def _run(engine: Engine, as_of: dt.date, warehouse: Warehouse) -> tuple[WeightsRun, dict[str, float]]:
    rebuild(engine, as_of)
    run = score_weights(engine, as_of, warehouse.config)
    return run, dict(engine.rows("SELECT customer_id, rfm_score FROM weights_scored"))


def _orders(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, dt.date.fromisoformat(day), amount) for name, day, amount in rows], columns=["customer_id", "day", "amount"]
    )


def test_few_customers_weigh_all_the_same(shop: Shop) -> None:
    warehouse = shop(_orders(("a", "2024-06-30", 30), ("a", "2024-06-01", 30), ("b", "2024-05-01", 20), ("c", "2024-04-01", 10)))
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO customers (customer_id) VALUES ('never')")
        run, scores = _run(engine, AS_OF, warehouse)
        stored = run_in_use(engine, MODEL)
        assert engine.rows("SELECT count(*) FROM kept_predictions") == [(0,)]
    # F is 2, 1, 1: mid-ranks 2.5 and 1, so 1 and 0; R and M are 1, 1/2 and 0.
    assert scores == pytest.approx({"a": 100.0, "b": 100 / 3, "c": 0.0})
    assert run.method == "equal"
    assert run.reason is not None
    assert "at least 500 customers" in run.reason.en
    assert stored is not None
    assert stored.quality["method"] == "equal"
    assert stored.version == "rfm_weights-1-equal"
    assert stored.decision is None


def test_one_customer_is_in_the_middle(shop: Shop) -> None:
    warehouse = shop(_orders(("a", "2024-06-30", 30)))
    with warehouse.writing() as engine:
        assert _run(engine, AS_OF, warehouse)[1] == {"a": 50.0}


def test_nobody_ordered(shop: Shop) -> None:
    warehouse = shop(_orders(("a", "2024-06-30", 30)))
    with warehouse.writing() as engine:
        engine.execute("UPDATE orders SET status = 'cancelled'")
        assert _run(engine, AS_OF, warehouse)[1] == {}


def test_learnt_weights_are_stored_and_score_again(shop: Shop) -> None:
    warehouse = shop(560)
    with warehouse.writing() as engine:
        run, scores = _run(engine, AS_OF, warehouse)
        again = _run(engine, AS_OF, warehouse)[1]
        first, second = reversed(model_runs(engine, MODEL))
        features = engine.query(
            "SELECT customer_id, recency_days, orders, amount, amount_90d FROM customer_features WHERE orders > 0"
        ).to_pandas()
        kept = dict(engine.rows("SELECT run_id, count(*) FROM kept_predictions GROUP BY run_id"))
    assert run.method == "predictive"
    assert scores == again, "the same data give the same scores, to the last bit"
    assert (first.in_use, second.in_use) == (False, True)
    assert first.decision is None
    assert second.decision is not None
    assert (second.decision["kept"], second.decision["old_run_id"], second.decision["measure"]) == ("new", 1, "captured_top_fifth")
    assert second.decision["new"] == second.decision["old"] == second.quality["captured_top_fifth"]
    assert kept == {2: len(scores)}, "of one date only the newest run is kept"
    # One customer's score follows from what is stored alone.
    parameters = json.loads(json.dumps(second.parameters))
    names = list(parameters["weights"])
    assert names == ["recency", "frequency", "monetary", "momentum"]
    raw = features[["recency_days", "orders", "amount", "amount_90d"]].astype(float).to_numpy() * [-1, 1, 1, 1]
    levels = from_curves(parameters["curves"], names).transform(raw)
    expected = 100 * levels @ np.array([parameters["weights"][name] for name in names])
    assert dict(zip(features["customer_id"], expected, strict=True)) == pytest.approx(scores)
    assert 0 <= min(scores.values()) < 10 < 90 < max(scores.values()) <= 100


def test_weights_that_rank_worse_do_not_replace_those_in_use(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = shop(560)
    with warehouse.writing() as engine:
        _run(engine, AS_OF, warehouse)
        old = run_in_use(engine, MODEL)
        assert old is not None
        only_recency = {"weights": {"recency": 1.0}, "judged": {"recency": 1.0}, "signs": {"recency": -1}, "judged_signs": {"recency": -1}}
        engine.execute("UPDATE model_runs SET parameters = $text", {"text": json.dumps(old.parameters | only_recency)})
        run, _ = _run(engine, AS_OF, warehouse)
        decision = run_in_use(engine, MODEL)
        assert decision is not None
        assert decision.decision is not None
        assert decision.decision["new"] > decision.decision["old"], "recency alone ranks worse, so it is replaced"
        assert run.weighting.weights.keys() == {"recency", "frequency", "monetary", "momentum"}
        engine.execute("UPDATE model_runs SET parameters = $text WHERE in_use", {"text": json.dumps(decision.parameters | only_recency)})
        monkeypatch.setattr(stepping, "captured_by", lambda *_: {"top_tenth": 0.9, "top_fifth": 0.95})
        run, scores = _run(engine, AS_OF, warehouse)
        stored = run_in_use(engine, MODEL)
        nearest = engine.rows("SELECT customer_id FROM customer_features WHERE orders > 0 ORDER BY recency_days LIMIT 1")[0][0]
    assert stored is not None
    assert stored.decision is not None
    assert stored.decision["kept"] == "old"
    assert run.weighting.weights == {"recency": 1.0}
    assert scores[nearest] == max(scores.values())
    assert set(stored.parameters["declined"]) == {"recency", "frequency", "monetary", "momentum"}
    assert stored.quality["captured_top_fifth"] == 0.95


def test_what_was_promised_is_judged_when_its_horizon_has_passed(shop: Shop) -> None:
    warehouse = shop(560, rfm_horizon_days=30)
    day = dt.date(2024, 4, 15)
    with warehouse.writing() as engine:
        _, scores = _run(engine, day, warehouse)
        assert engine.rows("SELECT count(*) FROM model_outcomes") == [(0,)]
        _run(engine, AS_OF, warehouse)
        [(run_id, judged, text)] = engine.rows("SELECT run_id, judged_as_of, quality FROM model_outcomes")
        spent = dict(
            engine.rows(
                "SELECT customer_id, sum(amount) FROM orders WHERE ordered_at >= TIMESTAMP '2024-04-16' "
                "AND ordered_at < TIMESTAMP '2024-05-16' GROUP BY customer_id"
            )
        )
        assert engine.rows("SELECT count(*) FROM kept_predictions WHERE run_id = 1") == [(0,)]
    ranked = sorted(scores, key=lambda name: -scores[name])
    size = 0.2 * len(ranked)
    amounts = [float(spent.get(name, 0)) for name in ranked]
    total = sum(float(amount) for name, amount in spent.items() if name in scores)
    top = sum(amounts[: int(size)]) + (size - int(size)) * amounts[int(size)]
    quality = json.loads(text)
    assert (run_id, judged, quality["customers"]) == (1, AS_OF, len(scores))
    assert quality["captured_top_fifth"] == pytest.approx(top / total)
