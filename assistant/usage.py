"""What a language model's service reports of tokens, added up for one question, and the limit on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage

from assistant.events import Usage
from assistant.failures import BrainFailed
from tools.settings import Settings

CHARACTERS_PER_TOKEN = 3.5
MILLION = 1_000_000


def estimated_tokens(text: str) -> int:
    """At least as many tokens as tokenizers in use make of ``text``: 3.5 ASCII characters each, or one of any other character."""
    plain = sum(map(str.isascii, text))
    return int(plain / CHARACTERS_PER_TOKEN) + len(text) - plain


@dataclass
class Meter:
    """Adds up the calls of one question; a service that reports nothing is estimated, for the limit alone.

    Args:
        config: The limit and the prices.
    """

    config: Settings
    prompt: int = 0
    completion: int = 0
    calls: int = 0
    estimated: int = 0

    def check(self) -> None:
        """Refuse another call when the question's tokens are used up.

        Raises:
            BrainFailed: They are.
        """
        limit = self.config.question_tokens
        if limit and self.spent >= limit:
            raise BrainFailed("tokens")

    @property
    def spent(self) -> int:
        """Tokens so far, reported or estimated."""
        return self.prompt + self.completion + self.estimated

    def add(self, sent: Sequence[BaseMessage], reply: AIMessage) -> None:
        """Count one call."""
        self.calls += 1
        usage = reply.usage_metadata
        if usage:
            self.prompt += usage["input_tokens"]
            self.completion += usage["output_tokens"]
        else:
            self.estimated += sum(estimated_tokens(str(message.content)) for message in (*sent, reply))

    def usage(self) -> Usage | None:
        """What the service reported; None where it reported nothing."""
        if not (self.prompt or self.completion):
            return None
        price_in, price_out = self.config.price_in, self.config.price_out
        priced = price_in is not None and price_out is not None
        cost = (self.prompt * (price_in or 0.0) + self.completion * (price_out or 0.0)) / MILLION if priced else None
        return Usage(prompt_tokens=self.prompt, completion_tokens=self.completion, calls=self.calls, cost=cost)


def usage_line(usage: Usage, language: str) -> str:
    """The usage as a footer shows it, such as "1,234 + 56 tokens, cost 0.0012"."""
    tokens = f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"
    if usage.cost is None:
        return tokens
    amount = f"{usage.cost:.4f}"
    return f"{tokens}\uff0c费用 {amount}" if language == "zh" else f"{tokens}, cost {amount}"
