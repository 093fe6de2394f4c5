"""“冠军客户和有房客户的客单价”, "spend per customer for 3+ kids vs none": two groups told by different things, each measured by itself."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token
from tools.segments.schemes import scheme_of

_SIDES = 2
_WHOSE = ("customers", "where", "where_not")
_JOINTS = ("conj", "between", "punctuation")
_BETWEEN = ("stop", "noun", "by", "conj", "between", "punctuation", "higher")
_APART = ("cue", "compare")
_EACH = ("分别", "各", "谁", "哪", "each", "respectively", "higher", "more", "bigger")
_APIECE = re.compile(r"^(?:各自|各|分别|each|respectively)(?=有?多少|有?几|$)")
"""What says that each is counted, and nothing where one is asked of alone: “各有多少”."""
_ALTERNATIVE = ("or", "或", "或者", "或是")
_OPPOSED = {"=", "!="}
_BOUNDED = ("income", "age")
_OF_ATTRIBUTE = "attribute."


def with_two_groups(asked: Asked) -> Plan | None:
    """The plan of both sides; None where no two groups of customers are set side by side, or one property tells them apart."""
    sentence = asked.sentence(asked.question)
    spans = [span for at in range(len(sentence.tokens)) if (span := _group_at(sentence, at)) is not None]
    if len(spans) != _SIDES or sentence.says("pronoun") or sentence.says("ranking"):
        return None
    between = range(spans[0].stop, spans[1].start)
    joint = next((at for at in between if _joins(sentence.tokens[at])), None)
    if joint is None or not all(any(sentence.tokens[at].is_(kind) for kind in _BETWEEN) or _joins(sentence.tokens[at]) for at in between):
        return None
    counted = _counted_apart(sentence, spans, joint)
    if not counted and (_one_property(sentence, spans) or not _set_apart(sentence, spans, joint)):
        return None
    calls = [asked_alone(words, asked.read) for words in _each(sentence, spans, joint, counted=counted)]
    return _both([call for call in calls if call is not None], counted=counted)


def _group_at(sentence: Sentence, at: int) -> range | None:
    """The place of a group of customers: a token that says which are meant, or a bound with the property before it."""
    token = sentence.tokens[at]
    value, condition = token.get("value"), token.get("condition")
    if value is not None:
        told = sentence.vocabulary.levels.get(str(value.data["dimension"])) == "customer"
    elif token.is_("comparison") and at:
        bounded = sentence.tokens[at - 1].is_("field", *_BOUNDED)
        return range(at - 1, at + 1) if bounded else None
    else:
        told = (condition is not None and bool(condition.data.get("rule"))) or (token.is_("segment") and not token.is_("metric"))
    return range(at, at + 1) if told else None


def _property(sentence: Sentence, span: range) -> str:
    """What a group is told by: a field, an attribute, a scheme of segments."""
    token = sentence.tokens[span[-1]]
    value, condition, segment = token.get("value"), token.get("condition"), token.get("segment")
    if value is not None:
        return str(value.data["dimension"]).removeprefix(_OF_ATTRIBUTE)
    if condition is not None:
        return str(condition.data["rule"].get("field", ""))
    scheme = scheme_of(segment.id) if segment is not None else None
    return scheme.field if scheme is not None else sentence.tokens[span[0]].text


def _one_property(sentence: Sentence, spans: list[range]) -> bool:
    """Whether both are single values of one property, or segments, which are told side by side as they are."""
    tokens = [sentence.tokens[span[-1]] for span in spans]
    if all(token.is_("segment") for token in tokens):
        return True
    rules = [one.data["rule"] for token in tokens if (one := token.get("condition")) is not None and one.data.get("rule")]
    if len(rules) == _SIDES:
        opposed = {str(one.get("op")) for one in rules} == _OPPOSED
        apart = {str(one.get("op")) for one in rules} == {"in"} and not set(rules[0]["value"]) & set(rules[1]["value"])
        return not (opposed or apart) or len({str(one.get("field")) for one in rules}) > 1
    values = [one for token in tokens if (one := token.get("value")) is not None]
    several = any(one.data.get("also") for one in values)
    return len(values) == _SIDES and not several and len({one.data["dimension"] for one in values}) == 1


def _counted_apart(sentence: Sentence, spans: list[range], joint: int) -> bool:
    """“How many homeowners and renters are there”: nobody is both, so that each is counted."""
    tokens = [sentence.tokens[span[-1]] for span in spans]
    alike = all(token.is_("value") for token in tokens) or all(token.is_("segment") for token in tokens)
    timed = any(token.is_("window") for token in sentence.tokens[spans[0].start : spans[1].stop])
    measured = any(token.is_("metric") and not token.is_("noun") for token in sentence.tokens)
    apiece = any(_APIECE.match(token.text) and len(token.text) > 1 for token in sentence.tokens)
    counts = apiece or (sentence.says("cue", "count") and not (sentence.says("verb") or sentence.says("neg")))
    asked = counts and not (timed or measured or sentence.says("cue", "how_much") or sentence.says("verb", "spend"))
    joined = sentence.tokens[joint].is_("conj", "and") and sentence.tokens[joint].text not in _ALTERNATIVE
    return alike and asked and joined and len({_property(sentence, span) for span in spans}) == 1


def _joins(token: Token) -> bool:
    return token.is_(*_APART) or any(token.is_(kind) for kind in _JOINTS)


def _set_apart(sentence: Sentence, spans: list[range], joint: int) -> bool:
    """Whether two groups are meant and not one that is both: they are compared, asked of each, exclude each other, or each is people."""
    if sentence.says(*_APART) or any(token.text.startswith(_EACH) for token in sentence.tokens):
        return True
    if len({_property(sentence, span) for span in spans}) == 1 and any(not sentence.tokens[span[-1]].is_("condition") for span in spans):
        return True
    people = [any(sentence.tokens[at].is_("noun") for at in range(spans[0].stop, joint))]
    people += [any(token.is_("noun") for token in sentence.tokens[spans[1].stop : spans[1].stop + 2])]
    return all(people)


def _each(sentence: Sentence, spans: list[range], joint: int, *, counted: bool) -> tuple[str, str]:
    """The question of either side alone."""
    first, second = spans
    end = second.stop
    named = {token.text for token in sentence.tokens[first.stop : joint]}
    for token in sentence.tokens[end:]:  # “…的家庭和没有孩子的家庭”: the people are said of either
        if token.text not in named or not (token.is_("stop") or token.is_("noun")):
            break
        end += 1
    one = _words(sentence, [*sentence.tokens[:joint], *sentence.tokens[end:]], counted=counted)
    other = _words(sentence, [*sentence.tokens[: first.start], *sentence.tokens[joint + 1 :]], counted=counted)
    return one, other


def _words(sentence: Sentence, tokens: list[Token], *, counted: bool) -> str:
    kept = [token for token in tokens if not (token.is_(*_APART) and not token.is_("metric"))]
    words = (sentence.text[token.start : token.end] for token in kept)
    return " ".join(part for word in words if (part := _APIECE.sub("", word) if counted else word))


def _both(calls: list[Call], *, counted: bool) -> Plan | None:
    """Both measurements, where they differ in nothing but whom they are about; or both counts."""
    if len(calls) == _SIDES and counted and all(call.name == "find_customers" and set(call.args) == {"rule"} for call in calls):
        return Plan(tuple(calls)) if calls[0] != calls[1] else None
    if len(calls) != _SIDES or any(call.name != "measure" for call in calls):
        return None
    shared = [{name: value for name, value in call.args.items() if name not in _WHOSE} for call in calls]
    whose: list[dict[str, Any]] = [{name: value for name, value in call.args.items() if name in _WHOSE} for call in calls]
    alike = shared[0] == shared[1] and not shared[0].get("by") and whose[0] != whose[1] and all(whose)
    return Plan(tuple(calls)) if alike else None
