"""Groups of one field that nobody can be in at once: “under 35s and over 55s” are all of them, “… vs …” are two sides."""

from __future__ import annotations

from assistant.planner.bands import band_condition
from assistant.planner.clauses import Rule
from assistant.planner.sentence import Sentence

_FIELDS = ("age_band", "income_band", "age", "income")


def together(rules: list[Rule]) -> list[Rule]:
    """The rules of which all hold; of values of one field that exclude each other, any does."""
    found: list[Rule] = []
    for rule in rules:
        place = next((at for at, before in enumerate(found) if _exclude(before, rule)), None)
        if place is None:
            found.append(rule)
        else:
            found[place] = {**found[place], "value": [*found[place]["value"], *rule["value"]]}
    return found


def _exclude(first: Rule, second: Rule) -> bool:
    """Whether both name values of one field, and none that is the same."""
    listed = all(rule.get("op") == "in" and rule.get("field") in _FIELDS for rule in (first, second))
    return listed and first["field"] == second["field"] and not set(first["value"]) & set(second["value"])


def described_sides(sentence: Sentence) -> list[Rule]:
    """“35岁以下和55岁以上”, “high income vs low income”: groups by their bands that exclude each other; used where there are several."""
    found: list[tuple[int, Rule]] = []
    for place, token in enumerate(sentence.tokens):
        condition, comparison = token.get("condition"), token.get("comparison")
        if place in sentence.used:
            continue
        if condition is not None and "rule" in condition.data:
            found.append((place, condition.data["rule"]))
        elif comparison is not None and comparison.data["unit"] == "age":
            found.append((place, band_condition("age", comparison, sentence.vocabulary)))
    rules = [rule for _, rule in found]
    apart = all(_exclude(one, other) for at, one in enumerate(rules) for other in rules[at + 1 :])
    if len(rules) < 2 or not apart:
        return []
    sentence.use(*(place for place, _ in found))
    return rules
