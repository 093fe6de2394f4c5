"""“没用过优惠券的” right after a list of customers: a bare condition is one more on those of the list."""

from __future__ import annotations

from assistant.planner.bare_numbers import limits
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.done_again import about_some
from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token
from tools.metrics.catalogue import catalogue
from tools.segments.schemes import scheme_of

_THEM = Sense("pronoun", "them")
_LISTED = ("find_customers", "summarize_segment", "compare_segments")
_LISTS = (*_LISTED, "churn_risk", "customer_value", "predict_response", "next_order")
_TOLD = (
    "find_customers",
    "summarize_segment",
    "churn_risk",
    "describe_persona",
    "suggest_strategy",
    "recommend_products",
    "compare_segments",
)
"""What is told of a group, of which the best few may be asked for next."""
_OTHERS = ("noun", "pronoun", "cluster", "ask", "scheme", "customer_id", "dimension", "move", "top_customers", "remain")
_OF_THOSE = (" of them", " of those", " of these")
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
    if _of_the_shown(tokens, dialogue):
        return [Token(tokens[0].start, tokens[0].start, "they", (_THEM,)), *tokens]
    if last is None or last.call.name not in _LISTED or last.call.args.get("limit") or not about_some(dialogue):
        return None
    said = [token for token in tokens if not token.is_("punctuation")]
    words = read_table("turns")["conditions"]
    asked = len(said) > 1 and said[-1].is_("cue", "count", "list") and said[-2].text in words["ending"]["words"]
    if asked and _in_place(said, last):
        return None
    said = said[:-1] if asked else said  # “有孩子的有多少”, “12月没买的有哪些”
    ends = bool(said) and said[-1].text in words["ending"]["words"]
    begins = bool(said) and said[0].text.split(" ")[0] in words["beginning"]["words"]
    if not (ends or begins) or any(_is_more(token) for token in said):
        return None
    if not any(token.is_(kind) for token in tokens for kind in _CONDITIONS) or _only_numbers(tokens):
        return None
    return [Token(tokens[0].start, tokens[0].start, "they", (_THEM,)), *tokens]


def _of_the_shown(tokens: list[Token], dialogue: Dialogue) -> bool:
    """“Which ones did not buy in December”, “消费最高的20个” after a group that was told: some of those, where no people are named."""
    said = [token for token in tokens if not token.is_("punctuation")]
    last = dialogue.last
    if last is None or not said or not about_some(dialogue):
        return False
    if last.call.name in _LISTS and any(token.is_("quantity") and token.text.endswith(_OF_THOSE) for token in said):
        return not any(token.is_("pronoun") for token in said)  # “which 20 of those spent the most”
    if any(token.is_(kind) for token in said for kind in _OTHERS):
        return False
    words = " ".join(token.text for token in said[:2])
    acts = any(token.is_(kind) for token in said for kind in ("verb", "condition", "comparison", "neg"))
    acts = acts or any(token.is_("cue", "churn") for token in said)
    if words.startswith("which ones") and acts and last.call.name != "measure":
        return True
    cut = [one for token in said if (one := token.get("ranking")) is not None and one.data.get("n") and not one.data.get("share")]
    told = last.call.name in _TOLD or (last.call.name == "measure" and not last.call.args.get("by"))
    spent = any(token.is_("verb", "spend", "order") or _is_number(token) for token in said)
    named = any(token.is_(kind) for token in said for kind in ("segment", "value", "window", "comparison", "by", "neg"))
    return len(cut) == 1 and told and spent and not named


def _in_place(said: list[Token], last: Result) -> bool:
    """“买过啤酒的有多少” after those who bought diapers: another value of what the list was limited to, counted by itself."""
    limited = {dimension for dimension, _ in limits(last.call.args)}
    named = {str(one.data["dimension"]) for token in said if (one := token.get("value")) is not None}
    return bool(limited & named)


def _is_number(token: Token) -> bool:
    """Whether a token names a number of each customer."""
    field = token.get("field")
    return field is not None and catalogue().field(field.id).kind == "number"


def _only_numbers(tokens: list[Token]) -> bool:
    """“Not 90 days, 60”: a number in place of another is no condition."""
    acts = any(token.is_(kind) for token in tokens for kind in ("verb", "condition", "comparison", "value"))
    return not acts and any(token.is_("quantity") for token in tokens)


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
