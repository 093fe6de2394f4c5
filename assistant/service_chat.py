"""The client of OpenAI-compatible services, with the arguments of tool calls as they were really sent."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI

from assistant.failures import BROKEN, BrainFailed

LONGEST_REPLY = 60_000
"""Characters of one reply; a service that never ends is stopped."""
MOST_WAITS = 5
"""A whole reply may take so many times the longest wait for its next piece."""


class ServiceChat(ChatOpenAI):
    """ChatOpenAI that marks cut-off arguments and stops replies without end.

    LangChain completes a half-sent object, so that ``{"last_days": 9`` of an intended 90 would be run as 9.
    """

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        written: dict[int, str] = {}
        size, wait = 0, self.request_timeout
        until = time.monotonic() + MOST_WAITS * wait if isinstance(wait, int | float) else math.inf
        for chunk in super()._stream(*args, **kwargs):
            size += len(chunk.text)
            if size + sum(map(len, written.values())) > LONGEST_REPLY:
                raise BrainFailed("tokens")
            if time.monotonic() > until:
                raise BrainFailed("timeout")
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
