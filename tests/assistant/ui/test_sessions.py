from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant.ui.sessions as module
from assistant.events import Event
from assistant.ui.sessions import Sessions


class Counted:
    """A conversation that notes what is done with it."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.calls: list[str] = []

    def ask(self, question: str) -> Iterator[Event]:
        return iter(())

    def cancel(self) -> None:
        self.calls.append("cancel")

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


def test_leaving_stops_the_work_and_coming_back_keeps_the_conversation(sessions: Sessions) -> None:
    session = sessions.get("a")
    conversation = session.conversation
    with session.asking:
        sessions.leave("a")
    assert conversation.calls == ["cancel"]  # type: ignore[attr-defined]
    assert sessions.get("a").conversation is conversation


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
