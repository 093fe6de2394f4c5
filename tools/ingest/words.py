"""Words of closed lists (order status, gender, kinds of events) to their canonical ids; the words are data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

from tools.ingest.formats import NULL_WORDS, text_expression
from tools.ingest.types import ColumnMapping
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

Section = Literal["status", "gender", "event_kind", "arm", "response_kind", "currency"]

MOST_WORDS = 500
"""A column with more different values than this is no closed list."""

_SEPARATORS = re.compile(r"[\s_\-–/]+")


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, Any]:
    text = (resources.files("tools.ingest") / "words.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def _whole_words(section: Section) -> dict[str, str]:
    return {_plain(str(word)): entry.get("means", name) for name, entry in _vocabulary()[section].items() for word in entry["words"]}


def _plain(word: str) -> str:
    return _SEPARATORS.sub("", word.strip().lower())


def meaning(section: Section, word: str) -> str | None:
    """The canonical id of ``word``; None when the section does not know it."""
    plain = _plain(word)
    found = _whole_words(section).get(plain)
    if found:
        return found
    for name, entry in _vocabulary()[section].items():
        if any(part in plain for part in entry.get("contains", ())):
            return str(entry.get("means", name))
    return None


@dataclass(frozen=True)
class Translation:
    """How one column's words become canonical ids.

    Args:
        sql: Expression over the column.
        parameters: Its bound values.
        unknown: Words that the section does not know, as in the data.
        meanings: Ids that occur.
    """

    sql: str
    parameters: dict[str, str]
    unknown: tuple[str, ...] = ()
    meanings: frozenset[str] = frozenset()


def translate(engine: Engine, table: str, column: str, section: Section, fallback: str | None, prefix: str = "w") -> Translation:
    """An expression that maps the words found in ``table.column``, built from the words themselves.

    Looking at the few distinct words first keeps the expression short, so that millions of rows compare with what occurs
    and not with the whole vocabulary.

    Args:
        engine: Where the table is.
        table: A table of ours.
        column: Its column with the words.
        section: Which closed list.
        fallback: Id for unknown words and for nothing; None keeps the unknown word itself, in lower case.
        prefix: Of the bound values' names, where several translations meet in one statement.
    """
    words = [word for word in _distinct_words(engine, table, column) or () if tidy_word(word)]
    known = {word: canonical for word in words if (canonical := meaning(section, word))}
    unknown = tuple(tidy_word(word) or "" for word in words if word not in known)
    parameters = {f"{prefix}{number}": word for number, word in enumerate(known)}
    cases = " ".join(f"WHEN ${prefix}{number} THEN '{canonical}'" for number, canonical in enumerate(known.values()))
    rest = f"'{fallback}'" if fallback else f"lower({_trimmed(column)})"
    sql = f"CASE {quote(column)} {cases} ELSE {rest} END" if cases else rest
    return Translation(sql, parameters, unknown, frozenset({*known.values(), *([fallback] if fallback else [])}))


def tidy(engine: Engine, table: str, column: str) -> Translation:
    """An expression for the words of a column as given, without blanks around them and NULL where they mean nothing."""
    words = _distinct_words(engine, table, column)
    if words is None:
        return Translation(_trimmed(column), {})
    untidy = {word: tidied for word in words if (tidied := tidy_word(word)) != word}
    pairs = list(enumerate(untidy.items()))
    parameters = {f"{column}_{number}": word for number, (word, _) in pairs}
    parameters |= {f"{column}_tidy_{number}": tidied for number, (_, tidied) in pairs if tidied}
    cases = " ".join(f"WHEN ${column}_{number} THEN {f'${column}_tidy_{number}' if tidied else 'NULL'}" for number, (_, tidied) in pairs)
    return Translation(f"CASE {quote(column)} {cases} ELSE {quote(column)} END" if cases else quote(column), parameters)


def tidy_word(word: str) -> str | None:
    """``word`` without blanks around it; None where it means nothing."""
    stripped = word.strip(" \t\r\n\u00a0\u3000\ufeff")
    return None if stripped.lower() in NULL_WORDS else stripped


def _trimmed(column: str) -> str:
    return text_expression(ColumnMapping(source=column, target=None, confidence=1))


def _distinct_words(engine: Engine, table: str, column: str) -> list[str] | None:
    """The words of the column; None when there are so many that it is no list of words."""
    found = engine.rows(f"SELECT DISTINCT {quote(column)} FROM {table} WHERE {quote(column)} IS NOT NULL LIMIT {MOST_WORDS + 1}")
    return sorted(str(row[0]) for row in found) if len(found) <= MOST_WORDS else None
