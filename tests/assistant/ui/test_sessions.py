from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant.ui.sessions as module
import assistant.ui.transcripts as store
from assistant.events import Answer, Event, Finished
from assistant.ui.sessions import Session, Sessions, owner_of
from assistant.ui.talks import Talk
from assistant.ui.transcripts import Transcripts
from assistant.ui.turns import Turn
from tools.contracts import FileOut, Outcome


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

    def delete(self) -> None:
        self.calls.append("delete")


@pytest.fixture
def sessions() -> Sessions:
    Counted.made = 0
    return Sessions(Counted)


def test_each_key_has_a_session_and_a_conversation_of_its_own(sessions: Sessions) -> None:
    first, second = sessions.get("a"), sessions.get("b")
    assert first is sessions.get("a")
    assert first.talk().conversation is not second.talk().conversation
    assert first.talk().conversation is first.talk().conversation
    assert Counted.made == 2


def test_a_conversation_is_opened_only_when_it_is_needed(sessions: Sessions) -> None:
    session = sessions.get("a")
    session.stop()
    session.new()
    assert Counted.made == 0


def test_a_file_has_one_address_and_only_while_its_conversation_is_there(tmp_path: Path) -> None:
    sessions = Sessions(Counted, Transcripts(tmp_path / "t.sqlite"))
    session = sessions.get("a")
    talk = asked(session, "one")
    address = talk.downloads.link(str(tmp_path / "x.csv"), "客户.csv")
    assert address == talk.downloads.link(str(tmp_path / "x.csv"), "客户.csv")
    assert address != sessions.get("b").link(str(tmp_path / "x.csv"), "客户.csv")
    found = sessions.find_download("a", address.rpartition("/")[2])
    assert found is not None
    assert (found.path, found.name) == (tmp_path / "x.csv", "客户.csv")
    assert session.delete(talk.id)
    assert sessions.find_download("a", address.rpartition("/")[2]) is None
    assert sessions.find_download("a", "guess") is None


def test_leaving_stops_the_work_but_not_a_reload(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.05)
    session = sessions.get("a", "tab 1")
    conversation = session.talk().conversation
    with session.talk().asking:
        sessions.get("a", "tab 2")
        sessions.leave("a", "tab 1")
        assert not conversation.stopped.wait(0.2), "another page of the same browser is open"  # type: ignore[attr-defined]
        sessions.leave("a", "tab 2")
        assert sessions.get("a", "tab 3") is session
        assert not conversation.stopped.wait(0.2), "the page was opened again"  # type: ignore[attr-defined]
        sessions.leave("a", "tab 3")
        assert conversation.stopped.wait(10)  # type: ignore[attr-defined]
    assert sessions.get("a").talk().conversation is conversation


def test_the_cookie_is_not_what_names_a_stored_conversation(sessions: Sessions) -> None:
    names = [sessions.get(key).talk().conversation.session_id for key in ("a", "b")]  # type: ignore[attr-defined]
    assert names[0] != names[1]
    assert not {"a", "b"} & set(names)
    assert len(names[0]) == 32


def _answer(question: str, text: str = "Done.", outcome: Outcome = Outcome.ANSWERED) -> Answer:
    return Answer(question=question, text=text, language="en", outcome=outcome)


def asked(session: Session, *questions: str, tab: str = "") -> Talk:
    """The conversation of a page in which these questions have been answered."""
    talk = session.talk(tab)
    for question in questions:
        talk.open_turn(question).take(Finished(answer=_answer(question)))
        talk.keep(talk.turns[-1])
    return talk


def shown(session: Session, tab: str = "") -> list[str]:
    return [turn.question for turn in session.talk(tab).turns]


def test_answers_come_back_to_their_own_browser_only(tmp_path: Path) -> None:
    path = tmp_path / "transcripts.sqlite"
    asked(Sessions(Counted, Transcripts(path)).get("a"), "one", "two", "three")
    assert path.stat().st_mode & 0o077 == 0, "nobody else may read it"

    later = Sessions(Counted, Transcripts(path))
    assert shown(later.get("a")) == ["one", "two", "three"]
    assert shown(later.get("b")) == []
    assert later.get("a").talk().take_back() == "three"
    again = Sessions(Counted, Transcripts(path)).get("a")
    assert shown(again) == ["one", "two"]
    conversation = again.talk().conversation
    assert again.delete(again.talk().id)
    assert conversation.calls == ["delete"]  # type: ignore[attr-defined]
    assert shown(Sessions(Counted, Transcripts(path)).get("a")) == []


