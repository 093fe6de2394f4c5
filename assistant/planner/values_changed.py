"""“Make that campaign 13”, “换成DELI”: a value of a condition that was said before, changed for another of its dimension."""

from __future__ import annotations

from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.levels import GOODS
from assistant.planner.sentence import Sentence


def revalued(sentence: Sentence, rule: Any) -> Rule | None:
    """The rule with the values that the sentence names in place of those of the same dimension; None where none fits."""
    if not isinstance(rule, dict) or _acts(sentence):
        return None
    wanted: dict[str, list[str]] = {}
    places: list[int] = []
    for place, sense in sentence.free("value"):
        if place and sentence.tokens[place - 1].is_("neg") and place - 1 not in sentence.used:
            return None
        wanted.setdefault(str(sense.data["dimension"]), []).extend((str(sense.data["value"]), *sense.data.get("also", ())))
        places.append(place)
    levels = {dimension: _level_held(rule, dimension) for dimension in wanted}
    if not wanted or any(_holding(rule, held) != 1 and not _all_alike(rule, held) for held in levels.values()):
        return None
    sentence.use(*places)
    relevelled = _relevelled(rule, {held: dimension for dimension, held in levels.items() if held != dimension})
    changed: Rule = _changed(relevelled, wanted)
    return changed


def bought_instead(sentence: Sentence, rule: Any) -> bool:
    """“那买尿布的呢” of those who bought seafood: that they bought is said again, of other goods; whether it is so, the verbs used."""
    verbs = [(place, verb) for place, verb in sentence.free("verb") if not sentence.tokens[place].is_("stop")]
    bought = bool(verbs) and all(verb.data.get("behaviour") == "orders" and not verb.data.get("negated") for _, verb in verbs)
    others = ("also", "only")
    if not bought or sentence.says("neg") or sentence.says("ellipsis", *others) or _of_those(sentence) or _denies(rule):
        return False
    trial = sentence.again()
    trial.use(*(place for place, _ in verbs))
    if revalued(trial, rule) is None:
        return False
    sentence.use(*(place for place, _ in verbs))
    return True


def _of_those(sentence: Sentence) -> bool:
    """“Which of them bought”, “里面买…的”: some of those before; “those who bought” are others."""
    among = any(token.is_("pronoun") and not token.is_("stop") for token in sentence.tokens)
    return among or any(token.text in ("里面", "里头", "当中", "中", "里") for token in sentence.tokens)


def _denies(rule: Any) -> bool:
    """Whether a rule says of some goods that they were not bought."""
    if isinstance(rule, list):
        return any(_denies(part) for part in rule)
    if not isinstance(rule, dict):
        return False
    never = bool(rule.get("where")) and (rule.get("op"), str(rule.get("value"))) == ("=", "0")
    return never or "not" in rule or any(_denies(rule[key]) for key in ("all", "any") if key in rule)


def _level_held(rule: Rule, dimension: str) -> str:
    """The dimension of the rule whose values those of ``dimension`` take the place of: another level of goods where it has only that."""
    held = [one for one in GOODS if _holding(rule, one)] if dimension in GOODS else []
    return held[0] if len(held) == 1 else dimension


def _relevelled(rule: Any, levels: dict[str, str]) -> Any:
    """The rule with goods of one level told by another."""
    if isinstance(rule, list):
        return [_relevelled(part, levels) for part in rule]
    if not isinstance(rule, dict) or not levels:
        return rule
    where = {"where": {levels.get(name, name): values for name, values in rule["where"].items()}} if rule.get("where") else {}
    return {key: _relevelled(value, levels) if key in ("all", "any", "not") else value for key, value in {**rule, **where}.items()}


def _acts(sentence: Sentence) -> bool:
    return any(not sentence.tokens[place].is_("stop") for place, _ in sentence.free("verb"))


def _holding(rule: Any, dimension: str) -> int:
    """In how many of its conditions a rule has values of a dimension."""
    if isinstance(rule, list):
        return sum(_holding(part, dimension) for part in rule)
    if not isinstance(rule, dict):
        return 0
    own = dimension in (rule.get("where") or {}) or (rule.get("field") == dimension and rule.get("op") in ("=", "in"))
    return int(own) + sum(_holding(rule[key], dimension) for key in ("all", "any", "not") if key in rule)


def _all_alike(rule: Any, dimension: str) -> bool:
    """“And campaign 13?” of those who were contacted by campaign 18 and responded to it: all conditions are on one value."""
    said = _values(rule, dimension)
    return len(said) > 1 and all(one == said[0] for one in said)


def _values(rule: Any, dimension: str) -> list[Any]:
    """What each condition of a rule has of a dimension."""
    if isinstance(rule, list):
        return [one for part in rule for one in _values(part, dimension)]
    if not isinstance(rule, dict):
        return []
    own = [rule["where"][dimension]] if dimension in (rule.get("where") or {}) else []
    return own + [one for key in ("all", "any", "not") if key in rule for one in _values(rule[key], dimension)]


def _changed(rule: Any, wanted: dict[str, list[str]]) -> Any:
    if isinstance(rule, list):
        return [_changed(part, wanted) for part in rule]
    if not isinstance(rule, dict):
        return rule
    if rule.get("where"):
        return {**rule, "where": {name: wanted.get(name, values) for name, values in rule["where"].items()}}
    values = wanted.get(str(rule.get("field")))
    if values:
        return {**rule, "op": "in", "value": values} if len(values) > 1 else {**rule, "op": "=", "value": values[0]}
    return {key: _changed(value, wanted) if key in ("all", "any", "not") else value for key, value in rule.items()}
