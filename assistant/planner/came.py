"""English “come” and “return” as what customers did: "people who came in May but not in June", "have never returned since"."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary

_COME = ("come", "comes", "came", "coming")
_RETURN = ("return", "returns", "returned", "returning")
_WORDS = (*_COME, *_RETURN)
_OTHERWISE = ("from", "up", "with", "to", "out", "down", "as", "next", "first", "last", "here", "along", "after")
"""After “come” these make something else of it: “come from Leeds”, "come up with"."""
_HELPERS = ("has", "have", "had", "did", "do", "does", "still", "also", "then", "only", "actually", "even", "just", "ever")
_REACH = 4
_ORDER = Sense("verb", "order", {"behaviour": "orders"})
_BACK = Sense("cue", "again")


def came(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens, those that say that somebody came as the verb that it is."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        timed = any(one.is_("window") for one in tokens[at + 1 : at + 3])
        if token.text in _WORDS and not token.is_("verb") and _somebody(found[:at], timed) and not _otherwise(tokens, at):
            back = (_BACK,) if token.text in _RETURN else ()
            found[at] = replace(token, senses=(_ORDER, *back))
    return found


def _somebody(before: list[Token], timed: bool) -> bool:
    """Whether people are spoken of right before, over words that help the verb and times; with a time a pronoun is enough."""
    for token in list(reversed(before))[:_REACH]:
        if token.is_("noun", "customer") or token.is_("conj", "who") or token.is_("neg") or token.is_("cue", "everyone"):
            return True
        if timed and (token.is_("pronoun") or token.is_("cue", "count")):
            return True
        joined = token.is_("conj") and any(one.is_("verb") or one.is_("field", "first_order_date") for one in before)
        if joined:
            return True
        if not (token.is_("stop") or token.text in _HELPERS):
            return False
    return False


def _otherwise(tokens: list[Token], at: int) -> bool:
    """Whether the word after it makes something else of it; returned goods are no visit either."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or tokens[at].text in _RETURN:
        return after is not None and (after.is_("unit", "item") or after.text in ("goods", "rate", "rates", "something", "an", "a"))
    return after.text in _OTHERWISE and not (after.text == "to" and any(one.is_("value") for one in tokens[at + 2 : at + 4]))
