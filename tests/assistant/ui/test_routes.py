"""Files and feedback over HTTP: each browser reaches only what belongs to its own conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.events import Answer, Event, Finished
from assistant.ui.routes import add_routes
from assistant.ui.sessions import SESSION_COOKIE, Sessions
from assistant.ui.talks import Talk
from assistant.ui.transcripts import Transcripts
from assistant.ui.turns import Turn
from tools.contracts import Outcome


class Silent:
    """A conversation that never answers by itself."""

    user = ""

    def __init__(self, session_id: str) -> None: ...

    def ask(self, question: str) -> Iterator[Event]:
        return iter(())

    def cancel(self) -> None: ...

    def undo(self) -> None: ...

    def delete(self) -> None: ...


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(Silent, Transcripts(tmp_path / "t.sqlite"))


def client(sessions: Sessions, key: str | None, confirm: object = None) -> TestClient:
    app = FastAPI()
    add_routes(app, sessions, confirm)  # type: ignore[arg-type]
    return TestClient(app, cookies={SESSION_COOKIE: key} if key else None)


def asked(sessions: Sessions, key: str, *questions: str) -> Talk:
    talk = sessions.get(key).talk()
    for question in questions:
        answer = Answer(question=question, text="412", language="en", outcome=Outcome.ANSWERED)
        talk.open_turn(question).take(Finished(answer=answer))
        talk.keep(talk.turns[-1])
    return talk


def give(browser: TestClient, talk: Talk, turn: object = 1, verdict: object = "wrong", comment: object = "") -> tuple[int, str]:
    said = {"turn": turn, "verdict": verdict, "comment": comment, "language": "en"}
    response = browser.post(f"/conversations/{talk.id}/feedback", json=said)
    return response.status_code, response.text


def test_a_file_is_served_only_to_the_browser_whose_conversation_made_it(sessions: Sessions, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("customer_id\n1\n")
    talk = asked(sessions, "mine", "export")
    asked(sessions, "theirs", "other")
    href = talk.downloads.link(str(tmp_path / "list.csv"), "客户.csv")
    made = sessions.get("mine").link("rejected/1", "r.csv", lambda: b"secret")
    statuses = {key: [client(sessions, key).get(address).status_code for address in (href, made)] for key in ("mine", "theirs", "x", None)}
    assert statuses == {"mine": [200, 200], "theirs": [404, 404], "x": [404, 404], None: [404, 404]}
    assert client(sessions, "mine").get(href).text == "customer_id\n1\n"


def test_feedback_is_stored_with_the_answer_and_shown_as_given(sessions: Sessions, tmp_path: Path) -> None:
    talk = asked(sessions, "mine", "how many?", "and now?")
    status, shown = give(client(sessions, "mine"), talk, 2, "wrong", " <b>no</b> ")
    assert status == 200
    assert 'data-verdict="wrong" aria-pressed="true"' in shown
    assert "&lt;b&gt;no&lt;/b&gt;" in shown
    again = Sessions(Silent, Transcripts(tmp_path / "t.sqlite")).get("mine").talk()
    assert [(turn.question, turn.feedback and turn.feedback.comment) for turn in again.turns] == [
        ("how many?", None),
        ("and now?", "<b>no</b>"),
    ]
    assert "Taken back" in give(client(sessions, "mine"), talk, 2, "", " ")[1]
    assert talk.turns[1].feedback is None


def test_feedback_on_somebody_elses_answer_is_refused(sessions: Sessions) -> None:
    mine, theirs = asked(sessions, "mine", "how many?"), asked(sessions, "theirs", "what?")
    assert give(client(sessions, "theirs"), mine)[0] == 404
    assert give(client(sessions, None), mine)[0] == 404
    assert give(client(sessions, "mine"), mine, turn=2)[0] == 404
    assert mine.turns[0].feedback is theirs.turns[0].feedback is None


@pytest.mark.parametrize(
    "said", [{"turn": "1"}, {"verdict": "maybe"}, {"comment": 5}, {"comment": "x" * 30_000}], ids=["turn", "verdict", "comment", "long"]
)
def test_what_the_page_does_not_send_is_refused(sessions: Sessions, said: dict[str, object]) -> None:
    assert give(client(sessions, "mine"), asked(sessions, "mine", "?"), **said)[0] == 400


def test_a_form_of_another_page_is_refused(sessions: Sessions) -> None:
    talk, body = asked(sessions, "mine", "?"), json.dumps({"turn": 1, "verdict": "wrong", "comment": "", "language": "en"})
    browser = client(sessions, "mine")
    response = browser.post(f"/conversations/{talk.id}/feedback", content=body, headers={"content-type": "text/plain"})
    assert response.status_code == 415
    assert browser.post(f"/conversations/{talk.id}/feedback", content="[", headers={"content-type": "application/json"}).status_code == 400


def test_what_is_right_is_remembered_for_its_user(sessions: Sessions) -> None:
    seen: list[tuple[str, str, str | None]] = []

    def confirm(user: str, turn: Turn, before: Turn | None) -> bool:
        seen.append((user, turn.question, before.question if before else None))
        return turn.feedback is not None and turn.feedback.verdict == "right"

    talk = asked(sessions, "mine", "one", "two")
    browser = client(sessions, "mine", confirm)
    assert "read this way" in give(browser, talk, 2, "right")[1]
    assert "read this way" not in give(browser, talk, 1, "wrong")[1]
    assert seen == [(talk.owner, "two", "one"), (talk.owner, "one", None)]
    give(browser, talk, 2, "right", "a comment changes no reading")
    give(browser, talk, 1, "", "nor does one alone")
    assert len(seen) == 2
    give(browser, talk, 2, "", "taken back")
    assert seen[2:] == [(talk.owner, "two", "one")]


def test_undoing_and_deleting_take_the_feedback_with_them(sessions: Sessions, tmp_path: Path) -> None:
    talk = asked(sessions, "mine", "one", "two")
    for turn in (1, 2):
        give(client(sessions, "mine"), talk, turn, "wrong", "unmistakable")
    talk.take_back()
    feedback = Transcripts(tmp_path / "t.sqlite").feedback
    assert [one.question for one in feedback.listed()] == ["one"]
    assert sessions.get("mine").delete(talk.id)
    assert feedback.listed() == []
    assert b"unmistakable" not in (tmp_path / "feedback.sqlite").read_bytes()
