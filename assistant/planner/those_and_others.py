"""“用过券的客户和没用过的，客单价差多少”, "AOV of customers who bought wine vs everyone else": both sides of a rule are measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape, shapes
from assistant.planner.spelled import patterns
from assistant.planner.within_top import Reads
from tools.metrics.catalogue import catalogue

_CUTS = ("sort_by", "limit", "share")
_OPPOSITE = {"=": "!=", "!=": "=", "in": "not in", "not in": "in", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def held_against(sentence: Sentence, dialogue: Dialogue, read: Reads) -> Plan | None:
    """The same measured for both sides; None where the question holds no customers against those unlike them.

    Args:
        sentence: The question.
        dialogue: The conversation so far.
        read: The plan of a part of the question.
    """
    if any(token.is_("value") and shape("others", "denied").match(token.text) for token in sentence.tokens):
        return None  # “未婚” is a group of its own
    if _two_named(sentence):
        return None  # “bought in store 367 and not in store 406”: both sides say of what
    for kept, within in _one_side(sentence.text.strip(" ?.!")):
        for words in _asked(kept, sentence.language):
            found = read(words)
            plan = _both_sides(found, within, sentence, dialogue) if found is not None else None
            if plan is not None:
                sentence.use(*range(len(sentence.tokens)))
                return plan
    return None


def _two_named(sentence: Sentence) -> bool:
    """Whether different names or times stand before and after a denial."""
    denial = next((at for at, token in enumerate(sentence.tokens) if token.is_("neg", "not")), None)
    if denial is None:
        return False
    first, second = (
        {sense.id for token in part for sense in token.senses if sense.kind in ("value", "window")}
        for part in (
            sentence.tokens[:denial],
            sentence.tokens[denial + 1 : denial + 4],
        )
    )
    timed = any(token.is_("window") for token in sentence.tokens[denial - 1 : denial])
    return bool(first and second - first) or (
        timed and len({window.id for token in sentence.tokens if (window := token.get("window")) is not None}) > 1
    )


def _one_side(text: str) -> Iterator[tuple[str, bool]]:
    """The question with only one of both sides in it, and whether both are among the same customers."""
    for pattern in shapes("others", "all_others"):
        yield from ((_without(text, found), False) for found in pattern.finditer(text) if found.start())
    for pattern in shapes("others", "unlike"):
        yield from ((_without(text, found), True) for found in pattern.finditer(text) if _unlike(found))


def _without(text: str, found: re.Match[str]) -> str:
    return " ".join(f"{text[: found.start('cut')]} {text[found.end('cut') :]}".split()).replace(" ,", ",")


def _unlike(found: re.Match[str]) -> bool:
    """Whether one side says what the other denies, and the other nothing of its own: “没孩子的客户的订单数” has one side only."""
    one, other = found["one"], found["other"]
    denied = shape("others", "denied")
    if bool(denied.search(one)) == bool(denied.search(other)):
        return False
    said, again = _said(one), _said(other)
    joined = found["cut"] != other
    return (joined or bool(again)) and all(any(word.startswith(known) or known.startswith(word) for known in said) for word in again)


def _said(words: str) -> list[str]:
    """What is said: words, or in Chinese single characters, without those that deny or only join."""
    plain = shape("others", "saying_nothing").sub(" ", shape("others", "denied").sub(" ", words))
    return plain.split() if plain.isascii() else [one for one in plain if not one.isspace()]


def _asked(kept: str, language: str) -> Iterator[str]:
    """The question as it is; or what they do more of, as the metric by which it is told."""
    plain = shape("others", "set_apart").sub("", kept).strip(" ,")
    yield plain
    head, comma, tail = plain.rpartition(",")
    if comma:
        yield f"{tail.strip()} of {head}" if language == "en" else f"{head}客户{tail}"
    for metric, pattern in patterns("contrasts", language, "metrics"):
        found = pattern.search(plain)
        if found is not None:
            name = catalogue().metric(metric).name.say(language)
            around = " ".join(f"{plain[: found.start()]} {plain[found.end() :]}".split())
            whom = shape("others", "around_more").sub("", around.strip(" ,的"))
            yield f"{name} of {whom}" if language == "en" else f"{whom}的{name}"


def _both_sides(found: Plan, within: bool, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The plan of one side made one of both."""
    first, last = found.calls[0], found.calls[-1]
    handle = next_handle(list(dialogue.results))
    if first.name == "measure" and len(found.calls) == 1:
        chosen = first.args.get("customers")
        if isinstance(chosen, dict) and "rule" in chosen:
            return _cut_first(Call("find_customers", {**chosen, "limit": chosen.get("limit")}), first.args, handle)
        return _measured(first.args, within, sentence)
    if first.name != "find_customers" or len(found.calls) > 2:
        return None
    if len(found.calls) == 2 and (last.name != "measure" or last.args.get("customers") != handle):
        return None
    if any(first.args.get(one) for one in _CUTS):
        return _cut_first(first, last.args if last is not first else _metrics(sentence), handle)
    rule = first.args.get("rule")
    if last is not first:
        return _measured({**last.args, "customers": rule}, within, sentence)
    return _listed(rule, within, sentence)


