"""Questions about one customer: “tell me about customer 1228”."""

from __future__ import annotations

import re

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense

_TOLD_OF_ONE = (
    *("summarize", "list", "why", "strategy", "churn", "recent", "favourite"),
    *("how_much", "count", "total", "average", "data_overview"),
)
"""What may be asked of one customer; looking the customer up answers all of it."""
_ID = re.compile(r"\d{2,12}")


def look_up(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“Tell me about customer 1228”, “1228号客户”."""
    found = sentence.take("customer_id")
    if not found:
        return _bare_id(sentence)
    again = sentence.take("customer_id") or _second_id(sentence)
    if again:
        sentence.take_all("cue", "compare", "summarize", "list")
        sides = [{"field": "customer_id", "op": "=", "value": one.id} for one in (found, again)]
        return plan("compare_segments", first=sides[0], second=sides[1])
    if sentence.has("window") and (sentence.has("metric") or sentence.has("verb") or sentence.has("quantity")):
        sentence.used.clear()
        return None
    sentence.take_all(
        "cue",
        "summarize",
        "list",
        "why",
        "strategy",
        "churn",
        "how_much",
        "count",
        "total",
        "data_overview",
        "average",
        "favourite",
        "explain",
        "recent",
        "segments",
    )
    sentence.take_all("band")
    sentence.take_all("entire")
    if not sentence.has("cue", "compare"):
        sentence.take_all("segment")
    for kind in ("metric", "field", "verb", "noun", "pronoun", "dimension"):
        sentence.take_all(kind)
    return plan("look_up_customer", customer_id=found.id)


def _second_id(sentence: Sentence) -> Sense | None:
    """“customers 1023 and 1609”: a number beside the first id, where two are compared."""
    for place, quantity in sentence.free("quantity") if sentence.says("cue", "compare") else ():
        if quantity.data["unit"] == "" and _ID.fullmatch(sentence.tokens[place].text):
            sentence.use(place)
            return Sense("customer_id", sentence.tokens[place].text)
    return None


def _bare_id(sentence: Sentence) -> Plan | None:
    """“1082”, “#1228”: nothing but a number is a customer's id."""
    said = [place for place, token in enumerate(sentence.tokens) if not token.is_("punctuation")]
    if len(said) != 1 or not _ID.fullmatch(sentence.tokens[said[0]].text):
        return None
    sentence.use(*said)
    return plan("look_up_customer", customer_id=sentence.tokens[said[0]].text)
