"""Settings come from FENQUN_* only, and a name that is not in the table is refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tools.errors import InputError
from tools.settings import read_settings


def test_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENQUN_CURRENCY", "¥")
    monkeypatch.setenv("FENQUN_THREADS", "3")
    found = read_settings()
    assert (found.currency, found.thread_count) == ("¥", 3)


def test_unknown_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENQUN_CURENCY", "¥")
    with pytest.raises(InputError, match=r"FENQUN_CURENCY is not a setting; known: .*FENQUN_CURRENCY"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("CHURN_HORIZON_DAYS", "3", "greater than or equal to 7"),
        ("CHURN_HORIZON_DAYS", "soon", "valid integer"),
        ("MEMORY_LIMIT", "lots", "match pattern"),
        ("TEMP_LIMIT", "-1GB", "match pattern"),
        ("SMALLEST_SEGMENT_SHARE", "5", "less than or equal to 1"),
        ("BRAIN", "human", "'auto', 'planner' or 'model'"),
        ("LANGUAGE", "fr", "'auto', 'zh' or 'en'"),
        ("THREADS", "-2", "greater than or equal to 0"),
        ("QUERY_SECONDS", "0", "greater than 0"),
    ],
)
def test_bad_values_name_the_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str) -> None:
    monkeypatch.setenv(f"FENQUN_{name}", value)
    with pytest.raises(InputError, match=f"FENQUN_{name} is off: .*{why}") as caught:
        read_settings()
    assert f"FENQUN_{name} 的值不对" in caught.value.zh


@pytest.mark.parametrize("size", ["2GB", "512MB", "1.5 GiB", "100000B"])
def test_sizes_are_read_as_the_database_reads_them(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("FENQUN_MEMORY_LIMIT", size)
    with duckdb.connect(config={"memory_limit": read_settings().memory_limit}) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_paths_are_found_below_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FENQUN_HOME", str(tmp_path))
    found = read_settings()
    assert found.warehouse_path == tmp_path / "fenqun.duckdb"
    assert found.exports_dir == tmp_path / "exports"
    monkeypatch.setenv("FENQUN_WAREHOUSE", "~/other.duckdb")
    assert read_settings().warehouse_path == Path.home() / "other.duckdb"
