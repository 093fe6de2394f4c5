"""Why a brain gave no answer, in the few kinds that an operator is told."""

from __future__ import annotations

BROKEN = "broken_calls"
"""Key of a message's additional data that lists the positions of tool calls whose arguments are no valid JSON."""


class BrainFailed(Exception):
    """A brain gave no usable answer.

    Args:
        reason: Key below "reasons" of prompts/sentences.yaml.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def reason_of(error: Exception) -> str:
    """Why a service failed, as a key below "reasons" of prompts/sentences.yaml."""
    import httpx
    import openai
    from langgraph.errors import GraphRecursionError

    reasons: list[tuple[str, tuple[type[Exception], ...]]] = [
        ("rate", (openai.RateLimitError,)),
        ("timeout", (openai.APITimeoutError, httpx.TimeoutException)),
        ("connection", (openai.APIConnectionError, httpx.TransportError)),
        ("server", (openai.InternalServerError,)),
        ("refused", (openai.APIStatusError,)),
        ("loop", (GraphRecursionError,)),
    ]
    if isinstance(error, BrainFailed):
        return error.reason
    return next((name for name, kinds in reasons if isinstance(error, kinds)), "other")
