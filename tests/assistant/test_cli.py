"""The command line: the JSON contract, exit statuses, and that nothing else is printed on standard output."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app, status_of
from assistant.cli_output import answer_json
from assistant.events import Answer
from tools.contracts import Column, Outcome, Table, Text, Unit
from tools.errors import Blocked, InputError
from tools.settings import settings

KEYS = [
    "question", "answer", "language", "outcome", "steps", "figures", "tables", "charts", "files", "receipts",
    "interpretation", "clarification", "caveats", "checks", "brain",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("FENQUN_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _ask(path: Path, *questions: str) -> tuple[list[dict[str, Any]], int]:
    result = _run("ask", "--json", "--warehouse", path, *questions)
    return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code


def test_one_object_per_question_with_exactly_the_keys(small_path: Path) -> None:
    answers, status = _ask(small_path, "How many customers do we have?", "我们一共有多少客户？")
    assert status == 0
    assert [answer["language"] for answer in answers] == ["en", "zh"]
    for answer in answers:
        assert list(answer) == KEYS
        assert answer["outcome"] == "answered"
        assert answer["brain"] == "planner"
        assert {"tool", "arguments", "outcome", "seconds"} == set(answer["steps"][0])
        assert all({"id", "label", "value", "unit", "receipt"} == set(figure) for figure in answer["figures"])
        assert 4 in [figure["value"] for figure in answer["figures"] if figure["unit"] == "count"]
        assert {figure["receipt"] for figure in answer["figures"]} <= {receipt["id"] for receipt in answer["receipts"]}
    ids = [figure["id"] for answer in answers for figure in answer["figures"]]
    assert len(set(ids)) == len(ids)


def test_customer_lists_begin_with_the_id_and_money_is_a_decimal_string(small_path: Path) -> None:
    answers, _ = _ask(small_path, "customers with at least 2 orders")
    table = answers[0]["tables"][0]
    assert table["columns"][0] == "customer_id"
    assert table["row_count"] == 1
    assert table["rows"][0][0] == "c1"
    assert table["rows"][0][table["columns"].index("amount")] == "150.50"


def test_the_worst_status_counts(small_path: Path) -> None:
    assert _ask(small_path, "How many customers do we have?", "What's the weather tomorrow?")[1] == 3


def test_a_missing_warehouse_is_a_failed_answer(tmp_path: Path) -> None:
    answers, status = _ask(tmp_path / "none.duckdb", "How many customers?")
    assert status == 1
    assert answers[0]["outcome"] == "failed"
    assert "fenqun demo" in answers[0]["answer"]


def test_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run("ask").exit_code == 2
    assert _run("load", tmp_path, "--map", "nonsense").exit_code == 2
    assert _run("export", "champions", "--to", tmp_path / "x.doc").exit_code == 2
    monkeypatch.setenv("FENQUN_COLOUR", "red")
    settings.cache_clear()
    result = _run("ask", "hello")
    assert result.exit_code == 2
    assert "FENQUN_COLOUR" in result.stderr


def test_errors_have_statuses() -> None:
    assert status_of(InputError("a", "b")) == 1
    assert status_of(Blocked("a", "b")) == 3


def test_people_get_text_tables_and_caveats(small_path: Path) -> None:
    result = _run("ask", "--warehouse", small_path, "customers with at least 2 orders")
    assert result.exit_code == 0
    assert "**" not in result.stdout
    assert "c1" in result.stdout
    assert "$150.50" in result.stdout
    assert "Understood" in result.stdout


def test_export_writes_the_file(small_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "all.csv"
    result = _run("export", "cannot_lose", "--to", target, "--warehouse", small_path)
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["customer_id"] for row in rows] == ["c1"]
    assert next(iter(rows[0])) == "customer_id"
    assert "王小明" not in target.read_text(encoding="utf-8-sig")
    assert _run("export", "不可流失客户", "--personal", "--to", target, "--warehouse", small_path).exit_code == 0
    assert "王小明" in target.read_text(encoding="utf-8-sig")
    assert _run("export", "champions", "--to", target, "--warehouse", small_path).exit_code == 3
    unknown = _run("export", "nonsense", "--to", target, "--warehouse", small_path)
    assert unknown.exit_code != 0


def test_load_reports_and_refreshes(tmp_path: Path) -> None:
    source = tmp_path / "orders.csv"
    lines = [f"o{number},c{number % 7},2024-03-{1 + number % 28:02d},{number}.50" for number in range(1, 60)]
    source.write_text("order_id,customer_id,order_date,amount\n" + "\n".join(lines) + "\nbad,c1,,3\n", encoding="utf-8")
    path = tmp_path / "new.duckdb"
    result = CliRunner().invoke(app, ["load", str(source), "--warehouse", str(path)])
    assert result.exit_code == 0, result.output
    assert "59" in result.stdout
    assert "As of 2024-03-28" in result.stdout
    answers, status = _ask(path, "How many customers do we have?")
    assert status == 0
    assert 7 in [figure["value"] for figure in answers[0]["figures"]]


def test_rows_are_at_most_fifty() -> None:
    label = Text(zh="编号", en="id")
    columns = (Column(id="customer_id", label=label, unit=Unit.ID),)
    table = Table(title=label, columns=columns, rows=tuple((str(index),) for index in range(60)), row_count=1000)
    shown = answer_json(Answer(question="q", text="a", language="en", outcome=Outcome.ANSWERED, tables=[table]))["tables"][0]
    assert (len(shown["rows"]), shown["row_count"]) == (50, 1000)


def _process(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "assistant", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment})


def test_help_starts_at_once() -> None:
    started = time.perf_counter()
    out, _ = _process("--help").communicate(timeout=20)
    assert b"serve" in out
    # A loaded machine is slower; what matters is that none of the heavy packages is imported.
    assert time.perf_counter() - started < 3
    check = "import assistant.cli, sys; print([m for m in ('duckdb', 'langchain', 'gradio', 'sklearn', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_process_prints_json_alone_and_keeps_its_session(small_path: Path, tmp_path: Path) -> None:
    common = ("ask", "--json", "--session", "s1", "--warehouse", small_path)
    for question in ("customers with at least 2 orders", "export them as CSV"):
        process = _process(*common, question, FENQUN_HOME=str(tmp_path))
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0, error.decode()
        answer = json.loads(out)
    assert answer["files"]
    assert Path(answer["files"][0]).read_text(encoding="utf-8-sig").count("\n") == 2


def test_a_closed_pipe_is_no_traceback(small_path: Path, tmp_path: Path) -> None:
    process = _process("ask", "--warehouse", small_path, "How many customers do we have?", FENQUN_HOME=str(tmp_path))
    assert process.stdout
    process.stdout.close()
    process.wait(timeout=60)
    assert process.stderr
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
