"""Everything the planner recognises in the loaded data: lexicon, catalogue, segments and the values of dimensions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from assistant.planner.absent_words import absent_phrases
from assistant.planner.customer_ids import id_shapes
from assistant.planner.lexicon import Phrase, general_words, read_phrases, read_table, spellings, variants
from assistant.planner.matcher import Matcher
from assistant.planner.normalise import normalise
from assistant.planner.own_names import allowed, outdone, short_names
from assistant.planner.periods import find_periods
from assistant.planner.saved import saved_phrases, saved_segments
from assistant.planner.tokens import Sense
from tools.contracts import Text
from tools.metrics.catalogue import Catalogue, Entry, catalogue
from tools.metrics.values import usable_dimensions, value_index
from tools.segments.schemes import SCHEMES
from tools.warehouse.context import ToolContext

WORD_FILES = ("words", "cues", "fields", "asks", "outside", "turns", "ideas", "qualifiers")
_BAND = re.compile(r"(\d+)\s?-\s?(\d+)(k?)")
_PLUS = re.compile(r"(\d+k?)\+")
_TYPE = re.compile(r"type ?([a-z\d]+)")
_MENDED = frozenset({"metric", "dimension", "field", "value", "segment", "noun", "cue", "verb", "scheme", "format", "term", "band", "ask"})
"""Kinds of words that a misspelt one may have been meant to be; never a negation, a comparison or a filler."""
_OWN_KINDS = _MENDED - {"value"} | {"unit", "conj", "op", "suffix_op", "rank", "stop"}
_OF_GOODS = ("category", "subcategory")
_PARTS = re.compile(r"[a-z]+|\d+")
_MOST_JOINED = 3
_LEAST_JOINED = 5
"""Names of a few words are recognised without the spaces and signs between them: “campaign18”, “meat pckgd”."""
_BARE_BAND = re.compile(r"\d+[-~]\d+k?|\d{2,}k?\+")
_COUNTING = ("how many", "number of", "多少", "customers ")
"""Names such as "how many customers" are read as the question for a number and its noun."""
_DESCRIBED = ("的客户", "的用户", "的会员", "的顾客")
"""Names such as “只买过一次的客户” are read as the condition that they are."""
_NO_PHRASES = frozenset({"rfm_group", "rfm_eight", "churn_band", "marketing_consent", "customer", "arm", "response_kind", "cluster"})
_NO_PHRASES |= {"day_type", "membership_tier", "lifecycle", "aipl_stage", "value_activity", "value_level", "activity_level"}
_YIELDING = ("field", "segment_alias", "greet", "idea", "part")
"""Kinds of our words that a value of the data may bear too."""
_MOST_OWN = 300
"""Products of which each may be called by its name alone, though it be an ordinary word."""
_PLURALS = frozenset({"branches", "stores", "channels", "categories", "products", "brands", "cities", "regions", "shops"})
"""Names of dimensions that no single value is called: “top 3 branches”, where a channel is called “Branch”."""
_MERGED: dict[tuple[str, str], Vocabulary] = {}


@dataclass(frozen=True)
class Vocabulary:
    """What words mean for one state of the data.

    Args:
        as_of: The date relative times count from.
        phrases: All phrases with their meanings.
        values: Dimension id to its values in the data.
        customer_dimensions: Dimensions that are properties of the customer.
        levels: Dimension id to the level it belongs to.
        names: (kind, id) to the names in Chinese and English.
        id_shapes: Shapes of the customers' ids that have letters.
    """

    as_of: dt.date
    phrases: tuple[tuple[str, Sense], ...]
    values: Mapping[str, list[str]] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    id_shapes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def matcher(self) -> Matcher:
        """The trie over all phrases."""
        return Matcher(self.phrases)

    def warm_up(self) -> None:
        """Build what is built on first use, so that the first question is as quick as the others."""
        self.matcher.find("", 0)
        _ = (self.words, self.single_words, self.own_words, self.own_phrases, self.known_words)
        _ = (self.texts, self.han_wildcards, self.han_sounds, self.words_of_values, self._names_of_values)

    @cached_property
    def words(self) -> frozenset[str]:
        """The Latin words of phrases with content, to mend misspelt ones against."""
        found = (
            word
            for text, sense in self.phrases
            if sense.kind in _MENDED and sense.data.get("dimension") != "product_name"
            for word in re.findall(r"[a-z]{4,}", text)
        )
        return frozenset(found)

    @cached_property
    def own_words(self) -> frozenset[str]:
        """The Latin words of the planner's own phrases: of metrics, dimensions, questions and fillers, not of names in the data."""
        return frozenset(word for text, sense in self.phrases if sense.kind in _OWN_KINDS for word in re.findall(r"[a-z]{4,}", text))

    @cached_property
    def own_phrases(self) -> frozenset[str]:
        """The planner's own phrases that are one Latin word."""
        return frozenset(text for text, sense in self.phrases if sense.kind in _OWN_KINDS and re.fullmatch(r"[a-z]{3,}", text))

    @cached_property
    def single_words(self) -> frozenset[str]:
        """Latin words that are phrases by themselves."""
        return frozenset(text for text, sense in self.phrases if sense.kind in _MENDED and re.fullmatch(r"[a-z]{4,}", text))

    @cached_property
    def texts(self) -> frozenset[str]:
        """All phrases."""
        return frozenset(text for text, _ in self.phrases)

    @cached_property
    def known_words(self) -> frozenset[str]:
        """All Latin words of all phrases."""
        return frozenset(word for text, _ in self.phrases for word in re.findall(r"[a-z]+", text))

    @cached_property
    def words_of_values(self) -> dict[str, set[tuple[str, str]]]:
        """The words that names in the data are made of, each with the (dimension, value) it is part of."""
        found: dict[str, set[tuple[str, str]]] = {}
        for dimension, values in self.values.items():
            if dimension not in _NO_PHRASES:
                for value in values:
                    for word in re.findall(r"[a-z]{2,}|[\u3400-\u9fff]+", normalise(value)):
                        found.setdefault(word, set()).add((dimension, value))
        return found

    @cached_property
    def han_sounds(self) -> dict[str, str]:
        """Chinese phrases by how they sound, for characters that are typed for one another."""
        found: dict[str, str] = {}
        for text, sense in self.phrases:
            if sense.kind in _MENDED and len(text) > 1 and re.fullmatch(r"[\u3400-\u9fff]+", text):
                found.setdefault(sound(text), text)
        return found

    @cached_property
    def han_wildcards(self) -> dict[str, str]:
        """Chinese phrases of three or more characters by each form with one character left open."""
        forms: dict[str, str] = {}
        for text, sense in self.phrases:
            if sense.kind in _MENDED and len(text) > 3 and re.fullmatch(r"[\u3400-\u9fff]+", text):
                forms.update({text[:index] + "?" + text[index + 1 :]: text for index in range(len(text))})
        return forms

    @cached_property
    def cuts(self) -> dict[str, Any]:
        """What the latest texts were cut into, kept by the module that cuts."""
        return {}

    def value_named(self, dimension: str, text: str) -> str | None:
        """The value of ``dimension`` that ``text`` names: the whole value, or its number ("18" for "Campaign 18")."""
        return self._names_of_values.get(dimension, {}).get(normalise(text))

    @cached_property
    def _names_of_values(self) -> dict[str, dict[str, str]]:
        """Dimension to what names each of its values; where two are named alike, the first is meant."""
        found: dict[str, dict[str, str]] = {}
        for dimension, values in self.values.items():
            named = found.setdefault(dimension, {})
            for value in values:
                plain = normalise(value)
                named.setdefault(plain, value)
                named.setdefault(plain.split(" ")[-1], value)
        return found

    def name(self, kind: str, entry_id: str, language: str) -> str:
        """What is shown for an id."""
        zh, en = self.names.get((kind, entry_id), (entry_id, entry_id))
        return zh if language == "zh" else en


