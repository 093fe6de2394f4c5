"""What was done, said in several words: “用过18号活动的券”, "got campaign 8", "not a single order"."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_REACH = 7
_BETWEEN = ("stop", "value", "window", "quantity", "comparison", "number")
_SINGLE = ("a single", "single", "one", "a")
_COUPON, _CAMPAIGN = ("part", "coupon"), ("dimension", "campaign", "campaign_kind")
_AGAIN = ("又", "再", "回来", "bought", "ordered", "purchased", "shopped", "came", "reordered", "repurchased")
_OBJECTS = {"use": (_COUPON,), "get": (_CAMPAIGN,)}


def split_verbs(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """A verb whose meaning is in its object: “用过…的券” is a response, "got a campaign" a contact."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        half = token.get("half_verb")
        objects = _OBJECTS[half.id] if half else ()
        place = next((place for place in _reached(tokens, at) if _is_object(tokens[place], *objects)), None) if half else None
        told = half is not None and half.id == "use" and place is None and _told_of_coupons(tokens, at)
        if half is not None and told:
            found[at] = merged([token], Sense("verb", half.id, {"behaviour": half.data["behaviour"]}))
        if half is None or place is None:
            continue
        found[at] = merged([token], Sense("verb", half.id, {"behaviour": half.data["behaviour"]}))
        if tokens[place].is_(*_COUPON):
            found[place] = merged([tokens[place]], Sense("stop", "object"))
    return found


def _told_of_coupons(tokens: list[Token], at: int) -> bool:
    """“领了券但一张没用”: coupons were spoken of before, and nothing else is used here."""
    before = [token for token in tokens[:at] if token.is_(*_COUPON) or token.is_("verb", "respond", "contact")]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return bool(before) and (after is None or after.is_("noun") or after.is_("punctuation") or after.text in ("的", "掉", "过"))


def _reached(tokens: list[Token], at: int) -> list[int]:
    """The places that the object of a verb may have: right before it, or after it with nothing but its attributes between."""
    places = [at - 1] if at else []
    for place in range(at + 1, min(at + _REACH, len(tokens))):
        places.append(place)
        if not any(tokens[place].is_(kind) for kind in _BETWEEN) and not tokens[place].is_(*_CAMPAIGN):
            break
    return places


def _is_object(token: Token, *objects: tuple[str, ...]) -> bool:
    """Whether a token is what the verb needs; the name of a campaign is a campaign."""
    value = token.get("value")
    named = value is not None and str(value.data["dimension"]) in _CAMPAIGN
    return any(token.is_(*one) or (one is _CAMPAIGN and named) for one in objects)


def done_again(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“今年又买了”, "bought again in May": said of a time, words for another purchase say that there was one in it."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        beside = tokens[at + 1 : at + 2] if token.text.isascii() and _whose(tokens[:at]) else tokens[max(at - 2, 0) : at]
        timed = any(one.is_("window") for one in beside)
        if timed and token.is_("cue", "again") and not token.is_("verb") and token.text.startswith(_AGAIN):
            found[at] = replace(token, senses=(*token.senses, Sense("verb", "order", {"behaviour": "orders"})))
    return found


def _whose(before: list[Token]) -> bool:
    """Whether it is told who did it again: “them”, or those of an earlier time."""
    return any(one.is_("pronoun") or one.is_("window") or one.is_("field", "first_order_date") for one in before)


def not_even_one(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“without a single purchase”, "did not order even once": one, and not "exactly one", after a denial."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        condition = token.get("condition", "one_time")
        words = token.text.split(" ")
        single = condition is not None and (" ".join(words[:-1]) in _SINGLE or words[-1] == "once")
        if single and any(one.is_("neg") for one in tokens[max(at - 3, 0) : at]):
            once = Sense("quantity", "1 order", {"value": Decimal(1), "unit": "order"})
            found[at] = replace(token, senses=(once,))
    return found


def described_people(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“用过券的那些客户”: a word that points back is the noun itself after what describes it."""
    found = list(tokens)
    for at in range(1, len(tokens)):
        if tokens[at].is_("pronoun") and tokens[at - 1].text == "的" and any(not one.is_("stop") for one in tokens[: at - 1]):
            found[at] = merged([tokens[at]], Sense("noun", "customer"))
    return found
