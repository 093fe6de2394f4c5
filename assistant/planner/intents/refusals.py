"""Conditions that no tool can keep: they are named, and never dropped."""

from __future__ import annotations

import re

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts

_ONE_ORDER = ("order", "orders", "basket", "baskets", "transaction", "transactions", "receipt", "receipts", "订单", "单子", "小票")

_OF = ("of", "for", "on", "from", "in", "at")
_ONE_OVER = re.compile(
    r"\b(?:an?|any|one|single)(?: single| one)? (?:order|basket|purchase|transaction|receipt|visit|trip)(?: (?:of|worth|that (?:was|is)))? "
    r"(?:above|over|more than|exceeding|greater than|bigger than|at least|of at least|>=?) ?[$¥]? ?\d+(?:\.\d+)?k?"
    r"(?! ?(?:items?|products?|days?|weeks?|months?))"
)
"""One order of so much: no amount of orders."""
_ORDERS_HAD = re.compile(
    r"\b(?:orders|baskets|transactions|purchases|trips|receipts) (?:that |which )?"
    r"(?:(?:had|have|has|with|contain(?:ed|ing|s)?|were|was|are|is|worth|of|costs?|came to|come to|goes|go|fell|falls?|stays?|stayed) )?"
    r"(?:above|over|more than|exceeding|greater than|bigger than|at least|under|below|less than|fewer than|>=?|<=?) "
    r"(?:[$¥] ?\d[\d,.]*k?|\d[\d,.]*k? (?:items?|products?|units?|articles?|things|dollars|bucks|usd|euros?|yuan))"
)
"""Orders of so much: what tells single orders apart is no condition."""
_CLOSE = re.compile(
    r"\b(?:twice|thrice|(?:two|three|four|five|\d+) (?:times|orders|purchases|visits)) (?:with)?in (?:a |one |the same |\d+ ?|two |three )"
    r"(?:days?|weeks?|fortnight|months?)\b(?P<of> (?:of each other|apart|of one another))?"
)
"""So many orders close to each other, at whatever time."""


def refusal(sentence: Sentence, name: str, **words: str) -> Plan:
    """Says that this cannot be done; all words count as used."""
    sentence.use(*range(len(sentence.tokens)))
    return plan("decline", reason="not_supported", missing=text(name, sentence.language).format(**words))


def ask_when(sentence: Sentence) -> Plan:
    """Asks for the time that a metric needs."""
    sentence.use(*range(len(sentence.tokens)))
    asked = sentence.text.rstrip("?!. ")
    choices = [one.format(question=asked) for one in texts("when_choices", sentence.language)]
    return plan("ask_user", question=text("when", sentence.language), choices=choices)


def by_order_amount(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“orders over $100”, “单笔超过500元”: a condition on the amount of one order; customers are judged by their totals only."""
    one = _ONE_OVER.search(sentence.text)
    one = one or (None if any(token.is_("noun") for token in sentence.tokens) else _ORDERS_HAD.search(sentence.text))
    if one is not None:
        return refusal(sentence, "order_amount", words=one[0].strip())
    close = _CLOSE.search(sentence.text)
    if close is not None and (close["of"] or sum(1 for _ in sentence.free("window")) > 1):
        return refusal(sentence, "close_together", words=close[0].strip())
    for place, comparison in sentence.free("comparison"):
        single = [at for at, _ in sentence.free("cue", "single_order") if abs(at - place) <= 3]
        money = comparison.data["unit"] == "money" or (comparison.data["unit"] == "" and bool(single))
        if money and (single or _is_of_orders(sentence, place)):
            return refusal(sentence, "order_amount", words=sentence.tokens[place].text)
    return None


def _is_of_orders(sentence: Sentence, place: int) -> bool:
    """Whether the orders stand right before an English comparison, or right after a Chinese one."""
    if sentence.tokens[place].text.isascii():
        named = sentence.tokens[place - 1] if place else None
        return named is not None and named.text.split()[-1] in _ONE_ORDER and not named.is_("field", "average_order_value")
    following = [token.text for token in sentence.tokens[place + 1 : place + 3] if token.text != "的"]
    return bool(following) and following[0] in _ONE_ORDER


def average_of_bands(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“average age”: the data have bands, of which there is no mean."""
    for place, _average in sentence.free("cue", "average"):
        named = sentence.tokens[place + 1 : place + 2]
        if named and not named[0].is_("metric") and any(named[0].is_("dimension", one) for one in ("age_band", "income_band")):
            return refusal(sentence, "average_of_bands", words=f"{sentence.tokens[place].text} {named[0].text}")
    return None


def bare_amount(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“customers over 55”: of what, is asked about."""
    for place, comparison in sentence.free("comparison"):
        near = [at for at in (place - 1, place + 1, place + 2) if 0 <= at < len(sentence.tokens)]
        if comparison.data["unit"] or not any(sentence.tokens[at].is_("noun") for at in near):
            continue
        token = sentence.tokens[place]
        head, tail = sentence.text[: token.start], sentence.text[token.end :]
        choices = [f"{head}{one.format(words=token.text)}{tail}" for one in texts("bare_amount_choices", sentence.language)]
        sentence.use(*range(len(sentence.tokens)))
        return plan("ask_user", question=text("bare_amount", sentence.language).format(words=token.text), choices=choices)
    return None


def of_discounted_orders(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“Average order value of orders with a discount”: no measurement is limited to them."""
    for place, token in enumerate(sentence.tokens[2:], 2):
        linked = sentence.tokens[place - 1].text in _OF and sentence.tokens[place - 2].is_("metric")
        if token.is_("metric", "discounted_orders") and linked and not sentence.says("cue", "share"):
            return refusal(sentence, "of_discounted")
    return None