def build_vocabulary(ctx: ToolContext) -> Vocabulary:
    """The vocabulary of the loaded data, kept until the data change."""
    # Segments are saved without a change of the data.
    segments = saved_segments(ctx)
    key = (f"{ctx.warehouse_id} {ctx.data_version}", f"{ctx.as_of} {segments}")
    if not ctx.warehouse_id or key not in _MERGED:
        dimensions = {one.id: one.level for one in (*catalogue().dimensions, *usable_dimensions(ctx))}
        built = make_vocabulary(ctx.as_of, value_index(ctx), dimensions, segments, id_shapes(ctx))
        built.warm_up()
        find_periods(normalise("預熱 in the last 3 days"), ctx.as_of)  # loads what is loaded on first use
        _MERGED.clear()
        _MERGED[key] = built
    return _MERGED[key]


def make_vocabulary(
    as_of: dt.date,
    values: Mapping[str, list[str]],
    levels: Mapping[str, str],
    segments: Mapping[str, Text] | None = None,
    shapes: Mapping[str, str] | None = None,
) -> Vocabulary:
    """A vocabulary of the lexicon, the catalogue, these values and these saved segments."""
    book = catalogue()
    ours = allowed((phrase for phrase in read_phrases(*WORD_FILES) if _fits(phrase, book, levels)), values)
    done = {form for phrase in ours if phrase.sense.data.get("behaviour") == "events" for form in spellings(phrase.text)}
    taken = {form for phrase in ours if phrase.sense.kind not in _YIELDING for form in spellings(phrase.text)}
    attributes = [name for name in levels if name.startswith("attribute.")]
    phrases = [
        *((form, _plain(phrase.sense)) for phrase in ours for form in spellings(phrase.text)),
        *_catalogue_phrases(book, attributes),
        *_segment_phrases(),
        *saved_phrases(segments or {}),
        *_value_phrases({**values, **_time_values(book)}, taken, done),
    ]
    phrases = list(outdone(phrases, attributes, values))
    meant = {text for text, sense in phrases if sense.kind != "idea"}
    phrases += [(text, sense) for text, sense in short_names(attributes) if text not in meant]
    phrases += [(text, sense) for text, sense in absent_phrases(values) if text not in meant]
    meant |= {text for text, sense in phrases if sense.kind != "idea"}
    phrases += [(text, sense) for text, sense in general_words() if text not in meant]
    names = _names(book) | {("segment", found): (name.zh, name.en) for found, name in (segments or {}).items()}
    return Vocabulary(as_of, tuple(_unique(phrases)), dict(values), {**_levels(book), **levels}, names, dict(shapes or {}))


