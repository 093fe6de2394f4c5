"""“挑一批人发券”: people are chosen to be sent something; choosing them is asked, the sending is what for."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.tokens import Sense, Token

_CHOOSE = re.compile(r"(?:挑|选|筛|圈|pick|choose|select)")
_PEOPLE = ("noun", "unit", "quantity", "ranking")
_LIMITS = (
    *("segment", "band", "condition", "comparison", "value", "verb", "window", "top_customers", "ask", "pronoun", "field", "metric"),
    *("churn", "horizon", "neg"),
)
_PURPOSE = Sense("stop", "purpose")
_LIKELY = Sense("ask", "predict_response")


def for_sending(tokens: list[Token]) -> list[Token]:
    """The tokens without what the chosen people are to be sent; where nothing says whom to choose, those likely to respond."""
    send = next((place for place, token in enumerate(tokens) if token.is_("unsupported", "send")), None)
    if send is None:
        return tokens
    if _asks_whom(tokens):
        return [replace(token, senses=(_LIKELY,)) if place == send or _takes_up(token) else token for place, token in enumerate(tokens)]
    chosen = next((place for place, token in enumerate(tokens[:send]) if _CHOOSE.match(token.text)), None)
    between = tokens[chosen + 1 : send] if chosen is not None else []
    people = any(token.is_(kind) for token in between for kind in _PEOPLE)
    if not people or any(token.is_("punctuation") or (token.is_("conj") and not token.is_("conj", "who")) for token in between):
        return tokens
    limited = any(token.is_(kind) for place, token in enumerate(tokens) if place != send for kind in _LIMITS if not token.is_("noun"))
    limited = limited or any(token.is_("cue", "churn") for token in tokens)
    found = list(tokens)
    found[send] = replace(tokens[send], senses=(_PURPOSE if limited else _LIKELY,))
    return found


def _asks_whom(tokens: list[Token]) -> bool:
    """“下次发券发给谁最可能会用”: whether it is asked who would take up what is sent."""
    if any(token.is_("ask", "predict_response") for token in tokens):
        return True
    likely = any(token.is_("part", "likely") for token in tokens)
    taken = any(token.is_("hint", "predict_response") or _takes_up(token) for token in tokens)
    return likely and (taken or any(token.is_("cue", "list") for token in tokens)) and not any(token.is_("pronoun") for token in tokens)


def _takes_up(token: Token) -> bool:
    """Whether it says that somebody uses what was sent."""
    return token.is_("verb", "respond") and not token.is_("noun")
