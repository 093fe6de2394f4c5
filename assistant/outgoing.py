"""What leaves for a language model: older turns summarised where they are too long, personal data hidden."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.personal import Mask
from assistant.summary import summarised
from assistant.usage import estimated_tokens

BUDGET = 24_000
"""Tokens of messages from which older turns are summarised, unless the settings say otherwise."""
WHOLE_TURNS = 2
"""The turns of this many latest questions are sent whole, whatever their size."""
MOST_TURNS = 40
"""Older questions than this are not sent."""


def outgoing(messages: Sequence[AnyMessage], mask: Mask, budget: int = BUDGET) -> list[AnyMessage]:
    """Copies of the latest ``messages`` that may be sent; the originals stay as they are.

    Args:
        messages: The conversation.
        mask: Hides personal data.
        budget: Tokens; beyond them the oldest turns are sent as summaries, oldest first.
    """
    turns = _turns(messages)[-MOST_TURNS:]
    sizes = [sum(map(_size, turn)) for turn in turns]
    for index in range(len(turns) - WHOLE_TURNS):
        if sum(sizes) <= budget:
            break
        turns[index] = summarised(turns[index])
        sizes[index] = sum(map(_size, turns[index]))
    while len(turns) > WHOLE_TURNS and sum(sizes) > budget:
        del turns[0], sizes[0]
    return [_masked(message, mask) for turn in turns for message in turn]


def text_of(message: AnyMessage) -> str:
    """Everything of ``message`` that is sent as text."""
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return "\n".join([str(message.content), *(json.dumps(call["args"], ensure_ascii=False) for call in calls)])


def _size(message: AnyMessage) -> int:
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return estimated_tokens(str(message.content)) + sum(estimated_tokens(json.dumps(call["args"])) for call in calls)


def _turns(messages: Sequence[AnyMessage]) -> list[list[AnyMessage]]:
    turns: list[list[AnyMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage) or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _masked(message: AnyMessage, mask: Mask) -> AnyMessage:
    content = message.content
    if isinstance(content, str):
        content = mask.hide(content)
    changes: dict[str, Any] = {"content": content}
    if isinstance(message, ToolMessage):
        changes["artifact"] = None
    if isinstance(message, AIMessage) and message.tool_calls:
        changes["tool_calls"] = [{**call, "args": mask.hide_in(call["args"])} for call in message.tool_calls]
    return message.model_copy(update=changes)
