"""What is said of models, on runs that were made up: claims, peers, replacement, how they held, and what is lacking."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.contracts import ToolResult, Unit
from tools.errors import UnsupportedQuestion
from tools.requests import ModelQuality
from tools.segments.model_runs import store_run
from tools.segments.quality.measures import Measure, beside, best_peer, book, claims
from tools.segments.quality.tool import model_quality
from tools.settings import Settings
from tools.warehouse.context import open_context, write_meta
from tools.warehouse.warehouse import Warehouse

CHURN = {
    "method": "model",
    "kind": "blend",
    "horizon_days": 30,
    "test_cut_off": "2024-02-01",
    "training_cut_offs": ["2024-01-01"],
    "customers": 1200,
    "base_rate": 0.2,
    "auc": 0.86,
    "calibration_error": 0.021,
    "lift_top_tenth": 3.5,
    "recency_auc": 0.80,
    "bg_nbd_auc": 0.83,
    "log_loss_by_kind": {"logistic": 0.3, "blend": 0.29},
}
VALUE = {
    "method": "model",
    "kind": "learned",
    "horizon_days": 90,
    "test_cut_off": "2023-12-01",
    "customers": 900,
    "captured_top_tenth": 0.33,
    "explained": 0.7,
    "by_kind": {
        "learned": {"captured": 0.33, "explained": 0.7, "customers": 900},
        "bg_nbd": {"captured": 0.31, "explained": 0.66, "customers": 900},
        "historic": {"captured": 0.32, "explained": 0.61, "customers": 900},
    },
    "orders_by_kind": {"bg_nbd": {"captured": 0.9}},
}
WEIGHTS = {
    "method": "predictive",
    "horizon_days": 90,
    "test_cut_off": "2023-12-01",
    "captured_top_fifth": 0.5,
    "captured": {
        "extended": {"top_fifth": 0.5},
        "classic_sum": {"top_fifth": 0.46},
        "recent_spend": {"top_fifth": 0.51},
        "best": {"top_fifth": 0.57},
    },
}
FALLBACK = {"method": "history", "customers": 40, "why": {"zh": "触达太少。", "en": "There are too few contacts."}}
Store = Callable[..., int]


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One customer with one order on 2024-03-01, and no model."""
    made = Warehouse(tmp_path_factory.mktemp("quality") / "blank.duckdb")
    with made.writing() as engine:
        engine.execute("INSERT INTO customers (customer_id) VALUES ('a')")
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
            "VALUES ('o', 'a', TIMESTAMP '2024-03-01', 'completed', 1)"
        )
        write_meta(engine, "data_version", "5")
    return made.path


@pytest.fixture
def warehouse(blank: Path, tmp_path: Path) -> Warehouse:
    path = tmp_path / "w.duckdb"
    path.write_bytes(blank.read_bytes())
    return Warehouse(path, Settings(home=tmp_path, currency="$"))


@pytest.fixture
def store(warehouse: Warehouse) -> Store:
    """Stores runs, and judgements of them."""

    def stored(model: str, quality: dict[str, Any], as_of: str = "2024-03-01", held: dict[str, Any] | None = None, **more: Any) -> int:
        with warehouse.writing() as engine:
            run_id = store_run(engine, model, f"{model}-1", dt.date.fromisoformat(as_of), 7, quality, **more)
            if held is not None:
                engine.execute(
                    "INSERT INTO model_outcomes VALUES ($run, DATE '2024-03-01', $quality)", {"run": run_id, "quality": json.dumps(held)}
                )
        return run_id

    return stored


def ask(warehouse: Warehouse, model: str = "all") -> ToolResult:
    with open_context(warehouse) as ctx:
        return model_quality(ctx, ModelQuality(model=model))  # type: ignore[arg-type]


def sentence(result: ToolResult, language: str = "en") -> str:
    return str(result.details["models"][0]["sentence"][language])


