"""The section of confirmed readings: a browser sees and forgets its own alone, in both languages, and what it shows is text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.reading_store import ReadCall, Reading
from assistant.readings import Readings, definitions_version
from assistant.ui.readings import ReadingHandlers
from assistant.ui.sessions import SESSION_COOKIE, Sessions, owner_of
from assistant.ui.talks import Talk
from assistant.ui.transcripts import Transcripts
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse

MINE, OTHERS = "a" * 32, "b" * 32


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "none.duckdb", Settings(home=tmp_path))


@pytest.fixture
def handlers(warehouse: Warehouse) -> ReadingHandlers:
    return ReadingHandlers(Sessions(lambda _: pytest.fail("nothing is asked")), warehouse)


def request(key: str = MINE) -> Any:
    return SimpleNamespace(cookies={SESSION_COOKIE: key}, session_hash="tab", headers={})


def keep(warehouse: Warehouse, question: str, key: str = MINE, data: str = "") -> int:
    reading = Reading(
        number=0, question=question, language="en", calls=(ReadCall(tool="measure", arguments={}),), interpretation="revenue, all time",
        data=data, definitions=definitions_version(), created_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
    )  # fmt: skip
    return Readings(warehouse)._store.keep(owner_of(key), str(warehouse.path), question, reading).number


def test_nothing_is_shown_before_anything_was_confirmed(handlers: ReadingHandlers) -> None:
    assert handlers.draw(request()) == ""


def test_readings_are_listed_with_day_and_state_in_both_languages(handlers: ReadingHandlers, warehouse: Warehouse) -> None:
    keep(warehouse, "lately revenue")
    keep(warehouse, "old", data="of another version")
    session = handlers._sessions.of(request())
    session.language = "en"
    english = handlers.html(session)
    assert "Confirmed readings" in english
    assert "lately revenue" in english
    assert "2026-11-20" in english
    assert english.count(">expired</span>") == 1
    session.language = "zh"
    assert "已确认的理解" in handlers.html(session)
    assert handlers.html(session).count(">已过期</span>") == 1


def test_a_browser_sees_and_forgets_its_own_alone(handlers: ReadingHandlers, warehouse: Warehouse) -> None:
    number = keep(warehouse, "lately revenue")
    assert handlers.draw(request(OTHERS)) == ""
    handlers.forget(request(OTHERS), SimpleNamespace(number=str(number)))  # type: ignore[arg-type]
    assert "lately revenue" in handlers.draw(request())
    handlers.forget(request(), SimpleNamespace(number="1; DROP TABLE readings"))  # type: ignore[arg-type]
    assert "lately revenue" in handlers.draw(request())
    assert handlers.forget(request(), SimpleNamespace(number=str(number))) == ""  # type: ignore[arg-type]
    assert Readings(warehouse).listed(owner_of(MINE)) == []


def test_the_section_is_drawn_again_when_it_changes(handlers: ReadingHandlers, warehouse: Warehouse) -> None:
    handlers.draw(request())
    assert not isinstance(handlers.notice(request()), str)
    keep(warehouse, "lately revenue")
    assert "lately revenue" in handlers.notice(request())
    assert not isinstance(handlers.notice(request()), str)


def test_what_operators_typed_is_text(handlers: ReadingHandlers, warehouse: Warehouse) -> None:
    keep(warehouse, "<img src=x onerror=alert(1)>\"'")
    assert "<img" not in handlers.draw(request())


def test_a_conversation_of_the_page_belongs_to_its_browser() -> None:
    opened = SimpleNamespace(user="")
    assert Talk(lambda: opened, "one", owner_of(MINE)).conversation.user == owner_of(MINE)


def test_readings_of_a_browser_that_stays_away_are_deleted_with_its_conversations(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcripts = Transcripts(tmp_path / "transcripts.sqlite")
    transcripts.visit(owner_of(OTHERS))
    transcripts.begin(owner_of(OTHERS), "one", "lately revenue")
    keep(warehouse, "lately revenue", OTHERS)
    keep(warehouse, "mine", MINE)
    monkeypatch.setattr("assistant.ui.transcripts.KEPT_SECONDS", -1.0)
    nobody = SimpleNamespace(cancel=lambda: None, delete=lambda: None, user="")
    Sessions(lambda _: nobody, transcripts, Readings(warehouse).forget_all).get(MINE)  # type: ignore[arg-type,return-value]
    assert Readings(warehouse).listed(owner_of(OTHERS)) == []
    assert len(Readings(warehouse).listed(owner_of(MINE))) == 1
