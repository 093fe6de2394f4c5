"""How many people came or bought, where they are only spoken of as such: “哪一天客人最多”, “11月一共多少客人”."""

from __future__ import annotations

from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

_MOST = ("最多", "最少")
_RECURRING = ("hour", "weekday", "day_type")
_OF_THEM = ("verb", "condition", "segment", "comparison", "neg", "field", "band", "ask", "ranking", "pronoun", "value", "dimension")
"""What is said of customers who are described, and not only counted."""


def most_people(sentence: Sentence, by: list[str]) -> bool:
    """“哪一天客人最多”, “买的人最少的品类”: people stand right before most or least.

    Args:
        sentence: The question.
        by: What it groups by.
    """
    return bool(by) and any(
        place and sentence.tokens[place].text.startswith(_MOST) and _is_people(sentence.tokens[place - 1], by[0])
        for place, _ in sentence.free("ranking")
    )


def _is_people(token: Token, dimension: str) -> bool:
    """Whether a word is people; “几点人最多” is how busy it is at that hour."""
    if dimension in _RECURRING and token.text in ("人", "的人"):
        return False
    if token.is_("segment"):
        return True  # “哪家店的VIP最多”
    return token.is_("noun", "customer") or (token.is_("unit", "person") and token.text.endswith(("人", "户")))


def take_spenders(sentence: Sentence) -> bool:
    """“消费最高的是哪个年龄层的客人”: groups of people ranked by what they spend, and not by how many they are; the word for it is used."""
    if any(token.is_("metric") and not token.is_("noun") for token in sentence.tokens):
        return False
    for place, _ in sentence.free("ranking"):
        spends = place and sentence.tokens[place - 1].is_("verb", "spend")
        if spends and not sentence.tokens[place].text.startswith(("前", "top")):
            sentence.use(place - 1)
            return True
    return False


def take_visitors(sentence: Sentence) -> bool:
    """“11月一共多少客人”: people are counted in a time, and nothing else is said of them; the words for it are used."""
    others = [token for token in sentence.tokens if not (token.is_("noun", "customer") and token.is_("metric", "customers"))]
    if not sentence.has("window") or any(token.is_(kind) for token in others for kind in _OF_THEM):
        return False
    counted = [place for place, _ in sentence.free("cue", "count")]
    beside = [place for place in counted if any(token.is_("noun", "customer") for token in sentence.tokens[place + 1 : place + 2])]
    sentence.use(*beside)
    return bool(beside)


def of_groups(sentence: Sentence, place: int) -> bool:
    """“客单价超过50的门店有多少”: how many groups fit a condition, and no people, is asked at this place."""
    before = sentence.tokens[place - 1] if place else None
    return before is not None and before.is_("dimension") and not before.is_("noun") and sentence.says("comparison")
