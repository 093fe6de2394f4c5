"""What the tool tells: weights by both methods, one comparison with the models in it, and a fallback in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.contracts import Outcome, ToolResult
from tools.errors import UnsupportedQuestion
from tools.requests import ExplainTerm, WeighRfm
from tools.segments.compiler import compile_selection
from tools.segments.refresh import refresh
from tools.segments.terms import explain_term
from tools.segments.weighing import cases as casing
from tools.segments.weighing.compare import compare_models
from tools.segments.weighing.learn import learn_weights
from tools.segments.weighing.tool import weigh_rfm
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

_KEPT: dict[str, ToolResult] = {}


@pytest.fixture
def told(demo_path: Path, tmp_path: Path) -> ToolResult:
    if "demo" not in _KEPT:
        with open_context(Warehouse(demo_path, Settings(home=tmp_path))) as ctx:
            _KEPT["demo"] = weigh_rfm(ctx, WeighRfm())
    return _KEPT["demo"]


def _value(result: ToolResult, name: str) -> float:
    return float(result.figure(name).value)  # type: ignore[arg-type]


def test_weights_of_both_methods_add_up(told: ToolResult) -> None:
    letters = ("recency", "frequency", "monetary")
    for prefix in ("weight_", "predictive.", "entropy."):
        assert sum(_value(told, f"{prefix}{name}") for name in letters) == pytest.approx(1.0)
    assert sum(_value(told, f"extended.{name}") for name in told.details["dimensions"]) == pytest.approx(1.0)
    assert _value(told, "weight_monetary") == _value(told, "predictive.monetary")
    assert told.tables[1].row_count == len(told.details["dimensions"])


def test_one_table_compares_all_scores_on_the_later_period(told: ToolResult) -> None:
    order = told.details["order"]
    assert set(order) == {
        *("classic_sum", "classic_groups", "predictive", "entropy", "extended", "churn", "value", "spend", "recent_spend", "best"),
    }
    table = told.tables[0]
    assert [row[0] for row in table.rows] == order
    assert table.rows[-1][0] == "best"
    assert table.rows[-1][3] == 1.0
    fifths = [row[2] for row in table.rows[:-1]]
    assert fifths == sorted(fifths, reverse=True)  # type: ignore[type-var]
    assert told.details["winner"] == order[0]
    assert _value(told, "extended.top_fifth") > _value(told, "classic_sum.top_fifth")
    assert _value(told, "value.top_fifth") > _value(told, "classic_sum.top_fifth")
    assert _value(told, "churn.top_fifth") > _value(told, "classic_sum.top_fifth")
    assert _value(told, "gain") == pytest.approx(_value(told, "extended.top_fifth") - _value(told, "classic_sum.top_fifth"))
    assert told.figure("test_cut_off").value == dt.date(2017, 10, 3)
    assert told.figure("test_until").value == dt.date(2018, 1, 1)


def test_names_receipt_and_chart(told: ToolResult) -> None:
    names = told.tables[0].columns[0].names
    assert names["value"].zh == "价值模型（CLV 预测）"
    assert set(told.charts[0].zh["data"][0]["x"]) == {names[name].zh for name in told.details["order"]}
    receipt = told.receipts[0]
    assert receipt.model_version == "rfm_weights-1-predictive"
    assert "weights learnt from earlier periods alone" in receipt.definition.en
    assert receipt.statements[0].parameters == {"as_of": dt.date(2017, 10, 3), "horizon": 90}
    assert any("predictive weight of 0" in caveat.en for caveat in told.caveats)


def test_the_selection_is_the_top_fifth(told: ToolResult, demo: ToolContext) -> None:
    assert told.selection is not None
    query = compile_selection(demo, told.selection)
    found = demo.engine.rows(f"SELECT count(*) FROM ({query.sql}) AS g", query.parameters)[0][0]
    assert found == told.figure("top_customers").value == pytest.approx(2469 * 0.2, abs=1)


def test_entropy_first(demo: ToolContext) -> None:
    found = weigh_rfm(demo, WeighRfm(method="entropy"))
    assert _value(found, "weight_frequency") == _value(found, "entropy.frequency")
    assert found.interpretation is not None
    assert "the entropy method" in found.interpretation.en


def test_fallback_says_why(shop: Callable[..., Warehouse]) -> None:
    warehouse = shop(40)
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        found = weigh_rfm(ctx, WeighRfm())
        entropy = weigh_rfm(ctx, WeighRfm(method="entropy"))
    assert found.outcome is Outcome.ANSWERED
    assert found.details["fallback"]
    assert _value(found, "weight_recency") == pytest.approx(1 / 3)
    assert _value(entropy, "weight_recency") != pytest.approx(1 / 3)
    assert any(
        caveat.en.startswith("Low confidence: the data do not suffice") and "at least 500 customers" in caveat.en
        for caveat in found.caveats
    )
    assert any("可信度低" in caveat.zh for caveat in found.caveats)


def test_without_orders(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "none.duckdb", Settings(home=tmp_path))
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO customers (customer_id) VALUES ('a')")
        engine.execute("INSERT INTO events (customer_id, occurred_at, kind) VALUES ('a', TIMESTAMP '2024-06-30', 'view')")
    refresh(warehouse)
    with open_context(warehouse) as ctx, pytest.raises(UnsupportedQuestion, match="no orders, and weights of RFM needs them"):
        weigh_rfm(ctx, WeighRfm())


def test_many_customers_are_sampled_for_the_models_too(shop: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = shop(640)
    as_of = dt.date(2024, 6, 30)
    with warehouse.reading() as engine:
        whole = learn_weights(engine, as_of, 60, warehouse.config)
        peers = compare_models(engine, whole, warehouse.config)
        monkeypatch.setattr(casing, "MOST_SAMPLED", 560)
        part = learn_weights(engine, as_of, 60, warehouse.config)
        sampled = compare_models(engine, part, warehouse.config)
    assert (whole.sampled, part.sampled) == (False, True)
    assert len(part.test) <= 560 < len(whole.test)
    assert "value" in sampled.captured
    assert sampled.captured.keys() == peers.captured.keys()
    for name, shares in sampled.captured.items():
        assert shares["top_fifth"] == pytest.approx(peers.captured[name]["top_fifth"], abs=0.06), name
        assert shares["top_fifth"] <= part.captured["best"]["top_fifth"]


def test_the_same_data_are_compared_once(shop: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = shop(640)
    refresh(warehouse)
    usual = warehouse.config.rfm_horizon_days
    with open_context(warehouse) as ctx:
        first = weigh_rfm(ctx, WeighRfm(horizon_days=usual))
        with monkeypatch.context() as patched:
            patched.setattr("tools.segments.weighing.tool.learn_weights", _never)
            assert weigh_rfm(ctx, WeighRfm(horizon_days=usual)).figures == first.figures
            with pytest.raises(AssertionError, match="learnt anew"):
                weigh_rfm(ctx, WeighRfm(horizon_days=usual - 30))


def _never(*_: object) -> None:
    raise AssertionError("learnt anew")


def test_the_score_is_explained(demo: ToolContext) -> None:
    found = explain_term(demo, ExplainTerm(term="加权RFM"))
    assert found.details["id"] == "rfm_score"
    assert found.details["definition"]["en"].startswith("From 0 to 100: where the customer lies")