def test_a_browser_has_several_conversations_and_each_answers_by_itself(tmp_path: Path) -> None:
    transcripts = Transcripts(tmp_path / "t.sqlite")
    session = Sessions(Counted, transcripts).get("a")
    first = asked(session, "one")
    assert session.new() is not first
    assert session.new() is session.talk(), "nothing was asked in it yet"
    second = asked(session, "two")
    assert [talk.title for talk in session.listed()] == ["two", "one"]
    assert [talk.title for talk in session.listed("TWO")] == ["two"]
    assert first.conversation.session_id == first.id != second.conversation.session_id == second.id  # type: ignore[attr-defined]
    assert session.choose(first.id) is first
    assert shown(session) == ["one"]
    assert session.delete(first.id)
    assert session.choose(first.id) is None
    assert shown(session) == ["two"], "what is deleted gives way to the latest"
    later = Sessions(Counted, transcripts).get("a")
    assert shown(later) == ["two"]


def test_each_page_of_a_browser_shows_the_conversation_chosen_there(tmp_path: Path) -> None:
    session = Sessions(Counted, Transcripts(tmp_path / "t.sqlite")).get("a")
    first = asked(session, "one", tab="left")
    assert session.talk("right") is first
    second = session.new("right")
    assert session.talk("left") is first
    assert session.talk("opened later") is second


def test_a_conversation_of_another_browser_cannot_be_opened_renamed_or_deleted(tmp_path: Path) -> None:
    sessions = Sessions(Counted, Transcripts(tmp_path / "t.sqlite"))
    mine, other = sessions.get("a"), sessions.get("b")
    talk = asked(mine, "one")
    assert other.choose(talk.id) is None
    assert not other.delete(talk.id)
    assert other.listed() == []
    assert shown(other) == []
    assert shown(mine) == ["one"]
    assert [kept.title for kept in mine.listed()] == ["one"]


def test_deleting_takes_the_files_of_the_conversation_away(tmp_path: Path) -> None:
    session = Sessions(Counted, Transcripts(tmp_path / "t.sqlite")).get("a")
    own, other = tmp_path / "own.csv", tmp_path / "other.csv"
    for path in (own, other):
        path.write_text("customer_id\n1\n")
    file = FileOut(path=str(own), name="own.csv", media_type="text/csv", rows=1)
    talk = session.talk()
    talk.open_turn("export").take(Finished(answer=_answer("export").model_copy(update={"files": [file]})))
    talk.keep(talk.turns[-1])
    assert session.delete(talk.id)
    assert (own.exists(), other.exists()) == (False, True)


def test_an_answer_that_ends_after_its_conversation_was_deleted_is_not_kept(tmp_path: Path) -> None:
    session = Sessions(Counted, Transcripts(tmp_path / "t.sqlite")).get("a")
    talk = session.talk()
    turn = talk.open_turn("one")
    assert session.delete(talk.id)
    turn.take(Finished(answer=_answer("one")))
    talk.turns.append(turn)
    talk.keep(turn)
    assert session.listed() == []
    assert shown(session) == []


def test_taking_back_a_stopped_question_leaves_the_one_before(sessions: Sessions) -> None:
    talk = sessions.get("a").talk()
    talk.turns += [Turn.of(_answer("one")), Turn.of(_answer("two", "Stopped.", Outcome.FAILED))]
    assert talk.take_back() == "two"
    assert talk.conversation.calls == []  # type: ignore[attr-defined]
    assert talk.take_back() == "one"
    assert talk.conversation.calls == ["undo"]  # type: ignore[attr-defined]


def test_conversations_of_a_browser_that_stays_away_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transcripts = Transcripts(tmp_path / "t.sqlite")
    asked(Sessions(Counted, transcripts).get("a"), "one")
    monkeypatch.setattr(store, "KEPT_SECONDS", -1.0)
    deleted: list[str] = []
    monkeypatch.setattr(Counted, "delete", lambda self: deleted.append(self.session_id))
    Sessions(Counted, transcripts).get("b")
    assert len(deleted) == 1
    assert transcripts.listed(owner_of("a")) == []


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
