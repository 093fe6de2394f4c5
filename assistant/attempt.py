"""One brain's attempt at one question: its stream turned into events, and its failures into one reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, HumanMessage, ToolCall, ToolMessage

from assistant.agent import SECONDS, agent
from assistant.chat_model import Brain
from assistant.declarations import Asked
from assistant.events import Event, StepDone, StepStarted
from assistant.evidence import Evidence
from assistant.failures import BrainFailed
from assistant.mending import mend, without_refused
from assistant.names import KnownNames, known_names
from assistant.phrases import example_questions, phrase
from assistant.planner.plan import NOTES, PRELUDE
from assistant.prose import ProseStream
from assistant.toolbox import Toolbox
from assistant.turn import Turn
from tools.contracts import Outcome
from tools.errors import Cancelled

_WORDS = ("ask_user", "decline")
"""Tools whose arguments are sentences of the brain's."""


@dataclass
class Attempt:
    """One brain at one question.

    Args:
        brain: Who answers.
        toolbox: The tools, made for this question.
        turn: Where what happens is noted.
        messages: The conversation so far.
        questions: The operator's messages so far, this one last.
        system_prompt: For language models.
        needs_data: Whether the question can be answered from the data; asked where a language model looked nothing up.
    """

    brain: Brain
    toolbox: Toolbox
    turn: Turn
    messages: Sequence[AnyMessage]
    questions: Sequence[str]
    system_prompt: str = ""
    needs_data: Callable[[], bool] = bool
    new_messages: list[AnyMessage] = field(default_factory=list)
    _calls: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _preludes: set[str] = field(default_factory=set)
    _awaited: list[str] = field(default_factory=list)
    _arrived: dict[str, ToolMessage] = field(default_factory=dict)
    _held: str = ""
    _known: KnownNames | None = None
    _finish: str = ""

    def run(self) -> Iterator[Event]:
        """The events of the attempt.

        Raises:
            BrainFailed: A service's brain failed, or said nothing that holds.
            Cancelled: The operator stopped it.
            FenqunError: The warehouse cannot be read.
        """
        question = HumanMessage(self.toolbox.question)
        self.new_messages = [question]
        self._known = self._names()
        self._prose = self._new_prose()
        stream = agent(self.brain.is_service).stream(
            {"messages": [*self.messages, question]},
            {"recursion_limit": 100},
            context=Asked(self.brain, self.toolbox, self.system_prompt),
            stream_mode=["messages", "updates"],
        )
        mode: Any
        data: Any
        for mode, data in stream:
            if self.toolbox.stopped:
                raise Cancelled
            yield from self._token(data[0]) if mode == "messages" else self._update(data)
        yield from self._end()

    def _token(self, chunk: Any) -> Iterator[Event]:
        if not isinstance(chunk, AIMessage | AIMessageChunk) or not (text := _text(chunk)):
            return
        if self.brain.is_service and not self.turn.results:
            # Before any result there is nothing to cite, so this is a preamble or an answer without data: both can wait.
            self._held += text
            return
        yield from self._show(self._prose.feed(text))

    def _update(self, data: dict[str, Any]) -> Iterator[Event]:
        for change in data.values():
            for message in (change or {}).get("messages", []) if isinstance(change, dict) else []:
                if isinstance(message, AIMessage):
                    self.new_messages.append(message)
                    yield from self._said(message)
                elif isinstance(message, ToolMessage):
                    self._arrived[message.tool_call_id] = message
                    yield from self._in_order()

    def _said(self, message: AIMessage) -> Iterator[Event]:
        held, self._held = self._held, ""
        self._finish = str(message.response_metadata.get("finish_reason") or "")
        if held and not message.tool_calls:
            yield from self._without_data(self._prose.feed(held) + self._prose.finish())
        else:
            yield from self._show(self._prose.finish())
        if message.tool_calls and self.turn.text and not self.turn.text.endswith("\n"):
            yield from self._show("\n\n")
        first = int(dict(message.additional_kwargs.get(NOTES, ())).get(PRELUDE, 0))
        self._preludes |= {call["id"] or "" for call in message.tool_calls[:first]}
        for call in message.tool_calls:
            shown = self._arguments(call)
            self._calls[call["id"] or ""] = (call["name"], shown)
            self._awaited.append(call["id"] or "")
            yield StepStarted(call_id=call["id"] or "", tool=call["name"], arguments=shown)

    def _without_data(self, text: str) -> Iterator[Event]:
        """A service's reply that called no tool: refused where there was something to look up, and nothing was before."""
        if self._finish and not self.toolbox.session.results:
            if self._prose.dropped:
                raise BrainFailed("unsupported")
            if self.needs_data():
                raise BrainFailed("no_data")
        yield from self._show(text)

    def _arguments(self, call: ToolCall) -> dict[str, Any]:
        """How the operator is shown the arguments: with their own values, without a service's unchecked sentences."""
        arguments: dict[str, Any] = self.toolbox.mask.reveal_in(call["args"])
        unchecked = self.brain.is_service and call["name"] in _WORDS
        return {key: value for key, value in arguments.items() if key == "reason"} if unchecked else arguments

    def _in_order(self) -> Iterator[Event]:
        """Results in the order of their calls: those that end at the same moment are reported in any order."""
        while self._awaited and self._awaited[0] in self._arrived:
            message = self._arrived.pop(self._awaited.pop(0))
            self.new_messages.append(message)
            yield from self._returned(message)

    def _returned(self, message: ToolMessage) -> Iterator[Event]:
        tool, arguments = self._calls.get(message.tool_call_id, (message.name or "", {}))
        seconds = float(message.additional_kwargs.get(SECONDS, 0.0))
        result = self.toolbox.session.results.get((message.artifact or {}).get("details", {}).get("handle", ""))
        outcome = result.outcome if result else Outcome.FAILED
        error = result.message.say(self.turn.language) if result and result.message and outcome is Outcome.FAILED else None
        step = StepDone(call_id=message.tool_call_id, tool=tool, outcome=outcome, seconds=seconds, result=result, error=error)
        yield from self.turn.done(step, arguments, aside=message.tool_call_id in self._preludes)
        self._prose.evidence = self._evidence()

    def _end(self) -> Iterator[Event]:
        if self.brain.is_service and self._finish == "stop":
            yield from self._mend()
        self.turn.refused += self._prose.refused
        self.turn.cite(self._prose.used, self.toolbox.session.results)
        self.turn.usage = self.toolbox.meter.usage()
        if self.brain.is_service:
            self._require_whole()
        if not self.turn.text.strip() or self._says_little:
            yield from self._show("\n\n" + self.turn.substitute())

    @property
    def _says_little(self) -> bool:
        """Whether what is left of a service's reply states none of the figures."""
        return self.brain.is_service and bool(self._prose.refused) and not self.turn.cited

    def _mend(self) -> Iterator[Event]:
        """One more call for sentences that were left out: those that hold now follow what was shown."""
        first = self._prose
        mended = mend(self.brain, self.toolbox, [*self.messages, *self.new_messages], first, self.turn.text, self.system_prompt)
        if self.toolbox.stopped:
            raise Cancelled
        self._remember(first, None)
        if mended is None:
            return
        gap = "" if not self.turn.text or self.turn.text.endswith(("\n", " ")) or self.turn.language == "zh" else " "
        yield from self._show(gap + mended.text)
        self._remember(mended.prose, mended.message)
        first.refused, first.used = mended.prose.refused, [*first.used, *mended.prose.used]

    def _remember(self, prose: ProseStream, message: AIMessage | None) -> None:
        """Keep the reply, or add ``message`` to it, without what was refused."""
        last = self.new_messages[-1]
        if not isinstance(last, AIMessage) or (not prose.refused and message is None):
            return
        kept = without_refused(message or last, prose.refused)
        self.new_messages[-1] = last.model_copy(update={"content": f"{last.text}\n{kept.text}".strip()}) if message else kept

    def _require_whole(self) -> None:
        if not self._finish:
            raise BrainFailed("broke_off")
        if self._finish == "length":
            self.turn.notes.append(phrase("cut_off"))
        if not self.turn.text.strip() and not any(result.outcome is not Outcome.FAILED for result in self.turn.results):
            raise BrainFailed("unsupported" if self._prose.dropped else "other")

    def _show(self, text: str) -> Iterator[Event]:
        if not self.turn.text:
            text = text.lstrip()
        if text:
            yield self.turn.say(text)

    def _new_prose(self) -> ProseStream:
        return ProseStream(self._evidence(), self.turn.language, self.turn.currency, signs=True, reveal=self.toolbox.mask.reveal)

    def _names(self) -> KnownNames | None:
        if not self.brain.is_service:
            return None
        with self.toolbox.context() as context:
            return known_names(context)

    def _evidence(self) -> Evidence:
        session = self.toolbox.session
        # The planner proposes questions of the product's own, which have numbers in them; a service quotes nothing but results.
        proposed = () if self.brain.is_service else example_questions()
        return Evidence(list(session.results.values()), self.questions, len(self.turn.results), session.as_of, proposed, self._known)


def _text(message: AIMessage) -> str:
    content = message.content
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)