def test_a_model_says_what_it_claims_on_which_period_beside_what(warehouse: Warehouse, store: Store) -> None:
    store("churn", CHURN)
    result = ask(warehouse)
    assert {figure.id: figure.value for figure in result.figures} == {
        "models": 1,
        "churn.auc": 0.86,
        "churn.calibration_error": 0.021,
        "churn.lift_top_tenth": 3.5,
        "churn.recency.auc": 0.80,
        "churn.bg_nbd.auc": 0.83,
        "churn.customers": 1200,
        "churn.test_cut_off": dt.date(2024, 2, 1),
    }
    assert sentence(result).startswith(
        "Churn model: The AUC is 0.860 (the 30 days after 2024-02-01, 1,200 customers); BG/NBD reaches 0.830 on the same."
    )
    assert sentence(result, "zh").startswith(
        "流失模型：排序准确度（AUC）为 0.860（2024-02-01 之后 30 天，1,200 位客户），同样客户上BG/NBD为 0.830。"
    )
    assert "No earlier model was compared" in sentence(result)
    assert "cannot be told how it has held" in sentence(result)
    assert result.caveats == ()


def test_the_replacement_is_told_with_both_results(warehouse: Warehouse, store: Store) -> None:
    first = store("churn", CHURN, "2024-02-01")
    store("churn", CHURN, decision={"measure": "log_loss", "new": 0.281, "old": 0.295, "old_run_id": first, "kept": "new"})
    assert "put the new model in use: its log loss is 0.281 against 0.295 of the one before." in sentence(ask(warehouse))
    store("churn", CHURN, decision={"measure": "log_loss", "new": 0.3, "old": 0.295, "old_run_id": first, "kept": "old"})
    result = ask(warehouse)
    assert "kept the model before: the new one's log loss was 0.300 against 0.295." in sentence(result)
    assert "保留了原模型：新模型的对数损失为 0.300，不如原模型的 0.295。" in sentence(result, "zh")
    runs = result.tables[2]
    assert [(row[1], row[4]) for row in runs.rows] == [(3, "in use"), (2, None), (1, None)]


@pytest.mark.parametrize("kept", ["new", "old"])
def test_equal_results_are_not_told_as_worse(warehouse: Warehouse, store: Store, kept: str) -> None:
    first = store("churn", CHURN)
    decision = {"measure": "log_loss", "new": 0.29504, "old": 0.29502, "old_run_id": first, "kept": kept}
    store("churn", CHURN, decision=decision)
    stays = "the model before stays." if kept == "old" else "the new one is in use."
    said = sentence(ask(warehouse))
    assert f"The data had not changed at the last refresh, so training anew came out the same (log loss 0.295); {stays}" in said
    with warehouse.writing() as engine:
        write_meta(engine, "data_version", "6")
    store("churn", CHURN, decision=decision)
    result = ask(warehouse)
    assert f"came out the same as the one before: the log loss of both is 0.295; {stays}" in sentence(result)
    assert "新模型与原模型不相上下：对数损失都是 0.295" in sentence(result, "zh")
    assert "不如" not in sentence(result, "zh")


def test_how_it_has_held_is_that_of_the_run_that_promised(warehouse: Warehouse, store: Store) -> None:
    store("churn", CHURN | {"auc": 0.85}, "2024-01-15", held={"horizon_days": 30, "customers": 700, "auc": 0.84, "lift_top_tenth": 3.4})
    store("churn", CHURN)
    result = ask(warehouse)
    assert "of what it predicted on 2024-01-15, the AUC turned out 0.840; it had claimed 0.850." in sentence(result)
    assert result.figure("churn.held.auc").value == 0.84
    assert result.tables[0].rows[0][7] == "0.840"
    held = result.charts[0].en["data"][2]
    assert (held["name"], held["y"]) == ("held since", [0.84])
    assert result.caveats == ()


def test_a_model_that_fell_short_is_called_so(warehouse: Warehouse, store: Store) -> None:
    store("churn", CHURN, "2024-01-15", held={"auc": 0.70, "calibration_error": 0.03})
    store("churn", CHURN)
    result = ask(warehouse)
    assert "0.700; it had claimed 0.860, which is markedly worse." in sentence(result)
    assert [caveat.en for caveat in result.caveats] == [
        "Churn model: its AUC has been markedly worse since, 0.700 where 0.860 was claimed; refresh, and use with care."
    ]


