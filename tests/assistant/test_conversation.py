"""The conversation with a scripted brain: order of events, memory, undo, cancelling, persistence, failures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from assistant import toolbox
from assistant.chat_model import PLANNER, Brain, service_brain
from assistant.conversation import LONGEST_QUESTION, Brains, Conversation, open_conversation
from assistant.events import Finished, Problem, StepDone, StepStarted, TableReady
from assistant.language import language_of
from assistant.planner.plan import NOTES, PRELUDE
from assistant.toolbox import Tool, Toolbox
from tools.contracts import Column, Figure, Outcome, Table, Text, ToolResult, Unit
from tools.errors import Cancelled, InputError, UnsupportedQuestion
from tools.requests import Measure
from tools.rules import Selection
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse

Script = Callable[[Sequence[BaseMessage]], AIMessage]


class Scripted(BaseChatModel):
    """A brain that says what a list says."""

    script: list[Any] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:
        said = self.script.pop(0)
        if isinstance(said, Exception):
            raise said
        return ChatResult(generations=[ChatGeneration(message=said)])


class ScriptedBrains(Brains):
    def __init__(self, script: list[AIMessage | Exception]) -> None:
        self.chat = Scripted(script=script)

    def service(self) -> Brain | None:
        return None

    def planner(self, language: str) -> Brain:
        return Brain(PLANNER, self.chat)


def _calls(*calls: tuple[str, dict[str, Any]]) -> AIMessage:
    return AIMessage(
        "", tool_calls=[{"name": name, "args": args, "id": f"c{index}-{id(calls)}"} for index, (name, args) in enumerate(calls)]
    )


REVENUE = ("measure", {"metrics": ["revenue"]})


def _measured(_: Toolbox, request: Any) -> ToolResult:
    label = Text(zh="销售额", en="revenue")
    table = Table(title=label, columns=(Column(id="customer_id", label=label, unit=Unit.ID),), rows=(("1",),), row_count=1)
    figure = Figure(id="revenue", label=label, value=1234, unit=Unit.COUNT)
    return ToolResult(tool="measure", figures=(figure,), tables=(table,), selection=Selection(), caveats=(Text(zh="注意", en="Mind this"),))


@pytest.fixture(autouse=True)
def _measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "TOOLS", {**toolbox.TOOLS, "measure": Tool(Measure, _measured)})


def _replace(monkeypatch: pytest.MonkeyPatch, run: Callable[[Toolbox, Any], ToolResult]) -> None:
    monkeypatch.setattr(toolbox, "TOOLS", {**toolbox.TOOLS, "measure": Tool(Measure, run)})


def _open(small: Warehouse, *script: AIMessage | Exception, session: str | None = None) -> Conversation:
    return open_conversation(small, session, brains=ScriptedBrains(list(script)))


def test_events_come_in_order_and_calls_run_in_order(small: Warehouse) -> None:
    conversation = _open(small, _calls(REVENUE, REVENUE, REVENUE), AIMessage("It is [[t1.revenue]] and [[t3.revenue]]."))
    events = list(conversation.ask("revenue?"))
    kinds = [type(event).__name__ for event in events]
    assert kinds == ["StepStarted"] * 3 + ["StepDone", "TableReady"] * 3 + ["TextDelta", "Finished"]
    done = [event for event in events if isinstance(event, StepDone)]
    started = [event for event in events if isinstance(event, StepStarted)]
    assert [event.call_id for event in done] == [event.call_id for event in started]
    assert [event.result.figures[0].id for event in done if event.result] == ["t1.revenue", "t2.revenue", "t3.revenue"]
    assert all(event.seconds >= 0 for event in done)
    assert isinstance(events[-1], Finished)
    answer = events[-1].answer
    assert answer.text == "It is 1,234 and 1,234."
    assert answer.caveats == ["Mind this"]
    assert answer.suggestions
    assert len([event for event in events if isinstance(event, TableReady)]) == len(answer.tables) == 3


def test_what_is_only_found_first_shows_no_table(small: Warehouse) -> None:
    message = _calls(REVENUE, REVENUE)
    message.additional_kwargs[NOTES] = [[PRELUDE, "1"]]
    events = list(_open(small, message, AIMessage("It is [[t2.revenue]].")).ask("revenue?"))
    answer = next(event.answer for event in events if isinstance(event, Finished))
    assert len([event for event in events if isinstance(event, TableReady)]) == len(answer.tables) == 1
    assert [source.tables for source in answer.sources] == [[], [0]]


def test_the_next_question_sees_the_results_before(small: Warehouse) -> None:
    conversation = _open(small, _calls(REVENUE), AIMessage("[[t1.revenue]]."), AIMessage("还是 [[t1.revenue]]。"))
    conversation.answer("revenue?")
    answer = conversation.answer("再说一遍")
    assert answer.text == "还是 1,234。"
    assert answer.language == "zh"
    assert [figure.id for figure in answer.figures] == ["t1.revenue"]


def test_undo_forgets_the_last_question(small: Warehouse) -> None:
    conversation = _open(small, _calls(REVENUE), AIMessage("[[t1.revenue]]."), _calls(REVENUE), AIMessage("[[t2.revenue]]."))
    conversation.answer("first")
    conversation.answer("second")
    assert conversation.undo() == "second"
    assert list(conversation.session.results) == ["t1"]
    conversation.clear()
    assert not conversation.session.results
    assert conversation.undo() is None


def test_a_kept_conversation_goes_on_later(small: Warehouse) -> None:
    _open(small, _calls(REVENUE), AIMessage("[[t1.revenue]]."), session="kept").answer("first")
    again = _open(small, AIMessage("Still [[t1.revenue]]."), session="kept")
    assert again.answer("and now?").text == "Still 1,234."
    assert _open(small, AIMessage("[[t1.revenue]]."), session="other").answer("and here?").text != "1,234."


def test_outcomes_of_tools_are_the_answers(small: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Toolbox, __: Any) -> ToolResult:
        raise UnsupportedQuestion("There are no events.", "没有行为数据。")

    _replace(monkeypatch, refuse)
    answer = _open(small, _calls(REVENUE), AIMessage("")).answer("logins?")
    assert (answer.outcome, answer.text) == (Outcome.UNSUPPORTED, "There are no events.")


def test_a_mended_mistake_does_not_count(small: Warehouse) -> None:
    conversation = _open(small, _calls(("measure", {"metrics": []})), _calls(REVENUE), AIMessage("[[t2.revenue]]."))
    answer = conversation.answer("revenue?")
    assert answer.outcome is Outcome.ANSWERED
    assert [step.outcome for step in answer.steps] == [Outcome.FAILED, Outcome.ANSWERED]


def test_a_defect_is_one_sentence_and_the_next_question_works(small: Warehouse) -> None:
    conversation = _open(small, RuntimeError("secret detail"), AIMessage("Fine."))
    events = list(conversation.ask("revenue?"))
    assert isinstance(events[0], Problem)
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.outcome is Outcome.FAILED
    assert "secret detail" not in events[-1].answer.text
    assert conversation.answer("again?").text == "Fine."


def test_cancel_stops_the_running_tool(small: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    running, over = threading.Event(), threading.Event()

    def slow(toolbox: Toolbox, _: Any) -> ToolResult:
        with toolbox.context() as ctx:
            running.set()
            try:
                ctx.engine.rows("SELECT count(*) FROM range(100000000000) AS a WHERE a.range % 7 = 3")
            except Cancelled:
                over.set()
                raise
        return ToolResult(tool="measure")

    _replace(monkeypatch, slow)
    conversation = _open(small, _calls(REVENUE), AIMessage("Fine."))
    threading.Thread(target=lambda: running.wait(5) and conversation.cancel(), daemon=True).start()
    answer = conversation.answer("slow?")
    assert answer.outcome is Outcome.FAILED
    assert answer.text == "Stopped."
    assert over.wait(5)
    assert not conversation.session.results
    conversation.brains.chat.script[:] = [AIMessage("Fine.")]  # type: ignore[attr-defined]
    assert conversation.answer("again?").text == "Fine."


def test_closing_the_stream_stops_the_work(small: Warehouse) -> None:
    conversation = _open(small, _calls(REVENUE), AIMessage("[[t1.revenue]]."))
    events = conversation.ask("revenue?")
    assert isinstance(next(events), StepStarted)
    events.close()  # type: ignore[attr-defined]
    conversation.brains.chat.script[:] = [AIMessage("Fine.")]  # type: ignore[attr-defined]
    assert conversation.answer("again?").text == "Fine."


@pytest.mark.parametrize(("question", "said"), [("  ", "type a question"), ("x" * (LONGEST_QUESTION + 1), "too long")])
def test_empty_and_endless_questions_are_refused(small: Warehouse, question: str, said: str) -> None:
    answer = _open(small).answer(question)
    assert answer.outcome is Outcome.FAILED
    assert said in answer.text


def test_two_conversations_share_nothing(small: Warehouse) -> None:
    first = _open(small, _calls(REVENUE), AIMessage("[[t1.revenue]]."))
    second = _open(small, AIMessage("Hello."))
    first.answer("revenue?")
    assert not second.session.results
    assert second.session.id != first.session.id


def test_without_a_warehouse_one_sentence_says_what_to_do(tmp_path: Any) -> None:
    answer = open_conversation(Warehouse(tmp_path / "none.duckdb", Settings(home=tmp_path))).answer("有多少客户？")
    assert answer.outcome is Outcome.FAILED
    assert "fenqun demo" in answer.text
    assert answer.language == "zh"


@pytest.mark.parametrize(
    ("question", "setting", "before", "language"),
    [
        ("How many?", "auto", "zh", "en"),
        ("多少 customers?", "auto", "en", "zh"),
        ("1228?", "auto", "zh", "zh"),
        ("How many?", "zh", "en", "zh"),
    ],
)
def test_the_language_is_the_questions_or_the_settings(question: str, setting: str, before: str, language: str) -> None:
    assert language_of(question, setting, before) == language


def test_the_brain_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert service_brain(Settings()) is None
    with pytest.raises(InputError, match="needs OPENAI_API_KEY"):
        service_brain(Settings(brain="model"))
    monkeypatch.setenv("OPENAI_API_KEY", "empty")
    assert service_brain(Settings(brain="planner")) is None
    chosen = service_brain(Settings())
    assert chosen is not None
    assert chosen.is_service
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    with pytest.raises(InputError, match="FENQUN_MODEL"):
        service_brain(Settings())
    named = service_brain(Settings(model="qwen3"))
    assert named is not None
    assert named.name == "qwen3"


def test_a_deleted_conversation_leaves_nothing_and_keeps_nothing(small: Warehouse) -> None:
    conversation, other = open_conversation(small, "gone"), open_conversation(small, "stays")
    conversation.answer("how many customers")
    other.answer("how many customers")
    conversation.delete()
    conversation.history.save([HumanMessage("too late")])
    assert open_conversation(small, "gone").history.load() == []
    assert open_conversation(small, "gone").session.results == {}
    assert len(open_conversation(small, "stays").history.load()) > 0
