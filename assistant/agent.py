"""The agent loop: one brain, the tools, and limits on how often each is called."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware, ModelRequest, ModelResponse, ToolCallLimitMiddleware
from langchain.tools.tool_node import ToolCallRequest
from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from assistant.chat_model import Brain
from assistant.failures import BROKEN, BrainFailed
from assistant.sending import sendable
from assistant.toolbox import UNREADABLE, Toolbox
from tools.errors import Cancelled

MODEL_CALLS = 10
TOOL_CALLS = 16
SECONDS = "seconds"
"""Key of a tool message's additional data that says how long the call took."""


class Queue:
    """Lets the tool calls of one message run one after the other, in the order in which the brain wrote them.

    The loop starts them at once in threads; handles must not depend on which is faster, and a later call may use
    the handle of an earlier one.
    """

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._moved = threading.Condition()

    def expect(self, call_ids: Iterable[str]) -> None:
        """These calls come next, in this order."""
        with self._moved:
            self._waiting = list(call_ids)

    @contextmanager
    def turn(self, call_id: str) -> Iterator[None]:
        """Waits for the calls before ``call_id``; a call that nobody expected does not wait."""
        with self._moved:
            self._moved.wait_for(lambda: call_id not in self._waiting or self._waiting[0] == call_id)
        try:
            yield
        finally:
            with self._moved:
                self._waiting = [each for each in self._waiting if each != call_id]
                self._moved.notify_all()


class Guard(AgentMiddleware[Any, Any, Any]):
    """Mends what services get wrong, hides personal data from them, and times the tools.

    Args:
        brain: Who is asked.
        toolbox: The conversation's tools.
    """

    def __init__(self, brain: Brain, toolbox: Toolbox) -> None:
        super().__init__()
        self._brain = brain
        self._toolbox = toolbox
        self._queue = Queue()

    def wrap_model_call(self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]) -> ModelResponse[Any]:
        """Send only what may leave; turn unreadable tool calls into calls that the toolbox answers."""
        if self._toolbox.stopped:
            raise Cancelled
        if self._brain.is_service:
            request = request.override(messages=sendable(self._toolbox, request.messages))
            self._toolbox.meter.check()
        response = handler(request)
        messages = [_readable(message) for message in response.result]
        if self._brain.is_service:
            self._count(request, messages)
            _require_whole(messages)
        self._queue.expect(call["id"] or "" for message in messages if isinstance(message, AIMessage) for call in message.tool_calls)
        return ModelResponse(result=messages, structured_response=response.structured_response)

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Time the call; a tool that does not exist is answered by the toolbox like any other mistake."""
        with self._queue.turn(request.tool_call["id"] or ""):
            started = time.perf_counter()
            message = handler(request) if request.tool is not None else self._unknown(request.tool_call)
            if isinstance(message, ToolMessage):
                message.additional_kwargs[SECONDS] = round(time.perf_counter() - started, 4)
            return message

    def _count(self, request: ModelRequest[Any], replies: Sequence[BaseMessage]) -> None:
        for reply in replies:
            if isinstance(reply, AIMessage):
                self._toolbox.meter.add([*([request.system_message] if request.system_message else []), *request.messages], reply)

    def _unknown(self, call: ToolCall) -> ToolMessage:
        content, artifact = self._toolbox.unknown(call["name"], self._brain.is_service)
        return ToolMessage(content=content, artifact=artifact, name=call["name"], tool_call_id=call["id"] or "")


def _require_whole(messages: Sequence[BaseMessage]) -> None:
    """Refuse tool calls of a reply that broke off or was cut: a condition could be missing.

    Raises:
        BrainFailed: It did.
    """
    for message in messages:
        if isinstance(message, AIMessage) and message.tool_calls and message.response_metadata.get("finish_reason") in (None, "length"):
            raise BrainFailed("broke_off")


def _readable(message: BaseMessage) -> BaseMessage:
    """Unreadable calls as calls that the toolbox answers, so that the service can mend them."""
    if not isinstance(message, AIMessage):
        return message
    cut = set(message.additional_kwargs.get(BROKEN, []))
    if not message.invalid_tool_calls and not cut:
        return message
    invalid = [
        (call.get("name") or "unknown", call.get("id") or f"broken-{index}") for index, call in enumerate(message.invalid_tool_calls)
    ]
    broken = [
        (call["name"], call["id"] or "") for index, call in enumerate(message.tool_calls) if index in cut or message.invalid_tool_calls
    ]
    whole = [call for call in message.tool_calls if (call["name"], call["id"] or "") not in broken]
    calls = [*whole, *(ToolCall(name=name, args={UNREADABLE: True}, id=call_id, type="tool_call") for name, call_id in broken + invalid)]
    # The service must see the same calls again, in a form that it can read.
    rest = {key: value for key, value in message.additional_kwargs.items() if key not in (BROKEN, "tool_calls")}
    return message.model_copy(update={"tool_calls": calls, "invalid_tool_calls": [], "additional_kwargs": rest})


def build_agent(brain: Brain, toolbox: Toolbox, system_prompt: str) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The loop for one brain; it keeps nothing between questions, the conversation does."""
    middleware: Sequence[AgentMiddleware[Any, Any, Any]] = [
        ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="error"),
        ToolCallLimitMiddleware(run_limit=TOOL_CALLS, exit_behavior="error"),
        Guard(brain, toolbox),
    ]
    return create_agent(brain.chat, toolbox.declarations(brain.is_service), system_prompt=system_prompt or None, middleware=middleware)
