"""Endless lines are found at the ends of stretches, whatever the line ends and the encoding are."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tools.errors import FileProblem
from tools.sources.long_lines import LONGEST_LINE, check_line_lengths

ROW = b"1,a,2024-01-01,5.00"


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_rows_of_any_line_end_pass(tmp_path: Path, newline: bytes) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes((ROW + newline) * 400_000)
    check_line_lengths(path, "rows.csv")


def test_utf_16_rows_pass(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("\ufeff订单,客户\n".encode("utf-16-le") + "一,二\n".encode("utf-16-le") * 600_000)
    check_line_lengths(path, "rows.csv")


@pytest.mark.parametrize("before", [b"", ROW + b"\n", (ROW + b"\n") * 300_000])
def test_an_endless_line_is_found_wherever_it_begins(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "endless.csv"
    path.write_bytes(before + b"a,b," * (2 * LONGEST_LINE))
    begun = time.monotonic()
    with pytest.raises(FileProblem, match=r"endless\.csv has a line longer than 2 MB"):
        check_line_lengths(path, "endless.csv")
    assert time.monotonic() - begun < 5


def test_a_long_line_that_readers_bear_passes(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"x" * LONGEST_LINE + b"\n" + (ROW + b"\n") * 300_000)
    check_line_lengths(path, "long.csv")
