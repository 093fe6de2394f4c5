from __future__ import annotations

import threading

import pytest

from assistant.events import Answer, Event, Finished, Problem, Question, StepDone, StepStarted, TextDelta
from assistant.ui.answering import follow, start
from assistant.ui.talks import Talk
from assistant.ui.transcript import messages
from assistant.ui.turns import Turn
from tools.contracts import Column, Outcome, Table, Text, Unit
from tools.errors import WarehouseBusy


class Plays:
    """A conversation that plays events, then raises what it is given."""

    def __init__(self, *events: Event, error: Exception | None = None) -> None:
        self._events, self._error, self.cancelled = events, error, False

    def ask(self, question: str):
        yield from self._events
        if self._error:
            raise self._error

    def cancel(self) -> None:
        self.cancelled = True

    def undo(self) -> None: ...

    def delete(self) -> None: ...


def finished(text: str = "Done.", **values: object) -> Finished:
    return Finished(answer=Answer(question="q", text=text, language="en", outcome=Outcome.ANSWERED, **values))  # type: ignore[arg-type]


def answered(*events: Event, question: str = "q", error: Exception | None = None) -> Turn:
    talk = Talk(lambda: Plays(*events, error=error))
    turn = start(talk, question)
    assert turn is not None
    for _ in follow(turn):
        pass
    assert talk.asking.acquire(timeout=5), "the conversation is free for the next question"
    return turn


def html(turn: Turn, language: str = "en") -> str:
    contents = messages([turn], language, lambda path, name: "/download/x")[1]["content"]
    return "\n".join(str(part.get("value") or part.get("text")) for part in contents)


def test_text_streams_and_the_answer_has_the_last_word() -> None:
    turn = Turn("q")
    turn.take(TextDelta(text="Half"))
    turn.take(TextDelta(text=" way"))
    assert (turn.text, turn.running) == ("Half way", True)
    turn.take(finished("The whole."))
    assert (turn.text, turn.running) == ("The whole.", False)


def test_a_step_that_never_ended_is_not_left_turning() -> None:
    turn = answered(StepStarted(call_id="1", tool="measure", arguments={"metrics": ["orders"]}), finished())
    assert [(step.running, step.outcome) for step in turn.steps] == [(False, "failed")]


def test_a_step_that_failed_says_why() -> None:
    turn = answered(
        StepStarted(call_id="1", tool="measure", arguments={}),
        StepDone(call_id="1", tool="measure", outcome=Outcome.FAILED, seconds=0.1, error="There is no metric 'x'."),
        finished(),
    )
    shown = html(turn)
    assert "There is no metric &#39;x&#39;." in shown
    assert "is-failed" in shown


def test_an_expected_error_becomes_its_sentence_in_the_questions_language() -> None:
    turn = answered(question="多少客户", error=WarehouseBusy("It is in use.", "仓库正被使用。"))
    assert turn.problem == "仓库正被使用。"


def test_a_defect_becomes_a_sentence_and_leaves_the_session_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda raised: logged.append(str(raised.exc_value)))
    turn = answered(error=ZeroDivisionError("secret detail"))
    for thread in [thread for thread in threading.enumerate() if thread.name == "answer"]:
        thread.join(5)
    assert logged == ["secret detail"]
    assert turn.problem is not None
    assert turn.problem.startswith("Something unexpected went wrong")
    assert "secret detail" not in html(turn)


def test_an_answer_without_its_end_still_ends() -> None:
    assert answered(TextDelta(text="and then")).running is False


def test_a_problem_is_not_said_twice() -> None:
    turn = answered(Problem(text="No such customer."), finished("No such customer."))
    assert html(turn).count("No such customer.") == 1


def test_choices_come_before_suggestions_and_only_under_the_last_answer() -> None:
    first = answered(finished(suggestions=["next?"]))
    second = answered(Question(text="Which?", choices=["a", "b"]), finished("Which?", suggestions=["next?"]))
    shown = messages([first, second], "en", lambda path, name: "")
    assert "options" not in shown[1]
    assert [option["value"] for option in shown[3]["options"]] == ["a", "b"]
    assert [option["value"] for option in messages([first], "en", lambda path, name: "")[1]["options"]] == ["next?"]


def test_values_from_the_data_are_escaped() -> None:
    evil = "<img src=x onerror=alert(1)>"
    column = Column(id="customer_id", label=Text(zh=evil, en=evil), unit=Unit.ID)
    table = Table(title=Text(zh=evil, en=evil), columns=(column,), rows=((evil,),), row_count=90, path="/tmp/whole.csv")
    turn = answered(
        StepStarted(call_id="1", tool=evil, arguments={evil: evil}), finished(tables=[table], caveats=[evil], interpretation=evil)
    )
    shown = html(turn)
    assert "<img" not in shown
    assert shown.count("&lt;img") >= 7
    assert 'href="/download/x"' in shown
    assert "1 of 90 rows" in shown


def test_the_second_question_waits_for_the_first() -> None:
    gate = threading.Event()

    class Waits(Plays):
        def ask(self, question: str):
            gate.wait(5)
            yield finished()

    talk = Talk(Waits)
    first = start(talk, "one")
    assert first is not None
    assert start(talk, "two") is None
    gate.set()
    for _ in follow(first):
        pass
    assert [turn.question for turn in talk.turns] == ["one"]


def test_what_belongs_to_the_page_changes_with_its_language() -> None:
    turn = answered(StepStarted(call_id="1", tool="measure", arguments={}), finished())
    assert "计算指标" in html(turn, "zh")
    assert "Measure" in html(turn, "en")


def test_a_line_below_a_list_stands_on_its_own_and_pictures_and_links_are_text() -> None:
    shown = html(answered(finished("Top:\n- a: 1\n- b: 2\nIn all 3.\n\n![x](http://192.0.2.1/x.png)")))
    assert "<li>b: 2</li>\n</ul>\n<p>In all 3.</p>" in shown
    assert "<img" not in shown
    assert "<a " not in shown
