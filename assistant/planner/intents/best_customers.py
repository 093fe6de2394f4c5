"""What the best of all customers bring: “sales of our top 50 customers each month”, "how much does the top 1 % spend each".

They are the best of all time, found first; what is measured then is theirs. The best of each month are another question
(“top 10 customers each month”), which group_ranks.py reads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.intents.measures import measure
from assistant.planner.intents.rates import beside_everyone
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token

_WHALES = 20
_MONEY = ("amount", "revenue")
_BETWEEN = ("stop", "by", "dimension", "window", "value", "cue", "metric", "punctuation", "conj", "verb")
"""What may stand between the best customers and what is measured of them, in Chinese."""
_PASSED = Sense("stop", "passed")
_LINKS = ("of", "from", "by", "for", "to", "did", "do", "does", "have", "has", "is", "are", "was", "were", "came", "comes", "come")
_RANKS = ("top", "best", "biggest", "largest", "highest", "leading", "bottom", "worst")
_LEADS = ("of our", "from our", "by our", "for our", "did our", "do our", "of my", "our", "my", "the", "all", "those")


@dataclass(frozen=True)
class _Best:
    """Where the best customers are named, and how they are found."""

    places: tuple[int, ...]
    find: dict[str, Any]


def best_measured(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """Finds the best customers, and measures what the question asks of them."""
    best = _named(sentence)
    if best is None or _ranked_by_part(sentence, best) or not _measures(sentence, best):
        return None
    whom = Sense("segment", next_handle(list(dialogue.results)))
    passed = {*best.places, *(at for at, token in enumerate(sentence.tokens) if token.is_("pronoun"))}
    tokens = [_as(token, _PASSED) if at in passed else token for at, token in enumerate(sentence.tokens)]
    tokens[best.places[0]] = _as(tokens[best.places[0]], whom)
    shared = sentence.says("cue", "share")
    inner = replace(sentence, tokens=tokens)
    found = measure(inner, dialogue)
    if found is None or any(call.name != "measure" or "customers" not in call.args for call in found.calls):
        return None
    sentence.use(*passed)
    if shared and any(call.args.get("by") for call in found.calls):
        return None
    found = beside_everyone(found) if shared else found
    return Plan((Call("find_customers", best.find), *found.calls), (*found.notes, (PRELUDE, "1")))


def _named(sentence: Sentence) -> _Best | None:
    """The best customers that the question names: “top 50 customers by orders”, “20 best customers”, “top 1% of customers”."""
    rankings = [(at, one) for at, one in sentence.free("ranking") if one.data["n"] or one.data.get("share")]
    if len(rankings) == 1:
        at, ranking = rankings[0]
        if not sentence.tokens[at].text.startswith(_RANKS) and sentence.tokens[at].text.isascii():
            return None
        people = _people_after(sentence, at)
        cut = {"share": float(ranking.data["share"])} if ranking.data.get("share") else {"limit": ranking.data["n"]}
        if not people and not ranking.data.get("person"):
            return None
        return _found((at, *people), sentence, cut, descending=ranking.id == "largest")
    whales = sentence.first("top_customers")
    if rankings or whales is None or whales[1].id != "whales":
        return None
    number = _number_before(sentence, whales[0])
    places = (whales[0], *([number[0]] if number else []))
    return _found(places, sentence, {"limit": number[1] if number else _WHALES}, descending=True)


def _found(places: tuple[int, ...], sentence: Sentence, cut: dict[str, Any], *, descending: bool) -> _Best:
    """The best by what stands after “by”, else by what they spent."""
    by = _ordered_by(sentence, max(places)) or _ranked_by(sentence, min(places))
    field = by[-1][1] if by else "amount"
    return _Best((*places, *(at for at, _ in by)), {"rule": {"all": []}, "sort_by": field, "descending": descending, **cut})


def _people_after(sentence: Sentence, at: int) -> list[int]:
    """The places of “of customers”, "spenders" right after a ranking; none where it ranks anything else."""
    found = []
    for place in range(at + 1, min(at + 4, len(sentence.tokens))):
        token = sentence.tokens[place]
        found.append(place)
        if token.is_("noun"):
            return found
        if token.text not in ("of", "of our", "of all", "the", "our", "的", "all"):
            return []
    return []


def _ordered_by(sentence: Sentence, last: int) -> list[tuple[int, str]]:
    """The places of “by orders” right after the best customers, with the field; the spend is what they are ranked by anyway."""
    following = list(enumerate(sentence.tokens))[last + 1 : last + 3]
    at, token = following[0] if following else (0, None)
    if token is None or not token.text.startswith("by"):
        return []
    for place, one in following:
        field = one.get("field")
        if field is not None and not one.is_("dimension"):
            return [(middle, "amount") for middle in range(at, place)] + [(place, str(field.id))]
    return []


def _ranked_by_part(sentence: Sentence, best: _Best) -> bool:
    """Whether they are the best by a part of what they do: “top 10 customers by deli spend”, which is a ranking by that part."""
    following = sentence.tokens[max(best.places) + 1 :]
    if not following or not following[0].text.startswith("by"):
        return False
    until = next((at for at, token in enumerate(following) if token.is_("punctuation")), len(following))
    clause = following[1:until]
    return any(token.is_("value") for token in clause) and any(token.is_("metric") or token.is_("field") for token in clause)


def _ranked_by(sentence: Sentence, first: int) -> list[tuple[int, str]]:
    """The place of “消费” or “订单数” right before “前100的客户”, with the field."""
    field = sentence.tokens[first - 1].get("field", "amount", "orders") if first and not sentence.tokens[first].text.isascii() else None
    return [(first - 1, str(field.id))] if field is not None else []


def _number_before(sentence: Sentence, place: int) -> tuple[int, int] | None:
    quantity = sentence.tokens[place - 1].get("quantity") if place else None
    return (place - 1, int(quantity.data["value"])) if quantity is not None and quantity.data["unit"] == "" else None


def _measures(sentence: Sentence, best: _Best) -> bool:
    """Whether something is measured of them that a list of them does not tell: over time, in a time, of goods, or each."""
    then = any(token.is_("window") for token in sentence.tokens[max(best.places) + 1 : max(best.places) + 2])
    if then and sentence.language != "zh" and _opens(sentence, best):
        return False  # “our top 10% customers in 2017, what share of sales”: the best of that time
    others = [(at, token) for at, token in enumerate(sentence.tokens) if at not in best.places]
    metrics = [(at, one) for at, token in others if (one := token.get("metric")) is not None and not token.is_("noun")]
    asked = [at for at, one in metrics] + [at for at, token in others if token.is_("cue", "how_much", "favourite")]
    asked += [at for at, token in others if at == max(best.places) + 1 and token.is_("verb", "order") and sentence.says("by")]
    if not any(_belongs(sentence, at, best) for at in asked):
        return False
    limited = any(token.is_("window") or token.is_("value") or token.is_("cue", "average") for _, token in others)
    parts = any(token.is_("dimension") and not token.is_("noun") and not token.is_("metric") for _, token in others)
    return limited or parts or any(one.id not in _MONEY for _, one in metrics)


def _opens(sentence: Sentence, best: _Best) -> bool:
    """Whether nothing that is measured stands before the best customers."""
    before = sentence.tokens[: min(best.places)]
    return not any(token.is_("metric") or token.is_("cue", "how_much", "share") for token in before)


def _belongs(sentence: Sentence, metric: int, best: _Best) -> bool:
    """Whether a metric is theirs: “sales of our top 50”, “how much did the top 50 spend”, “top 50 customers: sales”."""
    first, last = min(best.places), max(best.places)
    if not sentence.tokens[first].text.isascii() or sentence.language == "zh":
        return metric > last and _is_then(sentence, first, last, metric)
    if metric < first:
        between = sentence.tokens[metric + 1 : first]
        return all(token.text in (*_LINKS, *_LEADS) or token.is_("stop") or token.is_("noun") for token in between)
    between = sentence.tokens[last + 1 : metric]
    return sentence.tokens[metric].is_("verb") or any(
        token.is_("punctuation") or token.is_("pronoun") or token.is_("cue", "how_much") for token in between
    )


def _is_then(sentence: Sentence, first: int, last: int, metric: int) -> bool:
    """“前50名客户每个月的销售额”: the times and goods stand after the best; those before them say when they are the best."""
    before, between = sentence.tokens[:first], sentence.tokens[last + 1 : metric]
    timed = any(token.is_("window") or token.is_("value") or (token.is_("dimension") and not token.is_("noun")) for token in before)
    ordered = any(token.text.startswith("按") or token.is_("punctuation", "(", ")") for token in between)
    return not timed and not ordered and all(any(token.is_(kind) for kind in _BETWEEN) for token in between)


def _as(token: Token, sense: Sense) -> Token:
    return replace(token, senses=(sense,))
