from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import assistant.ui.sessions as module
from assistant.events import Answer, Event
from assistant.ui.sessions import Sessions
from assistant.ui.transcripts import Transcripts
from assistant.ui.turns import Turn
from tools.contracts import Outcome


class Counted:
    """A conversation that notes what is done with it."""

    made = 0

    def __init__(self, session_id: str) -> None:
        type(self).made += 1
        self.session_id = session_id
        self.calls: list[str] = []
        self.stopped = threading.Event()

    def ask(self, question: str) -> Iterator[Event]:
        return iter(())

    def cancel(self) -> None:
        self.calls.append("cancel")
        self.stopped.set()

    def undo(self) -> None:
        self.calls.append("undo")

    def clear(self) -> None:
        self.calls.append("clear")


@pytest.fixture
def sessions() -> Sessions:
    Counted.made = 0
    return Sessions(Counted)


def test_each_key_has_a_session_and_a_conversation_of_its_own(sessions: Sessions) -> None:
    first, second = sessions.get("a"), sessions.get("b")
    assert first is sessions.get("a")
    assert first.conversation is not second.conversation
    assert first.conversation is first.conversation
    assert Counted.made == 2


def test_a_conversation_is_opened_only_when_it_is_needed(sessions: Sessions) -> None:
    session = sessions.get("a")
    session.stop()
    session.reset()
    assert Counted.made == 0


def test_a_file_has_one_address_and_only_while_its_conversation_has_it(sessions: Sessions, tmp_path: Path) -> None:
    session = sessions.get("a")
    address = session.link(str(tmp_path / "x.csv"), "客户.csv")
    assert address == session.link(str(tmp_path / "x.csv"), "客户.csv")
    assert address != sessions.get("b").link(str(tmp_path / "x.csv"), "客户.csv")
    found = sessions.find_download(address.rpartition("/")[2])
    assert found is not None
    assert (found.path, found.name) == (tmp_path / "x.csv", "客户.csv")
    session.reset()
    assert sessions.find_download(address.rpartition("/")[2]) is None
    assert sessions.find_download("guess") is None


def test_leaving_stops_the_work_but_not_a_reload(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.05)
    session = sessions.get("a", "tab 1")
    conversation = session.conversation
    with session.asking:
        sessions.get("a", "tab 2")
        sessions.leave("a", "tab 1")
        assert not conversation.stopped.wait(0.2), "another page of the same browser is open"  # type: ignore[attr-defined]
        sessions.leave("a", "tab 2")
        assert sessions.get("a", "tab 3") is session
        assert not conversation.stopped.wait(0.2), "the page was opened again"  # type: ignore[attr-defined]
        sessions.leave("a", "tab 3")
        assert conversation.stopped.wait(10)  # type: ignore[attr-defined]
    assert sessions.get("a").conversation is conversation


def test_the_cookie_is_not_what_names_a_stored_conversation(sessions: Sessions) -> None:
    names = [sessions.get(key).conversation.session_id for key in ("a", "b")]  # type: ignore[attr-defined]
    assert names[0] != names[1]
    assert not {"a", "b"} & set(names)
    assert len(names[0]) == 32


def _answer(question: str, text: str = "Done.", outcome: Outcome = Outcome.ANSWERED) -> Answer:
    return Answer(question=question, text=text, language="en", outcome=outcome)


def test_answers_come_back_to_their_own_browser_only(tmp_path: Path) -> None:
    path = tmp_path / "transcripts.sqlite"
    session = Sessions(Counted, Transcripts(path)).get("a")
    for question in ("one", "two", "three"):
        session.turns.append(Turn.of(_answer(question)))
        session.keep(session.turns[-1])
    assert path.stat().st_mode & 0o077 == 0, "nobody else may read it"

    later = Sessions(Counted, Transcripts(path))
    assert [turn.question for turn in later.get("a").turns] == ["one", "two", "three"]
    assert later.get("b").turns == []
    assert later.get("a").take_back() == "three"
    assert [turn.question for turn in Sessions(Counted, Transcripts(path)).get("a").turns] == ["one", "two"]
    later.get("a").reset()
    assert later.get("a").conversation.calls == ["undo", "clear"]  # type: ignore[attr-defined]
    assert Sessions(Counted, Transcripts(path)).get("a").turns == []


def test_taking_back_a_stopped_question_leaves_the_one_before(sessions: Sessions) -> None:
    session = sessions.get("a")
    session.turns += [Turn.of(_answer("one")), Turn.of(_answer("two", "Stopped.", Outcome.FAILED))]
    assert session.take_back() == "two"
    assert session.conversation.calls == []  # type: ignore[attr-defined]
    assert session.take_back() == "one"
    assert session.conversation.calls == ["undo"]  # type: ignore[attr-defined]


def test_a_transcript_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    transcripts = Transcripts(tmp_path / "t.sqlite")
    transcripts.add("a", _answer("one"))
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as connection, connection:
        connection.execute("UPDATE answers SET answer = '{}'")
    assert transcripts.load("a") == []


def test_who_stays_away_is_forgotten_with_the_uploads(sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = sessions.get("a")
    upload = tmp_path / "customers.csv"
    upload.write_text("id\n1\n")
    session.uploads.append(upload)
    monkeypatch.setattr(module, "_GRACE_SECONDS", -1.0)
    sessions.leave("a")
    assert not upload.exists()
    assert sessions.get("a") is not session


def test_leaving_twice_or_without_a_session_is_harmless(sessions: Sessions) -> None:
    sessions.leave("nobody")
    sessions.get("a")
    sessions.leave("a")
    sessions.leave("a")
