"""What the values in the data are called: their own names, the everyday words for them, and how bands and types are said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.planner.goods import OF_GOODS, goods_names, goods_of, said_as, words_of
from assistant.planner.lexicon import read_table, spellings, variants
from assistant.planner.normalise import normalise
from assistant.planner.tokens import Sense

UNNAMED = frozenset(
    {"rfm_group", "rfm_eight", "churn_band", "marketing_consent", "customer", "arm", "response_kind", "cluster", "package_size"}
)
UNNAMED |= {"discount_kind", "package_size"}
UNNAMED |= {"day_type", "membership_tier", "lifecycle", "aipl_stage", "value_activity", "value_level", "activity_level"}
"""Dimensions whose values are not called by their names."""
_BAND = re.compile(r"(\d+)\s?-\s?(\d+)(k?)")
_PLUS = re.compile(r"(\d+k?)\+")
_TYPE = re.compile(r"type ?([a-z\d]+)")
_PARTS = re.compile(r"[a-z]+|\d+")
_MOST_JOINED = 3
_LEAST_JOINED = 5
"""Names of a few words are recognised without the spaces and signs between them: “campaign18”, “meat pckgd”."""
_BARE_BAND = re.compile(r"\d+[-~]\d+k?|\d{2,}k?\+")
_MOST_OWN = 300
"""Products of which each may be called by its name alone, though it be an ordinary word."""
_PLURALS = frozenset({"branches", "stores", "channels", "categories", "products", "brands", "cities", "regions", "shops"})
"""Names of dimensions that no single value is called: “top 3 branches”, where a channel is called “Branch”."""


def value_phrases(values: Mapping[str, list[str]], taken: set[str], done: set[str]) -> Iterator[tuple[str, Sense]]:
    """What the values are called; the verbs in ``done`` tell the kind of event as well."""
    aliases = read_table("values")
    vague = frozenset(read_table("places")["vague_names"]) if len(values.get("product_name", ())) > _MOST_OWN else frozenset()
    wide = _all_of_a_kind(values)
    doubles = _PLURALS - {normalise(value) for found in values.values() for value in found}
    for dimension, found in values.items():
        if dimension in UNNAMED:
            continue
        barred = taken - done if dimension == "event_kind" else taken | vague | wide if dimension == "product_name" else taken
        plural = frozenset() if dimension in OF_GOODS else doubles
        for value in found:
            names = aliases.get(dimension, {}).get(normalise(value), {})
            named = (form for language in ("zh", "en") for words in names.get(language, ()) for form in variants(words))
            for word in (*_value_words(value), *named):
                sense = Sense("value", f"{dimension}={value}", {"dimension": dimension, "value": value})
                yield from ((form, sense) for form in spellings(word) if form not in barred and form not in plural and _telling(form))
                if dimension.startswith(_OWN) and word == value:
                    yield from ((form, sense) for form in _beside(dimension, value) if form not in taken)
    yield from _goods_phrases(values, taken)


_OWN = "attribute."
_PEOPLE = ("members", "customers", "clients", "users")


def _beside(dimension: str, value: str) -> Iterator[str]:
    """An attribute's value with its name or its people: “plus plan”, “on plus”, where “plus” alone is a word of its own."""
    name, plain = normalise(dimension.removeprefix(_OWN).replace("_", " ")).split(" ")[-1], normalise(value)
    if plain.isascii() and plain.isalpha():
        yield from (f"{plain} {name}", f"{name} {plain}", f"the {plain} {name}", f"on {plain}", f"on the {plain} {name}")
        yield from (f"{plain} {people}" for people in _PEOPLE)


def _goods_phrases(values: Mapping[str, list[str]], taken: set[str]) -> Iterator[tuple[str, Sense]]:
    """What people call the goods of categories: 鸡蛋 for “EGGS”, beer for “BEERS/ALES” where no other has the word, candy for all of it."""
    for name, dimension, found in goods_of(values):
        data = {"dimension": dimension, "value": found[0], **({"also": found[1:]} if len(found) > 1 else {})}
        sense = Sense("value", f"{dimension}={'|'.join(found)}", data)
        yield from ((form, sense) for form in said_as(name) if form not in taken and _telling(form))


def _all_of_a_kind(values: Mapping[str, list[str]]) -> frozenset[str]:
    """What several categories are called together, which no single product is meant by."""
    words = [words_of(values.get(dimension, [])) for dimension in OF_GOODS]
    held = [name for name, meant in goods_names().items() if meant.several and any(meant.meant(one) for one in words)]
    return frozenset(form for name in held for form in spellings(name))


def _telling(form: str) -> bool:
    """Whether a value is recognised alone: bare numbers and single letters need their dimension beside them."""
    has_letters = any(char.isalpha() for char in form)
    return bool(_BARE_BAND.fullmatch(form)) or (has_letters and (len(form) > 1 or not form.isascii()))


def _value_words(value: str) -> Iterator[str]:
    yield value
    words = _PARTS.findall(value.lower())
    if 1 < len(words) <= _MOST_JOINED:
        yield " ".join(words)
        yield from ["".join(words)] if len("".join(words)) >= _LEAST_JOINED else []
    typed = _TYPE.fullmatch(value.lower())
    if typed:
        yield from (f"{typed[1]}{word}" for word in ("类", "型", "类型", "类活动", "型活动", "类营销", "类营销活动"))
    band, plus = _BAND.fullmatch(value.lower()), _PLUS.fullmatch(value.lower())
    if band:
        low, high, k = band[1], band[2], band[3]
        joined = [f"{low}{joint}{high}" for joint in ("-", "到", "至", " to ", "~")]
        yield from [f"{one}{k}" for one in joined] + [f"{low}{k}-{high}{k}", f"{low}{k} to {high}{k}", f"{low}{k}到{high}{k}"]
        yield from ([f"{one}岁" for one in joined] + [f"{low} and {high}", f"aged {low} to {high}"] if not k else [])
    if plus:
        yield from (plus[1] + tail for tail in ("以上", "岁以上", "岁及以上", " and over", " and above", " or older", " plus", " or over"))
