"""“How many redeemed?” after the response of a campaign: of that campaign, which the question leaves unsaid."""

from __future__ import annotations

from assistant.planner.bare_numbers import limits
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.tokens import Sense, Token

_OF_CAMPAIGNS = ("campaign",)
_DONE = ("respond", "contact", "get")
_NAMED = ("value", "dimension", "pronoun", "segment", "window", "that", "metric", "comparison", "condition", "neg", "customer_id")


def with_campaign(tokens: list[Token], dialogue: Dialogue) -> list[Token]:
    """The tokens with the campaign that the latest answer was about, or that led it, where people are said to have responded."""
    last = dialogue.last
    if last is None or not (_about_one(last.call.args) if last.call.name == "measure" else _lists_one(last)):
        return tokens
    done = any(token.is_("verb", *_DONE) for token in tokens)
    asked = any(token.is_("cue", "count", "share", "list") or token.is_("conj", "who") or token.is_("noun", "customer") for token in tokens)
    named = any(token.is_(kind) and not token.is_("noun") for token in tokens for kind in _NAMED)
    if not done or not asked or named:
        return tokens
    at = next(at for at, token in enumerate(tokens) if token.is_("verb", *_DONE)) + 1
    end = tokens[at - 1].end
    return [*tokens[:at], Token(end, end, "", (Sense("that", "campaign"),)), *tokens[at:]]


def _about_one(args: dict[str, object]) -> bool:
    """Whether a measurement is of one campaign, or of campaigns in order."""
    where, by = args.get("where"), args.get("by")
    if isinstance(where, dict) and not by:
        return all(len(where.get(one, ())) == 1 for one in _OF_CAMPAIGNS)
    return by == list(_OF_CAMPAIGNS) and bool(args.get("sort"))


def _lists_one(last: Result) -> bool:
    """Whether a list is of people who were sent one campaign, or responded to it."""
    named = [values for dimension, values in limits(last.call.args) if dimension in _OF_CAMPAIGNS]
    return last.call.name == "find_customers" and len(named) == 1 and len(named[0]) == 1
