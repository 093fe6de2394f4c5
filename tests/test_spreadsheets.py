"""Neutralised cells, as pairs; the rule for single texts and the rule for whole columns are one."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from tools.spreadsheets import neutralise
from tools.warehouse.whole_table import write_whole

RUNS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\rx",
    "\nx",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\ufeff=1",
    "\u3000=1",
    "-cmd|' /C calc'!A0",
]
PLAIN = ["", "王小明", "a=b", "a@example.com", "-5", "-12.50", "1+1", "2024-05-01", "O'Neill", "－", " -"]
MARKED = {"－", " -"}
"""Signs alone get an apostrophe too: they run nothing, but telling them apart is not worth a rule."""


@pytest.mark.parametrize("text", RUNS)
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("text", [text for text in PLAIN if text not in MARKED])
def test_plain_text_stays(text: str) -> None:
    assert neutralise(text) == text


def test_whole_lists_follow_the_same_rule(tmp_path: Path) -> None:
    texts = [text for text in (*RUNS, *PLAIN) if text]
    path = write_whole(tmp_path, "all", pa.table({"=header": texts}))
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [row[0] for row in csv.reader(file)]
    assert header == "'=header"
    assert rows == [neutralise(text) for text in texts]
