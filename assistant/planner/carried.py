"""Conditions on one thing that was bought: for the first time in a period, or not again after the clause before."""

from __future__ import annotations

import datetime as dt

from assistant.planner.behaviour_rules import Behaviour
from assistant.planner.clauses import Clause, Rule
from assistant.planner.sentence import Sentence
from tools.windows import Window

_OF_IT = ("any", "it", "them", "some", "more", "any more", "anymore")
"""Words for what was bought before: “didn't buy any”."""
_BUYING = ("buy", "bought", "purchas", "买", "购")


def first_bought(sentence: Sentence, clause: Clause) -> list[Rule]:
    """“12月首次购买PASTRY”: bought in that time and never before it; none where the clause does not say so."""
    tokens = sentence.tokens
    places = [place for place in clause.places if place not in sentence.used]
    said = [place for place in places if tokens[place].is_("qualifier", "first_of")]
    goods = [place for place in places if (value := tokens[place].get("value")) and _is_bought(sentence, str(value.data["dimension"]))]
    windows = [place for place in places if tokens[place].is_("window")]
    if not said or not goods or len(windows) != 1:
        return []
    window = tokens[windows[0]].get("window")
    assert window is not None
    start = window.data["window"].resolve(sentence.vocabulary.as_of).start
    if start is None:
        return []
    where: dict[str, list[str]] = {}
    for place in goods:
        value = tokens[place].get("value")
        assert value is not None
        known = where.setdefault(str(value.data["dimension"]), [])
        known += [one for one in (value.data["value"], *value.data.get("also", ())) if one not in known]
    sentence.use(said[0], windows[0], *goods, *(place for place in places if tokens[place].is_("verb")))
    during = window.data["window"].model_dump(mode="json", exclude_defaults=True)
    before = Window(end=start - dt.timedelta(days=1)).model_dump(mode="json", exclude_defaults=True)
    return [
        {"behaviour": "orders", "op": ">=", "value": 1, "window": during, "where": where},
        {"behaviour": "orders", "op": "=", "value": 0, "window": before, "where": where},
    ]


def _is_bought(sentence: Sentence, dimension: str) -> bool:
    return sentence.vocabulary.levels.get(dimension) == "product"


def of_the_same(sentence: Sentence, clause: Clause, group: Behaviour, last: Behaviour | None) -> None:
    """“didn't buy any in the last two months”, “最近60天没再买”: it is the goods of the clause before that were not bought."""
    if group.values or group.nothing or not group.windows or last is None or last.negated or not last.values:
        return
    words = [sentence.tokens[place].text for place in clause.places]
    if not group.negated and not any(word in ("it", "them", "the same", "those", "some") for word in words):
        return
    bought = any(part in word for word in words for part in _BUYING)
    # Who bought nothing at all is said to have bought no things (没买过东西) or not to have come.
    bare = group.negated and any("买" in word for word in words)
    if bought and (group.again or bare or any(word in _OF_IT for word in words)):
        group.values = last.values


def buys_again(sentence: Sentence, clause: Clause, last: Behaviour | None) -> bool:
    """Whether “never again” is of the goods of the clause before, and not of coming at all: “买了一次海鲜再没买过”."""
    if last is None or not last.values or last.comparison is not None or last.behaviour not in ("orders", "amount", "quantity"):
        return True
    return any(part in sentence.tokens[place].text for place in clause.places for part in _BUYING)
