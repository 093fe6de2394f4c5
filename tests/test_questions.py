"""The first questions, asked as an operator would, against figures computed from the source files alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from assistant.conversation import open_conversation
from assistant.events import Answer, Finished, Problem
from tools.sources.demo import demo_files
from tools.warehouse.warehouse import Warehouse

CASES = Path(__file__).parent / "cases" / "questions"
LISTED: list[dict[str, Any]] = yaml.safe_load((CASES / "first_24.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def source() -> Iterator[duckdb.DuckDBPyConnection]:
    """The source files with views over them; knows nothing of the product."""
    with duckdb.connect() as connection:
        text = (CASES / "source_views.sql").read_text(encoding="utf-8")
        folder = demo_files()["transactions"].parent
        for statement in filter(str.strip, text.split(";\n")):
            connection.execute(statement.replace("{folder}", str(folder))).complete()
        yield connection


def ask(path: Path, question: str) -> Answer:
    """The whole answer to one question in a conversation of its own."""
    events = list(open_conversation(Warehouse(path)).ask(question))
    assert not [event for event in events if isinstance(event, Problem)], events
    assert isinstance(events[-1], Finished)
    return events[-1].answer


CENT = Decimal("0.005")


def same(found: Any, expected: Any) -> bool:
    """Equal: exactly for counts, texts and money; a mean of money to half a cent; the rest within rounding of a double."""
    if isinstance(expected, Decimal):
        return Decimal(str(found)) == expected if _is_number(found) else False
    if isinstance(expected, float) and isinstance(found, str):
        return _is_number(found) and abs(Decimal(found) - Decimal(expected)) <= CENT
    if isinstance(expected, float):
        return isinstance(found, float) and abs(found - expected) <= 1e-9 * abs(expected)
    return str(found) == str(expected)


def _is_number(found: Any) -> bool:
    return isinstance(found, (int, float, Decimal)) or bool(re.fullmatch(r"-?\d+(\.\d+)?", str(found)))


@pytest.fixture(scope="module")
def answers(demo_path: Path) -> dict[str, Answer]:
    """Every listed question, asked once."""
    return {case["question"]: ask(demo_path, case["question"]) for case in LISTED}


@pytest.mark.parametrize("case", LISTED, ids=[case["question"] for case in LISTED])
def test_answer(case: dict[str, Any], answers: dict[str, Answer], source: duckdb.DuckDBPyConnection) -> None:
    answer = answers[case["question"]]
    assert answer.outcome == case["outcome"]
    assert answer.language == case["language"]
    assert bool(re.search("[一-鿿]", answer.text)) == (case["language"] == "zh"), answer.text
    assert "[[" not in answer.text
    if "tool" in case:
        assert case["tool"] in [step.tool for step in answer.steps]
    for sql in case.get("figures", []):
        expected = source.sql(sql).fetchall()[0][0]
        assert any(same(figure.value, expected) for figure in answer.figures), (sql, expected, answer.figures)
    _check_tables(case, answer, source)
    _check_file(case, answer, source)


def _check_tables(case: dict[str, Any], answer: Answer, source: duckdb.DuckDBPyConnection) -> None:
    if "table" in case:
        expected = source.sql(case["table"]).fetchall()
        found = [row[: len(expected[0])] for row in answer.tables[0].rows]
        assert len(found) == len(expected)
        assert all(same(a, b) for x, y in zip(found, expected, strict=True) for a, b in zip(x, y, strict=True)), (found, expected)
    if "rows" in case:
        assert answer.tables[0].row_count == source.sql(case["rows"]).fetchall()[0][0]
    if "members_of" in case and answer.tables:
        table = answer.tables[0]
        assert table.columns[0].id == "customer_id"
        allowed = {str(row[0]) for row in source.sql(case["members_of"]).fetchall()}
        assert {str(row[0]) for row in table.rows} <= allowed


def _check_file(case: dict[str, Any], answer: Answer, source: duckdb.DuckDBPyConnection) -> None:
    if "file" not in case:
        return
    file = answer.files[0]
    assert file.path.endswith(case["file"]["ending"])
    assert Path(file.path).stat().st_size > 0
    if "rows" in case["file"]:
        assert file.rows == source.sql(case["file"]["rows"]).fetchall()[0][0]


def test_every_number_of_an_answer_was_asked_or_is_a_figure(answers: dict[str, Answer]) -> None:
    for question, answer in answers.items():
        assert answer.text.strip(), question
        if answer.outcome == "answered":
            assert answer.receipts, question
            assert all(figure.receipt in {receipt.id for receipt in answer.receipts} for figure in answer.figures), question


def test_receipts_say_when_and_how(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        for receipt in answer.receipts:
            assert receipt.definition.zh
            assert receipt.definition.en
            assert str(receipt.as_of) == "2018-01-01"
