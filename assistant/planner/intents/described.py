"""Where a question for numbers limits the customers by what they did: “买过…的客户的客单价”, "revenue of customers who bought"."""

from __future__ import annotations

from assistant.planner.intents.metric_words import they_do
from assistant.planner.sentence import Sentence


def where_described(sentence: Sentence) -> range | None:
    """Where the question limits the customers by what they did: before the noun in “买过…的客户”, after it in "customers who bought"."""
    for place, token in enumerate(sentence.tokens):
        if not (token.is_("noun") or token.is_("pronoun") or _are_people(sentence, place)):
            continue
        following = sentence.tokens[place + 1 : place + 3]
        if they_do(sentence, place) and not any(one.is_("conj", "who") for one in following[:1]):
            continue
        if any(next_token.is_("conj", "who") or next_token.is_("verb") for next_token in following[:1]) and token.text.isascii():
            after = range(place + 1, len(sentence.tokens))
            return range(len(sentence.tokens)) if _acts(sentence, after) else None
        if place and _ends_clause(sentence, place) and _acts(sentence, range(place)):
            return range(place)
    return None


def _are_people(sentence: Sentence, place: int) -> bool:
    """“homeowners who bought”: customers are named by a property of theirs."""
    value = sentence.tokens[place].get("value")
    following = sentence.tokens[place + 1 : place + 2]
    told = value is not None and sentence.vocabulary.levels.get(str(value.data["dimension"])) == "customer"
    return told and any(one.is_("conj", "who") for one in following)


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
