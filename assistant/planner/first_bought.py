"""Customers who are new in a time that is named beside them."""

from __future__ import annotations

from assistant.planner.clauses import Rule
from assistant.planner.sentence import Sentence


def first_bought_in(sentence: Sentence) -> list[Rule]:
    """“近90天新客”, “上半年进来的新客和下半年进来的新客”: new customers of the times right before or after them."""
    found: list[Rule] = []
    if any(token.is_("horizon") and not token.is_("window") for token in sentence.tokens):
        return found  # what they do after it is asked, by times of their own
    for place, _ in list(sentence.free("segment", "new")):
        order = [*range(place - 1, max(place - 4, -1), -1), *range(place + 1, min(place + 3, len(sentence.tokens)))]
        at = next((one for one in order if one not in sentence.used and sentence.tokens[one].is_("window")), None)
        window = sentence.tokens[at].get("window") if at is not None else None
        start, end = window.data["window"].resolve(sentence.vocabulary.as_of) if window is not None else (None, None)
        if at is None or start is None or not sentence.tokens[place].is_("metric", "new_customers"):
            continue
        between = range(min(at, place) + 1, max(at, place))
        if not all(sentence.tokens[one].is_("stop") or sentence.tokens[one].is_("verb", "order") for one in between):
            continue
        sentence.use(place, at, *between)
        days = [start.isoformat(), (end or sentence.vocabulary.as_of).isoformat()]
        found.append({"field": "first_order_date", "op": "between", "value": days})
    return found
