"""What operators say of answers: kept with what the answer rests on, listed, and nobody else's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.events import Answer, RenderedFigure, Source, StepSummary
from assistant.feedback import FEEDBACK_FILE, LONGEST_COMMENT, FeedbackStore
from assistant.replay import _read
from tools.contracts import Outcome, Receipt, Statement, Text
from tools.settings import settings


def answer(question: str = "how many?") -> Answer:
    definition = Text(zh="客户数", en="Customers")
    statement = Statement(sql="SELECT count(*) FROM customers WHERE city = $city", parameters={"city": "上海"})
    own = Receipt(id="t2.main", tool="measure", arguments={}, definition=definition, statements=(statement,), data_version="7")
    return Answer(
        question=question,
        text="There are **2,469** customers.",
        language="en",
        outcome=Outcome.ANSWERED,
        interpretation="all customers",
        steps=[StepSummary(tool="measure", arguments={"metrics": ["customers"]}, outcome=Outcome.ANSWERED, seconds=0.1)],
        figures=[RenderedFigure(id="t2.customers", label="customers", value=2469, unit="count", receipt="t2.main")],
        receipts=[own],
        sources=[Source(handle="t2"), Source(handle="t1", receipts=[own.model_copy(update={"id": "t1.main"})])],
    )


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / FEEDBACK_FILE)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The command line's own folder."""
    monkeypatch.setenv("FENQUN_HOME", str(tmp_path))
    monkeypatch.setenv("FENQUN_LANGUAGE", "en")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def test_it_is_kept_with_everything_that_the_answer_rests_on(store: FeedbackStore) -> None:
    before = dt.datetime.now(dt.UTC)
    store.record("me", "c1", 3, "wrong", "  one city is missing ", answer())
    kept = store.given("me", "c1")[3]
    assert (kept.verdict, kept.comment, kept.question) == ("wrong", "one city is missing", "how many?")
    assert (kept.interpretation, kept.answer, kept.data_version) == ("all customers", "There are **2,469** customers.", "7")
    assert [step.arguments for step in kept.steps] == [{"metrics": ["customers"]}]
    assert kept.receipts[0].statements[0].parameters == {"city": "上海"}
    assert ([receipt.id for receipt in kept.receipts], [receipt.id for receipt in kept.earlier]) == (["t2.main"], ["t1.main"])
    assert before <= kept.given_at <= dt.datetime.now(dt.UTC)


def test_it_can_be_changed_and_taken_back(store: FeedbackStore) -> None:
    store.record("me", "c1", 1, "wrong", "", answer())
    store.record("me", "c1", 1, "right", "x" * 5_000, answer())
    kept = store.given("me", "c1")[1]
    assert (kept.verdict, len(kept.comment)) == ("right", LONGEST_COMMENT)
    assert store.record("me", "c1", 1, "", "  ", answer()) is None
    assert store.given("me", "c1") == {}


def test_one_users_never_reaches_another(store: FeedbackStore) -> None:
    store.record("me", "c1", 1, "wrong", "mine", answer())
    assert store.given("you", "c1") == {}
    store.record("you", "c1", 1, "right", "yours", answer())
    store.withdraw("you", "c1")
    assert [one.comment for one in store.given("me", "c1").values()] == ["mine"]


def test_the_file_is_its_owners_alone_and_looking_makes_none(store: FeedbackStore, tmp_path: Path) -> None:
    store.withdraw("me", "c1")
    assert (store.listed(), list(tmp_path.iterdir())) == ([], [])
    store.record("me", "c1", 1, "right", "", answer())
    assert (tmp_path / FEEDBACK_FILE).stat().st_mode & 0o077 == 0


def test_the_command_lists_it_as_a_table_and_as_json_that_can_be_replayed(store: FeedbackStore, home: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["feedback"]).stdout == "Nobody has given feedback on an answer yet.\n"
    store.record("me", "c1", 1, "wrong", "[red]no[/red]", answer("first?"))
    store.record("you", "c2", 1, "", "nice", answer("第二个?"))
    shown = runner.invoke(app, ["feedback"]).stdout
    for words in ("Verdict", "wrong", "first?", "[red]no[/red]", "There are 2,469 customers.", "第二个?", "comment"):
        assert words in shown
    lines = runner.invoke(app, ["feedback", "--json"]).stdout.splitlines()
    assert [(one["user"], one["verdict"]) for one in map(json.loads, lines)] == [("you", ""), ("me", "wrong")]
    (home / "saved.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert [saved["question"] for saved in _read(home / "saved.jsonl")] == ["第二个?", "first?"]
