"""A saved answer run again: the same figures come out, a changed one is named, nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.cli_output import answer_json
from assistant.conversation import open_conversation
from assistant.replay import replay
from tools.errors import InputError
from tools.warehouse.warehouse import Warehouse

QUESTIONS = ("Top 5 departments by revenue", "谁快要流失了", "把他们导出为 CSV")


@pytest.fixture(scope="module")
def saved(demo_path: Path) -> list[dict[str, Any]]:
    """A conversation of three answers, as ``ask --json`` prints them."""
    conversation = open_conversation(Warehouse(demo_path))
    return [json.loads(json.dumps(answer_json(conversation.answer(question)), ensure_ascii=False)) for question in QUESTIONS]


def written(folder: Path, answers: list[dict[str, Any]]) -> Path:
    path = folder / "saved.jsonl"
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in answers), encoding="utf-8")
    return path


def test_every_figure_comes_out_again_and_nothing_is_exported(demo_path: Path, saved: list[dict[str, Any]], tmp_path: Path) -> None:
    first, second, third = replay(Warehouse(demo_path), written(tmp_path, saved))
    assert (first.same, first.differing) == (len(saved[0]["figures"]), ())
    assert (second.same, second.differing) == (len(saved[1]["figures"]), ())
    assert third.skipped == ("export_customers",)
    assert first.versions is None


def test_a_changed_figure_is_named_with_both_values(demo_path: Path, saved: list[dict[str, Any]], tmp_path: Path) -> None:
    changed = json.loads(json.dumps(saved[0]))
    figure = next(one for one in changed["figures"] if one["unit"] == "money")
    true, figure["value"] = figure["value"], "1.00"
    (found,) = replay(Warehouse(demo_path), written(tmp_path, [changed]))
    assert found.differing == ((figure["id"], figure["label"], "1.00", true),)
    assert found.same == len(changed["figures"]) - 1


def test_a_figure_that_no_longer_exists_is_told(demo_path: Path, saved: list[dict[str, Any]], tmp_path: Path) -> None:
    changed = json.loads(json.dumps(saved[0]))
    changed["figures"][0]["id"] = "t1.nothing"
    (found,) = replay(Warehouse(demo_path), written(tmp_path, [changed]))
    assert found.differing[0][0] == "t1.nothing"
    assert found.differing[0][3] is None


def test_an_answer_from_the_middle_of_a_conversation_keeps_its_handles(
    demo_path: Path, saved: list[dict[str, Any]], tmp_path: Path
) -> None:
    (found,) = replay(Warehouse(demo_path), written(tmp_path, [saved[1]]))
    assert saved[1]["figures"][0]["id"].startswith("t2.")
    assert (found.same, found.differing) == (len(saved[1]["figures"]), ())


def test_other_data_are_told(demo_path: Path, saved: list[dict[str, Any]], tmp_path: Path) -> None:
    changed = json.loads(json.dumps(saved[0]))
    changed["receipts"][0]["data_version"] = "older"
    (found,) = replay(Warehouse(demo_path), written(tmp_path, [changed]))
    assert found.versions is not None
    assert found.versions[0] == "older"


@pytest.mark.parametrize(
    ("content", "match"),
    [("not json\n", "line 1, is no saved answer"), ("{}\n", "line 1, is no saved answer"), ("\n", "holds no saved answer")],
)
def test_what_is_no_saved_answer_is_refused(demo_path: Path, tmp_path: Path, content: str, match: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=match):
        list(replay(Warehouse(demo_path), path))


def test_the_command_says_it_and_its_status_tells(demo_path: Path, saved: list[dict[str, Any]], tmp_path: Path) -> None:
    path = written(tmp_path, saved)
    found = CliRunner().invoke(app, ["replay", str(path), "--warehouse", str(demo_path)])
    assert found.exit_code == 0
    assert f"{len(saved[0]['figures'])} figures are the same as saved." in found.stdout
    assert "export_customers writes, so it was not run again." in found.stdout
    saved[0]["figures"][0]["value"] = 1
    assert CliRunner().invoke(app, ["replay", str(written(tmp_path, saved)), "--warehouse", str(demo_path)]).exit_code == 3
