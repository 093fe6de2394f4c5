"""Questions that nobody may answer as they stand: figures to be made up, things of which there are no data, names that stand for nothing.

They are told by what is said and not by single words (unclear.yaml): “first” before anything else is read, since single words of
them would be taken for something that can be answered; “last” where nothing was understood, to say better what is missing;
“counted” where the best by their spend would be counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.literals import needed
from assistant.planner.normalise import HAN, normalise
from assistant.planner.plan import Plan, plan
from assistant.planner.reading import read_sentence
from assistant.planner.texts import text
from assistant.planner.vocabulary import Vocabulary

_TABLE = "unclear"
_HAN = re.compile(f"[{HAN}]")
_NUMBERED = ("store", "campaign")
_GUESSES = ("not_placed", "not_placed_offers", "which_reading")
_UNTOLD = "not_understood"


@dataclass(frozen=True)
class _Unclear:
    """What is said, and what is to be asked or declined."""

    said: re.Pattern[str]
    needed: tuple[str, ...]
    entry: dict[str, Any]


def at_first(question: str, vocabulary: Vocabulary, dialogue: Dialogue) -> Plan | None:
    """What is asked or declined before the question is read; None for nearly all questions.

    Args:
        question: As the operator typed it.
        vocabulary: The words that are known.
        dialogue: The conversation so far.
    """
    said = normalise(question)
    return _told("first", said, dialogue, vocabulary) or _unknown_number(said, vocabulary) or _unknown_department(said, vocabulary)


def at_last(found: Plan, question: str, dialogue: Dialogue) -> Plan:
    """What is asked or declined in place of a plan that only says that it did not understand; else the plan."""
    call = found.calls[0] if len(found.calls) == 1 else None
    untold = call is not None and (call.args.get("reason") == _UNTOLD or (call.name == "ask_user" and _guesses(call.args["question"])))
    if call is not None and call.name == "find_customers" and call.args.get("share"):
        return _told("counted", normalise(question), dialogue) or found
    return (_told("last", normalise(question), dialogue) if untold else None) or found


def _guesses(asked: str) -> bool:
    """Whether what is asked back only offers the nearest that is known."""
    return any(asked.startswith(text(name, language).partition("{")[0]) for name in _GUESSES for language in ("zh", "en"))


def _told(stage: str, said: str, dialogue: Dialogue, vocabulary: Vocabulary | None = None) -> Plan | None:
    language = "zh" if _HAN.search(said) else "en"
    for one in _entries(stage, language):
        if one.needed and not any(literal in said for literal in one.needed):
            continue
        match = one.said.search(said)
        held = vocabulary is not None and bool(vocabulary.values.get(one.entry.get("unless", "")))
        if match is None or held or (one.entry.get("alone") and dialogue.results):
            continue
        words = {name: value or "" for name, value in match.groupdict().items()} | {"words": match[0].strip(" ,.?!")}
        if "ask" in one.entry:
            choices = [" ".join(choice.format(**words).split()) for choice in one.entry["choices"][language]]
            return plan("ask_user", question=one.entry["ask"][language].format(**words), choices=choices)
        return plan("decline", reason=one.entry.get("reason", "not_supported"), missing=one.entry["decline"][language].format(**words))
    return None


def _unknown_number(said: str, vocabulary: Vocabulary) -> Plan | None:
    """“Store 99999”, “第88号活动”: a shop or campaign of that number, which the data do not have."""
    language = "zh" if _HAN.search(said) else "en"
    for dimension in _NUMBERED:
        known = {number for value in vocabulary.values.get(dimension, ()) for number in re.findall(r"\d+", str(value))}
        if not known:
            continue
        for pattern in _numbered(dimension):
            numbers = [number for match in pattern.finditer(said) for number in re.findall(r"\d+", match["n"])]
            missing = [number for number in numbers if number.lstrip("0") not in known and number not in known]
            if missing:
                name = vocabulary.name("dimension", dimension, language)
                words = text("no_such_number", language).format(name=name, numbers=", ".join(missing))
                return plan("decline", reason="no_data", missing=words)
    return None


def _unknown_department(said: str, vocabulary: Vocabulary) -> Plan | None:
    """“Revenue of the electronics department”, where only a product has that name: no department has."""
    for pattern in _departments():
        match = pattern.search(said)
        if match is None:
            continue
        read = read_sentence(match["d"], vocabulary, Dialogue())
        named = [{str(sense.data["dimension"]) for sense in token.senses if sense.kind == "value"} for token in read.tokens]
        if named == [{"product_name"}]:
            language = "zh" if _HAN.search(said) else "en"
            words = text("no_such_value", language).format(name=vocabulary.name("dimension", "category", language), words=match["d"])
            return plan("decline", reason="no_data", missing=words)
    return None


@lru_cache(maxsize=1)
def _departments() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one) for one in read_table(_TABLE)["departments"])


@lru_cache(maxsize=8)
def _entries(stage: str, language: str) -> tuple[_Unclear, ...]:
    table = read_table(_TABLE)
    names = named_patterns(table["names"])
    return tuple(
        _Unclear(re.compile(written), needed(written), entry)
        for entry in table[stage]
        for written in (filled(one, names) for one in entry.get(language, ()))
    )


@lru_cache(maxsize=2)
def _numbered(dimension: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one) for one in read_table(_TABLE)["numbered"][dimension])
