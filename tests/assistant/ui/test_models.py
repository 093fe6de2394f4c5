"""The page of the models: what each claims and how it held, in both languages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from assistant.ui.models import ModelsView
from tools.segments.model_runs import store_run
from tools.warehouse.warehouse import Warehouse


def test_nothing_is_claimed_before_anything_was_loaded(tmp_path: Path) -> None:
    assert "No model has been trained yet" in ModelsView(Warehouse(tmp_path / "none.duckdb")).html("en")


def test_every_model_in_use_has_a_card_with_its_period_and_peers(demo_path: Path) -> None:
    warehouse = Warehouse(demo_path)
    with warehouse.reading() as engine:
        used = engine.rows("SELECT version FROM model_runs WHERE in_use")
    zh, en = (ModelsView(warehouse).html(language) for language in ("zh", "en"))
    assert en.count('<article class="fq-model">') == len(used)
    assert "Judged on the 30 days after 2017-12-02" in en
    assert "检验于：2017-12-02 之后 30 天" in zh
    assert "仅按最近下单" in zh


def test_a_promise_that_did_not_hold_is_marked(demo_copy: Path) -> None:
    warehouse = Warehouse(demo_copy)
    quality = {"horizon_days": 30, "test_cut_off": "2017-10-01", "customers": 900, "auc": 0.9, "recency_auc": 0.7}
    with warehouse.writing() as engine:
        run_id = store_run(engine, "churn", "churn-9-logistic", dt.date(2017, 11, 1), 7, quality)
        engine.execute("INSERT INTO model_outcomes VALUES ($run, DATE '2017-12-01', '{\"auc\": 0.61}')", {"run": run_id})
    html = ModelsView(warehouse).html("en")
    assert "fq-fallen" in html
    assert "0.610" in html
    assert "markedly worse" in html
    assert "Runs so far (2)" in html


def test_what_the_data_say_is_text(demo_copy: Path) -> None:
    warehouse = Warehouse(demo_copy)
    with warehouse.writing() as engine:
        store_run(engine, "response:<script>alert(1)</script>", "1", dt.date(2018, 1, 1), 7, {"auc": 0.8})
    assert "<script>" not in ModelsView(warehouse).html("en")
