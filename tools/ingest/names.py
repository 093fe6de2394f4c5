"""What a column's name says of its meaning, in Chinese (both scripts) and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from opencc import OpenCC
from rapidfuzz import fuzz, process

from tools.ingest.types import ValueKind

EXACT, SYNONYM, ENDING, WEAK, SIMILAR = 0.97, 0.95, 0.8, 0.66, 0.6
"""Confidence of a match by name: the meaning's own name, a synonym, the end of a longer name, a vague name, a misspelling."""

_MEANINGS_BY_TABLE = Mapping[str, Mapping[str, list[str]]]
_BRACKETS = re.compile(r"[(\[（【{][^)\]）】}]*[)\]）】}]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[\s_\-./\\:#*+&:、'\"]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Meaning:
    """What a column may mean, and the names that say so, in normal form."""

    id: str
    kind: ValueKind
    names: tuple[str, ...]
    weak: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class NameMatch:
    """One meaning that a name may have; ``rank`` is the place of the name among the meaning's names."""

    meaning: Meaning
    confidence: float
    reason: str
    rank: int


@lru_cache(maxsize=1)
def meanings() -> dict[str, Meaning]:
    """All meanings by id."""
    loaded: dict[str, dict[str, Any]] = _read("synonyms.yaml")
    return {
        name: Meaning(name, entry["kind"], *(tuple(_plain(str(text)) for text in entry.get(key, ())) for key in ("names", "weak", "parts")))
        for name, entry in loaded.items()
    }


@lru_cache(maxsize=1)
def meanings_of_targets() -> _MEANINGS_BY_TABLE:
    """Table to column to the meanings that fill it, the best first."""
    loaded: _MEANINGS_BY_TABLE = _read("targets.yaml")
    return loaded


def match_name(name: str) -> list[NameMatch]:
    """What a column called ``name`` may mean, the surest first; empty when its name says nothing."""
    plain = normal_form(name)
    if not plain:
        return []
    whole = [match for meaning in meanings().values() if (match := _whole(plain, meaning))]
    found = whole or [match for meaning in meanings().values() if (match := _part(plain, meaning))] or _similar(plain)
    return sorted(found, key=lambda match: (-match.confidence, match.rank))


def normal_form(name: str) -> str:
    """A name in lower case and simplified characters, words apart by one blank, without what stands in brackets."""
    plain = _plain(name)
    return str(_simplifier().convert(plain)) if _HAN.search(plain) else plain


def _plain(name: str) -> str:
    bare = _BRACKETS.sub(" ", name).strip() or name.strip("()[]（）【】{} ")
    spaced = _BETWEEN.sub(" ", _CAMEL.sub(" ", bare)).strip().lower()
    return spaced.replace(" ", "").replace("帐", "账") if _HAN.search(spaced) else spaced


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _read(name: str) -> Any:
    text = (resources.files("tools.ingest") / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe loader, in C where built


def is_family_name(name: str) -> bool:
    """Whether a column called ``name`` holds family names."""
    return any(match.meaning.id == "last_name" for match in match_name(name)[:1])


def _whole(plain: str, meaning: Meaning) -> NameMatch | None:
    joined = plain.replace(" ", "")
    for rank, name in enumerate(meaning.names):
        if joined == name.replace(" ", ""):
            own = joined == meaning.id.replace("_", "")
            return NameMatch(meaning, EXACT if own else SYNONYM, "name" if own else "synonym", rank)
    if plain in meaning.weak:
        return NameMatch(meaning, WEAK, "synonym", len(meaning.names))
    return None


def _part(plain: str, meaning: Meaning) -> NameMatch | None:
    for rank, part in enumerate(meaning.parts):
        hit = plain.endswith(part) if _HAN.search(part) else f" {part} " in f" {plain} "
        if hit:
            return NameMatch(meaning, ENDING, "synonym", len(meaning.names) + rank)
    return None


def _similar(plain: str) -> list[NameMatch]:
    # Two Chinese characters of three are not alike enough to mean the same, so only longer names are compared.
    if len(plain) < 6 or _HAN.search(plain):
        return []
    names = {name: meaning for meaning in meanings().values() for name in meaning.names if len(name) >= 6}
    best = process.extractOne(plain, names.keys(), scorer=fuzz.ratio, score_cutoff=88)
    return [NameMatch(names[best[0]], SIMILAR, "synonym", 0)] if best else []
