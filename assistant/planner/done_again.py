"""“12月又来买的有几个” after the new customers of November: what was done once more, by those who were spoken of."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token

_THEM = Sense("pronoun", "them")
_NAMED = ("metric", "neg", "segment", "pronoun", "noun", "customer_id", "cluster")
"""What says whom or what else the question is about."""


def done_again_by_them(tokens: list[Token], dialogue: Dialogue) -> list[Token] | None:
    """“12月又来买的有几个”, "how many bought again in May": what some did once more, without saying who; those who were spoken of."""
    told = read_table("turns")["askers"]["who"]["words"]
    named = any(token.is_(kind) for token in tokens for kind in _NAMED)
    if named or any(token.text in told for token in tokens) or not about_some(dialogue):
        return None
    timed = any(token.is_("window") for token in tokens)
    at = next((at for at, token in enumerate(tokens) if _is_again(token, tokens[:at], timed)), None)
    if at is None:
        return None
    bought = tokens[at].get("verb", "order") or Sense("verb", "order", {"behaviour": "orders"})
    they = Token(tokens[0].start, tokens[0].start, "they", (_THEM,))
    return [they, *tokens[:at], replace(tokens[at], senses=(bought,)), *tokens[at + 1 :]]


def about_some(dialogue: Dialogue) -> bool:
    """Whether the latest answer is about some customers, and not about all of them."""
    about = dialogue.about(dialogue.last) if dialogue.last is not None else None
    return about is not None and about.selection not in (None, {"rule": {"all": []}})


def _is_again(token: Token, before: list[Token], timed: bool) -> bool:
    """Whether a word says that something was done once more, by itself or by the word before it."""
    if token.is_("cue", "again"):
        return token.is_("verb") or timed
    last = next((one for one in reversed(before) if not one.is_("window")), None)
    more = last is not None and last.text in read_table("turns")["once_more"]["of_them"]["words"]
    return token.is_("verb", "order") and (more or token.text.startswith("回"))
