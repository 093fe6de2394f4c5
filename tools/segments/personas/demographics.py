"""What is known of who the members are, always with for how many it is known."""

from __future__ import annotations

from tools.contracts import Text, Unit
from tools.rendering import render
from tools.segments.personas.facts import Facts
from tools.segments.personas.script import script, spaced, tidy
from tools.segments.profile import Demographic

_NOT_DEMOGRAPHIC = {"top_category", "top_channel", "marketing_consent"}
MOST_DEMOGRAPHICS = 5


def most_frequent(facts: Facts) -> list[Demographic]:
    """The most frequent value of each attribute, those in which the members credibly differ first."""
    first: dict[str, Demographic] = {}
    for one in facts.profile.demographics:
        if one.field not in _NOT_DEMOGRAPHIC:
            kept = first.setdefault(one.field, one)
            if one.customers > kept.customers:
                first[one.field] = one
    differing = {one.field for one in facts.profile.distinctions if one.value is not None}
    return sorted(first.values(), key=lambda one: one.field not in differing)[:MOST_DEMOGRAPHICS]


def demographic_lines(facts: Facts) -> list[Text]:
    """One sentence for each attribute, with for how many it is known."""
    template = script().demographic.plain if facts.is_everyone else script().demographic.compared
    return [
        Text(
            zh=tidy(template.zh.format_map(_of_attribute(one, facts, "zh"))),
            en=template.en.format_map(_of_attribute(one, facts, "en")),
        )
        for one in most_frequent(facts)
    ]


def _of_attribute(one: Demographic, facts: Facts, language: str) -> dict[str, str]:
    label = one.label.say(language)
    return {
        "attribute": label[:1].upper() + label[1:],
        "known": render(one.known, Unit.COUNT, language),
        "customers": render(facts.profile.customers, Unit.COUNT, language),
        "value": value_name(one).say(language),
        "share": render(one.share, Unit.SHARE, language),
        "share_base": render(one.base_share, Unit.SHARE, language),
    }


def value_name(one: Demographic) -> Text:
    """What a value of an attribute is called."""
    return script().values.get(one.field, {}).get(one.value, Text(zh=spaced(one.value), en=one.value))
