"""Cross-checks on their way to the operator: a failed one comes first, all of them are data, and a replay makes them again."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.checked import checked_line
from assistant.cli import app
from assistant.cli_output import answer_json
from assistant.conversation import open_conversation
from assistant.events import Answer
from assistant.replay import replay
from assistant.tool_content import model_content
from assistant.toolbox import Toolbox
from tools.contracts import Check, Statement, Text, Unit
from tools.metrics import results
from tools.metrics.compile import compile_plan
from tools.warehouse.warehouse import Warehouse

QUESTION = "revenue by month"
_TWICE = "FROM (SELECT x.* FROM counted_orders AS x CROSS JOIN (VALUES (1), (2)) AS y) AS o"


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every measurement joins the orders with something that has two rows for each."""

    def doubling(*arguments: object) -> Statement:
        true = compile_plan(*arguments)  # type: ignore[arg-type]
        return true.model_copy(update={"sql": true.sql.replace("FROM counted_orders AS o", _TWICE)})

    monkeypatch.setattr(results, "compile_plan", doubling)


@pytest.fixture(autouse=True)
def without_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def asked(warehouse: Warehouse, question: str = QUESTION) -> Answer:
    return open_conversation(warehouse).answer(question)


def test_checks_that_hold_are_counted_and_no_caveat(small: Warehouse) -> None:
    answer = asked(small)
    assert {check.id for check in answer.checks} == {"t1.parts.revenue", "t1.recount.revenue"}
    assert all(check.holds for check in answer.checks)
    assert not any("cross-check" in caveat for caveat in answer.caveats)


@pytest.mark.usefixtures("doubled")
def test_a_failed_check_is_the_first_caveat_with_both_numbers(small: Warehouse) -> None:
    answer = asked(small)
    assert answer.caveats[0].startswith("A cross-check failed")
    # 100.50 + 50.00 + 20.25 + 7.00, and twice that
    assert "$355.50" in answer.caveats[0]
    assert "$177.75" in answer.caveats[0]
    assert asked(small, "按月的销售额").caveats[0].startswith("核对未通过")


@pytest.mark.usefixtures("doubled")
def test_the_command_line_shows_it_and_has_it_as_data(small: Warehouse) -> None:
    path = ["--warehouse", str(small.path)]
    assert "! A cross-check failed" in CliRunner().invoke(app, ["ask", QUESTION, *path]).stdout
    printed = json.loads(CliRunner().invoke(app, ["ask", QUESTION, "--json", *path]).stdout)
    failed = next(check for check in printed["checks"] if not check["holds"])
    assert (failed["id"], failed["found"], failed["expected"], failed["unit"]) == ("t1.recount.revenue", "355.50", "177.75", "money")


@pytest.mark.usefixtures("doubled")
def test_a_language_model_reads_of_failed_checks_alone(small: Warehouse) -> None:
    conversation = open_conversation(small)
    Toolbox(small, conversation.session).call("measure", {"metrics": ["revenue"], "by": ["month"]})
    read = json.loads(model_content(conversation.session.result("t1"), "en", "$"))
    assert len(read["failed_checks"]) == 1
    assert "355.50" in read["failed_checks"][0]


def test_a_replay_makes_the_checks_again(small: Warehouse, tmp_path: Path) -> None:
    saved = json.loads(json.dumps(answer_json(asked(small))))
    path = tmp_path / "saved.jsonl"
    path.write_text(json.dumps(saved), encoding="utf-8")
    (same,) = replay(small, path)
    assert (same.failed, same.checks_differing) == ((), 0)
    saved["checks"][0]["expected"] = "1.00"
    path.write_text(json.dumps(saved), encoding="utf-8")
    (other,) = replay(small, path)
    assert other.checks_differing == 1
    del saved["checks"]  # an answer of an earlier version
    path.write_text(json.dumps(saved), encoding="utf-8")
    (old,) = replay(small, path)
    assert old.checks_differing == 0


def test_a_replay_whose_checks_fail_now_says_so(small: Warehouse, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "saved.jsonl"
    path.write_text(json.dumps(answer_json(asked(small)), ensure_ascii=False), encoding="utf-8")
    request.getfixturevalue("doubled")
    (found,) = replay(small, path)
    assert len(found.failed) == 1
    assert found.checks_differing > 0
    shown = CliRunner().invoke(app, ["replay", str(path), "--warehouse", str(small.path)])
    assert "cross-check failed" in shown.stdout or "核对未通过" in shown.stdout
    assert shown.exit_code == 3


def test_a_line_tells_how_many_checks_there_were() -> None:
    label = Text(zh="一", en="one")
    holding = Check(id="a", label=label, found=1, expected=1, unit=Unit.COUNT, holds=True)
    failing = Check(id="b", label=label, found=Decimal(1), expected=Decimal(2), unit=Unit.MONEY, holds=False)
    assert checked_line([holding]).en == "1 cross-check, which holds."
    assert checked_line([holding, holding]).zh == "自动核对 2 项，全部一致。"
    assert checked_line([holding, failing]).en == "2 cross-checks, 1 of which failed."
