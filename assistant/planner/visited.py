"""Shops that only their number names: “revenue at 406”, “去过367”, “367和356都去过”, "visited 367 but not 356"."""

from __future__ import annotations

from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_AT = ("at", "@", "in store", "at store")
_JOINED = (("conj",), ("neg",), ("punctuation", ","))
"""What may stand between the numbers of two shops."""
_LEAST_DIGITS = 2


def placed_values(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens, numbers at which or to which somebody went as the shops that they are; "at 8 pm" is a time, "去过20次" so often."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        if token.is_("number") and not token.is_("value") and not token.is_("window") and not _counts(tokens, at):
            led = at > 0 and (_leads(tokens, at) or (len(token.text) > _LEAST_DIGITS and _follows(found, at)))
            led = led or (len(token.text) > _LEAST_DIGITS and _goes_after(tokens, at, vocabulary))
            meant = vocabulary.value_named("store", token.text) if led else None
            if meant is not None:
                found[at] = merged([token], Sense("value", f"store={meant}", {"dimension": "store", "value": meant}))
    return found


def _counts(tokens: list[Token], at: int) -> bool:
    """Whether the number says how many or when."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None:
        return False
    if after.is_("op") and any(one.is_("number") for one in tokens[at + 2 : at + 4]):
        return False  # “去过367超过5次”
    return after.is_("unit") or after.is_("op") or after.unknown or after.text in ("%", "am", "pm", "o clock", "or more", "to")


def _leads(tokens: list[Token], at: int) -> bool:
    """Whether a word right before says that somebody went there, or “在” before what was done there."""
    before = tokens[at - 2] if at > 1 and tokens[at - 1].text in read_table("places")["each_of_them"] else tokens[at - 1]
    if before.text.endswith("在") and len(tokens[at].text) > _LEAST_DIGITS:
        after = next((one for one in tokens[at + 1 :] if not (one.is_("number") or _joins(one))), None)
        return after is not None and (after.is_("verb") or after.is_("half_verb"))
    return before.text in _AT or before.text in read_table("places")["visited"]


def _follows(found: list[Token], at: int) -> bool:
    """“去过367没去过356”, "visited 367 but not 356": a number after a shop that was gone to, and what joins them."""
    before = next((one for one in reversed(found[:at]) if not _joins(one)), None)
    value = before.get("value") if before is not None and _joins(found[at - 1]) else None
    return value is not None and value.data["dimension"] == "store"


def _joins(token: Token) -> bool:
    return any(token.is_(*kind) for kind in _JOINED) or (token.is_("stop") and not token.is_("rank"))


def _goes_after(tokens: list[Token], at: int, vocabulary: Vocabulary) -> bool:
    """“367和356都去过”: numbers in a row of which it is said after that somebody went there."""
    for place in range(at, len(tokens)):
        token = tokens[place]
        if token.text in read_table("places")["visited"]:
            return place > at
        shop = token.is_("number") and vocabulary.value_named("store", token.text) is not None
        if not (shop or _joins(token) or token.text in read_table("places")["each_of_them"] or token.text in ("只", "仅")):
            return False
    return False
