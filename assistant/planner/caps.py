"""“List at most 25 customers”, “500人以内”: the most of a list is how long it is to be, and no condition on its customers."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary

_WANTED = ("来", "上", "整", "弄")
"""Before a number these ask for so many: “来3个”."""
_LISTING = (("cue", "list", "export"), ("ask",), ("ranking",), ("band",))
_HAVING = ("verb", "field", "by")
_OWNERS = ("with", "having", "serving", "has", "have", "had", "有", "拥有", "of", "per")


def capped(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens with the bound of a list as its length."""
    if not any(token.is_(kind, *ids) for token in tokens for kind, *ids in _LISTING):
        return tokens
    return [_as_length(token) if _is_cap(tokens, at) else token for at, token in enumerate(tokens)]


def wanted(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens with “来3个” as a plain number, and not as customers who came."""
    found = list(tokens)
    for at, token in enumerate(tokens[:-1]):
        number = tokens[at + 1].get("quantity")
        if token.text in _WANTED and number is not None and number.data["unit"] in ("", "person"):
            found[at] = replace(token, senses=(Sense("stop", "wanted"),))
    return found


def _is_cap(tokens: list[Token], at: int) -> bool:
    bound = tokens[at].get("comparison")
    before = tokens[at - 1] if at else None
    if bound is None or bound.data["op"] != "<=" or isinstance(bound.data["value"], list):
        return False
    named = any(token.is_("segment") or token.is_("noun") for token in tokens[at + 1 : at + 2])
    if bound.data["unit"] != "person" and not (bound.data["unit"] == "" and named):
        return False
    return before is None or not (before.text in _OWNERS or any(before.is_(kind) for kind in _HAVING))


def _as_length(token: Token) -> Token:
    bound = token.get("comparison")
    assert bound is not None
    data = {"value": bound.data["value"], "unit": "person"}
    return replace(token, senses=(Sense("quantity", f"{data['value']} person", data),))
