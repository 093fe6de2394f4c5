"""What is replied to a question that was asked back, read together with the question that it was asked about."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.planner.sentence import Sentence


def with_reply(asked: str, reply: Sentence) -> Iterator[str]:
    """A question and what was replied to it, in one; without “only”, and in Chinese before it, too."""
    yield f"{asked} {reply.typed}"
    said = "".join(token.text if not token.text.isascii() else f" {token.text} " for token in reply.tokens if not token.is_("ellipsis"))
    if said.strip() and not said.isascii():
        yield f"{said.strip()}{asked}"
    elif said.strip() and any(token.is_("ellipsis") for token in reply.tokens):
        yield f"{asked} {said.strip()}"
