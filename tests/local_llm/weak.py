"""The client of the weak model: the real one, with short replies, what it said kept, and tool calls given where a case says so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.tool import ToolCallChunk
from langchain_core.outputs import ChatGenerationChunk
from pydantic import PrivateAttr, SecretStr

from assistant.chat_model import Brain
from assistant.conversation import Brains
from assistant.service_chat import ServiceChat
from tools.warehouse.warehouse import Warehouse

NAME = "smollm2-135m"
LONGEST_REPLY = 110
"""Tokens."""


class WeakChat(ServiceChat):
    """Asks the weak model; ``given`` calls stand in for its first reply to a question, so that it only has to write."""

    _given: list[tuple[str, dict[str, Any]]] = PrivateAttr(default_factory=list)
    _said: list[str] = PrivateAttr(default_factory=list)

    def prepare(self, given: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Begin a question."""
        self._given, self._said = list(given), []

    @property
    def said(self) -> list[str]:
        """What the model wrote for the question, reply by reply."""
        return self._said

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        if self._given and isinstance(messages[-1], HumanMessage):
            yield _calling(self._given)
            self._given = []
            return
        self._said.append("")
        for chunk in super()._stream(messages, *args, **kwargs):
            self._said[-1] += chunk.text
            yield chunk


def _calling(calls: Sequence[tuple[str, dict[str, Any]]]) -> ChatGenerationChunk:
    pieces = [
        ToolCallChunk(name=name, args=json.dumps(arguments), id=f"given-{index}", index=index, type="tool_call_chunk")
        for index, (name, arguments) in enumerate(calls)
    ]
    # The template of the weights cannot do without content.
    message = AIMessageChunk(content="Let me look.", tool_call_chunks=pieces, response_metadata={"finish_reason": "tool_calls"})
    return ChatGenerationChunk(message=message)


class WeakBrains(Brains):
    """Asks the weak model first; the planner where that fails.

    Args:
        warehouse: The data.
        chat: The weak model.
    """

    def __init__(self, warehouse: Warehouse, chat: WeakChat) -> None:
        super().__init__(warehouse)
        self._chat = chat

    def service(self) -> Brain:
        """The weak model."""
        return Brain(NAME, self._chat)


def weak_chat(url: str) -> WeakChat:
    """The client for the server at ``url``."""
    return WeakChat(
        model=NAME, base_url=url, api_key=SecretStr("empty"), timeout=90, max_retries=0, streaming=True, stream_usage=True,
        use_responses_api=False, temperature=0.8, extra_body={"max_tokens": LONGEST_REPLY},
    )  # fmt: skip
