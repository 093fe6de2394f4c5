"""“冠军客户和有房客户的客单价”, "spend per customer for 3+ kids vs none": two groups told by different things, each measured by itself."""

from __future__ import annotations

from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

_SIDES = 2
_WHOSE = ("customers", "where", "where_not")
_JOINTS = ("conj", "between", "punctuation")
_BETWEEN = ("stop", "noun", "by", "conj", "between", "punctuation", "higher")
_APART = ("cue", "compare")
_OPPOSED = {"=", "!="}
_EACH = ("分别", "各", "谁", "哪", "each", "respectively", "higher", "more", "bigger")


def with_two_groups(asked: Asked) -> Plan | None:
    """The plan of both sides; None where no two groups of customers are set side by side, or one property tells them apart."""
    sentence = asked.sentence(asked.question)
    sides = [at for at, token in enumerate(sentence.tokens) if _names_group(sentence, token)]
    if len(sides) != _SIDES or sentence.says("pronoun") or sentence.says("ranking") or _one_property(sentence, sides):
        return None
    between = range(sides[0] + 1, sides[1])
    joint = next((at for at in between if _joins(sentence.tokens[at])), None)
    if joint is None or not all(any(sentence.tokens[at].is_(kind) for kind in _BETWEEN) or _joins(sentence.tokens[at]) for at in between):
        return None
    if not _set_apart(sentence, sides, joint):
        return None
    calls = [asked_alone(words, asked.read) for words in _each(sentence, sides, joint)]
    return _both([call for call in calls if call is not None])


def _names_group(sentence: Sentence, token: Token) -> bool:
    """Whether a token says which customers are meant."""
    value = token.get("value")
    if value is not None:
        return sentence.vocabulary.levels.get(str(value.data["dimension"])) == "customer"
    condition = token.get("condition")
    return (condition is not None and bool(condition.data.get("rule"))) or (token.is_("segment") and not token.is_("metric"))


def _one_property(sentence: Sentence, sides: list[int]) -> bool:
    """Whether both are single values of one property, or segments, which are told side by side as they are."""
    values = [sentence.tokens[at].get("value") for at in sides]
    if all(sentence.tokens[at].is_("segment") for at in sides):
        return True
    rules = [one.data["rule"] for at in sides if (one := sentence.tokens[at].get("condition")) is not None and one.data.get("rule")]
    if len(rules) == _SIDES:
        return {str(one.get("op")) for one in rules} != _OPPOSED or len({str(one.get("field")) for one in rules}) > 1
    if any(one is None for one in values):
        return False
    several = any(one is not None and one.data.get("also") for one in values)
    return not several and len({one.data["dimension"] for one in values if one is not None}) == 1


def _joins(token: Token) -> bool:
    return token.is_(*_APART) or any(token.is_(kind) for kind in _JOINTS)


def _set_apart(sentence: Sentence, sides: list[int], joint: int) -> bool:
    """Whether two groups are meant and not one that is both: they are compared, asked of each, or each is named as people."""
    if sentence.says(*_APART) or any(token.text.startswith(_EACH) for token in sentence.tokens):
        return True
    people = [any(sentence.tokens[at].is_("noun") for at in range(sides[0] + 1, joint))]
    people += [any(token.is_("noun") for token in sentence.tokens[sides[1] + 1 : sides[1] + 3])]
    return all(people)


def _each(sentence: Sentence, sides: list[int], joint: int) -> tuple[str, str]:
    """The question of either side alone."""
    first, second = sides
    end = second + 1
    named = {token.text for token in sentence.tokens[first + 1 : joint]}
    while (
        end < len(sentence.tokens) and sentence.tokens[end].text in named and any(sentence.tokens[end].is_(one) for one in ("stop", "noun"))
    ):
        end += 1  # “…的家庭和没有孩子的家庭”: the people are said of either
    start = joint
    opened = sentence.tokens[:first]
    one = _words(sentence, [*opened, *sentence.tokens[first:start], *sentence.tokens[end:]])
    other = _words(sentence, [*opened, *(token for at, token in enumerate(sentence.tokens) if at > joint)])
    return one, other


def _words(sentence: Sentence, tokens: list[Token]) -> str:
    kept = [token for token in tokens if not (token.is_(*_APART) and not token.is_("metric"))]
    return " ".join(sentence.text[token.start : token.end] for token in kept)


def _both(calls: list[Call]) -> Plan | None:
    """Both measurements, where they differ in nothing but whom they are about."""
    if len(calls) != _SIDES or any(call.name != "measure" for call in calls):
        return None
    shared = [{name: value for name, value in call.args.items() if name not in _WHOSE} for call in calls]
    whose: list[dict[str, Any]] = [{name: value for name, value in call.args.items() if name in _WHOSE} for call in calls]
    alike = shared[0] == shared[1] and not shared[0].get("by") and whose[0] != whose[1] and all(whose)
    return Plan(tuple(calls)) if alike else None
