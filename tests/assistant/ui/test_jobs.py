from __future__ import annotations

import threading
from pathlib import Path

import pytest

import tools.segments.refresh
from assistant.ui.jobs import LoadJob, Tell
from tools.contracts import Text
from tools.errors import Cancelled, FileProblem
from tools.ingest.report import LoadReport
from tools.warehouse.warehouse import Warehouse

STAGE = Text(zh="读取", en="Reading")
REPORT = LoadReport(changed=True, tables=())


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []

    def refresh(warehouse: Warehouse, progress: Tell) -> None:
        progress(Text(zh="刷新", en="Refreshing"), 0.5)
        done.append("refreshed")

    monkeypatch.setattr(tools.segments.refresh, "refresh", refresh)
    return done


def run(load: object, tmp_path: Path, stop: threading.Event | None = None) -> LoadJob:
    job = LoadJob(Warehouse(tmp_path / "w.duckdb"), load, stop or threading.Event())  # type: ignore[arg-type]
    job.start()
    assert job.done.wait(10)
    return job


def test_a_load_that_changed_something_is_followed_by_a_refresh(tmp_path: Path, refreshed: list[str]) -> None:
    job = run(lambda warehouse, tell: REPORT, tmp_path)
    assert (job.report, job.error, refreshed) == (REPORT, None, ["refreshed"])
    assert job.fraction == pytest.approx(0.8), "the refresh takes the last two fifths of the bar"


def test_a_load_that_changed_nothing_is_not(tmp_path: Path, refreshed: list[str]) -> None:
    assert run(lambda warehouse, tell: REPORT.model_copy(update={"changed": False}), tmp_path).report is not None
    assert refreshed == []


def test_stopping_ends_it_at_the_next_word_of_progress(tmp_path: Path, refreshed: list[str]) -> None:
    stop, started = threading.Event(), threading.Event()

    def load(warehouse: Warehouse, tell: Tell) -> LoadReport:
        tell(STAGE, 0.5)
        started.set()
        stop.wait(10)
        tell(STAGE, 0.6)
        return REPORT

    job = LoadJob(Warehouse(tmp_path / "w.duckdb"), load, stop)
    job.start()
    assert started.wait(10)
    assert (job.stage, job.fraction, job.stoppable) == (STAGE, 0.3, True)
    stop.set()
    assert job.done.wait(10)
    assert isinstance(job.error, Cancelled)
    assert (job.report, refreshed) == (None, [])


def test_an_expected_error_is_kept_for_the_page(tmp_path: Path, refreshed: list[str]) -> None:
    def load(warehouse: Warehouse, tell: Tell) -> LoadReport:
        raise FileProblem("empty.csv is empty.", "empty.csv 是空文件。")

    job = run(load, tmp_path)
    assert job.error is not None
    assert job.error.zh == "empty.csv 是空文件。"
    assert job.report is None
