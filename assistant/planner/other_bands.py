"""“35K以下的呢” after a question about an income group, "under 25?" after one by age: a bare bound is on the bands that were spoken of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assistant.planner.bands import band_condition
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense

Args = dict[str, Any]
_LIGHT = ("comparison", "stop", "punctuation", "ellipsis", "conj", "noun", "pronoun", "people", "between")
_UNITS = ("", "piece", "money", "age", "person")
_SPANS = {"income": (Decimal(1000), Decimal(10**7)), "age": (Decimal(10), Decimal(110))}
"""Between which numbers a bare one may be an income, or an age."""


def of_other_bands(sentence: Sentence, _: Dialogue, last: Result) -> Plan | None:
    """The last call with the bands of the bound in place of its own; None where it has none, or where more is said."""
    found = list(sentence.free("comparison"))
    if len(found) != 1 or sentence.says("ellipsis", "also", "only") or not all(_is_light(one) for one in _others(sentence, found[0][0])):
        return None
    bound = found[0][1]
    for field in _SPANS:
        changed = _changed(last.call.args, field, bound, sentence) if _may_be(field, bound) else None
        if changed is not None:
            sentence.use(*range(len(sentence.tokens)))
            return Plan((Call(last.call.name, changed),))
    return None


def _others(sentence: Sentence, place: int) -> list[Any]:
    return [token for at, token in enumerate(sentence.tokens) if at != place]


def _is_light(token: Any) -> bool:
    return any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", "count", "how_much", "list")


def _may_be(field: str, bound: Sense) -> bool:
    value = bound.data["value"]
    values = value if isinstance(value, list) else [value]
    low, high = _SPANS[field]
    return bound.data["unit"] in _UNITS and "op" in bound.data and all(low <= one <= high for one in values)


def _changed(args: Args, field: str, bound: Sense, sentence: Sentence) -> Args | None:
    """The arguments with other bands, where exactly one of their conditions is on the bands."""
    named = f"{field}_band"
    wanted = band_condition(field, bound, sentence.vocabulary)
    if not wanted.get("value") or wanted["field"] != named:
        return None
    where = args.get("where") or {}
    if named in where:
        return {**args, "where": {**where, named: list(wanted["value"])}}
    for key in ("rule", "customers"):
        rule = args.get(key)
        if isinstance(rule, dict) and _held(rule, named) == 1:
            return {**args, key: _replaced(rule, named, wanted)}
    return None


def _held(rule: Any, field: str) -> int:
    """How many conditions of a rule are on the field."""
    if isinstance(rule, list):
        return sum(_held(part, field) for part in rule)
    if not isinstance(rule, dict):
        return 0
    return int(rule.get("field") == field) + sum(_held(rule[key], field) for key in ("all", "any", "not", "rule") if key in rule)


def _replaced(rule: Any, field: str, wanted: Rule) -> Any:
    if isinstance(rule, list):
        return [_replaced(part, field, wanted) for part in rule]
    if not isinstance(rule, dict):
        return rule
    if rule.get("field") == field:
        return wanted
    return {key: _replaced(one, field, wanted) if key in ("all", "any", "not", "rule") else one for key, one in rule.items()}
