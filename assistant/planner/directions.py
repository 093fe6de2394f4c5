"""A direction with its number: “top 5”, “前20名”, “最高的20个”."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.scanning import scan
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_NUMBERED = ("前", "后")
"""Words that rank only with a number."""


def rankings(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“top 5”, “前20名”, “最高的20个”, “the 10 best”: a direction with its number."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        for size in (4, 3, 2):
            part = all_tokens[at : at + size]
            if len(part) < size or any(not _may_stand_between(token) for token in part[1:-1]):
                continue
            for rank, count in ((part[0], part[-1]), (part[-1], part[0])):
                joined = _ranking(rank, count, part)
                if joined:
                    return size, joined
        alone = all_tokens[at].get("rank")
        if alone is None or alone.id == "listing" or all_tokens[at].text in _NUMBERED:
            return None
        return 1, _add(all_tokens[at], Sense("ranking", alone.id, {"n": None}))

    return scan(tokens, join)


def _may_stand_between(token: Token) -> bool:
    return token.text in ("的", "the", "这", "那", "的那", "of")


def _ranking(rank: Token, count: Token, part: list[Token]) -> Token | None:
    sense, quantity = rank.get("rank"), count.get("quantity")
    if not sense or sense.id == "listing" or not quantity or quantity.data["unit"] not in ("", "person", "piece", "item", "share"):
        return None
    if rank.text == "后" and part[0] is not rank:
        return None
    value = quantity.data["value"]
    if quantity.data["unit"] == "share":
        return merged(part, Sense("ranking", sense.id, {"n": None, "share": value}))
    if value != int(value) or value <= 0:
        return None
    data = {"n": int(value), "person": quantity.data["unit"] == "person", "item": quantity.data["unit"] == "item"}
    joined = merged(part, Sense("ranking", sense.id, data))
    return replace(joined, senses=(*joined.senses, *(one for one in rank.senses if one.kind == "part")))


def _add(token: Token, sense: Sense) -> Token:
    return Token(token.start, token.end, token.text, (*token.senses, sense))