def test_ways_under_one_key_are_peers_and_the_model_itself_is_not(warehouse: Warehouse, store: Store) -> None:
    store("lifetime_value", VALUE)
    result = ask(warehouse, "lifetime_value")
    assert result.figure("lifetime_value.historic.captured_top_tenth").value == 0.32
    assert not any("learned" in figure.id for figure in result.figures)
    assert "everybody's own pace goes on reaches 32%" in sentence(result)
    assert result.figure("lifetime_value.explained").unit is Unit.SHARE


def test_a_simpler_way_that_is_better_is_told(warehouse: Warehouse, store: Store) -> None:
    store("rfm_weights", WEIGHTS)
    result = ask(warehouse)
    assert "spend of the period before reaches 51%" in sentence(result)
    assert any("not better than spend of the period before" in caveat.en for caveat in result.caveats)
    assert not any(".best." in figure.id or ".extended." in figure.id for figure in result.figures)


def test_a_rule_that_stands_in_says_why(warehouse: Warehouse, store: Store) -> None:
    store("response:Type C", FALLBACK)
    store(
        "response:Type A",
        {"method": "model", "auc": 0.84, "test_campaigns": ["Campaign 18"], "customers": 10, "judged_on": "later campaigns"},
    )
    result = ask(warehouse, "response")
    assert [one["name"]["en"] for one in result.details["models"]] == ["Response model (Type A)", "Response model (Type C)"]
    assert "later campaigns (Campaign 18), 10 customers" in sentence(result)
    assert "a rule stands in. There are too few contacts." in result.details["models"][1]["sentence"]["en"]
    assert result.figure("response_type_a.auc").value == 0.84
    assert any("触达太少。" in caveat.zh for caveat in result.caveats)


def test_models_of_older_data_are_told(warehouse: Warehouse, store: Store) -> None:
    store("churn", CHURN)
    with warehouse.writing() as engine:
        write_meta(engine, "data_version", "6")
    assert any("after the models were trained" in caveat.en for caveat in ask(warehouse).caveats)


def test_models_that_were_never_trained_are_refused(warehouse: Warehouse, store: Store) -> None:
    with pytest.raises(UnsupportedQuestion, match="A model has not been trained"):
        ask(warehouse)
    store("churn", CHURN)
    with pytest.raises(UnsupportedQuestion, match="Clusters has not been trained"):
        ask(warehouse, "clusters")


def test_every_run_of_the_demo_has_a_claim_or_a_reason(demo_path: Path, tmp_path: Path) -> None:
    result = ask(Warehouse(demo_path, Settings(home=tmp_path)))
    assert all(one["main"] or one["fallback"] for one in result.details["models"])
    assert "churn" in [one["id"] for one in result.details["models"]]


def test_which_way_is_better() -> None:
    higher, lower, one = book().measures["auc"], book().measures["calibration_error"], book().measures["level"]
    assert (higher.fell(0.9, 0.88), higher.fell(0.9, 0.86)) == (False, True)
    assert (lower.fell(0.02, 0.04), lower.fell(0.02, 0.06)) == (False, True)
    assert (one.fell(1.1, 0.9), one.fell(1.05, 0.7)) == (False, True)
    assert isinstance(higher, Measure)


def test_the_best_of_the_others() -> None:
    assert best_peer("auc", {"a": 0.7, "b": 0.8}) == ("b", 0.8)
    assert best_peer("mean_error", {"a": 12.0, "b": 10.0}) == ("b", 10.0)
    assert best_peer("level", {"a": 1.3, "b": 0.9}) == ("b", 0.9)
    assert best_peer("auc", {}) is None


def test_what_is_no_measure_is_no_claim() -> None:
    assert claims({"auc": 0.8, "customers": 5, "kind": "x", "in_use": True, "stability": None}) == {"auc": 0.8}
    assert beside({"recency_auc": 0.7, "recency_days": 4, "log_loss_by_kind": {"a": 0.1}}) == {"auc": {"recency": 0.7}}
