from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.ui.panel import Panel, brain_name
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_it_tells_the_rows_the_dates_and_the_quality_of_the_demo(demo_path: Path) -> None:
    panel = Panel(Warehouse(demo_path))
    shown = text(panel.html("en"))
    assert "As of 2018-01-01 from 2017-01-01" in shown
    for words in ("Customers 2,469", "Orders 155,848", "Order lines 1,469,307", "Campaigns 27"):
        assert words in shown
    assert "Complete profiles 32.4%" in shown, "801 of 2,469 households have demographics"
    assert "No events" in shown
    assert "客户 2,469" in text(panel.html("zh"))


def test_the_data_are_described_once_for_each_version(demo_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = Panel(Warehouse(demo_path))
    first = panel.html("en")
    monkeypatch.setattr("assistant.ui.panel.describe_data", None)
    assert panel.html("en") == first


def test_without_data_it_says_how_to_begin(tmp_path: Path) -> None:
    panel = Panel(Warehouse(tmp_path / "none.duckdb"))
    assert "No data yet" in panel.html("en")
    with Warehouse(tmp_path / "empty.duckdb").writing():
        pass
    assert "还没有数据" in Panel(Warehouse(tmp_path / "empty.duckdb")).html("zh")


def test_a_file_that_is_no_warehouse_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_bytes(b"not a database" * 1000)
    assert "cannot be opened as a warehouse" in Panel(Warehouse(tmp_path / "w.duckdb")).html("en")


def test_it_names_who_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert brain_name(Settings(), "zh") == "内置规划器"
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert brain_name(Settings(model="qwen-max"), "en") == "qwen-max"
    assert brain_name(Settings(), "en") == "Language model"
    assert brain_name(Settings(brain="planner"), "en") == "Embedded planner"
