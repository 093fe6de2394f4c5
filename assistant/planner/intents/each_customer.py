"""Where a metric is of each customer: “人均”, "per customer", "each household"."""

from __future__ import annotations

from assistant.planner.sentence import Sentence

_HEADS = ("人均", "每人", "每位客户", "每个客户", "客均", "平均每人", "平均每位客户", "平均每个客户")
_PER = ("per", "for each", "for every", "each", "every", "a")
_EACH = ("per", "for each", "for every", "by each", "of each", "in each")
_MANY = ("customers", "people", "shoppers", "households", "members", "buyers", "users", "clients")
_WHOSE = ("for", "among", "amongst", "of", "from")


def each_customer(sentence: Sentence, place: int) -> list[int]:
    """The places of “人均”, "per customer", "each household" beside a metric."""
    before = sentence.tokens[place - 1] if place else None
    if before is not None and before.text in _HEADS:
        return [place - 1]
    for at in range(place + 1, min(place + 4, len(sentence.tokens) - 1)):
        token, following = sentence.tokens[at], sentence.tokens[at + 1]
        if token.text in _PER and following.is_("noun") and following.text not in _MANY:
            return [at, at + 1]
        if not (token.is_("stop") or token.is_("verb") or token.is_("cue", "sold", "average")):
            break
    return []


def per_group(sentence: Sentence, place: int) -> bool:
    """Whether a metric is asked for per shop or kind of goods: “average revenue per store”."""
    following = sentence.tokens[place + 1 : place + 3]
    if not following or following[0].text not in _EACH:
        return False
    group = following[-1].get("dimension")
    return group is not None and not following[-1].is_("noun") and sentence.vocabulary.levels.get(group.id) in ("order", "product")


def are_those(sentence: Sentence, place: int) -> bool:
    """“top 5 departments for customers over 65”: whose departments they are, and not what is counted."""
    before, after = sentence.tokens[max(0, place - 1) : place], sentence.tokens[place + 1 : place + 2]
    told = any(one.is_("condition") or one.is_("value") or one.is_("conj", "who") for one in after)
    return told and any(one.text in _WHOSE for one in before)
