"""Follow-ups about several calls at once: all parts of a question, two answers together, one as a share of the whole."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import FOCUS, Call, Plan
from assistant.planner.sentence import Sentence
from tools.segments.schemes import scheme_of


def of_all_parts(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“And loyal?” after a question of several parts about one group: all of them about the other."""
    calls = [one.call for one in dialogue.results if one.turn == last.turn and not one.aside]
    content = [token for token in sentence.tokens if not any(token.is_(kind) for kind in ("stop", "punctuation", "ellipsis", "conj"))]
    group = content[0].get("segment") if len(content) == 1 else None
    if len(calls) < 2 or group is None or any(call.name in ("save_segment", "cluster_customers") for call in calls):
        return None
    sentence.take_all("segment")
    changed: list[Call] = []
    for call in calls:
        key = "rule" if "rule" in call.args else "customers"
        if set(call.args) & {"first", "second"} or key not in call.args:
            return None
        changed.append(Call(call.name, {**call.args, key: {"segment": group.id} if key == "rule" else group.id}))
    return Plan(tuple(changed))


def of_both(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“Both together”: two measurements that differ in one value or group only, side by side."""
    if not sentence.take_all("pair", "both", "together") or last.call.name != "measure":
        return None
    sentence.take_all("cue", "compare", "list")
    measured = [one.call.args for one in dialogue.results if one.call.name == "measure" and one.outcome == "answered"]
    first, second = ([{}, *measured][-2]), measured[-1]
    where = {**first.get("where", {}), **second.get("where", {})}
    rest = [{key: value for key, value in one.items() if key not in ("where", "customers")} for one in (first, second)]
    if rest[0] != rest[1] or len(where) != 1 or first.get("customers") != second.get("customers"):
        return None
    dimension = next(iter(where))
    if any(len(one.get("where", {}).get(dimension, [])) != 1 for one in (first, second)):
        return None
    values = list(dict.fromkeys(value for one in (first, second) for value in one.get("where", {}).get(dimension, [])))
    return Plan(
        (Call("measure", {**second, "where": {dimension: values}, "by": list(dict.fromkeys([dimension, *second.get("by", [])]))[:2]}),)
    )


def of_share(sentence: Sentence, _: Dialogue, last: Result) -> Plan | None:
    """“As a share of everyone” after a group's number: the number by group, with the group's share."""
    group, args = last.call.args.get("customers"), last.call.args
    scheme = scheme_of(group) if isinstance(group, str) else None
    if last.call.name != "measure" or scheme is None or not sentence.has("cue", "share") or args.get("by"):
        return None
    sentence.take_all("cue", "share", "everyone", "total", "how_much", "count")
    kept = {key: value for key, value in args.items() if key not in ("customers", "compare")}
    name = sentence.vocabulary.name("segment", str(group), sentence.language)
    return Plan((Call("measure", {**kept, "by": [scheme.field], "sort": "largest"}),), ((FOCUS, name),))
