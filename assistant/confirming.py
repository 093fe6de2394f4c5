"""Confirmed readings in a conversation: handed to the brain, told with the answer, learnt when a choice is picked."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.chat_model import Brain
from assistant.events import Answer, StepSummary
from assistant.phrases import phrase
from assistant.prompt_library import render
from assistant.reading_store import Reading
from assistant.readings import Readings
from tools.contracts import Outcome
from tools.warehouse.warehouse import Warehouse

log = logging.getLogger(__name__)


class Memory:
    """What one user confirmed. Where its file cannot be read or written, questions are answered without it.

    Args:
        warehouse: The data that the questions are about.
        user: Whose; nobody's when empty, and then nothing is remembered.
    """

    def __init__(self, warehouse: Warehouse, user: str) -> None:
        self._readings = Readings(warehouse)
        self._user = user

    def recall(self, question: str) -> Reading | None:
        """The confirmed reading of a question, where there is one that has not expired."""
        try:
            return self._readings.find(self._user, question) if self._user else None
        except sqlite3.Error:
            log.warning("confirmed readings cannot be read", exc_info=True)
            return None

    def learn(self, before: Sequence[AnyMessage], answer: Answer) -> None:
        """Where the question was one of the choices that the answer before offered, it is how that question is to be read."""
        found = asked_before(before, answer.question, answer.language) if self._user else None
        if found is None:
            return
        asked, first = found
        try:
            self._readings.confirm(self._user, asked.question, answer, asked, first=first)
        except sqlite3.Error:
            log.warning("a confirmed reading cannot be kept", exc_info=True)


def with_reading(brain: Brain, reading: Reading | None) -> Brain:
    """The brain that knows the reading. A language model is told of it as a hint, in its system prompt."""
    if reading is None or brain.is_service:
        return brain
    return replace(brain, chat=brain.chat.model_copy(update={"confirmed": reading}))


def hint(reading: Reading | None) -> str:
    """What a language model is told: it may depart from it, and then the answer does not claim the reading."""
    if reading is None:
        return ""
    calls = [{"tool": call.tool, "arguments": call.arguments} for call in reading.calls]
    return render("confirmed.md", calls=json.dumps(calls, ensure_ascii=False))


def told(answer: Answer, reading: Reading | None) -> Answer:
    """The answer, which says that it was read as confirmed where it was."""
    if reading is None or not _followed(answer, reading):
        return answer
    words = answer.interpretation or reading.interpretation
    day = reading.created_at.date().isoformat()
    note = phrase("readings.used", day=day, number=reading.number, reading=words).say(answer.language)
    return answer.model_copy(update={"interpretation": note})


def asked_before(messages: Sequence[AnyMessage], reply: str, language: str) -> tuple[Answer, bool] | None:
    """The answer that offered ``reply`` as one of its choices, and whether it was the conversation's first; None: none did.

    Args:
        messages: The conversation before the reply.
        reply: What the operator says now.
        language: Of the conversation.
    """
    at = next((place for place in range(len(messages) - 1, -1, -1) if isinstance(messages[place], HumanMessage)), None)
    if at is None or reply.strip() not in _choices(messages[at:]):
        return None
    calls = [call for message in messages[at:] if isinstance(message, AIMessage) for call in message.tool_calls]
    steps = [StepSummary(tool=call["name"], arguments=call["args"], outcome=Outcome.AMBIGUOUS, seconds=0.0) for call in calls]
    asked = Answer(question=str(messages[at].text), text="", language=language, outcome=Outcome.AMBIGUOUS, steps=steps)
    return asked, at == 0


def _choices(messages: Sequence[AnyMessage]) -> set[str]:
    offered = [
        choice
        for message in messages
        if isinstance(message, ToolMessage) and isinstance(message.artifact, dict)
        for choice in message.artifact.get("choices", ())
    ]
    return {text.strip() for choice in offered for text in choice["question"].values()}


def _followed(answer: Answer, reading: Reading) -> bool:
    done = [(step.tool, step.arguments) for step in answer.steps]
    return done == [(call.tool, call.arguments) for call in reading.calls]