def _levels(book: Catalogue) -> dict[str, str]:
    return {one.id: one.level for one in book.dimensions}


def _unique(phrases: Iterable[tuple[str, Sense]]) -> Iterator[tuple[str, Sense]]:
    seen: set[tuple[str, str, str, str]] = set()
    for text, sense in phrases:
        key = (text, sense.kind, sense.id, str(sense.data.get("value", "")))
        if key not in seen:
            seen.add(key)
            yield text, sense


def _fits(phrase: Phrase, book: Catalogue, levels: Mapping[str, str]) -> bool:
    """Whether the catalogue, or the data for attributes of customers, have what the words are about."""
    sense = phrase.sense
    if sense.kind == "dimension" and sense.id.startswith("attribute."):
        return sense.id in levels
    if sense.kind == "field_for_metric":
        return False
    return sense.kind != "field" or any(one.id == sense.id for one in book.fields)


def _plain(sense: Sense) -> Sense:
    kind = {"segment_alias": "segment", "values": "value"}.get(sense.kind, sense.kind)
    return Sense(kind, sense.id, sense.data)


def _time_values(book: Catalogue) -> dict[str, list[str]]:
    """Values of dimensions of time, which no data hold, such as the days of the week."""
    return {one.id: list(one.values) for one in book.dimensions if one.level == "time" and one.values}