def _measured(args: dict[str, Any], within: bool, sentence: Sentence) -> Plan | None:
    """The measurement of the customers of a rule or with a property, and of those without."""
    metrics = [one for one in args["metrics"] if one != "customers"]
    counted = sentence.says("cue", "count") or any(token.is_("metric", "customers") and not token.is_("noun") for token in sentence.tokens)
    if metrics and not counted:
        args = {**args, "metrics": metrics}
    args = _bought(args, sentence) if args.get("customers") is None else args
    rule = args.get("customers")
    if isinstance(rule, str):
        return _sides(args, {"customers": {"not": {"segment": rule}}})
    if rule is not None:
        other = unlike(rule, within)
        return _sides(args, {"customers": other}) if other is not None else None
    of_people = {one: values for one, values in (args.get("where") or {}).items() if sentence.vocabulary.levels.get(one) == "customer"}
    if len(of_people) != 1 or set(of_people) & set(args.get("by") or ()):
        return None
    rest = {one: values for one, values in args["where"].items() if one not in of_people}
    if within:  # of those of whom it is known
        field, values = next(iter(of_people.items()))
        return _sides(args, {"where": rest, "customers": {"field": field, "op": "not in", "value": values}})
    return _sides(args, {"where": rest, "where_not": {**args.get("where_not", {}), **of_people}})


def _bought(args: dict[str, Any], sentence: Sentence) -> dict[str, Any]:
    """“买过海鲜的和没买过的，人均消费”: of those who bought it, whatever else they buy."""
    goods = args.get("where") or {}
    if not goods or any(sentence.vocabulary.levels.get(one) != "product" for one in goods):
        return args
    rule = {"behaviour": "orders", "op": ">=", "value": 1, "where": goods}
    return {**{name: value for name, value in args.items() if name != "where"}, "customers": rule}


def _sides(args: dict[str, Any], other: dict[str, Any]) -> Plan:
    later = {name: value for name, value in {**args, **other}.items() if value not in ({}, None)}
    return Plan((Call("measure", args), Call("measure", later)))


def _cut_first(best: Call, args: dict[str, Any], handle: str) -> Plan | None:
    """The best are found first; then both sides are measured."""
    if not args.get("metrics"):
        return None
    cut = {name: value for name, value in best.args.items() if value is not None}
    found = _sides({**args, "customers": handle}, {"customers": {"not": {"segment": handle}}})
    return Plan((Call("find_customers", cut), *found.calls), ((PRELUDE, "1"),))


def _metrics(sentence: Sentence) -> dict[str, Any]:
    """What is measured, by the words of the question."""
    named = [sense.id for token in sentence.tokens if not token.is_("noun") and (sense := token.get("metric")) is not None]
    return {"metrics": list(dict.fromkeys(named))[:3]}


def _listed(rule: Any, within: bool, sentence: Sentence) -> Plan | None:
    """Both counted, or set side by side."""
    other = unlike(rule, within)
    if other is None:
        return None
    if sentence.says("cue", "count", "how_many"):
        return Plan((Call("find_customers", {"rule": rule}), Call("find_customers", {"rule": other})))
    return Plan((Call("compare_segments", {"first": rule, "second": other}),)) if sentence.says("cue", "compare") else None


def unlike(rule: Any, within: bool) -> Any:
    """The rule of the others; ``within``: of those that one condition tells apart among the same customers."""
    if set(rule) == {"all"} and len(rule["all"]) != 1:
        done = [part for part in rule["all"] if "behaviour" in part or "not" in part]
        if not rule["all"] or (within and len(done) != 1):
            return None
        return {"all": [unlike(part, within) if part is done[0] else part for part in rule["all"]]} if within else {"not": rule}
    if set(rule) == {"all"}:
        return unlike(rule["all"][0], within)
    if set(rule) == {"not"}:
        return rule["not"]
    if rule.get("behaviour") and not rule.get("share") and not rule.get("than"):
        return _undone(rule)
    return {**rule, "op": _OPPOSITE[rule["op"]]} if rule.get("op") in _OPPOSITE and "field" in rule else {"not": rule}


def _undone(rule: dict[str, Any]) -> dict[str, Any]:
    """Those who did not do it, in the words for it."""
    if (rule["op"], rule["value"]) == (">=", 1):
        return {**rule, "op": "=", "value": 0}
    return {**rule, "op": ">=", "value": 1} if (rule["op"], rule["value"]) == ("=", 0) else {"not": rule}
