"""Whose orders a follow-up measures: “所有客户呢”, “and those with kids?”, “换成冠军客户”."""

from __future__ import annotations

import datetime as dt
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
from tools.windows import Window

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


def instead_of_those(sentence: Sentence, args: Args, before: Args) -> None:
    """“Families with kids instead” after those of an age: other customers in place of them, and no longer limited by it."""
    levels = sentence.vocabulary.levels

    def people(limits: Args) -> dict[str, Any]:
        """What limits a measurement to some customers."""
        return {name: values for name, values in limits.get("where", {}).items() if levels.get(name) == "customer"}

    was, now = people(before), people(args)
    anew = [name for name, values in now.items() if values != was.get(name)]
    told = args.get("customers") not in (None, before.get("customers"))
    if not sentence.says("ellipsis", "change") or sentence.says("ellipsis", "also") or not (anew or told) or len(anew) > 1:
        return
    where = {name: values for name, values in args.get("where", {}).items() if name not in was or name in anew}
    args |= {"where": where}
    if not where:
        del args["where"]
    if anew and not told and isinstance(args.get("customers"), dict):
        del args["customers"]


_COMERS = {"new_customers": "new", "returning_customers": "returning"}
_NUMBERS_OF_PEOPLE = frozenset({*_COMERS, "customers", "active_customers", "buyers", "retained_customers", "lapsed_customers"})


def of_new_or_returning(sentence: Sentence, args: Args) -> None:
    """“Only new customers”, “老客呢” after a number of a time: of those who were new in that time, or had come before it."""
    if not args.get("window") or set(args.get("metrics", ())) & _NUMBERS_OF_PEOPLE or "customer_type" in args.get("by", ()):
        return
    if sentence.says("cue", "count", "share") or sentence.says("ellipsis", "also"):
        return
    others = [one for _, one in sentence.free("metric") if one.id not in _COMERS]
    named = [(place, one) for place, one in sentence.free("metric", *_COMERS)]
    if others or len(named) != 1 or sentence.tokens[named[0][0]].text.endswith(("数", "数量")):
        return
    place, who = named[0]
    if sentence.tokens[place].text.startswith("number of"):
        return
    sentence.use(place)
    args["where"] = {**args.get("where", {}), "customer_type": [_COMERS[who.id]]}
    if args.get("customers") in ("new", "returning"):
        del args["customers"]


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


def move_first_orders(sentence: Sentence, args: Args, window: Args) -> None:
    """“And in Q4?” of what the new customers of Q3 spent in Q3: of the new customers of that time."""
    given, before = args.get("customers"), args.get("window")
    days = [_days(one, sentence.vocabulary.as_of) for one in (before, window)] if before and not sentence.says("pronoun") else []
    if isinstance(given, dict) and days and all(days) and given == _first_in(days[0]):
        args["customers"] = _first_in(days[1])


def _first_in(days: list[str]) -> Rule:
    return {"field": "first_order_date", "op": "between", "value": days}


def _days(window: Args, as_of: dt.date) -> list[str]:
    start, end = Window.model_validate(window).resolve(as_of)
    return [start.isoformat(), (end or as_of).isoformat()] if start is not None else []


def _times(rule: Any) -> set[str]:
    """The times of the behaviours of a rule; “” for one of all time."""
    if isinstance(rule, list):
        return {one for part in rule for one in _times(part)}
    if not isinstance(rule, dict):
        return set()
    if "behaviour" in rule:
        return {str(rule.get("window") or "")}
    return {one for key in ("all", "any", "not") if key in rule for one in _times(rule[key])}
