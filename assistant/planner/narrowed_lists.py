"""“没用过优惠券的” right after a list of customers: a bare condition is one more on those of the list."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue
from assistant.planner.done_again import about_some
from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token

_THEM = Sense("pronoun", "them")
_LISTED = ("find_customers", "summarize_segment", "compare_segments")
_CONDITIONS = ("verb", "condition", "comparison", "neg", "value")
_NAMED = (
    "noun",
    "pronoun",
    "segment",
    "metric",
    "cluster",
    "ellipsis",
    "ask",
    "scheme",
    "customer_id",
    "ranking",
    "by",
    "dimension",
    "move",
)
"""What makes it another question."""


def with_those_listed(tokens: list[Token], dialogue: Dialogue) -> list[Token] | None:
    """The tokens with a pronoun for those listed last, where they are nothing but a condition on somebody."""
    last = dialogue.last
    if last is None or last.call.name not in _LISTED or last.call.args.get("limit") or not about_some(dialogue):
        return None
    said = [token for token in tokens if not token.is_("punctuation")]
    words = read_table("turns")["conditions"]
    ends = bool(said) and said[-1].text in words["ending"]["words"]
    begins = bool(said) and said[0].text.split(" ")[0] in words["beginning"]["words"]
    if not (ends or begins) or any(_is_more(token) for token in tokens):
        return None
    if not any(token.is_(kind) for token in tokens for kind in _CONDITIONS):
        return None
    return [Token(tokens[0].start, tokens[0].start, "they", (_THEM,)), *tokens]


def _is_more(token: Token) -> bool:
    """Whether a word makes it another question than a bare condition."""
    return any(token.is_(kind) for kind in _NAMED) or token.is_("cue") or token.is_("neg", "except")
