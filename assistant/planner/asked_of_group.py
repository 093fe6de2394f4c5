"""“which customers over 65 are likely to churn”, “给有房的客户推荐什么”: a model or the playbook is asked about a group told in words.

The group is read alone, and what is asked is read of a segment with a plain name in its place, so that neither takes the other's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone, group_of, ordered
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape, shapes
from assistant.planner.who import Who, both

_SECTION = "asked_of_group"
_WHO = {"zh": "{}有多少", "en": "how many {}"}
_NAMES = {
    "zh": (("champions", "冠军客户"), ("hibernating", "沉睡客户")),
    "en": (("champions", "champions"), ("hibernating", "hibernating customers")),
}
"""Segments whose names say nothing else, which stand for the groups while what is asked is read."""
_GROUPS = 2
_EVERYBODY: Rule = {"all": []}
_TOOLS = (
    *("churn_risk", "customer_value", "next_order", "predict_response", "recommend_products", "suggest_strategy", "describe_persona"),
    *("summarize_segment", "compare_segments"),
)
_CUSTOMERS = ("customers", "first", "second")


@dataclass(frozen=True)
class _Group:
    """Words of the question that name a group, and its rule."""

    start: int
    end: int
    rule: Rule


def with_asked_of_group(asked: Asked) -> Plan | None:
    """The plan of what is asked of the groups; None where nothing of the kind is asked or a part is not understood."""
    if asked.said(_SECTION, f"{asked.language}_wish") is None or asked.said(_SECTION, "earlier") is not None:
        return None
    groups = _groups(asked)
    named = [group for group in groups if not _plainly_named(asked, group)]
    if not named or len(groups) > _GROUPS:
        return None
    found = asked.read(_with_names(asked, groups))
    if not found.calls or not all(_is_wish(asked, call) for call in found.calls):
        return None
    calls = tuple(replace(call, args=_with_groups(asked, call.args, groups)) for call in found.calls)
    used = [sum(_mentions(call.args, segment) for call in found.calls) for segment, _ in _names(asked)[: len(groups)]]
    return replace(found, calls=calls) if all(one == 1 for one in used) else None


def _is_wish(asked: Asked, call: Call) -> bool:
    """Whether the call asks a model or the playbook; customers are only counted by their risk, and no number is told of two groups."""
    if call.name == "find_customers":
        return _mentions(call.args, "churn_band") > 0
    counted = call.name == "compare_segments" and asked.said(_SECTION, "counted") is not None
    return call.name in _TOOLS and not counted


def _names(asked: Asked) -> tuple[tuple[str, str], ...]:
    return _NAMES[asked.language]


def _plainly_named(asked: Asked, group: _Group) -> bool:
    """Whether it is a segment that is named by nothing but its name, which any reader knows."""
    words = asked.bare[group.start : group.end]
    if any(words == name for _, name in _names(asked)):
        return True
    return set(group.rule) == {"segment"} and shape(_SECTION, "wishful").search(words) is None


def _groups(asked: Asked) -> list[_Group]:
    """The groups that the question names, in order, each in as many words as can be read as one."""
    found: list[_Group] = []
    for start, ends in _places(asked):
        if found and start < found[-1].end:
            continue
        group = next((one for end in ends if (one := _group(asked, start, end)) is not None), None)
        if group is not None:
            found.append(group)
    return found


def _places(asked: Asked) -> Iterator[tuple[int, list[int]]]:
    """Where a group may start, and where it may end then, the longest first."""
    text = asked.bare
    ends = sorted({end for one in shapes(_SECTION, f"{asked.language}_end") for match in one.finditer(text) for end in (match.end(),)})
    for start in sorted({match.end() for match in shape(_SECTION, f"{asked.language}_start").finditer(text)}):
        within = [end for end in ends if start < end]
        yield start, within[::-1]


def _group(asked: Asked, start: int, end: int) -> _Group | None:
    """The group of these words, where they are told as people, ask nothing, and are not everybody."""
    words = asked.bare[start:end]
    if shape(_SECTION, f"{asked.language}_wish").search(f"{asked.bare[:start]} {asked.bare[end:]}") is None:
        return None  # nothing is asked but who they are
    named = shape(_SECTION, f"{asked.language}_named").fullmatch(words) is not None
    if shape(_SECTION, f"{asked.language}_people").search(words) is None:
        return None
    if not named and (shape(_SECTION, "wishful").search(words) or shape(_SECTION, f"{asked.language}_never").search(words)):
        return None
    read = partial(asked.read_in, dialogue=Dialogue())
    rule = group_of(asked_alone(_WHO[asked.language].format(words), read))
    return _Group(start, end, rule) if rule is not None and rule not in (_EVERYBODY, ordered(None)) else None


def _with_names(asked: Asked, groups: list[_Group]) -> str:
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


def _with_groups(asked: Asked, args: dict[str, Any], groups: list[_Group]) -> dict[str, Any]:
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
