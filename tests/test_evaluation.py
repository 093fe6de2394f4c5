"""The part of the evaluation that is tuned on stays right: every outcome, call, figure, table and file, against SQL over the source."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evaluate_questions import Checker, cases_of, evaluate, parts, report, source
from tools.warehouse.warehouse import Warehouse


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    """Compares with views over the source files."""
    with source() as connection:
        yield Checker(connection)


@pytest.mark.parametrize("file", parts()["development"], ids=lambda file: file.stem)
def test_what_was_right_stays_right(file: Path, demo_path: Path, checker: Checker, tmp_path: Path) -> None:
    # Some of the questions save segments.
    own = shutil.copy(demo_path, tmp_path / "demo.duckdb")
    wrong = [report(verdict) for verdict in evaluate(Warehouse(own), cases_of(file), checker) if verdict.faults]
    assert not wrong, "\n\n".join(wrong)


def test_the_evaluation_is_as_large_and_mixed_as_it_says() -> None:
    counts = {name: [case for file in files for case in cases_of(file)] for name, files in parts().items()}
    assert counts["development"]
    turns = [{**case, **turn} for cases in counts.values() for case in cases for turn in case.get("turns", [case])]
    assert len(turns) >= 300
    assert 0.45 <= sum(turn["language"] == "zh" for turn in turns) / len(turns) <= 0.55
    for kind, least in {"multiturn": 60, "unanswerable": 30, "ambiguous": 30, "hostile": 30}.items():
        assert sum(turn["kind"] == kind for turn in turns) >= least
