"""“忠诚客户呢”, "and in May?" after the share of one group among another: what the share is of changes with the group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan

_TIME = "window"


def with_base_changed(found: Plan | None, dialogue: Dialogue) -> Plan | None:
    """The plan with the group of the share as the follow-up left it; as it is where no share of a group was changed."""
    last = dialogue.last.call.args if dialogue.last is not None and dialogue.last.call.name == "find_customers" else {}
    call = found.calls[0] if found is not None and len(found.calls) == 1 else None
    if found is None or call is None or call.name != "find_customers" or not last.get("among"):
        return found
    if call.args.get("among") != last["among"] or call.args["rule"] == last["rule"]:
        return found
    base, done, new = parts_of(last["among"]), parts_of(last["rule"]), parts_of(call.args["rule"])
    done = [one for one in done if one not in base]
    group, others = _group(base, done, new)
    if not group or not others:
        return replace(found, calls=(replace(call, args={key: value for key, value in call.args.items() if key != "among"}),))
    return replace(found, calls=(replace(call, args={**call.args, "rule": all_of([*group, *others]), "among": all_of(group)}),))


def _group(base: list[Rule], done: list[Rule], new: list[Rule]) -> tuple[list[Rule], list[Rule]]:
    """The conditions that say who the group is now, and those on what some of them did."""
    if [_untimed(one) for one in base] == [_untimed(one) for one in done] and all(one == new[0] for one in new):
        return base, new[:1]  # “5月呢” after who of March came in April: the time is that of what was done
    named = {one["field"] for one in new if "field" in one and one not in base and one not in done}
    new = [one for one in new if one not in base or one.get("field") not in named]
    known = {str(_untimed(one)) for one in done}
    retimed = any(one not in done and str(_untimed(one)) in known for one in new)
    group, others = [], []
    for one in new:
        if one in base:
            group.append(one)
        elif one in done or str(_untimed(one)) in known:
            others.append(one)
        elif (before := _same_but_time(one, base)) is not None:
            group.append(before if retimed and _time_apart(before, done) else one)
        elif "behaviour" in one and all(old in new for old in base):
            others.append(one)
        else:
            group.append(one)
    return group, others


def _same_but_time(one: Rule, base: list[Rule]) -> Rule | None:
    """The condition of the group before that differs in its time alone."""
    return next((old for old in base if str(_untimed(old)) == str(_untimed(one))), None)


def _time_apart(before: Rule, done: list[Rule]) -> bool:
    """Whether what was done had another time than the group: a new time is that of what was done, then."""
    return any(one.get(_TIME) not in (None, before.get(_TIME)) for one in done)


def _untimed(rule: Rule) -> dict[str, Any]:
    return {key: rule[key] for key in sorted(rule) if key != _TIME}


def parts_of(rule: Rule) -> list[Rule]:
    """The conditions of a rule that must all hold."""
    return [part for one in rule["all"] for part in parts_of(one)] if set(rule) == {"all"} else [rule]


def all_of(parts: list[Rule]) -> Rule:
    """One rule of conditions that must all hold."""
    return parts[0] if len(parts) == 1 else {"all": parts}
