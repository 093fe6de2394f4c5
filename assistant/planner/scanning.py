"""Walks over tokens and joins neighbours into one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from assistant.planner.tokens import Token


def number_of(token: Token) -> Decimal | None:
    """The number that a token is, or the share."""
    sense = token.get("number") or token.get("share")
    return Decimal(sense.data["value"]) if sense else None


def scan(tokens: list[Token], join: Callable[[list[Token], int], tuple[int, Token] | None]) -> list[Token]:
    """Walks over the tokens; where ``join`` makes one of the next n, they are replaced."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = join(tokens, at)
        if joined:
            found.append(joined[1])
            at += joined[0]
        else:
            found.append(tokens[at])
            at += 1
    return found
