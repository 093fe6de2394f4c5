"""Paths to files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.errors import FileProblem
from tools.sources.files import expand_paths


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.csv", "a.csv", "sub/c.tsv", ".hidden.csv", "~$lock.xlsx", "readme.md", ".git/d.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("id,name\n1,x\n", encoding="utf-8")
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def test_folder_gives_its_data_files_sorted(folder: Path) -> None:
    assert [path.name for path in expand_paths([folder])] == ["a.csv", "b.csv", "image.csv", "c.tsv"]


def test_each_file_once(folder: Path) -> None:
    assert [path.name for path in expand_paths([folder / "b.csv", folder / "*.csv"])] == ["b.csv", "a.csv", "image.csv"]


def test_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("id\n1\n", encoding="utf-8")
    assert [path.name for path in expand_paths([tmp_path / "a[1].csv"])] == ["a[1].csv"]


def test_missing_file_names_near_ones(folder: Path) -> None:
    with pytest.raises(FileProblem, match=r"no file or folder .*a\.cvs; did you mean a\.csv"):
        expand_paths([folder / "a.cvs"])


def test_pattern_without_files(folder: Path) -> None:
    with pytest.raises(FileProblem, match="no file or folder"):
        expand_paths([folder / "*.xlsx"])


def test_no_path_at_all() -> None:
    with pytest.raises(FileProblem, match="No file was given"):
        expand_paths([])


def test_folder_without_data(tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("text", encoding="utf-8")
    with pytest.raises(FileProblem, match="has no file that can be loaded"):
        expand_paths([tmp_path])


def test_device_and_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/zero")):
        with pytest.raises(FileProblem, match="is a device or a pipe"):
            expand_paths([path])


def test_file_without_permission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The user of the tests may be allowed to read everything.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(FileProblem, match=r"a\.csv may not be read by this user"):
        expand_paths([folder / "a.csv"])


def test_name_that_cannot_be_a_path() -> None:
    with pytest.raises(FileProblem, match="cannot be a path|no file or folder"):
        expand_paths([Path("a" * 5_000)])
