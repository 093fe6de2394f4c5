"""What the entries of the catalogue and the segments of the schemes are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assistant.planner.lexicon import spellings
from assistant.planner.tokens import Sense
from tools.metrics.catalogue import Catalogue, Entry
from tools.segments.schemes import SCHEMES

_COUNTING = ("how many", "number of", "多少", "customers ")
"""Names such as "how many customers" are read as the question for a number and its noun."""
_DESCRIBED = ("的客户", "的用户", "的会员", "的顾客")
"""Names such as “只买过一次的客户” are read as the condition that they are."""


def catalogue_phrases(book: Catalogue, attributes: list[str]) -> Iterator[tuple[str, Sense]]:
    """What metrics, dimensions, fields and terms are called; the customers' attributes by their names."""
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
                if kind == "metric" and form.endswith(" share"):
                    yield f"{form} of", Sense(kind, entry.id, data)  # “discount share of champions” asks for no share of them


def segment_phrases() -> Iterator[tuple[str, Sense]]:
    """What the segments of the schemes are called."""
    for scheme in SCHEMES.values():
        for group in scheme.groups:
            sense = Sense("segment", group.id)
            short = group.name.zh.removesuffix("客户")
            for word in (group.name.zh, group.name.en, *group.aliases, short + "用户", short + "会员", short + "顾客"):
                yield from ((form, sense) for form in spellings(word))
                if word.isascii() and not word.lower().endswith("customers"):
                    yield from ((form, sense) for form in spellings(word + " customers"))
