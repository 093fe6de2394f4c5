"""The client of OpenAI-compatible services, with the arguments of tool calls as they were really sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI

from assistant.failures import BROKEN


class ServiceChat(ChatOpenAI):
    """ChatOpenAI that marks cut-off arguments.

    LangChain completes a half-sent object, so that ``{"last_days": 9`` of an intended 90 would be run as 9.
    """

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        written: dict[int, str] = {}
        for chunk in super()._stream(*args, **kwargs):
            for part in getattr(chunk.message, "tool_call_chunks", []):
                index = part.get("index") or 0
                written[index] = written.get(index, "") + (part.get("args") or "")
            yield chunk
        broken = [position for position, (_, text) in enumerate(sorted(written.items())) if not _is_object(text)]
        if broken:
            yield ChatGenerationChunk(message=AIMessageChunk(content="", additional_kwargs={BROKEN: broken}))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text or "{}"), dict)
    except ValueError:
        return False
