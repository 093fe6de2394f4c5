"""Whole lists as files that Excel opens."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa

from tools.warehouse.whole_table import write_whole

TABLE = pa.table({"customer_id": ["1", "=2+3", "@x", "重要"], "orders": [1, -2, None, 4]})


def test_text_that_looks_like_a_formula_is_neutralised(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "new" / "folder", "customers", TABLE)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["customer_id", "orders"], ["1", "1"], ["'=2+3", "-2"], ["'@x", ""], ["重要", "4"]]


def test_the_same_list_is_one_file(tmp_path: Path) -> None:
    first = write_whole(tmp_path, "customers", TABLE)
    assert write_whole(tmp_path, "customers", TABLE) == first
    assert write_whole(tmp_path, "customers", TABLE.slice(0, 2)) != first
    assert len(list(tmp_path.iterdir())) == 2
