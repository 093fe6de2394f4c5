"""Whose orders a follow-up measures: “所有客户呢”, “and those with kids?”, “换成冠军客户”."""

from __future__ import annotations

from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Result
from assistant.planner.find_changes import rewindowed, without_fields
from assistant.planner.intents.filters import segments_apart
from assistant.planner.sentence import Sentence
from assistant.planner.thresholds import rebound
from assistant.planner.values_changed import revalued
from assistant.planner.who import both

Args = dict[str, Any]


def open_to_all(sentence: Sentence, args: Args) -> None:
    """“所有客户呢”: of everybody, whatever limited whose orders are measured."""
    args.pop("customers", None)
    levels = sentence.vocabulary.levels
    kept = {name: values for name, values in args.get("where", {}).items() if levels.get(name) != "customer"}
    args |= {"where": kept}
    if not kept:
        del args["where"]


def in_one_place(args: Args, before: Args) -> None:
    """A property said anew is not kept from before as well, which had it among the filters or in the rule."""
    given, where = args.get("customers"), args.get("where", {})
    if not isinstance(given, dict):
        return
    anew = [name for name, values in where.items() if values != before.get("where", {}).get(name)]
    if given == before.get("customers"):
        if not anew:
            return
        rule: Rule | None = given.get("rule", given)
        for name in anew:
            rule = without_fields(rule, {"field": name})
        args["customers"] = rule
        if rule is None:
            del args["customers"]
        return
    named = {str(part.get("field")) for part in given.get("all", [given]) if "field" in part}
    kept = {name: values for name, values in where.items() if name in anew or name not in named}
    if len(kept) < len(where):
        args["where"] = kept
        if not kept:
            del args["where"]


def change_customers(sentence: Sentence, args: Args) -> None:
    """Another segment; with “only”, those of the customers before that are in it."""
    segments = sentence.take_all("segment")
    if not segments:
        return
    named: Any = {"segment": segments[0].id}
    if len(segments) > 1:
        named = {"any": [{"segment": one.id} for one in segments]}
    given: Any = args.get("customers")
    if given and sentence.says("ellipsis", "also"):
        others = named.get("any", [named])
        before = {"segment": given} if isinstance(given, str) else given.get("rule", given)
        named = {"any": [*before.get("any", [before]), *others]}
        args["by"] = args.get("by") or segments_apart(named)
        if not args["by"]:
            del args["by"]
    elif given and sentence.says("ellipsis", "only") and not _is_group(given):
        named = both({"segment": given} if isinstance(given, str) else given.get("rule", given), named)
    args["customers"] = named["segment"] if set(named) == {"segment"} else named


def change_condition(sentence: Sentence, args: Args, last: Result) -> None:
    """“没孩子的呢”, “至少下过5单的呢”: other customers than those it was limited to."""
    given = args.get("customers")
    bound = rebound(sentence, given, plainly=sentence.says("ellipsis", "change", "correct")) if isinstance(given, dict) else None
    if bound is not None:
        args["customers"] = bound
        return
    if not any(sentence.has(kind) for kind in ("condition", "comparison", "band")) or sentence.has("ranking"):
        return
    added = find_rules(sentence, loose=False)
    if added is None:
        return
    if sentence.says("ellipsis", "also", "only") and given is not None:
        before = {"segment": given} if isinstance(given, str) else given.get("rule", given)
        args["customers"] = both(before, added)
        return
    kept = None if _is_group(given) else _others(given, added, last)
    args["customers"] = both(kept, added)


def _others(given: Any, added: Rule, last: Result) -> Rule | None:
    """What the customers were limited to besides the field that is set anew."""
    if not isinstance(given, dict) or last.outcome == "empty":
        return {"segment": given} if isinstance(given, str) else None
    rule = given.get("rule", given)
    kept = without_fields(rule, added)
    alone = kept == rule and set(rule) != {"all"}
    return None if alone else kept


def _is_group(given: Any) -> bool:
    """Whether customers are a named segment, which another one replaces."""
    return isinstance(given, str) and not (given[:1] == "t" and given[1:2].isdigit())


def change_values_of_rule(sentence: Sentence, args: Args) -> None:
    """“And wine?” of what those who bought beer spent: another value in the rule that says whose orders they are."""
    given = args.get("customers")
    named = {str(sense.data["dimension"]) for _, sense in sentence.free("value")}
    if not isinstance(given, dict) or sentence.says("ellipsis", "also", "only") or named & set(args.get("where", {})):
        return
    trial = sentence.again()
    if revalued(trial, given.get("rule", given)) is not None:
        args["customers"] = revalued(sentence, given.get("rule", given))


def in_time_of_rule(args: Args, window: Args) -> bool:
    """“最近90天的呢” of those who ordered in October: the time is changed where it was said, in the rule; whether it was there."""
    given = args.get("customers")
    times = _times(given.get("rule", given)) if isinstance(given, dict) else set()
    if args.get("window") or len(times) != 1 or "" in times or not isinstance(given, dict):
        return False
    args["customers"] = rewindowed(given.get("rule", given), window)
    return True


def _times(rule: Any) -> set[str]:
    """The times of the behaviours of a rule; “” for one of all time."""
    if isinstance(rule, list):
        return {one for part in rule for one in _times(part)}
    if not isinstance(rule, dict):
        return set()
    if "behaviour" in rule:
        return {str(rule.get("window") or "")}
    return {one for key in ("all", "any", "not") if key in rule for one in _times(rule[key])}
