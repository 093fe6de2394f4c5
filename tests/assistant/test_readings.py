"""Confirmed readings: remembered for their user alone, used when asked again, seen, deleted, and expired with data or definitions."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_openai import FakeOpenAI, Reply, call
from typer.testing import CliRunner

from assistant import readings as module
from assistant.cli import app
from assistant.conversation import Conversation, open_conversation
from assistant.events import Answer
from assistant.readings import READINGS_FILE, Readings, cli_user, normal_form
from tools.contracts import Outcome
from tools.settings import Settings, settings
from tools.warehouse.context import write_meta
from tools.warehouse.warehouse import Warehouse

VAGUE = "lately revenue"
CHOICE = "in the last 30 days revenue"
Start = Callable[..., tuple[FakeOpenAI, Conversation]]


@pytest.fixture(autouse=True)
def without_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def conversation(warehouse: Warehouse, user: str = "ann") -> Conversation:
    opened = open_conversation(warehouse)
    opened.user = user
    return opened


def pick(warehouse: Warehouse, user: str = "ann") -> Answer:
    """Ask the vague question, and pick the choice of 30 days."""
    opened = conversation(warehouse, user)
    asked = opened.answer(VAGUE)
    assert (asked.outcome, CHOICE in asked.choices) == (Outcome.AMBIGUOUS, True)
    return opened.answer(CHOICE)


def test_a_picked_choice_is_how_the_question_is_read_from_then_on(small: Warehouse) -> None:
    picked = pick(small)
    again = conversation(small).answer("  Lately REVENUE? ")
    assert again.outcome is Outcome.ANSWERED
    assert [figure.value for figure in again.figures] == [figure.value for figure in picked.figures]
    (kept,) = Readings(small).listed("ann")
    day = kept.created_at.date().isoformat()
    assert again.interpretation is not None
    assert again.interpretation.startswith(f"Read as you confirmed on {day}: ")
    assert "--forget 1" in again.interpretation
    assert kept.calls[0].arguments["window"] == {"last_days": 30}


def test_it_says_so_in_chinese_too(small: Warehouse) -> None:
    opened = conversation(small)
    answer = opened.answer("销售额")
    assert Readings(small).confirm("ann", "销售额", answer) is not None
    assert "按您于" in str(conversation(small).answer("銷售額？").interpretation)


def test_one_users_reading_never_reaches_another(small: Warehouse) -> None:
    pick(small, "ann")
    assert conversation(small, "bob").answer(VAGUE).outcome is Outcome.AMBIGUOUS
    assert conversation(small, "").answer(VAGUE).outcome is Outcome.AMBIGUOUS
    known = Readings(small)
    assert known.listed("bob") == []
    assert not known.forget("bob", known.listed("ann")[0].number)
    assert len(known.listed("ann")) == 1


def test_nobodys_choices_are_not_remembered(small: Warehouse) -> None:
    pick(small, "")
    assert not (small.config.home / READINGS_FILE).exists()


def test_a_forgotten_reading_is_asked_about_again_and_leaves_nothing_in_the_file(small: Warehouse) -> None:
    pick(small)
    known = Readings(small)
    assert known.forget("ann", known.listed("ann")[0].number)
    assert conversation(small).answer(VAGUE).outcome is Outcome.AMBIGUOUS
    path = small.config.home / READINGS_FILE
    assert VAGUE.encode() not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_expires_when_the_data_change(small: Warehouse, tmp_path: Path) -> None:
    own = Warehouse(shutil.copy(small.path, tmp_path / "own.duckdb"), small.config)
    pick(own)
    assert Readings(small).listed("ann") == []  # another warehouse is other data
    with own.writing() as engine:
        write_meta(engine, "data_version", "77")
    assert Readings(own).find("ann", VAGUE) is None
    assert [one.expired for one in Readings(own).listed("ann")] == [True]
    assert conversation(own).answer(VAGUE).outcome is Outcome.AMBIGUOUS
    pick(own)  # confirmed anew
    assert [one.expired for one in Readings(own).listed("ann")] == [False]


def test_it_expires_when_definitions_change(small: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    pick(small)
    monkeypatch.setattr(module, "definitions_version", lambda: "other words")
    assert [one.expired for one in Readings(small).listed("ann")] == [True]
    assert conversation(small).answer(VAGUE).outcome is Outcome.AMBIGUOUS


def test_the_version_of_definitions_covers_catalogue_lexicon_and_arguments() -> None:
    names = {path.name for package, found in module._DEFINED_BY for one in found for path in module._files(_resource(package, one))}
    assert {"metrics.yaml", "dimensions.yaml", "words.yaml", "periods.yaml", "requests.py"} <= names


def _resource(package: str, name: str) -> object:
    return module.resources.files(package).joinpath(name)


def test_what_rests_on_the_conversation_is_not_remembered(small: Warehouse) -> None:
    opened = conversation(small)
    opened.answer("revenue by month")
    follow_up = opened.answer("and orders?")
    assert follow_up.outcome is Outcome.ANSWERED
    assert Readings(small).confirm("ann", "and orders?", follow_up) is None
    own = opened.answer("How many customers do we have?")  # not the first question, but it stands alone
    assert Readings(small).confirm("ann", own.question, own) is not None


def test_what_writes_asks_or_fails_is_not_remembered(small: Warehouse) -> None:
    known, opened = Readings(small), conversation(small)
    for question in ("export all customers", VAGUE, "what is the weather?"):
        assert known.confirm("ann", question, opened.answer(question)) is None
    assert known.listed("ann") == []


def test_a_follow_up_of_the_same_words_is_read_in_its_conversation(small: Warehouse) -> None:
    first = conversation(small)
    alone = first.answer("revenue")
    assert Readings(small).confirm("ann", "by month", alone.model_copy(update={"question": "by month"})) is not None
    later = conversation(small)
    later.answer("orders")
    answer = later.answer("by month")
    assert answer.steps[-1].arguments != alone.steps[-1].arguments
    assert "confirmed" not in str(answer.interpretation)


def test_a_language_model_is_given_it_as_a_hint_without_personal_data(service: Start, small: Warehouse) -> None:
    picked = pick_without_service(small)
    calls = picked.steps[0].arguments
    fake, opened = service(call("measure", **calls), Reply("Revenue was [[t1.revenue]]."))
    opened.user = "ann"
    answer = opened.answer(VAGUE)
    system = json.dumps(fake.requests[0]["messages"][0], ensure_ascii=False)
    assert "confirmed earlier" in system
    assert "last_days" in system
    assert str(answer.interpretation).startswith("Read as you confirmed")


def test_a_language_model_that_departs_from_it_does_not_claim_it(service: Start, small: Warehouse) -> None:
    pick_without_service(small)
    fake, opened = service(call("measure", metrics=["orders"]), Reply("There are [[t1.orders]] orders."))
    opened.user = "ann"
    assert "confirmed" not in str(opened.answer(VAGUE).interpretation)
    other = open_conversation(small)
    other.user = "bob"
    other.answer(VAGUE)
    assert "confirmed earlier" not in fake.bodies[-1]


def pick_without_service(small: Warehouse) -> Answer:
    planner = Warehouse(small.path, Settings(home=small.config.home, brain="planner"))
    return pick(planner)


def test_a_choice_picked_after_a_restart_is_remembered(small: Warehouse) -> None:
    first = open_conversation(small, "kept")
    first.user = "ann"
    first.answer(VAGUE)
    later = open_conversation(small, "kept")
    later.user = "ann"
    later.answer(CHOICE)
    assert [one.question for one in Readings(small).listed("ann")] == [VAGUE]


def test_the_normal_form_evens_out_what_does_not_matter() -> None:
    assert normal_form("上個月 銷售額？") == normal_form("上个月销售额")
    assert normal_form("Revenue, by Month!") == normal_form("revenue, by month")
    assert normal_form("revenue by month") != normal_form("revenue by week")


@pytest.fixture
def at_home(small: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command line keeps its files where the warehouse's settings say."""
    monkeypatch.setenv("FENQUN_HOME", str(small.config.home))
    monkeypatch.setenv("LC_ALL", "C")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("at_home")
