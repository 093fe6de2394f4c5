"""Where a question for numbers limits the customers by what they did: “买过…的客户的客单价”, "revenue of customers who bought"."""

from __future__ import annotations

from assistant.planner.intents.metric_words import they_do
from assistant.planner.sentence import Sentence

_PROPERTIES = 3
"""Words that may tell a property between the people and what they did."""
_BEFORE_PROPERTIES = ("aged", "age", "earning", "making", "in", "from", "with", "the", "of", "living", "between")


def where_described(sentence: Sentence) -> range | None:
    """Where the question limits the customers by what they did: before the noun in “买过…的客户”, after it in "customers who bought"."""
    for place, token in enumerate(sentence.tokens):
        if not (token.is_("noun") or token.is_("pronoun") or _are_people(sentence, place)):
            continue
        clause = _clause_after(sentence, place)
        if they_do(sentence, place) and not sentence.tokens[clause].is_("conj", "who"):
            continue
        if clause and token.text.isascii():
            return range(len(sentence.tokens)) if _acts(sentence, range(clause, len(sentence.tokens))) else None
        start = _first_of_name(sentence, place)
        if start and _ends_clause(sentence, start) and _acts(sentence, range(start)):
            return range(place if start == place or token.is_("segment") else start)
    return None


def _clause_after(sentence: Sentence, place: int) -> int:
    """Where the clause on these people begins: at “who”, which an age or a property may stand before, or at what they did; else 0."""
    for at in range(place + 1, min(place + 1 + _PROPERTIES, len(sentence.tokens))):
        token = sentence.tokens[at]
        if token.is_("conj", "who") or (at == place + 1 and token.is_("verb") and not sentence.tokens[place].is_("segment")):
            return at
        if not (token.is_("condition") or token.is_("unit", "age") or _is_property(sentence, at) or token.text in _BEFORE_PROPERTIES):
            return 0
    return 0


def _first_of_name(sentence: Sentence, place: int) -> int:
    """Where the name of the people begins: “45岁以上|客户”, “租房|客户”."""
    while place > 1 and (_is_property(sentence, place - 1) or _is_age(sentence, place - 1)):
        place -= 1
    return place


def _is_property(sentence: Sentence, place: int) -> bool:
    """Whether a word names a property of customers."""
    value = sentence.tokens[place].get("value")
    return value is not None and sentence.vocabulary.levels.get(str(value.data["dimension"])) == "customer"


def _is_age(sentence: Sentence, place: int) -> bool:
    amount = sentence.tokens[place].get("comparison")
    return amount is not None and amount.data["unit"] == "age"


def _are_people(sentence: Sentence, place: int) -> bool:
    """“homeowners who bought”, “champions who bought”, “买过…的冠军客户”: customers are named by their group or by a property of theirs."""
    token = sentence.tokens[place]
    if token.is_("segment"):
        return bool(_clause_after(sentence, place)) if token.text.isascii() else place > 0 and sentence.tokens[place - 1].text == "的"
    if not _is_property(sentence, place):
        return False
    following = [one for one in sentence.tokens[place + 1 : place + 3] if not one.is_("unit", "age")][:1]
    told = place > 1 and sentence.tokens[place - 1].text == "的" and _told_of(sentence, place)
    return told or any(one.is_("conj", "who") or one.is_("verb", "contact") for one in following)


def _told_of(sentence: Sentence, place: int) -> bool:
    """“参加过Type A活动的房主第四季度的客单价”: no other word for people, or property of them, comes after this one."""
    return not any(
        one.is_("noun") or one.is_("segment") or one.is_("conj", "who") or _is_property(sentence, at)
        for at, one in enumerate(sentence.tokens)
        if at > place
    )


def _ends_clause(sentence: Sentence, place: int) -> bool:
    """Whether what stands before the people is said of them; in “买过海鲜的人” the goods stand right before."""
    before = sentence.tokens[place - 1]
    amount = before.get("comparison")
    if amount is not None and amount.data["unit"] == "age":
        return False
    return before.text == "的" or amount is not None or (sentence.tokens[place].text == "的人" and before.is_("value"))


def _acts(sentence: Sentence, places: range) -> bool:
    tokens = [sentence.tokens[place] for place in places]
    return any(any(token.is_(kind) for kind in ("verb", "comparison", "neg")) or token.is_("field", "first_order_date") for token in tokens)
