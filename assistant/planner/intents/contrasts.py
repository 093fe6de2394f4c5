"""Which customers do more of something: “年纪大的客人是不是花得更多”, "do homeowners have bigger baskets?".

The metric that tells it is measured for all groups of the property that tells them apart; customers of whom a rule tells are
held against all others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.measures import measure
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from assistant.planner.spelled import find, patterns, put
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import rule_of
from tools.segments.schemes import SCHEMES, scheme_of

_BANDS = {"age": "age_band", "income": "income_band"}
"""Fields of customers and the dimensions of their ranges."""
_ASKING = ("list", "count", "why", "strategy", "export", "share", "growth", "yoy", "previous", "trend")
"""What else a question may be, which no contrast answers."""
_SEVERAL = 2


def contrast(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The metric of what they do, by what tells them apart."""
    if (
        not shape("contrasts", "asks").search(sentence.text)
        or any(_asks_else(token) and not _told_of(sentence, at) for at, token in enumerate(sentence.tokens))
        or sentence.says("pronoun")
        or sentence.says("ranking")
    ):
        return None
    if not _predicated(sentence):
        return None
    by, rule, named = _groups(sentence)
    if (by is None) == (rule is None):
        return None
    _still(sentence)
    if by is not None:
        _split(sentence, by)
    found = measure(sentence, dialogue)
    if found is None or len(found.calls) != 1 or found.calls[0].name != "measure" or found.calls[0].args.get("customers"):
        return None
    args = found.calls[0].args
    sides = [{"customers": rule}, {"customers": {"not": rule}}] if rule is not None else [_limited(args, str(by), named)]
    return replace(found, calls=tuple(Call("measure", {**args, **side}) for side in sides))


def _asks_else(token: Token) -> bool:
    return any(token.is_("cue", one) for one in _ASKING) and token.text != "多吗"


def _told_of(sentence: Sentence, place: int) -> bool:
    """Whether a word is the “who” of "people who use coupons", which asks for nothing."""
    return sentence.tokens[place].text == "who" and place > 0 and sentence.tokens[place - 1].is_("noun")


