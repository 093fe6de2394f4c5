"""“VIP 跟 SVIP 各有多少人”: groups that are named together, where each is asked about by itself."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from tools.segments.schemes import SCHEMES, scheme_of

_EACH = re.compile(
    r"各(?!类|种|个|方面|项|式|位|群|组|店|门店|部门|月|周|季|年|天|品)|分别"
    r"|\beach\b(?= *(?:$|[?,.;!]|group|segment|one|tier|band|of (?:them|those|these)|is|are|have|has|do|does|and|in total"
    r"|buy|order|purchase|spend|like|prefer|mostly|usually|favou?r))"
    r"|\brespectively\b|\bseparately\b"
)
_WHO = re.compile(r"who\b|(?:都)?(?:有|是)?(?:谁|哪些人|哪些客户)")
_TOOLS = ("find_customers", "measure", "summarize_segment", "suggest_strategy")
_MOST = 8
"""Groups that are told one by one; more are told together."""


def with_each_group(found: Plan | None, sentence: Sentence) -> Plan | None:
    """The plan with one call for each of the groups, where the question asks for each; unchanged otherwise."""
    if found is None or not _EACH.search(sentence.text):
        return found
    calls = tuple(part for call in found.calls for part in _parts(call))
    return found if len(calls) == len(found.calls) else Plan(calls, found.notes, found.say)


def with_those(found: Plan | None, sentence: Sentence) -> Plan | None:
    """“Who are the champions and how much do they spend?”: the customers before what is measured of them."""
    asked = any(token.is_("cue", "list") and _WHO.match(token.text) for token in sentence.tokens)
    if found is None or not asked or [call.name for call in found.calls] != ["measure"] or not sentence.says("conj", "and"):
        return found
    customers = found.calls[0].args.get("customers")
    if found.calls[0].args.get("by") or customers is None or not (isinstance(customers, dict) or scheme_of(customers)):
        return found
    rule = {"segment": customers} if isinstance(customers, str) else customers
    listed = Call("find_customers", dict(rule) if "rule" in rule else {"rule": rule})
    return Plan((listed, *found.calls), found.notes, found.say)


def _parts(call: Call) -> list[Call]:
    """The call for each of the groups that its customers are in one of; the call itself where they are one group."""
    where = "rule" if call.name == "find_customers" else "customers"
    if call.name not in _TOOLS:
        return [call]
    rules = _apart(call.args.get(where))
    if call.name == "measure" and call.args.get("by") and not _apart_in(call.args, rules):
        return [call]
    return [Call(call.name, {**call.args, where: rule}) for rule in rules] if 1 < len(rules) <= _MOST else [call]


def _apart_in(args: dict[str, Any], rules: list[Any]) -> bool:
    """Whether groups that are split, too, are told one by one: “冠军和沉睡客户各自最常买什么”."""
    return all(isinstance(one, dict) and set(one) == {"segment"} for one in rules) and not any(
        scheme.field in args["by"] for scheme in SCHEMES.values()
    )


def _apart(rule: Any) -> list[Any]:
    """The rules of the groups, each with the conditions that hold for all; one where no groups are named side by side."""
    if not isinstance(rule, dict):
        return [rule]
    if set(rule) == {"any"}:
        return list(rule["any"])
    if rule.get("op") == "in" and isinstance(rule.get("value"), list):
        return [{**rule, "op": "=", "value": one} for one in rule["value"]]
    if set(rule) != {"all"}:
        return [rule]
    rule = {"all": _possible(rule["all"])}
    if len(rule["all"]) == 1:
        return _apart(rule["all"][0])
    places = [place for place, part in enumerate(rule["all"]) if len(_apart(part)) > 1]
    if len(places) != 1:
        return [rule]
    at = places[0]
    return [{"all": [*rule["all"][:at], one, *rule["all"][at + 1 :]]} for one in _apart(rule["all"][at])]


def _possible(parts: list[Any]) -> list[Any]:
    """The conditions, with one of several values where a field that has one value should have several at once."""
    values: dict[str, list[Any]] = {}
    for part in parts:
        if part.get("op") == "=" and "field" in part:
            values.setdefault(part["field"], []).append(part["value"])
    several = {name: found for name, found in values.items() if len(found) > 1}
    others = [part for part in parts if part.get("op") != "=" or part.get("field") not in several]
    return [*others, *({"field": name, "op": "in", "value": found} for name, found in several.items())]
