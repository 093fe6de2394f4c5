"""The agent loop: one brain, the tools, and limits on how often each is called."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain.tools.tool_node import ToolCallRequest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatResult
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command
from typing_extensions import override

from assistant.declarations import Asked, declarations
from assistant.failures import BROKEN, BrainFailed
from assistant.sending import sendable
from assistant.toolbox import UNREADABLE, Toolbox
from tools.errors import Cancelled

MODEL_CALLS = 10
TOOL_CALLS = 16
SECONDS = "seconds"
"""Key of a tool message's additional data that says how long the call took."""


class Guard(AgentMiddleware[Any, Asked, Any]):
    """Mends what services get wrong, hides personal data from them, limits how often they call, and times the tools."""

    def wrap_model_call(
        self, request: ModelRequest[Asked], handler: Callable[[ModelRequest[Asked]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Ask the brain of this question; send only what may leave; turn unreadable tool calls into calls that the toolbox answers."""
        asked = request.runtime.context
        brain, toolbox = asked.brain, asked.toolbox
        if toolbox.stopped:
            raise Cancelled
        asked.model_calls += 1
        _require_few(asked)
        request = request.override(model=brain.chat, system_message=SystemMessage(asked.system_prompt) if asked.system_prompt else None)
        if brain.is_service:
            request = request.override(messages=sendable(toolbox, request.messages))
            toolbox.meter.check()
        response = handler(request)
        messages = [_readable(message) for message in response.result]
        if brain.is_service:
            _count(toolbox, request, messages)
            _require_whole(messages)
        calls = [call["id"] or "" for message in messages if isinstance(message, AIMessage) for call in message.tool_calls]
        asked.tool_calls += len(calls)
        _require_few(asked)
        asked.order.expect(calls)
        return ModelResponse(result=messages, structured_response=response.structured_response)

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Time the call; a tool that does not exist is answered by the toolbox like any other mistake."""
        asked = cast("Asked", request.runtime.context)
        with asked.order.turn(request.tool_call["id"] or ""):
            started = time.perf_counter()
            message = handler(request) if request.tool is not None else _unknown(asked, request.tool_call)
            if isinstance(message, ToolMessage):
                message.additional_kwargs[SECONDS] = round(time.perf_counter() - started, 4)
            return message


def _count(toolbox: Toolbox, request: ModelRequest[Asked], replies: Sequence[BaseMessage]) -> None:
    for reply in replies:
        if isinstance(reply, AIMessage):
            toolbox.meter.add([*([request.system_message] if request.system_message else []), *request.messages], reply)


def _unknown(asked: Asked, call: ToolCall) -> ToolMessage:
    content, artifact = asked.toolbox.unknown(call["name"], asked.brain.is_service)
    return ToolMessage(content=content, artifact=artifact, name=call["name"], tool_call_id=call["id"] or "")


def _require_few(asked: Asked) -> None:
    """Stop a brain that calls on and on; counted here, since a node of the loop for every count takes longer than the loop itself.

    Raises:
        BrainFailed: It asked the model or the tools more often than one question may.
    """
    if asked.model_calls > MODEL_CALLS or asked.tool_calls > TOOL_CALLS:
        raise BrainFailed("loop")


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


class _Asked(BaseChatModel):
    """Stands where the loop wants a model; the guard puts the brain of the question in its place."""

    @property
    @override
    def _llm_type(self) -> str:
        return "fenqun-asked"

    @override
    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise BrainFailed("other")  # nobody was put in its place: told like any brain that gives no answer


@lru_cache(maxsize=2)
def agent(for_model: bool) -> CompiledStateGraph[Any, Asked, Any, Any]:
    """The loop with the tools of a language model or of the planner; one for all questions, since it keeps nothing of them."""
    return create_agent(_Asked(), declarations(for_model), middleware=[Guard()], context_schema=Asked)