def which_of_two(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“单身的和结婚的谁来得多”, "which customers spend more per trip, homeowners or renters": of two that are named."""
    sides = max(sum(1 for _ in sentence.free("value")), sum(1 for _ in sentence.free("segment")))
    if sides != _SEVERAL or not sentence.has("cue", "list"):
        return None
    sentence.tokens = [replace(one, senses=(Sense("stop", "who"),)) if one.is_("cue", "list") else one for one in sentence.tokens]
    return contrast(sentence, dialogue)


def _limited(args: dict[str, Any], by: str, named: list[str]) -> dict[str, Any]:
    """All groups, or those named where these are several."""
    if args.get("by") == ["customer_type"] and not args.get("window"):
        return {"sort": "largest", "window": {"period": "last_month"}}  # who is new depends on when a time begins
    if len(named) < _SEVERAL:
        return {"sort": "largest"}
    if by in {scheme.field for scheme in SCHEMES.values()}:
        return {"sort": "largest", "customers": {"any": [{"segment": one} for one in named]}}
    return {"sort": "largest", "where": {**args.get("where", {}), by: named}}


def _predicated(sentence: Sentence) -> bool:
    """Whether something is said to be done more or less; it is the metric that tells it then."""
    for metric, pattern in patterns("contrasts", sentence.language, "metrics"):
        found = next(find(sentence.tokens, pattern), None)
        if found is not None:
            sentence.tokens = put(sentence.tokens, found, Sense("metric", metric))
            sentence.used.clear()
            return True
    sides = sum(1 for _ in sentence.free("segment")) == _SEVERAL or sentence.has("condition", "income")
    told = ((by, one) for by, one in patterns("contrasts", sentence.language, "ordered") if by != "customer_type")
    ordered = any(next(find(sentence.tokens, one), None) is not None for _, one in told)
    return (
        (sides or ordered)
        and sentence.has("cue", "compare")
        and sum(1 for at, _ in sentence.free("metric") if not _is_people(sentence, at)) == 1
    )


def _is_people(sentence: Sentence, place: int) -> bool:
    """Whether a word that may be a metric only says whom it is about."""
    token = sentence.tokens[place]
    return any(token.is_(kind) for kind in ("noun", "segment", "condition"))


def _groups(sentence: Sentence) -> tuple[str | None, dict[str, Any] | None, list[str]]:
    """What tells the customers apart that are named: a dimension, or a rule that divides all; with the values that are named."""
    dimensions: list[str] = []
    rules: list[dict[str, Any]] = []
    named: list[str] = []
    for behaviour, pattern in patterns("contrasts", sentence.language, "did"):
        for found in list(find(sentence.tokens, pattern))[:1]:
            sentence.tokens = put(sentence.tokens, found, Sense("stop", "side"))
            rules.append({"behaviour": behaviour, "op": ">=", "value": 1})
    _take_ordered(sentence, dimensions, ("customer_type",))
    for at, token in enumerate(sentence.tokens):
        dimension, rule = _side(sentence, token)
        if dimension is None and rule is None:
            continue
        value = token.get("value") or token.get("segment")
        named += [str(value.data.get("value", value.id))] if value is not None and dimension is not None else []
        dimensions += [dimension] if dimension is not None else []
        rules += [rule] if rule is not None and dimension is None else []
        sentence.tokens[at] = replace(token, senses=(Sense("stop", "side"),))
    _take_ordered(sentence, dimensions)
    apart = set(dimensions)
    if len(apart) == 1 and not rules:
        return next(iter(apart)), None, list(dict.fromkeys(named))
    return (None, rules[0], []) if len(rules) == 1 and not apart else (None, None, [])


def _take_ordered(sentence: Sentence, dimensions: list[str], only: tuple[str, ...] = ()) -> None:
    """Notes the dimensions whose order is said: “年纪大的”, "richer households"."""
    for dimension, pattern in patterns("contrasts", sentence.language, "ordered"):
        if dimension not in sentence.vocabulary.levels or (only and dimension not in only):
            continue
        for found in reversed(list(find(sentence.tokens, pattern))):
            if not all(one.is_("stop", "side") for one in sentence.tokens[found.first : found.end]):
                sentence.tokens = put(sentence.tokens, found, Sense("stop", "side"))
                dimensions.append(dimension)


def _side(sentence: Sentence, token: Token) -> tuple[str | None, dict[str, Any] | None]:
    """The dimension or the rule by which a word tells some customers apart."""
    value = next((one for one in token.senses if one.kind == "value"), None)
    if value is not None:
        dimension = str(value.data["dimension"])
        return (dimension, None) if sentence.vocabulary.levels.get(dimension) == "customer" else (None, None)
    segment = token.get("segment")
    if segment is not None and (scheme := scheme_of(segment.id)) is not None:
        return scheme.field, None
    condition = token.get("condition")
    if condition is not None and condition.data.get("rule"):
        rule = rule_of(condition)
        return _of_field(sentence, str(rule.get("field", ""))), rule
    comparison = token.get("comparison")
    if comparison is not None and comparison.data.get("unit") == "age":
        return _of_field(sentence, "age"), None
    return None, None


def _of_field(sentence: Sentence, field: str) -> str | None:
    """The dimension that splits customers by a field of theirs."""
    names = (_BANDS.get(field, field), f"attribute.{field}")
    return next((one for one in names if one in sentence.vocabulary.levels), None)


def _still(sentence: Sentence) -> None:
    """People, comparing words and the doing are no longer what is asked about."""
    for at, token in enumerate(sentence.tokens):
        if token.is_("noun") or token.is_("cue", "compare") or (token.is_("verb") and not token.is_("metric") and token.is_("stop")):
            sentence.tokens[at] = replace(token, senses=(Sense("stop", "people"),))


def _split(sentence: Sentence, by: str) -> None:
    """Puts what tells the customers apart among the words."""
    end = sentence.tokens[-1].end
    sentence.tokens = [*sentence.tokens, Token(end, end, "by", (Sense("by", "by"),)), Token(end, end, by, (Sense("dimension", by),))]
