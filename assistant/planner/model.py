"""The planner as a LangChain chat model: questions become tool calls, tool results become answers."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import ConfigDict, Field
from typing_extensions import override

from assistant.language import language_of
from assistant.planner.abilities import without_missing
from assistant.planner.answers import write_answer, write_own
from assistant.planner.confirmed import confirmed_plan
from assistant.planner.dialogue import Result, read_dialogue
from assistant.planner.plan import NOTES, Plan
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary
from assistant.reading_store import Reading
from assistant.toolbox import TOOLS

_ASKED = re.compile(r"language: (zh|en)")
"""A system message of this form sets the language of answers."""


class PlannerModel(BaseChatModel):
    """Understands questions with rules and data; needs no network.

    Args:
        vocabulary: What words mean in the loaded data.
        language: Language of answers; "auto" is the question's.
        confirmed: How the operator confirmed that the latest question is to be read.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    vocabulary: Vocabulary = Field(repr=False)  # the loop writes models down at every call, and this one is large
    language: Literal["auto", "zh", "en"] = "auto"
    confirmed: Reading | None = None

    @property
    @override
    def _llm_type(self) -> str:
        return "fenqun-planner"

    @override
    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[Any, AIMessage]:
        """The planner knows the tools already."""
        return self

    @override
    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages))])

    @override
    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        message = self.reply(messages)
        for chunk in _chunks(message):
            if run_manager and chunk.text:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def reply(self, messages: Sequence[BaseMessage]) -> AIMessage:
        """The next message: tool calls after a question, an answer after results."""
        question_at = _last_question(messages)
        question = str(messages[question_at].text) if question_at is not None else ""
        language = self._language(messages[: question_at or 0], question)
        results = _results(messages[(question_at or 0) + 1 :])
        if results:
            return AIMessage(content=write_answer(results, language, _notes(messages)))
        dialogue = replace(read_dialogue(messages[: question_at or 0]), language=language)
        known = confirmed_plan(self.confirmed, question, self.vocabulary, dialogue)
        found = known or without_missing(understand(question, self.vocabulary, dialogue), TOOLS, language)
        return _message(found, language)

    def _language(self, earlier: Sequence[BaseMessage], question: str) -> str:
        asked = next((match[1] for message in earlier if (match := _ASKED.fullmatch(str(message.text).strip()))), self.language)
        language = "en"
        for message in earlier:
            if isinstance(message, HumanMessage):
                language = language_of(str(message.text), asked, language)
        return language_of(question, asked, language)


def _last_question(messages: Sequence[BaseMessage]) -> int | None:
    return next((at for at in range(len(messages) - 1, -1, -1) if isinstance(messages[at], HumanMessage)), None)


def _results(messages: Sequence[BaseMessage]) -> list[Result]:
    return list(read_dialogue(messages).results)


def _notes(messages: Sequence[BaseMessage]) -> list[tuple[str, str]]:
    for message in reversed(messages):
        if isinstance(message, AIMessage) and message.tool_calls:
            return [(str(kind), str(words)) for kind, words in message.additional_kwargs.get(NOTES, [])]
    return []


def _message(found: Plan, language: str) -> AIMessage:
    if found.say:
        return AIMessage(content=write_own(found.say, language))
    calls = [tool_call(name=call.name, args=call.args, id=f"call_{uuid.uuid4().hex[:12]}") for call in found.calls]
    return AIMessage(content="", tool_calls=calls, additional_kwargs={NOTES: [list(note) for note in found.notes]})


def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    if message.tool_calls:
        parts = [
            tool_call_chunk(name=call["name"], args=json.dumps(call["args"], default=str), id=call["id"], index=index)
            for index, call in enumerate(message.tool_calls)
        ]
        extra = message.additional_kwargs
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=parts, additional_kwargs=extra))
        return
    for line in str(message.content).splitlines(keepends=True):
        yield ChatGenerationChunk(message=AIMessageChunk(content=line))
