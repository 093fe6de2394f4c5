"""“有房或者买过啤酒的客户”, "VIPs who bought beer, excluding those who used a coupon": each condition is read alone.

What the parts have in common, such as who is asked about, holds of everybody.
"""

from __future__ import annotations

from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import done_within, leaves
from assistant.planner.clauses import Rule
from assistant.planner.condition_cuts import ALL, EXCEPT, SECTION, About, Parts, about, cuts, is_told, read_each, together
from assistant.planner.plan import ASIDE, Plan
from assistant.planner.shapes import shape
from assistant.planner.those_and_others import unlike

_KINDS = (EXCEPT, "either", "or")
_ORDERED: Rule = {"behaviour": "orders", "op": ">=", "value": 1}
_BARE = {"behaviour", "op", "value", "window"}


def with_joined_conditions(asked: Asked) -> Plan | None:
    """The plan of conditions of which one is enough, or the last leaves out; None where there are none, or one is not understood."""
    for kind in _KINDS:
        for parts in cuts(asked, kind):
            read = read_each(asked, parts)
            found = _joined(asked, kind, parts, read[0]) if read is not None else None
            if found is not None and read is not None:
                return Plan(found.calls, (*read[1], *found.notes))
    return None


def with_all_conditions(found: Plan, asked: Asked) -> Plan:
    """The plan, or that of the conditions read one by one where it lost one, or took one for something else."""
    known = about(asked, Plan(found.calls[:1])) if found.calls else None
    if found.calls and any("on" in leaf for leaf in leaves(found.calls[0].args.get("among"))):
        return found  # of those who were in a group on an earlier day
    for parts in cuts(asked, ALL):
        read = read_each(asked, parts)
        if read is None or not all(is_told(asked, words, one.rules) for words, one in zip(parts.conditions, read[0], strict=True)):
            continue
        first, rules = read[0][0], _without_twice([rule for one in read[0] for rule in one.rules])
        same = known is not None and (known.name, known.args) == (first.name, first.args)
        if known is not None and same and (_alike(known.rules, rules) or _tells_more(known.rules, rules)):
            return found
        return Plan((first.of(rules),), read[1])
    return found


def _without_twice(rules: list[Rule]) -> list[Rule]:
    """The rules, each once; that they ordered at all is said by every other order of theirs."""
    once = [rule for place, rule in enumerate(rules) if rule not in rules[:place]]
    bought = [rule for rule in once if rule != _ORDERED and {key: rule.get(key) for key in _ORDERED} == _ORDERED]
    return [rule for rule in once if rule != _ORDERED or not bought]


def _alike(some: list[Rule], others: list[Rule]) -> bool:
    """Whether the first are the others but for their times, and for goods and campaigns that some take from those before."""
    left = list(some)
    for rule in others:
        same = next((one for one in left if _carries(_timeless(one), _timeless(rule))), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _tells_more(some: list[Rule], others: list[Rule]) -> bool:
    """Whether the first tell a time since, or a campaign, that only the whole question gives: “都收到但都没核销”."""
    read = [leaf for rule in others for leaf in leaves(rule)]
    for leaf in (leaf for rule in some for leaf in leaves(rule)):
        window, campaign = leaf.get("window") or {}, (leaf.get("where") or {}).get("campaign")
        if set(window) & {"start", "end"} and all(one.get("window") != window for one in read):
            return True
        if (
            campaign
            and leaf["value"] == 0
            and all(one["value"] != 0 or one.get("where") != leaf["where"] for one in read if "value" in one)
        ):
            return True
    return False


def _carries(one: Rule, rule: Rule) -> bool:
    return one == rule or ("behaviour" in rule and "where" not in rule and {key: one[key] for key in one if key != "where"} == rule)


def _timeless(rule: Any) -> Any:
    if isinstance(rule, dict):
        return {key: _timeless(value) for key, value in rule.items() if key != "window"}
    return [_timeless(one) for one in rule] if isinstance(rule, list) else rule


def _joined(asked: Asked, kind: str, parts: Parts, read: list[About]) -> Plan | None:
    """The plan of all parts."""
    first = read[0]
    common = [rule for rule in first.rules if all(rule in one.rules for one in read)]
    own = [[rule for rule in one.rules if rule not in common] for one in read]
    told = all(is_told(asked, words, rules) for words, rules in zip(parts.conditions, own, strict=True))
    if not told or not all(own[1:] if kind == EXCEPT else own):
        return None
    if kind == EXCEPT:
        left = together(own[-1])
        left = {"not": left} if any("field" in leaf for leaf in leaves(left)) else unlike(left, within=False)
        return Plan((first.of([*common, *own[0], left]),))
    apart = first.of([*common, _any_of(own)])
    timed = _in_one_time(asked, parts, own)
    if timed is None:
        return Plan((apart,))
    shared = first.of([*common, _any_of(timed[0])])
    return Plan((shared, apart), ((ASIDE, timed[1]),)) if timed[1] and first.name == "find_customers" else Plan((shared,))


def _any_of(own: list[list[Rule]]) -> Rule:
    alternatives = [together(rules) for rules in own]
    ways = [one for rule in alternatives for one in _ways(rule)]
    return _of_either_goods(alternatives) or {"any": [one for place, one in enumerate(ways) if one not in ways[:place]]}


def _ways(rule: Rule) -> list[Rule]:
    return list(rule["any"]) if set(rule) == {"any"} else [rule]


def _of_either_goods(alternatives: list[Rule]) -> Rule | None:
    """One order of either goods, where the alternatives differ in nothing but what was bought."""
    plain = [{key: value for key, value in one.items() if key != "where"} for one in alternatives]
    goods = [one.get("where") or {} for one in alternatives]
    kinds = {key for one in goods for key in one}
    alike = all(one == plain[0] for one in plain) and len(kinds) == 1 and all(len(one) == 1 for one in goods)
    if not alike or (plain[0].get("op"), plain[0].get("value")) != (">=", 1):
        return None
    kind = kinds.pop()
    return {**plain[0], "where": {kind: list(dict.fromkeys(value for one in goods for value in one[kind]))}}


def _in_one_time(asked: Asked, parts: Parts, own: list[list[Rule]]) -> tuple[list[list[Rule]], str] | None:
    """The parts in the time that stands at the edge of them all, with its words where it may be of the part beside it alone."""
    place, others = (0, own[1:]) if asked.language == "zh" else (-1, own[:-1])
    beside = [leaf for rule in own[place] for leaf in leaves(rule)]
    windows = [leaf["window"] for leaf in beside if leaf.get("window")]
    timeless = [leaf for rules in others for rule in rules for leaf in leaves(rule) if "behaviour" in leaf]
    if not windows or not timeless or any(leaf.get("window") for leaf in timeless) or any(one != windows[0] for one in windows):
        return None
    bare = all(set(leaf) == _BARE and leaf["behaviour"] == "orders" for leaf in beside)
    at = next((token for token in asked.sentence(parts.conditions[place]).tokens if token.is_("window")), None)
    leads = at is not None and (at.start == 0) == (asked.language == "zh")
    if bare or at is None or not leads or any(shape(SECTION, "never").search(one) for one in parts.conditions):
        return None
    spread = [[done_within(rule, windows[0]) for rule in rules] for rules in own]
    return spread, "" if asked.language == "zh" else at.text
