"""“没用过优惠券的” right after a list of customers: a bare condition is one more on those of the list."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue
from assistant.planner.done_again import about_some
from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token
from tools.segments.schemes import scheme_of

_THEM = Sense("pronoun", "them")
_LISTED = ("find_customers", "summarize_segment", "compare_segments")
_LISTS = (*_LISTED, "churn_risk", "customer_value", "predict_response", "next_order")
_ARE = ("are", "were", "是")
_HOW_MANY = ("how many", "are")
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
    counted = _counted_group(tokens, dialogue)
    if counted is not None:
        return counted
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


def _counted_group(tokens: list[Token], dialogue: Dialogue) -> list[Token] | None:
    """“How many are champions” after a list, or its groups: how many of those; “how many champions are there” is of all."""
    said = [token for token in tokens if not token.is_("punctuation")]
    if len(said) < len(_HOW_MANY) + 1 or not said[0].is_("cue", "count") or said[1].text not in _ARE or not about_some(dialogue):
        return None
    last = dialogue.last
    of_list = last is not None and (last.call.name in _LISTS or str(last.call.args.get("customers", "")).startswith("t"))
    named = all(token.is_("segment") or token.is_("band") or token.is_("stop") for token in said[2:])
    if of_list and _says_only_what_they_are(said):
        return [tokens[0], Token(tokens[0].end, tokens[0].end, "of them", (_THEM,)), *tokens[1:]]
    if not of_list or not named or all(token.is_("stop") for token in said[2:]) or _one_scheme(said[2:], dialogue):
        return None
    return [tokens[0], Token(tokens[0].end, tokens[0].end, "of them", (_THEM,)), *tokens[1:]]


def _says_only_what_they_are(said: list[Token]) -> bool:
    """“有多少是被活动联系过的”, "how many are married": of whom is left unsaid, and so those of the list."""
    conditions = any(token.is_(kind) for token in said[2:] for kind in ("verb", "condition", "comparison", "value"))
    are = said[1].text in ("are", "were") or (said[1].text == "是" and said[-1].text == "的")
    others = ("noun", "pronoun", "segment", "metric", "cluster", "scheme", "customer_id", "ranking", "by", "move", "window")
    return are and conditions and not any(token.is_(kind) for token in said[1:] for kind in others)


def _one_scheme(said: list[Token], dialogue: Dialogue) -> bool:
    """“How many are loyal” after the champions: another group of the same scheme, which nobody of those is in."""
    about = dialogue.about(dialogue.last) if dialogue.last is not None else None
    rule = (about.selection or {}).get("rule") or {} if about is not None else {}
    parts = rule.get("all", [rule])
    shown = {scheme.id for part in parts if (scheme := scheme_of(str(part.get("segment", "")))) is not None}
    named = {scheme.id for token in said if (one := token.get("segment")) and (scheme := scheme_of(one.id)) is not None}
    return bool(shown & named)


def _is_more(token: Token) -> bool:
    """Whether a word makes it another question than a bare condition."""
    return any(token.is_(kind) for kind in _NAMED) or token.is_("cue") or token.is_("neg", "except")
