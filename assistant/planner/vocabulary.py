"""Everything the planner recognises in the loaded data: lexicon, catalogue, segments and the values of dimensions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assistant.planner.absent_words import absent_phrases
from assistant.planner.catalogue_words import catalogue_phrases, segment_phrases
from assistant.planner.customer_ids import id_shapes
from assistant.planner.interchange import interchanged
from assistant.planner.lexicon import Phrase, general_words, read_phrases, spellings
from assistant.planner.matcher import Matcher
from assistant.planner.normalise import normalise
from assistant.planner.own_names import allowed, outdone, short_names
from assistant.planner.periods import find_periods
from assistant.planner.saved import saved_phrases, saved_segments
from assistant.planner.sounds import sound
from assistant.planner.tokens import Sense
from assistant.planner.value_words import UNNAMED, value_phrases
from tools.contracts import Text
from tools.metrics.catalogue import Catalogue, catalogue
from tools.metrics.values import campaign_dates, usable_dimensions, value_index
from tools.segments.schemes import SCHEMES
from tools.warehouse.context import ToolContext

WORD_FILES = ("words", "cues", "fields", "asks", "outside", "turns", "ideas", "qualifiers")
_MENDED = frozenset({"metric", "dimension", "field", "value", "segment", "noun", "cue", "verb", "scheme", "format", "term", "band", "ask"})
"""Kinds of words that a misspelt one may have been meant to be; never a negation, a comparison or a filler."""
_OWN_KINDS = _MENDED - {"value"} | {"unit", "conj", "op", "suffix_op", "rank", "stop"}
_YIELDING = ("field", "segment_alias", "greet", "idea", "part")
"""Kinds of our words that a value of the data may bear too."""
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
        campaign_dates: The first and last day of each campaign that has both, by its name.
    """

    as_of: dt.date
    phrases: tuple[tuple[str, Sense], ...]
    values: Mapping[str, list[str]] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    id_shapes: Mapping[str, str] = field(default_factory=dict)
    campaign_dates: Mapping[str, tuple[dt.date, dt.date]] = field(default_factory=dict)

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
            if dimension not in UNNAMED:
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

    @property
    def goods(self) -> str:
        """What goods are told apart by where a question does not say: their category, else each by itself."""
        named = "product_name" in self.values or "product" in self.values
        return "product" if named and "category" not in self.values else "category"

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
        built = make_vocabulary(ctx.as_of, value_index(ctx), dimensions, segments, id_shapes(ctx), campaign_dates(ctx))
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
    dates: Mapping[str, tuple[dt.date, dt.date]] | None = None,
) -> Vocabulary:
    """A vocabulary of the lexicon, the catalogue, these values and these saved segments."""
    book = catalogue()
    ours = allowed((phrase for phrase in read_phrases(*WORD_FILES) if _fits(phrase, book, levels)), values)
    done = {form for phrase in ours if phrase.sense.data.get("behaviour") == "events" for form in spellings(phrase.text)}
    taken = {form for phrase in ours if phrase.sense.kind not in _YIELDING for form in spellings(phrase.text)}
    attributes = [name for name in levels if name.startswith("attribute.")]
    phrases = [
        *((form, _plain(phrase.sense)) for phrase in ours for form in spellings(phrase.text)),
        *catalogue_phrases(book, attributes),
        *segment_phrases(),
        *saved_phrases(segments or {}),
        *value_phrases({**values, **_time_values(book)}, taken, done),
    ]
    phrases = list(outdone([*phrases, *interchanged(phrases)], attributes, values))
    meant = {text for text, sense in phrases if sense.kind != "idea"}
    phrases += [(text, sense) for text, sense in short_names(attributes) if text not in meant]
    phrases += [(text, sense) for text, sense in absent_phrases(values) if text not in meant]
    meant |= {text for text, sense in phrases if sense.kind != "idea"}
    phrases += [(text, sense) for text, sense in general_words() if text not in meant]
    names = _names(book) | {("segment", found): (name.zh, name.en) for found, name in (segments or {}).items()}
    return Vocabulary(
        as_of, tuple(_unique(phrases)), dict(values), {**_levels(book), **levels}, names, dict(shapes or {}), dict(dates or {})
    )


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


def _names(book: Catalogue) -> dict[tuple[str, str], tuple[str, str]]:
    kinds = (("metric", book.metrics), ("dimension", book.dimensions), ("field", book.fields), ("term", book.terms))
    names = {(kind, entry.id): (entry.name.zh, entry.name.en) for kind, entries in kinds for entry in entries}
    groups = [group for scheme in SCHEMES.values() for group in scheme.groups]
    return names | {("segment", group.id): (group.name.zh, group.name.en) for group in groups}


def rule_of(sense: Sense) -> dict[str, Any]:
    """The rule that a "condition" sense stands for."""
    return dict(sense.data["rule"])
