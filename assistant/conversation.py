"""A conversation: questions in, typed events out, whichever brain answers and whatever goes wrong."""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage

from assistant.artifacts import result_from
from assistant.attempt import Attempt
from assistant.chat_model import PLANNER, Brain, planner_brain, service_brain
from assistant.confirming import Memory, hint, told, with_reading
from assistant.events import Answer, Event, Finished, Problem, TextDelta
from assistant.failures import reason_of
from assistant.history import History, MemoryHistory, StoredHistory
from assistant.language import language_of
from assistant.personal import Mask
from assistant.phrases import phrase
from assistant.prompt_library import render
from assistant.session import Session
from assistant.toolbox import Toolbox
from assistant.turn import Turn, failed_answer
from tools.contracts import Text
from tools.errors import Cancelled, FenqunError
from tools.warehouse.personal import personal_values_in
from tools.warehouse.warehouse import Warehouse

log = logging.getLogger(__name__)

LONGEST_QUESTION = 4_000
_TALK = frozenset({"ask_user", "decline", "explain_term"})
"""Tools that look nothing up in the data."""
CONVERSATIONS_FILE = "conversations.sqlite"
_LANGUAGE_NAMES = {"zh": "Simplified Chinese (简体中文)", "en": "English"}


class Brains:
    """Chooses who answers; tests and evaluations give their own.

    Args:
        warehouse: The data that the planner's vocabulary comes from.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def service(self) -> Brain | None:
        """The language model of the environment; None where the planner answers."""
        return service_brain(self._warehouse.config)

    def planner(self, language: str) -> Brain:
        """The embedded planner, answering in ``language`` ("auto": the question's)."""
        return planner_brain(self._warehouse, language)


@dataclass
class Conversation:
    """One conversation; one question at a time.

    Args:
        warehouse: The data.
        session: Its id, language and results.
        history: Where its messages are kept.
        language: "zh", "en", or "auto" for the language of each question.
        brains: Who answers.
        user: Whose it is, so that the readings that they confirmed are used; nobody's when left out.
    """

    warehouse: Warehouse
    session: Session
    history: History
    language: str = "auto"
    brains: Brains = field(default=None)  # type: ignore[assignment]
    user: str = ""
    _toolbox: Toolbox | None = field(default=None, repr=False)
    _events: queue.SimpleQueue[Event | None] | None = field(default=None, repr=False)
    _asking: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Take up the results of a stored conversation."""
        self.brains = self.brains or Brains(self.warehouse)
        self._restore(self.history.load())

    def ask(self, question: str) -> Iterator[Event]:
        """Answer ``question``; the events end with one Finished. Closing the generator stops the work."""
        with self._asking:
            session = self.session
            session.language = language_of(question, self.language, session.language)
            refused = _refusal(question)
            if refused:
                yield Problem(text=refused.say(session.language))
                yield Finished(answer=failed_answer(question, session.language, refused, PLANNER))
                return
            yield from self._in_background(question)

    def answer(self, question: str) -> Answer:
        """The whole answer to ``question``, for callers that do not stream."""
        for event in self.ask(question):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("every answer ends with Finished")

    def cancel(self) -> None:
        """Stop the answer that is being made; callable from another thread."""
        toolbox, events = self._toolbox, self._events
        if toolbox is not None:
            toolbox.cancel()
        if events is not None:
            events.put(None)

    def undo(self) -> str | None:
        """Forget the latest question and its answer; returns the question, None when there was none."""
        messages = self.history.load()
        asked = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
        if not asked:
            return None
        self._keep(messages[: asked[-1]])
        return str(messages[asked[-1]].content)

    def clear(self) -> None:
        """Forget everything."""
        self._keep([])

    def delete(self) -> None:
        """Forget everything for good: where it was stored, nothing of it is left."""
        self.history.delete()
        self._restore([])

    def _keep(self, messages: Sequence[AnyMessage]) -> None:
        self.history.save(messages)
        self._restore(messages)

    def _restore(self, messages: Sequence[AnyMessage]) -> None:
        artifacts = [message.artifact for message in messages if isinstance(message, ToolMessage) and message.artifact]
        self.session.restore(result_from(artifact) for artifact in artifacts)

    def _in_background(self, question: str) -> Iterator[Event]:
        # A thread of its own, so that cancel() ends the answer at once even while a service is silent.
        events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        work = _Work(self, question, Toolbox(self.warehouse, self.session, question=question), events)
        self._toolbox, self._events = work.toolbox, events
        threading.Thread(target=work.run, name=f"answer-{self.session.id}", daemon=True).start()
        try:
            while (event := events.get()) is not None:
                yield event
                if isinstance(event, Finished):
                    return
            yield Finished(answer=work.stopped())
        finally:
            work.toolbox.cancel()
            self._toolbox = self._events = None


@dataclass
class _Work:
    """The making of one answer, in its own thread."""

    conversation: Conversation
    question: str
    toolbox: Toolbox
    events: queue.SimpleQueue[Event | None]
    turn: Turn | None = None

    def run(self) -> None:
        """Put every event of the answer into the queue; nothing is ever raised."""
        try:
            answer = self._answer()
        except Cancelled:
            self.events.put(None)
            return
        except FenqunError as error:
            answer = self._problem(Text(zh=error.zh, en=error.en))
        except Exception:  # The edge of the product: an operator never sees a traceback.
            log.exception("the answer to a question failed")
            answer = self._problem(phrase("internal"))
        self.events.put(Finished(answer=answer))

    def stopped(self) -> Answer:
        """The answer to a question whose answering was stopped."""
        answer = failed_answer(self.question, self._language, phrase("stopped"), self.turn.brain if self.turn else PLANNER)
        said = self.turn.text.strip() if self.turn else ""
        return answer.model_copy(update={"text": f"{said}\n\n{answer.text}" if said else answer.text})

    @property
    def _language(self) -> str:
        return self.conversation.session.language

    def _answer(self) -> Answer:
        service, note = self.conversation.brains.service(), None
        if service:
            try:
                return self._attempt(service, None)
            except FenqunError:
                raise
            except Exception as error:  # Whatever a service does wrong, the planner can still answer.
                log.warning("the language model failed", exc_info=True)
                note = phrase("service_failed", reason=phrase(f"reasons.{reason_of(error)}"))
        return self._attempt(self.conversation.brains.planner(self.conversation.language), note)

    def _attempt(self, brain: Brain, note: Text | None) -> Answer:
        said = self.turn.text if self.turn else ""
        turn = self.turn = Turn(self.question, self._language, self.conversation.warehouse.currency, brain.name)
        if note:
            turn.notes.append(note)
        if note and said.strip():
            turn.prefix = f"{said.strip()}\n\n*{note.say(self._language)}*\n\n"
            self.events.put(TextDelta(text=turn.prefix[len(said.strip()) :]))
        before = self.conversation.history.load()
        questions = [str(message.content) for message in before if isinstance(message, HumanMessage)]
        memory = Memory(self.conversation.warehouse, self.conversation.user)
        reading = memory.recall(self.question)
        brain = with_reading(brain, reading)
        self.toolbox.for_service, self.toolbox.earlier = brain.is_service, questions
        if brain.is_service:
            self.toolbox.mask = self._mask([*questions, self.question])
        prompt = self._system_prompt(brain, self.toolbox.mask.hide(hint(reading)))
        attempt = Attempt(brain, self.toolbox, turn, before, [*questions, self.question], prompt, needs_data=self._needs_data)
        for event in attempt.run():
            self.events.put(event)
        if self.toolbox.stopped:
            raise Cancelled
        self.conversation.history.save([*before, *attempt.new_messages])
        answer = told(turn.answer(), reading)
        memory.learn(before, answer)
        return answer

    def _needs_data(self) -> bool:
        """Whether the planner would look something up for the question."""
        planner = self.conversation.brains.planner(self.conversation.language)
        reply = planner.chat.invoke([SystemMessage(f"language: {self._language}"), HumanMessage(self.question)])
        return isinstance(reply, AIMessage) and any(call["name"] not in _TALK for call in reply.tool_calls)

    def _mask(self, questions: list[str]) -> Mask:
        with self.toolbox.context() as context:
            return Mask(personal_values_in(context.engine, "\n".join(questions)))

    def _system_prompt(self, brain: Brain, hint: str) -> str:
        if not brain.is_service:
            return f"language: {self._language}"
        with self.toolbox.context() as context:
            prompt = render("system.md", language_name=_LANGUAGE_NAMES[self._language], as_of=context.as_of.isoformat())
        return f"{prompt}\n\n{hint}" if hint else prompt

    def _problem(self, sentence: Text) -> Answer:
        self.events.put(Problem(text=sentence.say(self._language)))
        brain = self.turn.brain if self.turn else PLANNER
        return failed_answer(self.question, self._language, sentence, brain)


def open_conversation(
    warehouse: Warehouse, session_id: str | None = None, language: str = "auto", brains: Brains | None = None
) -> Conversation:
    """A conversation over ``warehouse``.

    Args:
        warehouse: The data.
        session_id: Takes up the conversation that was kept under this id; without one, it lasts as long as the object.
        language: "zh", "en", or "auto" for the language of each question.
        brains: Who answers; chosen by the settings when left out.
    """
    history: History = MemoryHistory()
    if session_id:
        history = StoredHistory(warehouse.config.home.expanduser() / CONVERSATIONS_FILE, session_id)
    setting = warehouse.config.language if language == "auto" else language
    return Conversation(warehouse, Session(session_id or uuid.uuid4().hex), history, setting, brains or Brains(warehouse))


def _refusal(question: str) -> Text | None:
    if not question.strip():
        return phrase("empty_question")
    return phrase("too_long", limit=LONGEST_QUESTION) if len(question) > LONGEST_QUESTION else None
