from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.cluster import KMeans  # loads the thread pools that are bounded
from threadpoolctl import threadpool_info

from tools.models import threads
from tools.models.threads import bounded_threads, free_cores

assert KMeans


def most_threads() -> int:
    return max(pool["num_threads"] for pool in threadpool_info())


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine of four cores; the file says what runs on it."""
    path = tmp_path / "loadavg"
    monkeypatch.setattr(threads, "_LOAD", path)
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    return path


@pytest.mark.parametrize(("running", "free"), [(1, 4), (2, 3), (4, 1), (9, 1), (0, 4)])
def test_cores_that_others_use_are_not_free(machine: Path, running: int, free: int) -> None:
    machine.write_text(f"0.20 0.18 0.12 {running}/80 11206\n", encoding="ascii")
    assert free_cores() == free


@pytest.mark.parametrize("content", ["", "0.1 0.2", "0.1 0.2 0.3 x/80 1"])
def test_without_that_knowledge_the_mean_load_stands_in(machine: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    machine.write_text(content, encoding="ascii")
    monkeypatch.setattr(threads.os, "getloadavg", lambda: (2.7, 0.0, 0.0), raising=False)
    assert free_cores() == 1
    machine.unlink()
    assert free_cores() == 1


@pytest.mark.parametrize(
    ("limit", "rows", "running", "most"),
    [(4, 1_000_000, 1, 4), (4, 1_000_000, 3, 2), (2, 1_000_000, 1, 2), (4, 99_999, 1, 1), (4, 0, 1, 1)],
)
def test_threads_are_bounded_by_limit_work_and_free_cores(machine: Path, limit: int, rows: int, running: int, most: int) -> None:
    machine.write_text(f"0.20 0.18 0.12 {running}/80 11206\n", encoding="ascii")
    with bounded_threads(limit, rows):
        assert most_threads() <= most