def test_the_command_line_lists_and_forgets_its_own_readings(small: Warehouse) -> None:
    path, run = ["--warehouse", str(small.path)], CliRunner()
    assert "No reading" in run.invoke(app, ["readings", *path]).stdout
    run.invoke(app, ["ask", VAGUE, CHOICE, *path])
    pick(small, "somebody else")
    listed = run.invoke(app, ["readings", "--json", *path]).stdout.splitlines()
    (kept,) = map(json.loads, listed)
    assert (kept["question"], kept["expired"]) == (VAGUE, False)
    assert VAGUE in run.invoke(app, ["readings", *path]).stdout
    other = Readings(small).listed("somebody else")[0].number
    assert run.invoke(app, ["readings", "--forget", str(other), *path]).exit_code == 3
    assert run.invoke(app, ["readings", "--forget", str(kept["number"]), *path]).exit_code == 0
    assert Readings(small).listed(cli_user()) == []
    assert len(Readings(small).listed("somebody else")) == 1


def test_an_unreadable_file_does_not_keep_questions_from_being_answered(small: Warehouse) -> None:
    small.config.home.mkdir(parents=True, exist_ok=True)
    (small.config.home / READINGS_FILE).write_bytes(b"this is no database, but long enough to be taken for one" * 20)
    assert conversation(small).answer("revenue").outcome is Outcome.ANSWERED
    pick(small)
