"""The store of conversations: what is listed, found, renamed and deleted, and that each owner gets only its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.events import Answer
from assistant.ui.transcripts import Listed, Transcripts, shortened
from tools.contracts import Outcome


def answer(question: str, text: str = "Done.") -> Answer:
    return Answer(question=question, text=text, language="en", outcome=Outcome.ANSWERED)


def ask(transcripts: Transcripts, owner: str, conversation: str, question: str, text: str = "Done.") -> None:
    transcripts.begin(owner, conversation, question)
    transcripts.add(owner, conversation, answer(question, text))


def titles(found: list[Listed]) -> list[str]:
    return [one.title for one in found]


@pytest.fixture
def transcripts(tmp_path: Path) -> Transcripts:
    return Transcripts(tmp_path / "t.sqlite")


def test_the_first_question_is_the_title_and_the_latest_conversation_comes_first(transcripts: Transcripts) -> None:
    ask(transcripts, "me", "c1", "How many\n customers?")
    ask(transcripts, "me", "c2", "客户" * 60)
    assert titles(transcripts.listed("me")) == ["客户" * 29 + "客…", "How many customers?"]
    ask(transcripts, "me", "c1", "And orders?")
    assert titles(transcripts.listed("me")) == ["How many customers?", "客户" * 29 + "客…"]
    assert [kept.question for kept in transcripts.load("me", "c1")] == ["How many\n customers?", "And orders?"]
    assert [kept.question for kept in transcripts.load("me", "c1", most=1)] == ["And orders?"]


def test_a_chosen_title_stays(transcripts: Transcripts) -> None:
    transcripts.begin("me", "c1", "typo")
    transcripts.begin("me", "c1", "first that is answered")
    assert titles(transcripts.listed("me")) == ["first that is answered"]
    transcripts.rename("me", "c1", "  Spring\ncampaign ")
    transcripts.rename("me", "c1", "   ")
    ask(transcripts, "me", "c1", "another")
    assert titles(transcripts.listed("me")) == ["Spring campaign"]


def test_titles_questions_and_answers_are_searched(transcripts: Transcripts) -> None:
    ask(transcripts, "me", "c1", "How many?", "There are **2,469** customers.")
    ask(transcripts, "me", "c2", "流失风险客户有多少?", "233 人，占 100%。")
    transcripts.rename("me", "c1", "Counting")
    found = {
        search: [one.id for one in transcripts.listed("me", search)]
        for search in ("COUNT", "how", "2,469 customers", "流失", "100%", "%", "_", "\\", "nothing", " ")
    }
    assert found == {
        "COUNT": ["c1"],
        "how": ["c1"],
        "2,469 customers": ["c1"],
        "流失": ["c2"],
        "100%": ["c2"],
        "%": ["c2"],
        "_": [],
        "\\": [],
        "nothing": [],
        " ": ["c2", "c1"],
    }


def test_an_owner_reaches_no_one_elses_conversation(transcripts: Transcripts) -> None:
    ask(transcripts, "me", "c1", "secret")
    assert transcripts.load("other", "c1") == []
    assert transcripts.find("other", "c1") is None
    assert transcripts.listed("other", "secret") == []
    transcripts.begin("other", "c1", "mine now")
    transcripts.add("other", "c1", answer("mine now"))
    transcripts.rename("other", "c1", "mine now")
    transcripts.drop_last("other", "c1")
    transcripts.delete("other", "c1")
    assert titles(transcripts.listed("me")) == ["secret"]
    assert [kept.question for kept in transcripts.load("me", "c1")] == ["secret"]


def test_deleting_leaves_nothing_of_it_in_the_file(transcripts: Transcripts, tmp_path: Path) -> None:
    ask(transcripts, "me", "c1", "an unmistakable question")
    ask(transcripts, "me", "c2", "another")
    assert b"unmistakable" in (tmp_path / "t.sqlite").read_bytes()
    transcripts.delete("me", "c1")
    assert titles(transcripts.listed("me")) == ["another"]
    assert transcripts.load("me", "c1") == []
    assert b"unmistakable" not in (tmp_path / "t.sqlite").read_bytes()
    transcripts.add("me", "c1", answer("too late"))
    assert transcripts.load("me", "c1") == []


def test_the_one_conversation_of_before_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE answers (session_id TEXT NOT NULL, position INTEGER NOT NULL, kept_at REAL NOT NULL, answer TEXT NOT NULL, "
            "PRIMARY KEY (session_id, position))"
        )
        for owner, position, question in (("me", 2, "second"), ("me", 1, "first"), ("you", 1, "yours")):
            row = (owner, position, 1_700_000_000.0 + position, answer(question).model_dump_json())
            connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
    transcripts = Transcripts(path)
    assert transcripts.listed("me") == [Listed("me", "first", 1_700_000_002.0)]
    assert [kept.question for kept in transcripts.load("me", "me")] == ["first", "second"]
    assert titles(transcripts.listed("you")) == ["yours"]
    transcripts.delete("me", "me")
    assert Transcripts(path).listed("me") == [], "it is taken over once"


def test_a_transcript_that_cannot_be_read_is_none(transcripts: Transcripts, tmp_path: Path) -> None:
    ask(transcripts, "me", "c1", "one")
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as connection, connection:
        connection.execute("UPDATE answers SET answer = '{}'")
    assert transcripts.load("me", "c1") == []


def test_who_was_there_lately_keeps_everything(transcripts: Transcripts) -> None:
    ask(transcripts, "me", "c1", "one")
    assert transcripts.visit("me") == transcripts.visit("other") == []


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    transcripts = Transcripts(tmp_path / "none.sqlite")
    assert transcripts.listed("me") == transcripts.load("me", "c1") == []
    assert transcripts.find("me", "c1") is None
    assert list(tmp_path.iterdir()) == []


def test_a_title_is_one_line_of_sixty_characters_at_most() -> None:
    assert shortened(" a \n b ") == "a b"
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 59 + "…"
