"""What leaves for a language model: older results shortened, personal data hidden."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.personal import Mask

WHOLE_TURNS = 2
"""Results of this many latest questions are sent whole; older ones are cut to OLD_CHARACTERS."""
OLD_CHARACTERS = 400
MOST_TURNS = 12
"""Older questions than this are not sent."""


def outgoing(messages: Sequence[AnyMessage], mask: Mask) -> list[AnyMessage]:
    """Copies of the latest ``messages`` that may be sent; the originals stay as they are."""
    turns = _turns(messages)[-MOST_TURNS:]
    sent: list[AnyMessage] = []
    for index, turn in enumerate(turns):
        old = index < len(turns) - WHOLE_TURNS
        sent += [_masked(message, mask, old) for message in turn]
    return sent


def _turns(messages: Sequence[AnyMessage]) -> list[list[AnyMessage]]:
    turns: list[list[AnyMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage) or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _masked(message: AnyMessage, mask: Mask, old: bool) -> AnyMessage:
    content = message.content
    if isinstance(content, str):
        cut = content[:OLD_CHARACTERS] if old and isinstance(message, ToolMessage) else content
        content = mask.hide(cut)
    changes: dict[str, Any] = {"content": content}
    if isinstance(message, ToolMessage):
        changes["artifact"] = None
    if isinstance(message, AIMessage) and message.tool_calls:
        hidden = json.loads(mask.hide(json.dumps([call["args"] for call in message.tool_calls], ensure_ascii=False)))
        changes["tool_calls"] = [{**call, "args": args} for call, args in zip(message.tool_calls, hidden, strict=True)]
    return message.model_copy(update=changes)
