"""Coming, as what customers did: "people who came in May but not in June", “10月的客户里有多少11月又来了”."""

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


def of_a_time(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens, customers of a time as those who came in it, where something that they did at another time is said after."""
    found = list(tokens)
    for at in range(len(tokens) - 2):
        window, joint, people = tokens[at : at + 3]
        after = tokens[at + 3 :]
        if not window.is_("window") or joint.text != "的" or not people.is_("noun", "customer") or any(_does(one) for one in tokens[:at]):
            continue
        timed = any(one.is_("window") or one.is_("later") for one in after)
        does = timed and any(_does(one) for one in after) and not any(_measures(one) for one in after)
        counted = bool(after) and all(one.is_("cue", "count") or one.is_("stop") or one.is_("punctuation") for one in after)
        if does or (counted and any(one.is_("cue", "count") for one in after)):
            found[at + 1] = replace(joint, senses=(_ORDER,))
    return found


def _does(token: Token) -> bool:
    return token.is_("verb", "order") and not token.is_("metric")


def _measures(token: Token) -> bool:
    return (token.is_("metric") and not token.is_("noun")) or token.is_("cue", "how_much", "average")


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