def _catalogue_phrases(book: Catalogue, attributes: list[str]) -> Iterator[tuple[str, Sense]]:
    metrics = [one for one in book.metrics if not one.hidden]
    for kind, entries in (("metric", metrics), ("dimension", book.dimensions), ("field", book.fields), ("term", book.terms)):
        for entry in entries:
            yield from _entry_phrases(kind, entry)
    for name in attributes:
        yield from _entry_phrases("dimension", book.dimension(name))
        yield from _entry_phrases("field", book.field(name))


def _entry_phrases(kind: str, entry: Entry) -> Iterator[tuple[str, Sense]]:
    data: dict[str, Any] = {"personal": True} if getattr(entry, "personal", False) else {}
    if kind == "field":
        data["group"] = getattr(entry, "group", "")
    for word in entry.words:
        if (
            word.lower().startswith(_COUNTING)
            or word.endswith(_DESCRIBED)
            or (kind in ("dimension", "field") and word.lower().replace("_", " ").startswith("top "))
        ):
            continue  # “top store” asks for the best one, and not for the favourite of each customer
        for part in {word, re.sub(r"\s*[((].*?[))]", "", word)}:
            for form in spellings(part.replace("_", " ")):
                if len(form) > 1 or form in "rfm":
                    yield form, Sense(kind, entry.id, data)


def _segment_phrases() -> Iterator[tuple[str, Sense]]:
    for scheme in SCHEMES.values():
        for group in scheme.groups:
            sense = Sense("segment", group.id)
            short = group.name.zh.removesuffix("客户")
            for word in (group.name.zh, group.name.en, *group.aliases, short + "用户", short + "会员", short + "顾客"):
                yield from ((form, sense) for form in spellings(word))
                if word.isascii() and not word.lower().endswith("customers"):
                    yield from ((form, sense) for form in spellings(word + " customers"))


def _value_phrases(values: Mapping[str, list[str]], taken: set[str], done: set[str]) -> Iterator[tuple[str, Sense]]:
    """What the values are called; the verbs in ``done`` tell the kind of event as well."""
    aliases = read_table("values")
    vague = frozenset(read_table("places")["vague_names"]) if len(values.get("product_name", ())) > _MOST_OWN else frozenset()
    doubles = _PLURALS - {normalise(value) for found in values.values() for value in found}
    for dimension, found in values.items():
        if dimension in _NO_PHRASES:
            continue
        for value in found:
            names = aliases.get(dimension, {}).get(normalise(value), {})
            goods = _goods_named(value) if dimension in _OF_GOODS else ()
            named = (form for language in ("zh", "en") for words in names.get(language, ()) for form in variants(words))
            for word in (*_value_words(value), *named, *goods):
                sense = Sense("value", f"{dimension}={value}", {"dimension": dimension, "value": value})
                others = taken - done if dimension == "event_kind" else taken | vague if dimension == "product_name" else taken
                plural = frozenset() if dimension in _OF_GOODS else doubles
                yield from ((form, sense) for form in spellings(word) if form not in others and form not in plural and _telling(form))


def _goods_named(value: str) -> Iterator[str]:
    """What people call goods whose name in the data says nothing else: 鸡蛋 for "EGGS"."""
    forms = spellings(value)
    return (name for name, meant in read_table("goods").items() if len(meant) == 1 and meant[0] in forms)


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


def _names(book: Catalogue) -> dict[tuple[str, str], tuple[str, str]]:
    kinds = (("metric", book.metrics), ("dimension", book.dimensions), ("field", book.fields), ("term", book.terms))
    names = {(kind, entry.id): (entry.name.zh, entry.name.en) for kind, entries in kinds for entry in entries}
    groups = [group for scheme in SCHEMES.values() for group in scheme.groups]
    return names | {("segment", group.id): (group.name.zh, group.name.en) for group in groups}


def sound(text: str) -> str:
    """A text with each character that is often typed for another replaced by the first of them."""
    return "".join(_sounds().get(char, char) for char in text)


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in read_table("typos")["sounds"]:
        first = next((found[char] for char in group if char in found), group[0])
        found.update(dict.fromkeys(group, first))
    return found


def rule_of(sense: Sense) -> dict[str, Any]:
    """The rule that a "condition" sense stands for."""
    return dict(sense.data["rule"])
