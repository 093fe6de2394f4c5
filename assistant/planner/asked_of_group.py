"""“which customers over 65 are likely to churn”, “给有房的客户推荐什么”: a model or the playbook is asked about a group told in words.

The group is read alone, and what is asked is read of a segment with a plain name in its place, so that neither takes the other's words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.clauses import Rule
from assistant.planner.named_groups import SECTION, Group, named_groups
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape
from assistant.planner.who import Who, both

_NAMES = {
    "zh": (("champions", "冠军客户"), ("hibernating", "沉睡客户")),
    "en": (("champions", "champions"), ("hibernating", "hibernating customers")),
}
"""Segments whose names say nothing else, which stand for the groups while what is asked is read."""
_GROUPS = 2
_TOOLS = (
    *("churn_risk", "customer_value", "next_order", "predict_response", "recommend_products", "suggest_strategy", "describe_persona"),
    *("summarize_segment", "compare_segments"),
)
_CUSTOMERS = ("customers", "first", "second")


def with_asked_of_group(asked: Asked) -> Plan | None:
    """The plan of what is asked of the groups; None where nothing of the kind is asked or a part is not understood."""
    if asked.said(SECTION, f"{asked.language}_wish") is None or asked.said(SECTION, "earlier") is not None:
        return None
    groups = named_groups(asked, _wished)
    named = [group for group in groups if not _plainly_named(asked, group)]
    if not named or len(groups) > _GROUPS:
        return None
    found = asked.read(_with_names(asked, groups))
    if not found.calls or not all(_is_wish(asked, call) for call in found.calls):
        return None
    calls = tuple(replace(call, args=_with_groups(asked, call.args, groups)) for call in found.calls)
    used = [sum(_mentions(call.args, segment) for call in found.calls) for segment, _ in _names(asked)[: len(groups)]]
    return replace(found, calls=calls) if all(one == 1 for one in used) else None


def _wished(asked: Asked, around: str) -> bool:
    """Whether something is asked but who they are."""
    return shape(SECTION, f"{asked.language}_wish").search(around) is not None


def _is_wish(asked: Asked, call: Call) -> bool:
    """Whether the call asks a model or the playbook; customers are only counted by their risk, and no number is told of two groups."""
    if call.name == "find_customers":
        return _mentions(call.args, "churn_band") > 0
    counted = call.name == "compare_segments" and asked.said(SECTION, "counted") is not None
    return call.name in _TOOLS and not counted


def _names(asked: Asked) -> tuple[tuple[str, str], ...]:
    return _NAMES[asked.language]


def _plainly_named(asked: Asked, group: Group) -> bool:
    """Whether it is a segment that is named by nothing but its name, which any reader knows."""
    words = asked.bare[group.start : group.end]
    if any(words == name for _, name in _names(asked)):
        return True
    return set(group.rule) == {"segment"} and shape(SECTION, "wishful").search(words) is None


def _with_names(asked: Asked, groups: list[Group]) -> str:
    """The question with a segment in the place of each group."""
    text = asked.bare
    for group, (_, name) in reversed(list(zip(groups, _names(asked), strict=False))):
        text = f"{text[: group.start]}{name}{text[group.end :]}"
    return text


def _mentions(args: Any, segment: str) -> int:
    """How often the arguments speak of a segment."""
    if isinstance(args, dict):
        return sum(_mentions(value, segment) for value in args.values())
    return sum(_mentions(one, segment) for one in args) if isinstance(args, list) else int(args == segment)


def _with_groups(asked: Asked, args: dict[str, Any], groups: list[Group]) -> dict[str, Any]:
    """The arguments with the groups themselves."""
    rules = {segment: group.rule for group, (segment, _) in zip(groups, _names(asked), strict=False)}
    found: dict[str, Any] = {}
    for name, value in args.items():
        if name in _CUSTOMERS and isinstance(value, str):
            found[name] = Who(rules[value]).as_customers() if value in rules else value
        else:
            found[name] = _of_groups(value, rules)
    return found


def _of_groups(value: Any, rules: dict[str, Rule]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"segment"}:
            return rules.get(value["segment"], value)
        if set(value) == {"all"}:
            joined: Rule | None = None
            for one in value["all"]:
                joined = both(joined, _of_groups(one, rules))
            return joined or value
        return {key: _of_groups(one, rules) for key, one in value.items()}
    return [_of_groups(one, rules) for one in value] if isinstance(value, list) else value
